"""What the processes that read a session hand over: calls that are encoded for the disk, and rows that are made.

- Of a row goes what is its own, and the number of what it has in common with others: 100 bytes, 0.8 µs there and back.
- A Call's 1.4 KB go through as they are, and in the dashboard to the file: to decode them takes 9 µs.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from corsinspect.dashboard.state.encoding import NOWHERE, decoded, encoded
from corsinspect.dashboard.state.facts import Progress
from corsinspect.model import Call, Changes

if TYPE_CHECKING:
    from corsinspect.listing.rows import Common  # which the process that judges does without: 0.06 s


class Judged(NamedTuple):
    """What has changed, and how far the reading is."""

    calls: bytes
    places: Sequence[tuple[str, int]]
    """Of each call its id, and where in `calls` it begins."""
    odd: dict[str, Call]
    """Calls whose texts can't be encoded, by their ids; their place is NOWHERE."""
    withdrawn: Sequence[str]
    problems: tuple[str, ...] = ()
    progress: Progress | None = None
    ended: bool = False

    def changes(self) -> Changes:
        """The changes themselves."""
        calls = [self.odd[id] if place == NOWHERE else decoded(self.calls, place) for id, place in self.places]
        return Changes(calls, [*self.withdrawn])


class MadeRow(NamedTuple):
    """A row but for its call's id and its position, which whoever lists it gives."""

    common: int
    """The number of its `Common`, counted from the first that was handed over."""
    url: str
    started: float
    took: float | None
    asked: float | None


class Made(NamedTuple):
    """The same with the rows."""

    judged: Judged
    rows: Sequence[MadeRow]
    """Of each of the calls."""
    common: "Sequence[Common]"
    """What rows have in common: on the way only what wasn't handed over before, then all of it."""


def judged(changes: Changes, problems: tuple[str, ...], progress: Progress | None, ended: bool) -> Judged:
    """These changes, to be handed over."""
    data = bytearray()
    places: list[tuple[str, int]] = []
    odd: dict[str, Call] = {}
    for call in changes.changed:
        place = len(data)
        try:
            data += encoded(call)
        except UnicodeEncodeError:  # a lone surrogate, from a file name or another tool's file
            place, odd[call.id] = NOWHERE, call
        places.append((call.id, place))
    return Judged(bytes(data), places, odd, changes.withdrawn, problems, progress, ended)
