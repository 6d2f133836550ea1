"""Counts by kind of call, kept while rows come and change: what the overview and the completion are made from.

A session has few kinds of calls, whatever its length: nothing here is asked of a million rows.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from corsinspect.analysis.traits import Traits
from corsinspect.dashboard.terms import codes, host_names


class Tally:
    """How many calls there are of each Traits."""

    def __init__(self) -> None:
        self.kinds: Counter[Traits] = Counter()
        """In the order in which they were first seen; a kind that no call has any more is left out."""
        self._pool: dict[Traits, Traits] = {}

    def same(self, traits: Traits) -> Traits:
        """The one object that stands for equal Traits: a row holds eight bytes of it."""
        return self._pool.setdefault(traits, traits)

    def count(self, traits: Traits, by: int) -> None:
        """Takes a call in (1) or out (-1)."""
        number = self.kinds[traits] + by
        if number:
            self.kinds[traits] = number
        else:
            del self.kinds[traits]

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
}
