"""The comparison in the details of a call: per header, what the browser needed and what the server sent."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from corsinspect.advice.compare import differences
from corsinspect.advice.compare.differences import Difference, Mark
from corsinspect.fetch.headers import values
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call, Exchange, Stage, Step

HEADERS = {
    "allow-origin": "Access-Control-Allow-Origin",
    "allow-credentials": "Access-Control-Allow-Credentials",
    "status": "Status",
    "allow-methods": "Access-Control-Allow-Methods",
    "allow-headers": "Access-Control-Allow-Headers",
    "location": "Location",
    "policy": "Cross-Origin-Resource-Policy",
}
"""The steps of a trace that compare a value of the answer, with the header (or status) that they read."""

RowState = Literal["ok", "failed", "would-fail", "not-needed", "unknown"]
STATES: dict[str, RowState] = {
    "ok": "ok",
    "would-pass": "ok",
    "failed": "failed",
    "would-fail": "would-fail",
    "skipped": "not-needed",
}


class ComparisonRow(msgspec.Struct, frozen=True):
    """One header (or the status) of the answer where a call stopped, or of another answer where it would fail next."""

    header: str
    state: RowState
    needed: str | None
    sent: str | None
    """None: absent."""
    note: str = ""
    """How they differ, in a few words."""
    needed_marks: tuple[Mark, ...] = ()
    sent_marks: tuple[Mark, ...] = ()
    stage: Stage | None = None
    hop: int = 0

    @property
    def label(self) -> str:
        """The header without the common prefix: "Origin" for Access-Control-Allow-Origin."""
        return self.header.removeprefix("Access-Control-Allow-").removeprefix("Cross-Origin-")


def comparison(call: Call, steps: Iterable[Step]) -> list[ComparisonRow]:
    """The rows for a call's trace: what failed, then what would fail next (at any stage), then what was right.

    `steps` is `corsinspect.analysis.trace(call)`. What was right is shown only for the exchange where the call stopped.
    """
    stop = (call.verdict.stage, call.verdict.hop)
    compared = [step for step in steps if step.name in HEADERS]
    if compared and stop[0] is None:
        stop = (compared[-1].stage, compared[-1].hop)
    rows = [
        _row(call, step)
        for step in compared
        if step.state in ("failed", "would-fail")
        or ((step.stage, step.hop) == stop and step.state in STATES and step.name not in ("location", "policy"))
    ]
    order: dict[RowState, int] = {"failed": 0, "would-fail": 1}
    return sorted(rows, key=lambda row: order.get(row.state, 2))


def _row(call: Call, step: Step) -> ComparisonRow:
    header = step.header or HEADERS[step.name]
    state = STATES.get(step.state, "unknown")
    exchange = _exchange(call, step)
    found = Difference() if state not in ("failed", "would-fail") else _difference(step, exchange)
    lines = len(values(exchange.response_headers, header.lower())) if exchange is not None else 0
    note = ", ".join(part for part in (found.note, f"{lines} header lines" if lines > 1 else "") if part)
    return ComparisonRow(
        header=header,
        state=state,
        needed=step.needed,
        sent=step.found,
        note=note,
        needed_marks=found.needed_marks,
        sent_marks=found.found_marks,
        stage=step.stage,
        hop=step.hop,
    )


def _difference(step: Step, exchange: Exchange | None) -> Difference:
    if step.name == "allow-origin":
        own = origin_of(exchange.url) if exchange is not None else None
        return differences.origin_difference(step.needed or "", step.found, own)
    if step.name == "allow-credentials":
        return differences.credentials_difference(step.found)
    if step.name in ("allow-methods", "allow-headers"):
        names = (step.needed or "").split(", ")
        return differences.list_difference(names, step.found, case_matters=step.name == "allow-methods")
    whole: tuple[Mark, ...] = ((0, len(step.found)),) if step.found else ()
    return Difference(("value",), "not a success" if step.name == "status" else "", found_marks=whole)


def _exchange(call: Call, step: Step) -> Exchange | None:
    if step.hop >= len(call.hops):
        return None
    hop = call.hops[step.hop]
    return hop.preflight if step.stage == "preflight" else hop.request
