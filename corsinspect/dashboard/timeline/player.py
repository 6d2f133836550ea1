"""Goes to and fro in a saved session: the calls of a Book become those that were known at a moment.

- Forward, exchanges go through a Tracker in the order of time, as they do live. What each step changed is remembered
  for a while, so that going back by some steps is at once; further back everything is judged anew from the start.
- Work comes in slices: `go` is a generator that yields whenever the screen may draw. One that isn't run to its end
  leaves a mess that the next one clears up.
"""

import math
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from corsinspect.analysis import Tracker
from corsinspect.analysis.word.speech import speech_of
from corsinspect.dashboard.state.feed import merged
from corsinspect.dashboard.timeline.timeline_events import Moment, is_quiet, moments, state
from corsinspect.model import Call, Changes, Exchange
from corsinspect.said import Said

SLICE = 0.01
CHUNK = 10_000
"""Moments that are looked through at once."""
REMEMBERED = 1_000
"""Steps that can be taken back at once."""


class Position(NamedTuple):
    """A moment between two others: how many are past, and what time it is."""

    past: int
    at: float


class Move(NamedTuple):
    """What led from one place to the next, and leads back."""

    before: Position
    after: Position
    onward: Changes
    back: Changes


class Player:
    """At the end to begin with: the Book holds what the whole session came to."""

    def __init__(
        self,
        exchanges: Sequence[Exchange],
        saids: Sequence[Said] = (),
        *,
        known: Callable[[str], Call | None],
        apply: Callable[[Changes], None],
        clear: Callable[[], None],
    ) -> None:
        """`known`: the present call of an id; `apply` and `clear` change what is shown. `exchanges` in order of their
        start, one at least; `saids`: what browsers said of them."""
        self.moments = moments(exchanges)
        self.start, self.end = self.moments[0].at, self.moments[-1].at
        self._exchanges = exchanges
        self._saids = saids
        self._speech = speech_of(())
        self._known = known
        self._apply = apply
        self._clear = clear
        self._whole = len(self.moments) + 1
        """All moments, and one that tells that nothing more comes: then what waits gets its verdict."""
        self.place = self.whole
        self.target = self.place
        self._tracker: Tracker | None = None
        self._beginnings = _beginnings(self.moments)
        self._deadline = 0.0
        self._done: list[Move] = []
        self._undone: list[Move] = []

    @property
    def whole(self) -> Position:
        """Where all is shown."""
        return Position(self._whole, self.end)

    def place_at(self, at: float) -> Position:
        """Where one is at this time."""
        at = min(max(at, self.start), self.end)
        return self.whole if at == self.end else Position(bisect_right(self.moments, at, key=_time), at)

    def neighbour(self, steps: int) -> Position:
        """One request, answer or failure further, or one back."""
        past, last = self.target.past, len(self.moments)
        if steps > 0:
            while past < last and self._quiet(past):
                past += 1
            past = min(past + 1, self._whole)
        else:
            past = min(past, last)
            while past > 1 and self._quiet(past - 1):
                past -= 1
            past = max(1, past - 1)
        return Position(past, self.moments[min(past, last) - 1].at)

    def begun(self, place: Position) -> int:
        """How many exchanges had begun there."""
        return bisect_left(self._beginnings, place.past)

    def go(self, target: Position) -> Iterator[float]:
        """Has the Book become what was known there, in slices; yields how much of the way is done, 0 to 1."""
        self.target = target
        self._deadline = time.perf_counter() + SLICE
        yield from self._retrace(target)
        if self._undone:  # the target is among what was taken back
            self.place = target
            return
        if not _within(self.place, target) or (self._tracker is None and self.place != target):
            self._clear()
            self._tracker, self._speech = Tracker(), speech_of(self._saids)
            self._done.clear()
            self.place = Position(0, self.start)
        if (tracker := self._tracker) is None:
            return
        if self.place.past < target.past - REMEMBERED:
            yield from self._hurry(tracker, target.past - REMEMBERED)
        while self.place.past < target.past:
            self._step(tracker)
            yield from self._breathe(self.place.past)
        self._take(target, tracker.advance(target.at))

    def _retrace(self, target: Position) -> Iterator[float]:
        """Takes steps back, or takes them again."""
        while self._done and not _within(self._done[-1].after, target):
            step = self._done.pop()
            self._undone.append(step)
            self._apply(step.back)
            self.place = step.before
            yield from self._breathe(self.place.past)
        while self._undone and _within(self._undone[-1].after, target):
            step = self._undone.pop()
            self._done.append(step)
            self._apply(step.onward)
            self.place = step.after
            yield from self._breathe(self.place.past)
        if self._done and not _within(self.place, target):
            self.place = self._done[-1].after  # nothing has changed since but the time
        elif not self._done and not _within(self.place, target):
            self._undone.clear()

    def _hurry(self, tracker: Tracker, past: int) -> Iterator[float]:
        """Goes there without a way back: each exchange once, as it was there."""
        begun = self.place.past
        latest: dict[int, int] = {}
        for start in range(begun, past, CHUNK):
            # an exchange keeps the place where it came first: what began first is judged first
            latest |= {exchange: stage for _, exchange, stage in self.moments[start : min(start + CHUNK, past)]}
            yield from self._breathe(begun)
        self._done.clear()
        self._tracker, self.place = None, Position(0, self.start)  # should it end before its end
        gathered: list[Changes] = []
        for number, (index, stage) in enumerate(latest.items()):
            exchange = state(self._exchanges[index], stage)
            gathered += [*self._heard(tracker, exchange.started), tracker.advance_to(exchange)]
            gathered.append(tracker.feed(exchange))
            if time.perf_counter() > self._deadline:
                self._apply(merged(gathered))
                gathered.clear()
                yield from self._breathe(begun + (past - begun) * number // len(latest))
        self._apply(merged(gathered))
        self._tracker, self.place = tracker, Position(past, self.moments[past - 1].at)

    def _step(self, tracker: Tracker) -> None:
        past = self.place.past
        if past == len(self.moments):
            self._take(self.whole, merged([*self._heard(tracker, math.inf), tracker.close()]))
            return
        at, index, stage = self.moments[past]
        before = [*self._heard(tracker, at), tracker.advance(at)]
        self._take(Position(past + 1, at), merged([*before, tracker.feed(state(self._exchanges[index], stage))]))

    def _heard(self, tracker: Tracker, at: float) -> Iterator[Changes]:
        """What follows from what browsers had said by then."""
        while said := self._speech.until(at):
            yield tracker.hear(said)

    def _take(self, after: Position, changes: Changes) -> None:
        if changes.changed or changes.withdrawn or after.past > self.place.past:
            if (back := self._inverse(changes)) is None:
                self._done.clear()
            else:
                self._done.append(Move(self.place, after, changes, back))
                del self._done[: -2 * REMEMBERED]
            self._apply(changes)
        self.place = after

    def _breathe(self, past: int) -> Iterator[float]:
        if time.perf_counter() > self._deadline:
            yield past / self._whole
            self._deadline = time.perf_counter() + SLICE

    def _inverse(self, changes: Changes) -> Changes | None:
        """What undoes these changes; None where that would put a call in another place of the list."""
        if any(self._known(id) is not None for id in changes.withdrawn):
            return None
        before = [(call.id, self._known(call.id)) for call in changes.changed]
        return Changes([call for _, call in before if call is not None], [id for id, call in before if call is None])

    def _quiet(self, index: int) -> bool:
        moment = self.moments[index]
        return is_quiet(moment, self._exchanges[moment.exchange])


def _time(moment: Moment) -> float:
    return moment.at


def _within(place: Position, target: Position) -> bool:
    """Whether a place isn't past the target."""
    return place.past <= target.past and place.at <= target.at


def _beginnings(moments: Sequence[Moment]) -> list[int]:
    """Which moments are the first of an exchange."""
    seen: set[int] = set()
    return [number for number, (_, index, _) in enumerate(moments) if index not in seen and not seen.add(index)]
