"""What reading other tools' files takes, beside mitmproxy's own reader of both, in one process and one run.

python -m tests.bench.reading FILE…

CPU time; the order of the two changes from round to round, and the median ratio counts.
"""

import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from mitmproxy.io import FlowReader

from corsinspect.session.reader import Reading
from corsinspect.session.redaction.redact import Redactor

ROUNDS = 3


class Compared(NamedTuple):
    exchanges: int
    """How many are in the file."""
    seconds: float
    """Of ours, all of it read and redacted."""
    first: float
    """Until the first of them was there."""
    ratio: float
    """Times that mitmproxy's takes as long."""


def compare(path: Path) -> Compared:
    """Reads the file with both."""
    ratios: list[float] = []
    ours: list[tuple[float, float]] = []
    count = 0
    for round in range(ROUNDS):
        theirs = 0.0
        for turn in (round % 2, 1 - round % 2):
            gc.collect()
            if turn:
                theirs = _theirs(path)
            else:
                count, first, seconds = _ours(path)
                ours.append((seconds, first))
        ratios.append(theirs / ours[-1][0])
    seconds, first = (statistics.median(column) for column in zip(*ours, strict=True))
    return Compared(count, seconds, first, statistics.median(ratios))


def _ours(path: Path) -> tuple[int, float, float]:
    started, count, first = time.process_time(), 0, 0.0
    for piece in Reading(path, Redactor()):
        if piece and not count:
            first = time.process_time() - started
        count += len(piece)
    return count, first, time.process_time() - started


def _theirs(path: Path) -> float:
    def read() -> None:
        with path.open("rb") as file:
            _exhaust(FlowReader(file).stream())

    return _timed(read)


def _timed(work: Callable[[], None]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _exhaust(items: Iterable[object]) -> None:
    for _ in items:
        pass


def main() -> None:
    for name in sys.argv[1:]:
        path = Path(name)
        found = compare(path)
        size = path.stat().st_size >> 20
        print(f"{path.name}: {found.exchanges:,} exchanges, {size} MB: {found.seconds:.2f} s of CPU, ", end="")
        print(f"the first after {found.first:.2f} s, {found.ratio:.1f} times as fast as mitmproxy")


if __name__ == "__main__":
    main()
