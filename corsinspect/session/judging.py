"""A session file that is still being written: what comes is judged as it comes."""

import time
from collections.abc import Callable
from pathlib import Path

from corsinspect.analysis import Tracker
from corsinspect.model import Changes
from corsinspect.session.follower import Follower
from corsinspect.session.sidecar import SaidFollower


class LiveSession:
    """Follows a session, and what its browsers say; each change of its Calls goes to `take`.

    The clock is one that nobody sets: the wall clock can be set while a call waits.
    """

    def __init__(self, path: Path, take: Callable[[Changes], None]) -> None:
        self.path = path
        self._take = take
        self._follower = Follower(path)
        self._said = SaidFollower(path, self._follower.redactor)
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

    def poll(self) -> None:
        """Reads what was added since the last time. Raises SessionError if the file can't be read."""
        now = time.monotonic()
        for follower in (self._before, self._follower):
            for exchange in [] if follower is None else follower.poll():
                self._take(self._tracker.feed(exchange, now))
        if said := self._said.poll():
            self._take(self._tracker.hear(said))
        self._take(self._tracker.advance(now))

    def turn_to(self, path: Path) -> None:
        """Whoever writes it goes on in this file; calls go on from one to the other."""
        self.poll()
        if self._before is not None:
            self._before.close()
        self._said.close()
        self.path, self._before, self._follower = path, self._follower, Follower(path)
        self._said = SaidFollower(path, self._follower.redactor)

    def close(self) -> None:
        """Reads the rest and gives every Call its verdict."""
        self.poll()
        self._take(self._tracker.close())
        if self._before is not None:
            self._before.close()
        self._follower.close()
        self._said.close()
