"""When to paint next what comes faster than anybody reads: the more a frame costs, the longer until the next one."""

import time
from collections.abc import Callable

SHARE = 0.06
"""Of one core's time, what frames may take that nobody asked for."""
LONGEST = 0.12
"""Seconds between them at most: with 0.15, and timers that tick every 0.05, some rows came 0.2 s after their answer."""


class Pace:
    """Times frames, and says when another one is due.

    A frame's cost is the thread's CPU time from `begin` to `painted`. That includes what else ran in between, which is
    little on an idle terminal, and a reason to paint seldom on a busy one. Another program's work doesn't count.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, worked: Callable[[], float] = time.thread_time
    ) -> None:
        """`worked`: seconds that this thread has worked."""
        self._clock = clock
        self._worked = worked
        self._begun = 0.0
        self._worked_before: float | None = None
        """None: no frame is being painted."""
        self._pause = 0.0

    def due(self, least: float, *, sparing: bool) -> bool:
        """Whether it's time for another frame, `least` seconds after the last one; `sparing`: or longer, after a frame
        that cost much."""
        return self._clock() - self._begun >= (max(least, self._pause) if sparing else least)

    def begin(self) -> None:
        """A frame is being made."""
        self._begun = self._clock()
        self._worked_before = self._worked()

    def painted(self) -> None:
        """It's on the screen."""
        if self._worked_before is not None:
            self._pause = min(LONGEST, (self._worked() - self._worked_before) / SHARE)
            self._worked_before = None
