"""What `check` and `run` have in common: recorded files in, reports and an exit status out, by a policy."""

import contextlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

import msgspec
import typer

from corsinspect.analysis import judge_all
from corsinspect.commands.lint import LintOptions, lint
from corsinspect.errors import CorsinspectError
from corsinspect.model import Call, Exchange
from corsinspect.policy.baseline import DEFAULT, read_baseline, write_baseline
from corsinspect.policy.config import Policy, find_policy, read_policy
from corsinspect.policy.judging import Judging, Source
from corsinspect.policy.levels import FailOn
from corsinspect.printable import printable
from corsinspect.report.formats import writer
from corsinspect.report.neighbours import Neighbours
from corsinspect.report.writer import Writer
from corsinspect.session.errors import SessionError
from corsinspect.session.line_numbers import line_numbers
from corsinspect.session.numbered import of_file, said_of_file
from corsinspect.session.reader import load
from corsinspect.terminal import complain, wants_colour

LONG = 5_000
"""So many exchanges take long enough (a quarter of a second) to be worth a progress bar."""

PASSED, FAILED, UNREADABLE = 0, 1, 2
_UNEXPLAINED = "{number} call{s} failed in the browser, likely by CORS, but the file doesn't hold why: not judged"

_ENTRIES = {"har": "log.entries[{}]", "mitm": "flow {}"}
"""How an exchange of a file without lines is named, by the file's format."""


class ReportError(CorsinspectError):
    """A report can't be written."""


class Options(NamedTuple):
    """How a person asks for verdicts."""

    format: str = "text"
    """Of what is printed."""
    reports: Sequence[tuple[str, Path]] = ()
    """What is written besides: formats, and the files."""
    config: Path | None = None
    """None: the nearest policy, if there is any."""
    baseline: Path | None = None
    write_baseline: bool = False
    fail_on: FailOn | None = None
    lint: LintOptions | None = None
    """How to lint the servers' policies; None: not at all."""


class Verdicts:
    """Made before anything is captured or read, so that a wrong policy, baseline or report path is said at once."""

    def __init__(self, options: Options) -> None:
        """Raises CorsinspectError, a PolicyError or a ReportError."""
        path = options.config or find_policy(Path.cwd())
        policy = read_policy(path) if path is not None else Policy()
        if options.fail_on is not None:
            policy = msgspec.structs.replace(policy, fail_on=options.fail_on)
        baseline = options.baseline or policy.baseline
        self._new_baseline = (baseline or Path(DEFAULT)) if options.write_baseline else None
        known = baseline is not None and not options.write_baseline
        self._judging = Judging(policy, read_baseline(baseline) if baseline is not None and known else frozenset())
        self._lint = options.lint
        self.seen = 0
        """How many calls, page loads too, there were in the files."""
        self._format = options.format
        self._files = [(format, _opened(path)) for format, path in options.reports]

    def of(self, paths: Sequence[Path]) -> int:
        """Judges each file on its own, prints and writes the results, and returns the exit status."""
        recorded = _Recorded()
        for number, path in enumerate(paths, 1):
            recorded.read(path, number if len(paths) > 1 else None)
        recorded.calls.sort(key=lambda call: call.started)
        self.seen = len(recorded.calls)
        self._write(recorded)
        flawed = self._lint is not None and lint(recorded.calls, self._format, self._lint)
        if (gone := self._judging.gone()) and not recorded.unreadable:
            complain(f"no longer seen of the baseline: {gone} problem{'' if gone == 1 else 's'}")
        if self._new_baseline is not None:
            number = write_baseline(self._new_baseline, self._judging.problems)
            complain(f"{self._new_baseline}: written, {number} problem{'' if number == 1 else 's'}")
        if recorded.unreadable:
            return UNREADABLE
        failed = self._judging.failed and self._new_baseline is None
        return FAILED if failed or flawed else PASSED

    def _write(self, recorded: "_Recorded") -> None:
        session = Neighbours(recorded.calls)
        with contextlib.ExitStack() as stack:
            outputs: list[tuple[Writer, IO[str]]] = [
                (writer(self._format, session, colour=wants_colour()), sys.stdout),
                *((writer(format, session), stack.enter_context(file)) for format, file in self._files),
            ]
            for report, file in outputs:
                _print(report.begin(), file)
            for call in recorded.calls:
                judged = self._judging.judge(call, recorded.sources.get(call.id))
                for report, file in outputs:
                    _print(report.call(judged), file)
            unmet = list(self._judging.unmet())
            for report, file in outputs:
                _print(report.end(unmet), file)


class _Recorded:
    """What was in the files, judged, and where in them."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.sources: dict[str, Source] = {}
        self.unreadable = False

    def read(self, path: Path, number: int | None) -> None:
        """Takes in one file; `number` goes before its ids. What can't be read is said."""
        try:
            loaded = load(path)
        except SessionError as error:
            complain(str(error))
            self.unreadable = True
            return
        for problem in loaded.problems:
            line = f", line {problem.line}" if problem.line is not None else ""
            complain(f"{path}{line}: {problem.text}")
            self.unreadable = True
        exchanges, saids = loaded.exchanges, loaded.saids
        if number is not None:
            exchanges = [of_file(exchange, number) for exchange in exchanges]
            saids = [said_of_file(said, number) for said in saids]
        calls = judge_all(_with_progress(exchanges, path), saids)
        if failed := sum(call.verdict.reason == "failed-unexplained" and not call.background for call in calls):
            complain(f"{path}: {_UNEXPLAINED.format(number=failed, s='s' if failed > 1 else '')}")
        self.calls += calls
        prefix = f"{number}:" if number is not None else ""
        self.sources |= _sources(path, loaded.format, calls, prefix)


def _sources(path: Path, format: str, calls: Sequence[Call], prefix: str) -> dict[str, Source]:
    """Where the calls were recorded that something may be wrong with, by their ids. Those that the browser never sent
    have the file alone."""
    ids = {
        call.id: call.stopped_at.id.removeprefix(prefix) if call.stopped_at is not None else ""
        for call in calls
        if call.verdict.outcome not in ("allowed", "not-cors")
    }
    lines = line_numbers(path, ids.values()) if format == "session" else {}
    named = _ENTRIES.get(format)
    entries = {id: named.format(id.removeprefix("har:")) for id in ids.values() if id} if named is not None else {}
    return {call: Source(str(path), lines.get(id), entries.get(id)) for call, id in ids.items()}


def _opened(path: Path) -> IO[str]:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise ReportError(
            f"The report {path} can't be written: {error.strerror}.", "Name a file in a folder that you can write to."
        ) from error


def _print(lines: Iterable[str], file: IO[str]) -> None:
    for line in lines:
        print(line, file=file)


def _with_progress(exchanges: list[Exchange], path: Path) -> Iterator[Exchange]:
    """Passes the exchanges on, with a progress bar on stderr where a person can see it."""
    if len(exchanges) < LONG or not sys.stderr.isatty():
        yield from exchanges
        return
    with typer.progressbar(exchanges, label=printable(path.name), file=sys.stderr) as bar:
        yield from bar
