"""Plain lines for a terminal or a log: what `check` and `record` print."""

from collections import Counter
from collections.abc import Iterable, Sequence

from corsinspect.advice import short_reason
from corsinspect.advice.policy import behind
from corsinspect.advice.remedy import server_of
from corsinspect.analysis import by_server
from corsinspect.analysis.masked import evidence
from corsinspect.model import Call, Outcome
from corsinspect.printable import printable

SIGNS: dict[Outcome, str] = {
    "allowed": "✓",
    "simulated": "≈",
    "blocked": "✗",
    "opaque": "◐",
    "network-error": "↯",
    "pending": "◌",
    "not-cors": "·",
    "unknown": "?",
}

# of the sixteen colours that every terminal has, those that can be read on light and on dark
_COLOURS: dict[Outcome, str] = {
    "allowed": "32",
    "blocked": "1;31",
    "network-error": "35",
    "unknown": "33",
    "simulated": "36",
}

_INDENT = " " * 16


def lines(call: Call, *, colour: bool = False, changed: bool = False, others: Sequence[Call] = ()) -> str:
    """One Call in one or two lines, no line break at the end. `changed`: said to have been told otherwise before;
    `others`: the Calls of the session, for the evidence that an error and not CORS is the trouble (a line more)."""
    verdict = call.verdict
    word = f"{SIGNS[verdict.outcome]} {verdict.outcome}"
    padded = f"{word:<16}"
    if colour and verdict.outcome in _COLOURS:
        padded = f"\x1b[{_COLOURS[verdict.outcome]}m{word}\x1b[0m" + " " * (16 - len(word))
    page = f"   from {printable(call.page_origin)}" if call.page_origin else ""
    first = f"{padded}{printable(call.method or 'CONNECT'):<7} {printable(call.url)}{page}"
    marks = [mark for mark, shown in (("changed", changed), (_doubt(call), True)) if shown and mark]
    detail = _detail(call)
    if told := _behind(call, others):
        detail += f"\n{_INDENT}{told}"
    if marks:
        first += f"   ({', '.join(marks)})"
    return f"{first}\n{_INDENT}{detail}" if detail else first


def _doubt(call: Call) -> str:
    certainty = call.verdict.certainty
    if call.verdict.outcome in ("pending", "unknown", "not-cors") or certainty == "certain":
        return ""
    if certainty == "likely":
        return "likely"
    said = [
        " and ".join(f"{name}: {value}" for name, value in alternative.condition.items()) + f" → {alternative.outcome}"
        for alternative in call.verdict.alternatives
    ]
    return "depends; " + "; ".join(said)


def _detail(call: Call) -> str:
    verdict = call.verdict
    if verdict.outcome == "simulated":
        own = by_server(call)
        return "   ".join(part for part in (f"the server itself: {own.verdict.outcome}", _detail(own)) if part)
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
    if call.masked and verdict.status:
        parts.append(f"hides a {verdict.status} ({call.masked})")
    return "   ".join(parts)


def _behind(call: Call, others: Sequence[Call]) -> str:
    found = evidence(call, others) if call.masked is not None and others else None
    if found is None:
        return ""
    server = server_of(call).partition("://")[2]
    told = behind(server, call.verdict.status, found.preflight_passed, found.carried, found.lacking)
    return printable(told)


def summary(calls: Iterable[Call]) -> str:
    """How many Calls had which outcome, in one line."""
    counted = Counter(call.verdict.outcome for call in calls if not call.background)
    background = sum(call.background for call in calls)
    named = [f"{counted[outcome]} {outcome}" for outcome in SIGNS if counted[outcome]]
    if background:
        named.append(f"{background} of the browser's own not shown")
    return ", ".join(named) or "no calls"
