"""What the processes that read a session hand over: calls that are packed for the disk, and rows that are made.

Of a row goes what is its own, and the number of what it has in common with others. The calls go through as they are,
and in the dashboard to the file. Columns of values take a third of the time that a tuple of each row took.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from corsinspect.dashboard.state.encoding import NOWHERE, decoded, encoded
from corsinspect.dashboard.state.facts import Progress
from corsinspect.model import Call, Changes, HeaderList
from corsinspect.session.packed.packing import Packing

if TYPE_CHECKING:
    from corsinspect.listing.rows import Common  # which the process that judges does without: 0.06 s


class Judged(NamedTuple):
    """What has changed, and how far the reading is."""

    ids: Sequence[str]
    """Of each call."""
    places: Sequence[int]
    """Where in `calls` each begins; NOWHERE: it's among the `unpacked`."""
    calls: bytes
    lists: list[HeaderList]
    """The header lists that have a number there: on the way only what wasn't handed over before, then all of them."""
    unpacked: dict[str, Call]
    """By their ids: calls whose texts can't be encoded, and those that need not leave their process."""
    withdrawn: Sequence[str]
    problems: tuple[str, ...] = ()
    progress: Progress | None = None
    ended: bool = False

    def arrived(self, lists: list[HeaderList]) -> "Judged":
        """The same with all lists, which are those that came before and these."""
        lists += self.lists
        return self._replace(lists=lists)

    def changes(self) -> Changes:
        """The changes themselves, once all lists are there."""
        calls = [
            self.unpacked[id] if place == NOWHERE else decoded(self.calls, self.lists, place)
            for id, place in zip(self.ids, self.places, strict=True)
        ]
        return Changes(calls, [*self.withdrawn])


class MadeRows(NamedTuple):
    """Rows but for their calls' ids and their positions, which whoever lists them gives: in columns."""

    common: list[int]
    """The number of each one's `Common`, counted from the first that was handed over."""
    url: list[str]
    started: list[float]
    took: list[float | None]
    asked: list[float | None]


class Made(NamedTuple):
    """The same with the rows."""

    judged: Judged
    rows: MadeRows
    """Of each of the calls."""
    common: "Sequence[Common]"
    """What rows have in common: on the way only what wasn't handed over before, then all of it."""


def judged(
    changes: Changes,
    packing: Packing,
    problems: tuple[str, ...] = (),
    progress: Progress | None = None,
    ended: bool = False,
) -> Judged:
    """These changes, to be handed over."""
    known = len(packing.lists)
    data = bytearray()
    places: list[int] = []
    unpacked: dict[str, Call] = {}
    for call in changes.changed:
        place = len(data)
        try:
            data += encoded(packing.packed(call))
        except UnicodeEncodeError:  # a lone surrogate, from a file name or another tool's file
            place, unpacked[call.id] = NOWHERE, call
        places.append(place)
    ids = [call.id for call in changes.changed]
    lists = packing.lists[known:]
    return Judged(ids, places, bytes(data), lists, unpacked, changes.withdrawn, problems, progress, ended)


def judged_here(changes: Changes) -> Judged:
    """These changes, for this process itself."""
    calls = {call.id: call for call in changes.changed}
    return Judged([*calls], [NOWHERE] * len(calls), b"", [], calls, changes.withdrawn)
