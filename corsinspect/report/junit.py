"""JUnit's XML, as Jenkins's schema and Ant's task have it: a test case per call that CORS has a say in."""

import time
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from xml.sax.saxutils import escape, quoteattr

from corsinspect.model import Call
from corsinspect.policy.judging import Judged, Unmet
from corsinspect.printable import printable
from corsinspect.report.answer import Answers, plain
from corsinspect.report.neighbours import Neighbours
from corsinspect.report.tally import Tally
from corsinspect.report.writer import is_listed, name_of


class Writer:
    """The numbers stand before the test cases in this format, so those wait in a file until the end."""

    def __init__(self, session: Neighbours, *, colour: bool) -> None:
        del colour
        self._answers = Answers(session)
        self._tally = Tally()
        self._cases = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 (lives until `end`)
        self._tests = self._failures = self._skipped = 0
        self._started: float | None = None
        self._seconds = 0.0

    def begin(self) -> Iterable[str]:
        return ()

    def call(self, judged: Judged) -> Iterable[str]:
        call = judged.call
        self._tally.add(call)
        if not is_listed(call):
            return ()
        self._started = call.started if self._started is None else self._started
        seconds = _seconds(call)
        self._seconds += seconds
        result = ""
        if judged.fails:
            answer = self._answers.of(call)
            text = escape("\n".join(plain(answer)))
            message = ": ".join(filter(None, (printable(judged.why), answer.headline)))
            result = f"<failure type={quoteattr(_kind(call))} message={quoteattr(message)}>{text}</failure>"
        elif judged.severity is not None:
            why = judged.why or f"{judged.severity}: {_kind(call)}, which doesn't count here"
            result = f"<skipped message={quoteattr(printable(why))}/>"
        self._add(call.page_origin or "unknown page", name_of(call), result, seconds)
        return ()

    def end(self, unmet: Iterable[Unmet]) -> Iterable[str]:
        for each in unmet:
            what = quoteattr(printable(each.what))
            result = f'<failure type="policy" message={what}/>' if each.fails else f"<skipped message={what}/>"
            self._add("policy", str(each.rule.calls), result, 0.0)
        yield '<?xml version="1.0" encoding="UTF-8"?>'
        yield "<testsuites>"
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(self._started or 0))
        counts = f'tests="{self._tests}" failures="{self._failures}" errors="0" skipped="{self._skipped}"'
        of = f'id="0" name="CORS" package="corsinspect" hostname="localhost" timestamp="{stamp}"'
        yield f'<testsuite {of} {counts} time="{self._seconds:.3f}">'
        yield "<properties/>"
        yield from self._held()
        yield f"<system-out>{escape(printable(self._tally.summary()))}</system-out>"
        yield "<system-err/>"
        yield "</testsuite>"
        yield "</testsuites>"

    def _add(self, of: str, name: str, result: str, seconds: float) -> None:
        self._tests += 1
        self._failures += result.startswith("<failure")
        self._skipped += result.startswith("<skipped")
        named = f"classname={quoteattr(printable(of))} name={quoteattr(printable(name))}"
        self._cases.write(f'<testcase {named} time="{seconds:.3f}">{result}</testcase>\n')

    def _held(self) -> Iterator[str]:
        with self._cases as cases:
            cases.seek(0)
            for line in cases:
                yield line.removesuffix("\n")


def _kind(call: Call) -> str:
    return call.verdict.reason or call.verdict.outcome


def _seconds(call: Call) -> float:
    """From the call to its last answer; a wait isn't told from a clock that was set back, so never less than 0."""
    ends = [each.ended or each.answered or each.started for each in call.exchanges]
    return max(0.0, max(ends, default=call.started) - call.started)
