"""One JSON document: the calls as `jsonl` has them, each with what the policy says of it, and a summary."""

from collections.abc import Iterable

import msgspec

from corsinspect import __version__
from corsinspect.policy.judging import Judged, Unmet
from corsinspect.report.jsonl import Writer as Rows
from corsinspect.report.neighbours import Neighbours
from corsinspect.report.tally import Tally


class Writer(Rows):
    """A call a line within the document, so that it can be written as they come."""

    def __init__(self, session: Neighbours, *, colour: bool = False) -> None:
        super().__init__(session, colour=colour)
        self._tally = Tally()
        self._failed = False
        self._first = True

    def begin(self) -> Iterable[str]:
        yield f'{{"corsinspect":{self.line(__version__)},"calls":['

    def call(self, judged: Judged) -> Iterable[str]:
        self._tally.add(judged.call)
        self._failed |= judged.fails
        policy = {
            "standing": judged.standing,
            "severity": judged.severity,
            "fails": judged.fails,
            "why": judged.why,
            "source": msgspec.to_builtins(judged.source),
        }
        comma = "" if self._first else ","
        self._first = False
        yield comma + self.line({**self.row(judged.call), **policy})

    def end(self, unmet: Iterable[Unmet]) -> Iterable[str]:
        rules = [{"what": each.what, "severity": each.severity, "fails": each.fails} for each in unmet]
        failed = self._failed or any(rule["fails"] for rule in rules)
        rest = {"unmet": rules, "summary": self._tally.summary(), "failed": failed}
        yield f"],{self.line(rest).removeprefix('{')}"
