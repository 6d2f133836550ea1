"""Plain lines for a terminal or a log, as `check` and `record` print them."""

import textwrap
from collections.abc import Iterable

from corsinspect.advice import OUTCOME_SIGNS, called_by, confirmation, dispute, short_reason, showed
from corsinspect.advice.causes import causes
from corsinspect.advice.sentences import hidden_error
from corsinspect.advice.server_errors import behind
from corsinspect.advice.solution import server_of
from corsinspect.analysis import by_server
from corsinspect.analysis.across.masked import evidence
from corsinspect.model import Call, Outcome
from corsinspect.policy.judging import Judged, Unmet
from corsinspect.printable import printable
from corsinspect.report.neighbours import Neighbours
from corsinspect.report.tally import Tally
from corsinspect.report.writer import is_listed

# those of the sixteen colours of every terminal that are readable on light and on dark
_COLOURS: dict[Outcome, str] = {
    "allowed": "32",
    "blocked": "1;31",
    "network-error": "35",
    "unknown": "33",
    "simulated": "36",
}

_TRACED = ("blocked", "network-error", "unknown")
"""Outcomes of calls whose line of code is worth the room."""
_INDENT = " " * 16
WIDTH = 80
"""Columns for sentences; each verdict stays on one line, however long, so that it can be searched for."""
LIKELY = "likely: "
BESIDE = ("wanted-header-not-exposed", "no-cors-drops-login", "no-cors-drops-type")
"""Causes that are named beside calls that CORS didn't block."""


class Writer:
    """All Calls but those that CORS has no say in, what they have in common, and a summary."""

    def __init__(self, session: Neighbours, *, colour: bool) -> None:
        self._session = session
        self._colour = colour
        self._tally = Tally()

    def begin(self) -> Iterable[str]:
        return ()

    def call(self, judged: Judged) -> Iterable[str]:
        self._tally.add(judged.call)
        if is_listed(judged.call):
            yield lines(judged.call, colour=self._colour, neighbours=self._session, note=judged.why)

    def end(self, unmet: Iterable[Unmet]) -> Iterable[str]:
        yield from (_sentence(each.what) for each in unmet)
        yield from map(_sentence, [*self._tally.in_common(), *self._tally.disputed()])
        yield self._tally.summary()


def lines(
    call: Call, *, colour: bool = False, changed: bool = False, neighbours: Neighbours | None = None, note: str = ""
) -> str:
    """One Call in one or two lines, without a line break at the end. `changed`: marks it as printed before with another
    outcome; `neighbours`: the session's Calls, to add the likeliest cause of a failure and its evidence; `note`: a mark
    to add, such as what a policy says of it."""
    verdict = call.verdict
    word = f"{OUTCOME_SIGNS[verdict.outcome]} {verdict.outcome}"
    padded = f"{word:<16}"
    if colour and verdict.outcome in _COLOURS:
        padded = f"\x1b[{_COLOURS[verdict.outcome]}m{word}\x1b[0m" + " " * (16 - len(word))
    page = f"   from {printable(call.page_origin)}" if call.page_origin else ""
    method = call.method or ("CONNECT" if call.hops else "")
    by = f", {printable(called)}" if (called := called_by(call)) and verdict.outcome in _TRACED else ""
    first = f"{padded}{printable(method):<7} {printable(call.url)}{page}{by}"
    marks = ["changed" if changed else "", _contradicted(call), _doubt(call), printable(note)]
    detail = _detail(call)
    if neighbours is not None and (cause := _likely(call, neighbours)):
        detail = f"{detail}\n{cause}" if detail else cause.lstrip()
    if any(marks):
        first += f"   ({', '.join(filter(None, marks))})"
    return f"{first}\n{_INDENT}{detail}" if detail else first


def _contradicted(call: Call) -> str:
    return printable(confirmation(call)) if dispute(call) else ""


def _doubt(call: Call) -> str:
    verdict = call.verdict
    if verdict.outcome in ("pending", "unknown", "not-cors") or verdict.certainty == "certain":
        return ""
    if verdict.certainty == "likely":
        shown = showed(call)
        return printable(f"likely; credentials: {call.credentials}, {shown}") if shown else "likely"
    said = [
        " and ".join(f"{name}: {value}" for name, value in alternative.condition.items()) + f" → {alternative.outcome}"
        for alternative in verdict.alternatives
    ]
    return "depends; " + "; ".join(said)


def _detail(call: Call) -> str:
    verdict = call.verdict
    if verdict.outcome == "simulated":
        own = by_server(call)
        return "   ".join(part for part in (f"without the fix: {own.verdict.outcome}", _detail(own)) if part)
    if verdict.outcome in ("allowed", "not-cors", "pending", "opaque"):
        return ""
    where = f"{verdict.stage}: " if verdict.stage and verdict.outcome == "blocked" else ""
    parts = [f"{where}{verdict.reason or short_reason(call)}"]
    if verdict.outcome == "network-error":
        parts.append(printable(short_reason(call)))
    elif verdict.header is not None:
        found = "absent" if verdict.found is None else f'"{printable(verdict.found)}"'
        parts.append(f"{verdict.header}: {found}")
        if verdict.expected:
            parts.append(f'needs "{printable(verdict.expected)}"')
    elif verdict.found is not None:
        parts.append(f"found {printable(verdict.found)}, needs {printable(verdict.expected or '')}")
    elif verdict.outcome == "unknown":
        parts.append(printable(short_reason(call)))
    if (hidden := hidden_error(call)) and verdict.status:
        parts.append(f"hides a {verdict.status} ({hidden})")
    return "   ".join(parts)


def _likely(call: Call, neighbours: Neighbours) -> str:
    """For a blocked call: the likeliest cause and its evidence in the session; once per server. For an allowed one: the
    headers that its script needs and can't read, and the line that exposes them. For an unreadable one: what no-cors
    took from a request that failed."""
    outcome, status = call.verdict.outcome, call.verdict.status or 0
    if outcome == "allowed" or (outcome == "opaque" and status >= 400):
        beside = [cause for cause in causes(call, neighbours.beside(call)) if cause.id in BESIDE][:1]
        said = "".join(f"but: {cause.what} {cause.seen} {cause.change}" for cause in beside)
        return _wrapped(said) if said and neighbours.is_new(call, said) else ""
    if outcome != "blocked":
        return ""
    likeliest = causes(call, neighbours.few(call))[:1]
    settled = any(cause.settles for cause in likeliest)
    counted = "" if settled or (likeliest and call.verdict.stage != "actual") else _behind(call, neighbours)
    sentences = f"{LIKELY}{likeliest[0].what} {counted or likeliest[0].seen}" if likeliest else counted
    return _wrapped(sentences) if neighbours.is_new(call, sentences) else ""


def _wrapped(text: str) -> str:
    return textwrap.fill(
        printable(text), WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT, break_on_hyphens=False
    )


def _behind(call: Call, neighbours: Neighbours) -> str:
    found = evidence(call, neighbours.many(call)) if call.masked is not None else None
    if found is None:
        return ""
    server = server_of(call).partition("://")[2]
    return behind(server, call.verdict.status, found.preflight_passed, found.carried, found.lacking)


def in_common(calls: Iterable[Call]) -> list[str]:
    """Why many Calls fail, in one sentence per cause."""
    return list(map(_sentence, Tally(sorted(calls, key=lambda call: call.started)).in_common()))


def _sentence(said: str) -> str:
    return textwrap.fill(printable(f"! {said}"), WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def summary(calls: Iterable[Call]) -> str:
    """How many Calls had which outcome, in one line."""
    return Tally(calls).summary()
