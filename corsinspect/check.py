"""`check`: judges recorded traffic and prints a line per call."""

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import typer

from corsinspect.analysis import by_server, judge_all
from corsinspect.model import Call, Exchange
from corsinspect.printable import printable
from corsinspect.report import jsonl, text
from corsinspect.report.neighbours import Neighbours
from corsinspect.session.errors import SessionError
from corsinspect.session.reader import load
from corsinspect.terminal import wants_colour

LONG = 5_000
"""So many exchanges take long enough (a quarter of a second) to be worth a progress bar."""

NOTHING_BLOCKED, BLOCKED, UNREADABLE = 0, 1, 2
_FAILED = "{number} call{s} failed in the browser, likely by CORS, but the file doesn't hold why: not judged"


def check(files: list[Path], *, machine: bool) -> int:
    """Judges each file on its own, prints the results, and returns the exit status."""
    calls: list[Call] = []
    unreadable = unexplained = False
    for number, path in enumerate(files, 1):
        try:
            loaded = load(path)
        except SessionError as error:
            _tell(str(error))
            unreadable = True
            continue
        for problem in loaded.problems:
            line = f", line {problem.line}" if problem.line is not None else ""
            _tell(f"{path}{line}: {problem.text}")
            unreadable = True
        exchanges = loaded.exchanges if len(files) == 1 else _numbered(loaded.exchanges, number)
        judged = judge_all(_with_progress(exchanges, path))
        if failed := sum(map(_failed_unexplained, judged)):
            _tell(f"{path}: {_FAILED.format(number=failed, s='s' if failed > 1 else '')}")
            unexplained = True
        calls += judged
    calls.sort(key=lambda call: call.started)
    if machine:
        _print_jsonl(calls)
    else:
        _print_text(calls)
    if unreadable:
        return UNREADABLE
    blocked = any(by_server(call).verdict.outcome == "blocked" for call in calls)
    return BLOCKED if blocked or unexplained else NOTHING_BLOCKED


def _failed_unexplained(call: Call) -> bool:
    return call.verdict.reason == "failed-unexplained" and not call.background


def _with_progress(exchanges: list[Exchange], path: Path) -> Iterator[Exchange]:
    """Passes the exchanges on, with a progress bar on stderr where a person can see it."""
    if len(exchanges) < LONG or not sys.stderr.isatty():
        yield from exchanges
        return
    with typer.progressbar(exchanges, label=printable(path.name), file=sys.stderr) as bar:
        yield from bar


def _numbered(exchanges: list[Exchange], number: int) -> list[Exchange]:
    """Puts the file's number before each id, because ids are unique only within a file."""
    return [msgspec.structs.replace(exchange, id=f"{number}:{exchange.id}") for exchange in exchanges]


def _print_jsonl(calls: list[Call]) -> None:
    for line in jsonl.lines(calls):
        sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def _print_text(calls: list[Call]) -> None:
    colour = wants_colour()
    neighbours = Neighbours()
    for call in calls:
        neighbours.add(call)
    for call in calls:
        if call.verdict.outcome != "not-cors" and not call.background:
            print(text.lines(call, colour=colour, neighbours=neighbours))
    for line in text.in_common(calls):
        print(line)
    print(text.summary(calls))


def _tell(line: str) -> None:
    print(f"corsinspect: {printable(line)}", file=sys.stderr)
