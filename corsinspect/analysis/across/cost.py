"""What preflights cost: how many there were, how long pages waited for them, and what a Max-Age would have spared.

Spared is a preflight that a grant of the same page, URL and credentials, remembered for as long as the browser
remembers one at most, would have covered.
"""

from collections import OrderedDict
from typing import NamedTuple

from corsinspect.fetch.cache import Entry, covers, entry
from corsinspect.fetch.check import Asked
from corsinspect.fetch.engines import ENGINES

from .traits import Traits

REMEMBERED = 100_000
"""Grants held at a time, the oldest let go of: the cost of a session of any length stays that of its busiest hours."""


class Cost(NamedTuple):
    """Preflights, and the seconds that pages waited for them."""

    preflights: int = 0
    seconds: float = 0.0
    spared: int = 0
    seconds_spared: float = 0.0


class Accounts:
    """Adds preflights up, in the order in which they were sent."""

    def __init__(self) -> None:
        self.cost = Cost()
        self._grants: OrderedDict[tuple[str, str], Entry] = OrderedDict()

    def add(self, kind: Traits, url: str, sent: float, took: float | None) -> None:
        """A call's preflight: when it was sent, and how many seconds its answer took (None: there was none)."""
        if kind.asked is None:
            return
        preflights, seconds, spared, seconds_spared = self.cost
        took = took or 0.0
        engine = ENGINES[kind.engine or "chromium"]
        asked = Asked(kind.page or "null", kind.method or "", kind.asked)
        key = (asked.origin, url)
        held = self._grants.get(key)
        cached = held is not None and covers(held, asked, kind.include, sent, engine)
        if not cached and _granted(kind):
            fields = kind.grant._replace(max_age=str(engine.max_age_cap))
            grant = entry(asked, kind.include, fields, sent + took, "", engine)
            if grant is not None:
                self._grants[key] = grant
                if len(self._grants) > REMEMBERED:
                    self._grants.popitem(last=False)
        self.cost = Cost(preflights + 1, seconds + took, spared + cached, seconds_spared + (took if cached else 0.0))


def _granted(kind: Traits) -> bool:
    """Whether the browser took the answer for a grant."""
    status = kind.preflight_status
    return kind.stage != "preflight" and status is not None and 200 <= status <= 299
