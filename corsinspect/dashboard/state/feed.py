"""From a source to the Tracker, in slices: judging never holds up the screen."""

import asyncio
import contextlib
import math
import time
from collections.abc import Callable, Iterable, Sequence

from corsinspect.analysis import Tracker
from corsinspect.dashboard.state.facts import Progress
from corsinspect.dashboard.state.source import Exchanges
from corsinspect.dashboard.state.threads import breathe, in_thread
from corsinspect.model import Call, Changes, Exchange

SLICE = 0.005
"""Seconds of reading and judging between two chances to draw and to hear keys."""
HANDFUL = 40
"""Calls that are taken over together while more come: 2 ms of work. In a flood a frame's arrivals were 15 ms, and those
that are given up after their time 20 ms."""
POLL = 0.05
FALLBACK = 1.0
"""Seconds after which a source that wakes its readers is read anyway: a wake-up is only a hint."""
WORTH_A_BAR = 2000
"""Exchanges at once from which on progress is shown."""


class Feed:
    """Reads a source to its end. What follows from its exchanges waits in `take` until the screen is drawn."""

    def __init__(self, source: Exchanges, changed: Callable[[], None], slice: float = SLICE) -> None:
        """`changed` is called when there is something to take or the progress or the source's facts are other ones."""
        self.progress: Progress | None = None if source.live else Progress(0, None)
        self.held = False
        """Whether the screen is to stay as it is: then nothing is read, and the file keeps what comes."""
        self._over = False
        self._source = source
        self._changed = changed
        self._tracker = Tracker()
        self._gathered: list[Changes] = []
        self._waiting = 0
        """How many calls have changed in those."""
        self._slice = slice
        self._deadline = 0.0
        """When the present slice ends."""

    @property
    def plenty(self) -> bool:
        """Whether there is so much to take that it had better not wait for the next frame."""
        return self._waiting >= HANDFUL and not self.held

    def take(self, most: int | None = None) -> Changes:
        """What has changed since the last time, the newest state of each call, `most` of them; nothing while held."""
        if self.held:
            return Changes([], [])
        found = merged(self._gathered)
        now, later = found.changed[:most], found.changed[len(found.changed) if most is None else most :]
        self._gathered = [Changes(later, [])] if later else []
        self._waiting = len(later)
        return Changes(now, found.withdrawn)

    def _gather(self, changes: Changes) -> None:
        if changes.changed or changes.withdrawn:  # one of two brings nothing
            self._gathered.append(changes)
            self._waiting += len(changes.changed)

    def look_at_clock(self) -> None:
        """Gives up what waited too long, of a live source. The clock is one that nobody sets."""
        self._gather(self._tracker.advance(time.monotonic()))
        self._changed()

    def hold(self, held: bool) -> None:
        """Leaves what comes where it is, or takes it in again."""
        self.held = held
        if self._source.wake is not None:
            self._source.wake.set()
        self._changed()

    def end(self) -> None:
        """Reads no more: for whoever cancels `run`, as `wait_for` forgets that when its event comes just then."""
        self._over = True

    async def run(self) -> None:
        """Reads until the source ends. Raises `session.reader.SessionError` where it can't be read at all."""
        source = self._source
        arrived = await in_thread(source.poll)  # a large file that isn't ours takes seconds
        self._deadline = time.perf_counter() + self._slice  # else the first frame would be of one call
        while True:
            await self._judge(arrived)
            if not self.held:
                caught_up = source.ended or (source.live and not source.behind)
                await self._hear(math.inf if caught_up else max((each.started for each in arrived), default=0.0))
            if source.ended:
                break
            if self.held or not source.behind:
                await self._wait()
            if self._over:
                return
            arrived = [] if self.held else source.poll()
        self._gather(self._tracker.close())
        self.progress = None
        await self._hand_over()

    async def _judge(self, exchanges: Sequence[Exchange]) -> None:
        source = self._source
        for number, exchange in enumerate(exchanges, 1):
            if source.live:
                self._gather(self._tracker.feed(exchange, time.monotonic()))
            else:
                self._gather(self._tracker.advance_to(exchange))
                self._gather(self._tracker.feed(exchange))
            if self.plenty:
                self._changed()
            if time.perf_counter() > self._deadline:
                if source.progress is not None:
                    self.progress = source.progress
                elif len(exchanges) >= WORTH_A_BAR:
                    self.progress = Progress(number, len(exchanges))
                await self._breathe()
        if source.live and not source.behind:
            self.progress = None
        if exchanges or self.plenty:
            await self._hand_over()

    async def _hear(self, until: float) -> None:
        """Takes in what browsers had said by then."""
        heard = False
        while said := self._source.said(until):
            self._gather(self._tracker.hear(said))
            heard = True
            if time.perf_counter() > self._deadline:
                await self._breathe()
        if heard:
            await self._hand_over()

    async def _hand_over(self) -> None:
        """Has what was gathered taken, a handful at a time; what is less than that waits for the next frame."""
        self._changed()
        while self.plenty:
            if time.perf_counter() > self._deadline:
                await breathe()
                self._deadline = time.perf_counter() + self._slice
            before = self._waiting
            self._changed()
            if self._waiting >= before:  # nobody can take it now
                break

    async def _breathe(self) -> None:
        """Lets the screen draw and hear keys."""
        self._changed()
        await breathe()
        self._deadline = time.perf_counter() + self._slice

    async def _wait(self) -> None:
        wake = self._source.wake
        if wake is None:
            await asyncio.sleep(POLL)
        else:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), FALLBACK)
                wake.clear()
                self._changed()  # perhaps nothing came, but the proxy died or a browser was closed
        self._deadline = time.perf_counter() + self._slice


def merged(gathered: Iterable[Changes]) -> Changes:
    """Several changes as one, with the newest state of each call."""
    latest: dict[str, Call | None] = {}
    for changes in gathered:
        if changes.withdrawn:
            latest |= dict.fromkeys(changes.withdrawn)
        for call in changes.changed:
            latest[call.id] = call
    changed = [call for call in latest.values() if call is not None]
    return Changes(changed, [id for id, call in latest.items() if call is None])
