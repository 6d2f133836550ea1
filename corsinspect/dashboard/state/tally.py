"""Counts by kind of call, kept while rows come and change: what the overview and the completion are made from.

A session has few kinds of calls, whatever its length: nothing here is asked of a million rows.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from corsinspect.analysis.across.patterns import BY_SLUG, concerns
from corsinspect.analysis.across.traits import Traits
from corsinspect.listing.rows import PROBLEMS
from corsinspect.listing.terms import codes, host_names


class Tally:
    """How many calls there are of each Traits."""

    def __init__(self) -> None:
        self.kinds: Counter[Traits] = Counter()
        """In the order in which they were first seen; a kind that no call has any more is left out."""
        self.calls: Counter[int] = Counter()
        """By the second (since the epoch) in which they began."""
        self.failures: Counter[int] = Counter()
        self.changes = 0
        """Goes up with every change: who shows what was counted sees whether it's still so."""

    def count(self, traits: Traits, started: Sequence[float], by: int) -> None:
        """Takes calls of one kind that began then in (`by` 1) or out (-1)."""
        self.changes += 1
        number = self.kinds[traits] + by * len(started)
        if number:
            self.kinds[traits] = number
        else:
            del self.kinds[traits]
        if traits.outcome != "not-cors" and not traits.background:
            for second in map(int, started):
                self.calls[second] += by
                if traits.outcome in PROBLEMS:
                    self.failures[second] += by

    def clear(self) -> None:
        """Forgets everything."""
        for counts in (self.kinds, self.calls, self.failures):
            counts.clear()
        self.changes += 1

    def values(self, key: str) -> list[str]:
        """The values of a filter's key that calls have, the most frequent first."""
        read = _VALUES.get(key)
        if read is None:
            return []
        found: Counter[str] = Counter()
        for traits, number in self.kinds.items():
            for value in read(traits):
                found[value] += number
        return [value for value, _ in found.most_common()]


def _codes(traits: Traits) -> Iterable[str]:
    return codes(traits.reason, traits.stage == "preflight") if traits.outcome == "blocked" else ()


_VALUES: dict[str, Callable[[Traits], Iterable[str]]] = {
    "method": lambda traits: (traits.method,) if traits.method else (),
    "host": lambda traits: (host_names(traits.api)[1],),
    "origin": lambda traits: (host_names(traits.page)[1],) if traits.page else (),
    "reason": lambda traits: (traits.reason,) if traits.reason else (),
    "status": lambda traits: (str(traits.status),) if traits.status else (),
    "code": _codes,
    "finding": lambda traits: (slug for slug in BY_SLUG if concerns(slug, traits)),
}
