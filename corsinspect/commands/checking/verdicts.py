"""What `check` and `run` have in common: recorded files in, reports and an exit status out, by a policy."""

import contextlib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

import msgspec

from corsinspect.commands.checking import bars
from corsinspect.commands.checking.apart import MANY, TOGETHER, Apart
from corsinspect.commands.checking.pool import jobs_of
from corsinspect.commands.checking.recorded import Calls, Part, Recorded
from corsinspect.commands.lint import LintOptions, lint
from corsinspect.errors import CorsinspectError
from corsinspect.model import Call
from corsinspect.policy.baseline import BASELINE, DEFAULT
from corsinspect.policy.config import Policy, find_policy, read_policy
from corsinspect.policy.judging import Judging, Source
from corsinspect.policy.levels import FailOn
from corsinspect.report.formats import FORMATS, writer
from corsinspect.report.neighbours import Neighbours
from corsinspect.session.line_numbers import line_numbers
from corsinspect.terminal import complain, wants_colour

T = TypeVar("T")

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
    jobs: int | None = None
    """How many processes may work at once; None: one per core, where it pays."""


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
        self._judging = Judging(policy, BASELINE.read(baseline) if baseline is not None and known else frozenset())
        self._lint = options.lint
        self._jobs = options.jobs
        self.seen = 0
        """How many calls, page loads too, there were in the files."""
        self._format = options.format
        self._files = [(format, _opened(path)) for format, path in options.reports]

    def of(self, paths: Sequence[Path]) -> int:
        """Judges each file on its own, prints and writes the results, and returns the exit status."""
        with Recorded(paths, self._jobs, shown=True) as recorded:
            parts = list(map(_told, recorded.parts()))
            calls = recorded.calls
            self.seen = len(calls)
            self._write(calls, _Sources(parts, calls) if self._says_where else None)
            flawed = self._lint is not None and lint(calls, self._format, self._lint)
        unreadable = any(part.complaints for part in parts)
        if (gone := self._judging.gone()) and not unreadable:
            complain(f"no longer seen of the baseline: {gone} problem{'' if gone == 1 else 's'}")
        if self._new_baseline is not None:
            number = BASELINE.write(self._new_baseline, self._judging.problems)
            complain(f"{self._new_baseline}: written, {number} problem{'' if number == 1 else 's'}")
        if unreadable:
            return UNREADABLE
        failed = self._judging.failed and self._new_baseline is None
        return FAILED if failed or flawed else PASSED

    @property
    def _says_where(self) -> bool:
        return any(FORMATS[format].says_where for format in self._formats)

    @property
    def _formats(self) -> list[str]:
        """Of what is printed, and of the files."""
        return [self._format, *(format for format, _ in self._files)]

    def _write(self, calls: Calls, sources: "_Sources | None") -> None:
        session = Neighbours(calls, calls.outlines())
        with contextlib.ExitStack() as stack:
            outputs = [(writer(self._format, session, colour=wants_colour()), sys.stdout)]
            for format, file in self._files:
                outputs.append((writer(format, session), stack.enter_context(file)))
            for report, file in outputs:
                _print(report.begin(), file)
            if len(calls) >= MANY and self._may_be_shared_out:
                self._write_apart(session, calls, [file for _, file in outputs])
            else:
                for call in self._shown(calls):
                    judged = self._judging.judge(call, None if sources is None else sources.of(call))
                    for report, file in outputs:
                        _print(report.call(judged), file)
            unmet = list(self._judging.unmet())
            for report, file in outputs:
                _print(report.end(unmet), file)

    @property
    def _may_be_shared_out(self) -> bool:
        return jobs_of(self._jobs) > 1 and all(FORMATS[format].a_line_a_call for format in self._formats)

    def _write_apart(self, session: Neighbours, calls: Calls, files: Sequence[IO[str]]) -> None:
        """Writes the lines of all calls, made by several processes."""
        apart = Apart(self._formats, session, calls, self._judging, jobs_of(self._jobs))
        with contextlib.closing(apart):
            for piece in self._shown(apart, TOGETHER):
                self._judging.add(piece.found)
                for text, file in zip(piece.texts, files, strict=True):
                    file.write(text)

    @staticmethod
    def _shown(many: bars.Many[T], holding: int = 1) -> Iterable[T]:
        return bars.going_through(many, "writing", holding) if bars.goes_to_file() else many


def _told(part: Part) -> Part:
    """Says on stderr what couldn't be read or judged."""
    for text in part.complaints:
        complain(text)
    if failed := part.unexplained:
        complain(f"{part.path}: {_UNEXPLAINED.format(number=failed, s='s' if failed > 1 else '')}")
    return part


class _Sources:
    """Where the calls were recorded that something may be wrong with. Those that the browser never sent have the file
    alone."""

    def __init__(self, parts: Sequence[Part], calls: Iterable[Call]) -> None:
        self._parts = parts
        ids: list[list[str]] = [[] for _ in parts]
        for call in filter(_may_be_wrong, calls):
            number, id = self._exchange(call)
            ids[number].append(id)
        each = zip(parts, ids, strict=True)
        self._lines = [line_numbers(part.path, wanted) if part.format == "session" else {} for part, wanted in each]

    def of(self, call: Call) -> Source | None:
        """None for calls that nothing is wrong with."""
        if not _may_be_wrong(call):
            return None
        number, id = self._exchange(call)
        part = self._parts[number]
        named = _ENTRIES.get(part.format)
        entry = named.format(id.removeprefix("har:")) if named is not None and id else None
        return Source(str(part.path), self._lines[number].get(id), entry)

    def _exchange(self, call: Call) -> tuple[int, str]:
        """The number of the file, and the id that the deciding exchange has there."""
        exchange = call.stopped_at
        if len(self._parts) == 1:
            return 0, "" if exchange is None else exchange.id
        prefix = call.id.partition(":")[0]
        return int(prefix) - 1, "" if exchange is None else exchange.id.removeprefix(f"{prefix}:")


def _may_be_wrong(call: Call) -> bool:
    return call.verdict.outcome not in ("allowed", "not-cors")


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
