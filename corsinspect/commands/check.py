"""`check`: judges recorded traffic and prints a line per call."""

import sys
from collections.abc import Iterator
from pathlib import Path

import typer

from corsinspect.analysis import by_server
from corsinspect.commands.lint import LintOptions, lint
from corsinspect.commands.recorded import Recorded
from corsinspect.model import Exchange
from corsinspect.printable import printable
from corsinspect.report.formats import document
from corsinspect.session.stream import Exchanges
from corsinspect.terminal import complain, wants_colour

LONG = 5_000
"""So many exchanges take long enough (a quarter of a second) to be worth a progress bar."""

NOTHING_BLOCKED, BLOCKED, UNREADABLE = 0, 1, 2
_FAILED = "{number} call{s} failed in the browser, likely by CORS, but the file doesn't hold why: not judged"


def check(files: list[Path], format: str, lint_options: LintOptions | None = None, jobs: int = 1) -> int:
    """Judges each file on its own, prints the results in a format of `report.FORMATS`, and returns the exit status.
    `jobs`: how many files are judged side by side; `lint_options`: how to lint the policies, None: not at all."""
    unreadable = unexplained = False
    with Recorded(files, jobs, _with_progress) as recorded:
        for part in recorded.parts():
            for text in part.complaints:
                complain(text)
                unreadable = True
            if failed := part.unexplained:
                complain(f"{part.path}: {_FAILED.format(number=failed, s='s' if failed > 1 else '')}")
                unexplained = True
        calls = recorded.calls
        for line in document(format, calls, colour=wants_colour()):
            print(line)
        flawed = lint_options is not None and lint(calls, format, lint_options)
        if unreadable:
            return UNREADABLE
        blocked = any(by_server(call).verdict.outcome == "blocked" for call in calls)
    return BLOCKED if blocked or unexplained or flawed else NOTHING_BLOCKED


def _with_progress(exchanges: Exchanges, path: Path) -> Iterator[Exchange]:
    """Passes the exchanges on, with a progress bar on stderr where a person can see it."""
    if len(exchanges) < LONG or not sys.stderr.isatty():
        yield from exchanges
        return
    with typer.progressbar(exchanges, len(exchanges), label=printable(path.name), file=sys.stderr) as bar:
        yield from bar
