"""A session file that is judged as it is read: one that is still being written, or a saved one in pieces."""

import math
import time
from collections.abc import Callable
from pathlib import Path

from corsinspect.analysis import Tracker
from corsinspect.analysis.word.speech import Speech
from corsinspect.model import Changes
from corsinspect.session.follower import Follower
from corsinspect.session.sidecar import SaidFollower

PIECE = 1 << 16
"""Bytes that are read at once: some 60 exchanges, 10 ms with judging."""


class LiveSession:
    """Follows a session, and what its browsers say; each change of its Calls goes to `take`.

    The clock is one that nobody sets: the wall clock can be set while a call waits. `saved`: nobody writes the file any
    more, so that its exchanges' own times count.
    """

    def __init__(self, path: Path, take: Callable[[Changes], None], *, saved: bool = False) -> None:
        self.path = path
        self._take = take
        self._saved = saved
        self._follower = Follower(path)
        self._said = SaidFollower(path, self._follower.redactor)
        self._speech = Speech(self._said.piece)
        self._tracker = Tracker()
        self._before: Follower | None = None
        """The file before this one: its last lines may still come."""

    @property
    def read(self) -> int:
        """Bytes of the file read so far."""
        return self._follower.read

    @property
    def gone(self) -> bool:
        """Whether the file was deleted, or replaced, while it was read."""
        return self._follower.gone

    @property
    def progress(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        size = self._follower.size
        return min(1.0, self._follower.read / size) if size else 0.0

    def poll(self) -> None:
        """Reads what was added since the last time. Raises SessionError if the file can't be read."""
        while self.step():
            pass

    def step(self) -> bool:
        """As `poll`, but of a piece of the file only; whether there is more to read at once."""
        now = time.monotonic()
        for exchange in [] if self._before is None else self._before.poll():
            self._take(self._tracker.feed(exchange, now))
        exchanges = self._follower.piece(PIECE)
        for exchange in exchanges:
            if self._saved:
                self._take(self._tracker.advance_to(exchange))
                self._take(self._tracker.feed(exchange))
            else:
                self._take(self._tracker.feed(exchange, now))
        behind = bool(exchanges) and self._follower.read < self._follower.size
        while said := self._speech.until(max(each.started for each in exchanges) if behind else math.inf):
            self._take(self._tracker.hear(said))
        if not behind and not self._saved:
            self._take(self._tracker.advance(now))
        return behind

    def turn_to(self, path: Path) -> None:
        """Whoever writes it goes on in this file; calls go on from one to the other."""
        self.poll()
        if self._before is not None:
            self._before.close()
        self._said.close()
        self.path, self._before, self._follower = path, self._follower, Follower(path)
        self._said = SaidFollower(path, self._follower.redactor)
        self._speech = Speech(self._said.piece)

    def close(self) -> None:
        """Reads the rest and gives every Call its verdict."""
        self.poll()
        self._take(self._tracker.close())
        if self._before is not None:
            self._before.close()
        self._follower.close()
        self._said.close()
