"""Time that goes on although the clock of a recording was set back in between.

Stamps are the wall clock's, and that can be set: by a person, by the network's time, by a virtual machine that wakes
up. What happened later then seems to be earlier, and a request older than the preflight that was sent for it.
"""

from array import array
from collections.abc import Iterable, Sequence

import msgspec

from corsinspect.fetch.redirect import REDIRECT_STATUSES
from corsinspect.model import Exchange

STEP = 1.0
"""Seconds by which a clock must go back to count as set: stamps of about one moment come in any order."""

MOST = 86_400.0
"""Seconds by which a clock is set back at most: what is older belongs to another recording, or its stamp is wrong."""

NEXT = 0.001
"""Seconds that pass while a clock is set back: how many really did isn't known."""


class SteadyTime:
    """Follows a clock, and goes on where that is set back."""

    __slots__ = ("awaited", "now", "shift")

    def __init__(self) -> None:
        self.now = float("-inf")
        """The latest moment that was heard of."""
        self.shift = 0.0
        """What is to be added to a stamp that is given now."""
        self.awaited = float("-inf")
        """When the latest answer came that something must follow."""

    def passes(self, exchange: Exchange) -> bool:
        """Whether an exchange shows at a glance that its stamps are moments, and no clock was set: most of them."""
        started, answered = exchange.started, exchange.answered
        return not self.shift and self.now - started <= STEP and (answered is None or answered >= started - STEP)

    def goes_on(self, stamp: float) -> bool:
        """Whether a clock that says this shows at a glance that it wasn't set."""
        return not self.shift and stamp >= self.now

    def read(self, stamp: float) -> bool:
        """Takes in what the clock says now; returns whether it was set since the last time."""
        at = stamp + self.shift
        if at < self.now - STEP:
            if self.now - at > MOST:
                self.now, self.shift, self.awaited = stamp, 0.0, stamp
            else:
                self.now = max(self.now, self.awaited) + NEXT
                self.shift = self.now - stamp
            return True
        if self.shift and stamp >= self.now:  # it was set right again, or a single stamp had been wrong
            self.shift, self.now = 0.0, stamp
            return True
        self.now = max(self.now, at)
        return False

    def meet(self, exchange: Exchange) -> bool:
        """The same by a new exchange, which may have begun long before it became known: only what was over before
        something else began shows that the clock was set back."""
        known = exchange.ended
        if known is None:
            known = exchange.started if exchange.answered is None else exchange.answered
        if known + self.shift < self.now - STEP or (self.shift and exchange.started >= self.now):
            return self.read(exchange.started)
        return False


def in_steady_time(exchange: Exchange, begun: float, since: float) -> Exchange:
    """The exchange with its stamps as moments: `begun` is what they lacked when it began, `since` what they lack by
    now. The clock may have been set back while it was under way: it wasn't over before it began."""
    started, answered, ended = exchange.started, exchange.answered, exchange.ended
    backwards = (answered is not None and answered < started - STEP) or (ended is not None and ended < started - STEP)
    if not begun and not backwards:
        return exchange

    def moment(stamp: float | None) -> float | None:
        if stamp is None:
            return None
        if stamp >= started - STEP:
            return stamp + begun
        return max(stamp + since, started + begun)

    return msgspec.structs.replace(exchange, started=started + begun, answered=moment(answered), ended=moment(ended))


def steadied(exchanges: Iterable[Exchange]) -> list[Exchange]:
    """Exchanges in the order in which they became known, with times that go on where the clock was set back."""
    time = SteadyTime()
    return [_next(time, exchange) for exchange in exchanges]


def _next(time: SteadyTime, exchange: Exchange) -> Exchange:
    time.meet(exchange)
    steady = in_steady_time(exchange, time.shift, time.shift)
    time.now = max(time.now, steady.started)
    if steady.answered is not None and (steady.method == "OPTIONS" or steady.status in REDIRECT_STATUSES):
        time.awaited = max(time.awaited, steady.answered)
    return steady


def in_order(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Exchanges in the order in which they became known, as they are, by the moment when they began and by id."""
    return [exchanges[number] for number in order(exchanges)]


def order(exchanges: Iterable[Exchange]) -> list[int]:
    """Their numbers, in that order. Each exchange is looked at once and let go of."""
    time, moments, ids = SteadyTime(), array("d"), list[str]()
    for exchange in exchanges:
        moments.append(_next(time, exchange).started)
        ids.append(exchange.id)
    numbers = sorted(range(len(ids)), key=ids.__getitem__)
    numbers.sort(key=moments.__getitem__)
    return numbers
