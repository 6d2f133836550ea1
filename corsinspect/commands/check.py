"""`check`: judges recorded traffic and prints a line per call."""

import sys
from collections.abc import Iterator
from pathlib import Path

import typer

from corsinspect.analysis import by_server, judge_all
from corsinspect.commands.lint import LintOptions, lint
from corsinspect.model import Call, Exchange
from corsinspect.printable import printable
from corsinspect.report.formats import document
from corsinspect.session.errors import SessionError
from corsinspect.session.numbered import of_file, said_of_file
from corsinspect.session.reader import load
from corsinspect.terminal import complain, wants_colour

LONG = 5_000
"""So many exchanges take long enough (a quarter of a second) to be worth a progress bar."""

NOTHING_BLOCKED, BLOCKED, UNREADABLE = 0, 1, 2
_FAILED = "{number} call{s} failed in the browser, likely by CORS, but the file doesn't hold why: not judged"


def check(files: list[Path], format: str, lint_options: LintOptions | None = None) -> int:
    """Judges each file on its own, prints the results in a format of `report.FORMATS`, and returns the exit status.
    `lint_options`: how to lint the policies; None: not at all."""
    calls: list[Call] = []
    unreadable = unexplained = False
    for number, path in enumerate(files, 1):
        try:
            loaded = load(path)
        except SessionError as error:
            complain(str(error))
            unreadable = True
            continue
        for problem in loaded.problems:
            complain(problem.in_file(path))
            unreadable = True
        exchanges, saids = loaded.exchanges, loaded.saids
        if len(files) > 1:
            exchanges = [of_file(exchange, number) for exchange in exchanges]
            saids = [said_of_file(said, number) for said in saids]
        judged = judge_all(_with_progress(exchanges, path), saids)
        if failed := sum(map(_failed_unexplained, judged)):
            complain(f"{path}: {_FAILED.format(number=failed, s='s' if failed > 1 else '')}")
            unexplained = True
        calls += judged
    calls.sort(key=lambda call: call.started)
    for line in document(format, calls, colour=wants_colour()):
        print(line)
    flawed = lint_options is not None and lint(calls, format, lint_options)
    if unreadable:
        return UNREADABLE
    blocked = any(by_server(call).verdict.outcome == "blocked" for call in calls)
    return BLOCKED if blocked or unexplained or flawed else NOTHING_BLOCKED


def _failed_unexplained(call: Call) -> bool:
    return call.verdict.reason == "failed-unexplained" and not call.background


def _with_progress(exchanges: list[Exchange], path: Path) -> Iterator[Exchange]:
    """Passes the exchanges on, with a progress bar on stderr where a person can see it."""
    if len(exchanges) < LONG or not sys.stderr.isatty():
        yield from exchanges
        return
    with typer.progressbar(exchanges, label=printable(path.name), file=sys.stderr) as bar:
        yield from bar
