"""The calls in full: the newest in memory, older ones in a temporary file that vanishes with the process.

A Call takes some 4 KB of memory, 1.5 KB in the file, 5 µs to write and 20 µs to read back, and half of each where
another process packed it. It comes back as it was judged, whatever the source was. The memory of a session of a million
calls stays that of its rows.
"""

import tempfile
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

import msgspec

from corsinspect.dashboard.state.encoding import LENGTH, NOWHERE, decoded, encoded
from corsinspect.dashboard.state.made import Judged
from corsinspect.model import Call, HeaderList
from corsinspect.session.packed.packing import whole
from corsinspect.session.place import sessions_dir

HELD = 10_000
"""Calls in memory: what may still change is among them nearly always, and most sessions are no longer."""
AT_ONCE = 256
"""Calls that go to the file with one write."""


class Calls(Mapping[str, Call]):
    """Calls by id, and by position: the number of calls that were new before it. Iterates by position."""

    def __init__(self, held: int = HELD, at_once: int = AT_ONCE) -> None:
        """Holds at most `held + at_once` calls in memory."""
        self._limit = held
        self._at_once = at_once
        self._held: dict[int, Call] = {}
        """Those that changed longest ago first."""
        self._positions: dict[str, int] = {}
        self._places = array("q")
        """Where in the file each call that isn't held begins."""
        self._lists: Sequence[HeaderList] = ()
        """Those that have a number in the file: calls that were judged here stand there with all of their own."""
        self._file: IO[bytes] | None = None
        self._end = 0
        self._full = False
        """Whether the file takes no more: then everything is held."""

    def put(self, call: Call) -> int:
        """Takes a call over, or its newer state; returns its position."""
        position = self._positions.get(call.id)
        if position is None:
            position = self._positions[call.id] = len(self._places)
            self._places.append(NOWHERE)
        self._held.pop(position, None)
        self._held[position] = call
        if len(self._held) >= self._limit + self._at_once and not self._full:
            self._spill()
        return position

    def put_judged(self, judged: Judged) -> list[int]:
        """Takes over what another process has judged, straight to the file. Returns the calls' positions."""
        self._lists = judged.lists
        start = self._write(judged.calls) if judged.calls else None
        each = zip(judged.ids, judged.places, strict=True)
        return [self._put_encoded(id, place, start, judged) for id, place in each]

    def _put_encoded(self, id: str, place: int, start: int | None, judged: Judged) -> int:
        if place == NOWHERE:
            return self.put(judged.unpacked[id])
        if start is None:
            return self.put(decoded(judged.calls, judged.lists, place))
        position = self._positions.get(id)
        if position is None:
            position = self._positions[id] = len(self._places)
            self._places.append(start + place)
        else:
            self._held.pop(position, None)
            self._places[position] = start + place
        return position

    def drop(self, id: str) -> int | None:
        """Forgets a call; returns the position that it had. No other gets that one."""
        position = self._positions.pop(id, None)
        if position is not None:
            self._held.pop(position, None)
            self._places[position] = NOWHERE
        return position

    def at(self, position: int) -> Call | None:
        """The call at a position; None where there is none any more."""
        if not 0 <= position < len(self._places):
            return None
        return self._held.get(position) or self._read(self._places[position])

    def position(self, id: str) -> int | None:
        """Where the call of this id is."""
        return self._positions.get(id)

    def __getitem__(self, id: str) -> Call:
        call = self.at(self._positions[id])
        if call is None:
            raise KeyError(id)
        return call

    def __contains__(self, id: object) -> bool:
        return id in self._positions

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._positions))

    def __len__(self) -> int:
        return len(self._positions)

    def clear(self) -> None:
        """Forgets all calls, and begins again with the first position."""
        self.close()
        self._held.clear()
        self._positions.clear()
        self._places = array("q")
        self._end = 0
        self._full = False

    def close(self) -> None:
        """Lets go of the file, and so of the calls in it."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._full = True

    def _spill(self) -> None:
        """Moves the calls that changed longest ago to the file."""
        oldest = [
            (position, self._held[position]) for position, _ in zip(self._held, range(self._at_once), strict=False)
        ]
        data = bytearray()
        places: list[tuple[int, int]] = []
        for position, call in oldest:
            place = len(data)
            try:
                data += encoded(whole(call))
            except UnicodeEncodeError:  # stays in memory
                self._held[position] = self._held.pop(position)
                continue
            places.append((position, place))
        if (start := self._write(data)) is None:
            return
        for position, place in places:
            self._places[position] = start + place
            del self._held[position]

    def _write(self, data: bytes | bytearray) -> int | None:
        """Where in the file that stands now; None where it takes no more."""
        if self._full:
            return None
        start = self._end
        try:
            if self._file is None:
                self._file = _temporary()
            self._file.seek(start)
            self._full = self._file.write(data) < len(data)
        except OSError:
            self._full = True
        if self._full:
            return None
        self._end += len(data)
        return start

    def _read(self, place: int) -> Call | None:
        if place == NOWHERE or self._file is None:
            return None
        try:
            self._file.seek(place)
            length = self._file.read(LENGTH)
            return decoded(length + self._file.read(int.from_bytes(length)), self._lists)
        except (OSError, msgspec.DecodeError):
            return None


def _temporary() -> IO[bytes]:
    """Beside the sessions, as the usual place for such files is memory on many systems; for its owner only."""
    try:
        return tempfile.TemporaryFile(dir=sessions_dir(), buffering=0)
    except OSError:
        return tempfile.TemporaryFile(buffering=0)
