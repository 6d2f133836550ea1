"""Markdown for a bug report, a comment or a job summary: what is wrong at length, the other calls in a line each."""

import re
from collections.abc import Iterable, Iterator

from corsinspect.policy.judging import Judged, Unmet
from corsinspect.printable import printable
from corsinspect.report.answer import Answer, Answers
from corsinspect.report.neighbours import Neighbours
from corsinspect.report.tally import Tally
from corsinspect.report.writer import is_listed, name_of, sign_of

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~]|(?<=\w):(?=//)|^[-=>]|^\d+(?=[.)]))")
_AS_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"})
"""A backslash doesn't keep these from being HTML, or a mention of somebody."""


class Writer:
    """One call after the other, then the summary."""

    def __init__(self, session: Neighbours, *, colour: bool) -> None:
        del colour
        self._answers = Answers(session)
        self._tally = Tally()

    def begin(self) -> Iterable[str]:
        yield "# CORS report"

    def call(self, judged: Judged) -> Iterable[str]:
        call = judged.call
        self._tally.add(call)
        if not is_listed(call):
            return
        sign = f"{sign_of(call)} {call.verdict.outcome}"
        why = f" ({_text(judged.why)})" if judged.why else ""
        yield ""
        if judged.severity is None:
            yield f"{sign} {_code(name_of(call))}"
            return
        yield f"## {sign}: {_code(name_of(call))}{why}"
        yield from _section(self._answers.of(call))

    def end(self, unmet: Iterable[Unmet]) -> Iterable[str]:
        for each in unmet:
            yield f"\n**{_text(each.what)}**"
        for sentence in self._tally.in_common():
            yield f"\n{_text(sentence)}"
        yield f"\nIn all: {_text(self._tally.summary())}"


def _section(answer: Answer) -> Iterator[str]:
    yield f"\n**{_text(answer.headline)}.** {_text(answer.happened)} {_text(answer.change)}".rstrip()
    for cause in answer.likely[:1]:
        yield f"\nLikely: {_text(cause)}"
    if answer.reason:
        yield f"\nMore: {_code(f'corsinspect explain {answer.reason}')}"
    if answer.caller:
        yield f"\nCalled by {_code(answer.caller)}"
    if answer.compared:
        yield "\n| header | expected | found | |\n|---|---|---|---|"
        for row in answer.compared:
            cells = (*(_code(each, cell=True) for each in (row.header, row.expected, row.found)), _text(row.note))
            yield f"| {' | '.join(cells)} |"
    if answer.steps:
        yield "\n<details><summary>Steps of the browser</summary>\n"
        for step in answer.steps:
            yield f"{step.number}. {_text(' '.join(filter(None, (step.title, step.detail, step.answer))))}"
        yield "\n</details>"
    if answer.fix:
        fence = "`" * max(3, 1 + _longest_run(answer.fix))
        yield f"\n### Fix\n\n{fence}text\n{answer.fix}\n{fence}"


def _text(text: str) -> str:
    """A text of one line in which nothing is markup."""
    return _SPECIAL.sub(r"\\\1", printable(text)).translate(_AS_ENTITIES)


def _code(text: str, *, cell: bool = False) -> str:
    """Captured text as code; in a table's `cell` a pipe would end that, whatever is around it."""
    if not text:
        return ""
    clean = printable(text).replace("|", "\\|" if cell else "|")
    fence = "`" * (1 + _longest_run(clean))
    space = " " if "`" in clean else ""
    return f"{fence}{space}{clean}{space}{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
