"""What a browser said, handed over beside a recording's exchanges: each when it would have come."""

import heapq
import math
from collections.abc import Callable, Iterable, Sequence

from corsinspect.said import Said

STEP = 0.25
"""Seconds, by the clock of the exchanges, in which what was said comes together: joining has a cost each time."""
AT_ONCE = 256
"""Saids that are handed over at once: some 10 ms of work."""


class Speech:
    """`read` gives the next Saids, roughly in the order in which they were told, or none where there are no more yet;
    it's asked no sooner than they're needed, so that few are held however many there are."""

    def __init__(self, read: Callable[[], Sequence[Said]]) -> None:
        self._more = read
        self._read: list[tuple[float, int, Said]] = []
        self._count = 0
        self._until = -math.inf
        """The latest moment of what was read."""
        self._next = -math.inf

    def until(self, now: float) -> list[Said]:
        """What had been told by then and wasn't handed over, or the first part of it."""
        if now < self._next:
            return []
        while self._until < now and len(self._read) < AT_ONCE and (piece := self._more()):
            for said in piece:
                self._count += 1
                heapq.heappush(self._read, (told_at(said), self._count, said))
                self._until = max(self._until, told_at(said))
        found: list[Said] = []
        while self._read and self._read[0][0] < now and len(found) < AT_ONCE:
            found.append(heapq.heappop(self._read)[2])
        if len(found) < AT_ONCE and not math.isinf(now):
            self._next = now + STEP
        return found


def speech_of(saids: Iterable[Said]) -> Speech:
    """All that was said, from memory."""
    pieces = iter([list(saids)])
    return Speech(lambda: next(pieces, ()))


def told_at(said: Said) -> float:
    """When a browser told this state of a leg."""
    return said.ended or said.answered or said.sent or said.called
