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

    @property
    def gone(self) -> bool:
        """Whether the file was deleted, or replaced, while it was read."""
        return self._follower.gone

    def poll(self) -> None:
        """Reads what was added since the last time. Raises SessionError if the file can't be read."""
        now = time.monotonic()
        for exchange in self._follower.poll():
            self._take(self._tracker.feed(exchange, now))
        if said := self._said.poll():
            self._take(self._tracker.hear(said))
        self._take(self._tracker.advance(now))

    def close(self) -> None:
        """Reads the rest and gives every Call its verdict."""
        self.poll()
        self._take(self._tracker.close())
        self._follower.close()
        self._said.close()
