"""Times of a capture that nobody can set: the wall clock's when the capture began, counted on by one that only runs.

mitmproxy stamps with the wall clock. If that is set, by a person or by the network's time, what follows seems to be
hours after or before what it belongs to, and a request is no longer found for the preflight that was sent for it.
"""

import time

TOLERANCE = 0.002
"""Seconds by which the two clocks may disagree; pairing takes stamps for simultaneous within some more."""

_RUNNING = getattr(time, "CLOCK_BOOTTIME", None) or getattr(time, "CLOCK_MONOTONIC", None)
"""One that goes on while the machine sleeps, as the wall clock does: on Linux the first, on macOS the second."""


def running() -> float:
    """Seconds since some moment, by a clock that can't be set."""
    return time.monotonic() if _RUNNING is None else time.clock_gettime(_RUNNING)


class Clock:
    """Makes steady times of the wall clock's stamps. It's to be asked soon after they were given."""

    def __init__(self) -> None:
        self._lacks = 0.0
        """What is to be added to stamps of now."""
        self._wall, self._running, self._unsure = _both()

    def now(self) -> float:
        """What time it is."""
        return self.steady(time.time())

    def steady(self, stamp: float) -> float:
        """When a stamp was given."""
        wall, running, unsure = _both()
        step = (wall - self._wall) - (running - self._running)
        lacked = self._lacks
        if abs(step) > TOLERANCE + unsure + self._unsure:
            self._lacks -= step
        self._wall, self._running, self._unsure = wall, running, unsure
        if self._lacks == lacked:
            return stamp + lacked
        # set since the last stamp: before this one, unless it would be of the future then, or older than if after
        age, age_before = wall - stamp, wall - stamp - step
        given_before = age < 0 or 0 <= age_before < age
        return stamp + (lacked if given_before else self._lacks)


def _both() -> tuple[float, float, float]:
    """Both clocks at one moment, and by how much that may be wrong: the process may have to wait between two looks."""
    before = running()
    wall = time.time()
    after = running()
    return wall, (before + after) / 2, after - before
