"""What the process that reads a session hands over to the dashboard's: rows that are made, and calls for the disk.

Of a row goes what is its own, and the number of what it has in common with others: 100 bytes, 0.8 µs there and back,
where a Call's 1.4 KB take 9 µs to decode. Those go to the file as they are, and are decoded when they're asked for.
"""

from collections.abc import Sequence
from typing import NamedTuple

from corsinspect.analysis.across.traits import traits
from corsinspect.dashboard.state.call_store import NOWHERE, decoded, encoded
from corsinspect.dashboard.state.facts import Progress
from corsinspect.listing.rows import Common, row_of
from corsinspect.model import Call, Changes


class MadeRow(NamedTuple):
    """A row but for its position, which whoever lists it gives."""

    id: str
    place: int
    """Where its call begins in `Made.calls`."""
    common: int
    """The number of its `Common`, counted from the first that was handed over."""
    url: str
    started: float
    took: float | None
    asked: float | None


class Made(NamedTuple):
    """What has changed, as `Changes`, and how far the reading is."""

    rows: Sequence[MadeRow]
    calls: bytes
    common: Sequence[Common]
    """What rows have in common: on the way only what wasn't handed over before, then all of it."""
    odd: dict[str, Call]
    """Calls whose texts can't be encoded, by their ids."""
    withdrawn: Sequence[str]
    problems: tuple[str, ...] = ()
    progress: Progress | None = None
    ended: bool = False

    def changes(self) -> Changes:
        """The same with the calls themselves."""
        calls = [self.odd[row.id] if row.place == NOWHERE else decoded(self.calls, row.place) for row in self.rows]
        return Changes(calls, [*self.withdrawn])


class Maker:
    """Makes what is handed over, in the order in which it's given."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        """By the identity of each `Common`; all of them live as long."""
        self._known: list[Common] = []

    def made(self, changes: Changes, problems: tuple[str, ...], progress: Progress | None, ended: bool) -> Made:
        """These changes, and how far it is with them."""
        handed_over = len(self._known)
        data = bytearray()
        rows: list[MadeRow] = []
        odd: dict[str, Call] = {}
        for call in changes.changed:
            place = len(data)
            try:
                data += encoded(call)
            except UnicodeEncodeError:  # a lone surrogate, from a file name or another tool's file
                place, odd[call.id] = NOWHERE, call
            row = row_of(0, call, traits(call))
            rows.append(MadeRow(row.id, place, self._number(row.common), row.url, row.started, row.took, row.asked))
        return Made(rows, bytes(data), self._known[handed_over:], odd, changes.withdrawn, problems, progress, ended)

    def _number(self, common: Common) -> int:
        number = self._numbers.get(id(common))
        if number is None:
            number = self._numbers[id(common)] = len(self._known)
            self._known.append(common)
        return number
