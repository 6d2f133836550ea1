"""The lines of many calls, made by several processes: whoever writes them only waits for the next ones."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import NamedTuple

from corsinspect.commands.checking.pool import pool
from corsinspect.model import Call
from corsinspect.policy.judging import Found, Judging
from corsinspect.report.formats import writer
from corsinspect.report.neighbours import Neighbours
from corsinspect.report.writer import Writer

MANY = 50_000
"""From this many calls on, several processes finish sooner than one, although each takes half a second to start."""
TOGETHER = 500
"""Calls that a process gets at a time."""


class Piece(NamedTuple):
    """What a process made of some calls in a row."""

    texts: list[str]
    """Their lines, for each of the formats."""
    found: Found


class Apart:
    """The pieces of reports whose formats have `a_line_a_call`, in order. `len`: how many there are."""

    def __init__(
        self, formats: Sequence[str], session: Neighbours, calls: Sequence[Call], judging: Judging, jobs: int
    ) -> None:
        """`session`, `calls`, `judging`: each process gets a copy. `jobs`: how many processes."""
        self._pool = pool(jobs, _begin, formats, session, calls, judging)
        self._starts = range(0, len(calls), TOGETHER)
        self._ahead = 2 * jobs

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[Piece]:
        waiting: deque[Future[Piece]] = deque()
        for start in self._starts:
            waiting.append(self._pool.submit(_piece, start, start + TOGETHER))
            if len(waiting) > self._ahead:  # a slow reader of the output must not make them pile up
                yield waiting.popleft().result()
        for made in waiting:
            yield made.result()

    def close(self) -> None:
        """Ends the processes."""
        self._pool.shutdown(cancel_futures=True)


_work: tuple[list[Writer], Sequence[Call], Judging]
"""In each of the processes: what it makes lines with, of which calls, and by which policy."""


def _begin(formats: Sequence[str], session: Neighbours, calls: Sequence[Call], judging: Judging) -> None:
    global _work
    _work = [writer(format, session) for format in formats], calls, judging


def _piece(start: int, stop: int) -> Piece:
    writers, calls, judging = _work
    judged = [judging.judge(call) for call in calls[start:stop]]
    texts = ["".join(f"{line}\n" for each in judged for line in writer.call(each)) for writer in writers]
    return Piece(texts, judging.take_found())
