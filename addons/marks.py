"""Shows verdicts in a person's own mitmproxy: a mark and a comment on each flow of a cross-origin call."""

import logging
from weakref import WeakValueDictionary

from mitmproxy import ctx, hooks, http

from corsinspect.fetch.check import ALLOW_HEADERS, ALLOW_METHODS
from corsinspect.model import Call, Outcome, Stage
from corsinspect.printable import printable

from .words import WORDS

MARKS: dict[Outcome, str] = {
    "blocked": ":red_circle:",
    "network-error": ":warning:",
    "unknown": ":grey_question:",
    "opaque": ":white_circle:",
    "allowed": ":white_check_mark:",
}
"""Outcomes without a sign of their own leave the flow unmarked: pending ones, and calls that CORS isn't about."""

STAGES: dict[Stage, str] = {
    "preflight": "at the preflight (OPTIONS)",
    "redirect": "at the redirect",
    "actual": "at the request itself",
}
GRANTED = "CORS preflight granted: the request itself failed, see there"
LOGGED = 1_000
"""Calls whose line is remembered."""

logger = logging.getLogger("corsinspect")


class Marks:
    """Finds flows by id without keeping them alive."""

    def __init__(self) -> None:
        self._flows: WeakValueDictionary[str, http.HTTPFlow] = WeakValueDictionary()
        self._logged: dict[str, str] = {}
        """By call id: what was logged of it."""
        self.current: http.HTTPFlow | None = None
        """The flow whose hook runs: mitmproxy shows it anew by itself (telling all addons of it costs 0.1 ms)."""

    def remember(self, id: str, flow: http.HTTPFlow) -> None:
        """This exchange is this flow's."""
        self._flows[id] = flow

    def show(self, call: Call) -> None:
        """Mark and comment the flows of a Call with its verdict. A mark or comment of the person's own stays."""
        mark = MARKS.get(call.verdict.outcome, "")
        if not mark:
            return
        comment = comment_on(call)
        self._log(call, comment)
        touched: list[http.HTTPFlow] = []
        granted = _granted(call)
        for exchange in call.exchanges:
            flow = self._flows.get(exchange.id)
            own = MARKS["allowed"] if exchange.id in granted else mark
            said = GRANTED if exchange.id in granted else comment
            if flow is None or (flow.marked == own and flow.comment == said):
                continue
            if not flow.marked or flow.marked in MARKS.values():
                flow.marked = own
            if not flow.comment or flow.comment.startswith("CORS "):
                flow.comment = said
            if flow is not self.current:
                touched.append(flow)
        if touched:
            ctx.master.addons.trigger(hooks.UpdateHook(touched))

    def _log(self, call: Call, comment: str) -> None:
        """A line a blocked call in mitmdump's output and mitmproxy's event log, once for each verdict."""
        if call.verdict.outcome != "blocked" or self._logged.get(call.id) == comment:
            return
        self._logged[call.id] = comment
        if len(self._logged) > LOGGED:
            del self._logged[next(iter(self._logged))]
        logger.warning(f"{comment} ({printable(call.method or 'CONNECT')} {printable(call.url)})")


def comment_on(call: Call) -> str:
    """The verdict in one line of plain words, with what the server must change."""
    verdict = call.verdict
    words = f"CORS {verdict.outcome}"
    if verdict.certainty != "certain":
        words += f" ({verdict.certainty})"
    if verdict.reason:
        words += f": {WORDS[verdict.reason]}"
    if verdict.stage and verdict.outcome in ("blocked", "network-error"):
        words += f", {STAGES[verdict.stage]}"
    if verdict.header:
        words += f"; {verdict.header}: expected {_quoted(verdict.expected)}, found {_quoted(verdict.found)}"
    if verdict.outcome == "blocked" and verdict.header and verdict.expected:
        # of a list, what is expected is only what is missing from it
        lists = verdict.header in (ALLOW_METHODS, ALLOW_HEADERS)
        words += f". The server must {'add' if lists else 'send'} {verdict.header}: {verdict.expected}"
    return printable(words)


def _granted(call: Call) -> set[str]:
    """The ids of the preflights that the server granted, where the call failed later."""
    if call.verdict.outcome == "allowed":
        return set()
    last = call.verdict.hop if call.verdict.stage == "preflight" else len(call.hops)
    return {hop.preflight.id for hop in call.hops[:last] if hop.preflight is not None and hop.request is not None}


def _quoted(value: str | None) -> str:
    return "none" if value is None else f'"{value}"'
