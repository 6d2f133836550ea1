"""The answer for one call in the parts that every report shows: what happened, expected against found, steps, fix.

All texts are printable: whatever a report does with them, no control character or bidi mark of the traffic gets in.
"""

from collections.abc import Iterator

import msgspec

from corsinspect.advice import alternatives, certainty, comparison, explanation, step_rows
from corsinspect.advice.causes import causes
from corsinspect.advice.solution import solution, text
from corsinspect.analysis import by_server, trace
from corsinspect.model import Call
from corsinspect.printable import printable
from corsinspect.report.neighbours import Neighbours
from corsinspect.report.recipes import Recipes
from corsinspect.report.writer import called_from, name_of

ABSENT = "(absent)"


class Compared(msgspec.Struct, frozen=True):
    """One header, or the status: what the browser expected, and what it found."""

    header: str
    expected: str
    found: str
    state: str
    note: str


class StepShown(msgspec.Struct, frozen=True):
    """One step of the browser's algorithm."""

    number: int
    title: str
    detail: str
    answer: str
    state: str


class Answer(msgspec.Struct, frozen=True):
    """What a report says of one call; "" and () for what there is nothing to say of."""

    name: str
    headline: str
    certainty: str
    reason: str
    """The slug that `corsinspect explain` knows."""
    happened: str
    change: str
    """Who must change what."""
    likely: tuple[str, ...]
    """Causes, the likeliest first."""
    compared: tuple[Compared, ...]
    steps: tuple[StepShown, ...]
    fix: str
    """Header lines and code, of several lines."""
    caller: str


class Answers:
    """The answers for a session's calls."""

    def __init__(self, session: Neighbours) -> None:
        self._session = session
        self._recipes = Recipes(session)

    def of(self, call: Call) -> Answer:
        """The answer for a call; where a fix was simulated, for what the server itself answered."""
        call = by_server(call)
        said, steps = explanation(call), trace(call)
        happened = " ".join(filter(None, (said.happened, said.consequence, alternatives(call))))
        compared = [
            Compared(row.header, printable(row.needed or ""), _found(row.sent), row.state, printable(row.note))
            for row in comparison(call, steps)
        ]
        shown = [
            StepShown(row.number, printable(row.title), printable(row.detail), printable(row.answer), row.state)
            for row in step_rows(call, steps)
        ]
        likely = causes(call, self._session.few(call)) if call.verdict.outcome == "blocked" else []
        return Answer(
            name=name_of(call),
            headline=printable(said.headline),
            certainty=printable(certainty(call)),
            reason=call.verdict.reason or "",
            happened=printable(happened),
            change=printable(said.change),
            likely=tuple(printable(f"{cause.what} {cause.seen} {cause.change}") for cause in likely),
            compared=tuple(compared),
            steps=tuple(shown),
            fix=self._fix(call),
            caller=called_from(call),
        )

    def _fix(self, call: Call) -> str:
        found = solution(call, ())
        if (change := self._recipes.of(call)) is not None:
            found = msgspec.structs.replace(found, rendered=change.rendered, edits=change.edits)
        return "\n".join(map(printable, text(found).splitlines()))


def plain(answer: Answer) -> Iterator[str]:
    """The answer as lines of text, for logs: what happened, what differs, and the fix."""
    yield " ".join(filter(None, (answer.happened, answer.change)))
    if answer.likely:
        yield f"Likely: {answer.likely[0]}"
    differing = [row for row in answer.compared if row.state in ("failed", "would-fail")]
    if differing:
        yield ""
        for row in differing:
            yield f"{row.header}"
            yield f"  expected  {row.expected}"
            yield f"  found     {row.found}" + (f"   ({row.note})" if row.note else "")
    if answer.caller:
        yield ""
        yield f"Called by {answer.caller}"
    if answer.reason:
        yield ""
        yield f"More: corsinspect explain {answer.reason}"
    if answer.fix:
        yield ""
        yield "Fix"
        yield from (f"  {line}".rstrip() for line in answer.fix.splitlines())


def _found(value: str | None) -> str:
    return ABSENT if value is None else printable(value) or '""'
