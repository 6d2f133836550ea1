"""The lines of many calls, made by several processes: whoever prints them only waits for the next ones."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future

from corsinspect.commands.checking.pool import pool
from corsinspect.model import Call
from corsinspect.policy.judging import Judged, Unmet
from corsinspect.report.formats import writer
from corsinspect.report.neighbours import Neighbours
from corsinspect.report.writer import Writer

MANY = 20_000
"""So many calls take a second: as long as it takes processes to start and to pay off."""
_TOGETHER = 500
"""Calls that a process gets at a time."""


class Apart:
    """Stands for the writer of a format that has `a_line_a_call`; is asked for each of `calls` in turn."""

    def __init__(self, format: str, session: Neighbours, calls: Sequence[Call], jobs: int) -> None:
        """`session`, `calls`: each process gets a copy. `jobs`: how many processes."""
        self._pool = pool(jobs, _begin, format, session, calls)
        self._lines = self._made(len(calls), ahead=2 * jobs)

    def begin(self) -> Iterable[str]:
        return ()

    def call(self, judged: Judged) -> Iterable[str]:
        del judged
        yield next(self._lines)

    def end(self, unmet: Iterable[Unmet]) -> Iterable[str]:
        del unmet
        return ()

    def close(self) -> None:
        """Ends the processes."""
        self._pool.shutdown(cancel_futures=True)

    def _made(self, count: int, ahead: int) -> Iterator[str]:
        waiting: deque[Future[list[str]]] = deque()
        for start in range(0, count, _TOGETHER):
            waiting.append(self._pool.submit(_lines_of, start, start + _TOGETHER))
            if len(waiting) > ahead:  # a slow reader of the output must not make them pile up
                yield from waiting.popleft().result()
        for made in waiting:
            yield from made.result()


_writing: tuple[Writer, Sequence[Call]]
"""In each of the processes: what it makes lines with, and of which calls."""


def _begin(format: str, session: Neighbours, calls: Sequence[Call]) -> None:
    global _writing
    _writing = writer(format, session), calls


def _lines_of(start: int, stop: int) -> list[str]:
    making, calls = _writing
    return [line for call in calls[start:stop] for line in making.call(Judged(call))]
