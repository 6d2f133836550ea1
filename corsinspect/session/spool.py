"""Records that wait on disk for their turn, because all of them together are more than memory should hold."""

import os
import tempfile
from array import array
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

import msgspec
from msgspec.structs import force_setattr

from corsinspect.model import Call, Exchange, HeaderList
from corsinspect.said import Said
from corsinspect.session.errors import SessionError
from corsinspect.session.lines import SHARED_LENGTH
from corsinspect.session.private import private_file

T = TypeVar("T", Exchange, Said, Call)

_PIECE = 1 << 20
_INLINE = -1
"""The number of a list that stays where it is."""
_NUMBERED = 4_096
"""Header lists that get a number at most."""
_HINT = "Name a folder with room for twice the files in the variable TMPDIR."


@contextmanager
def temporary_folder() -> Generator[Path]:
    """A folder for spools, for its owner only, that is removed with all that is in it. Raises SessionError where none
    can be made."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="corsinspect-")
    except OSError as error:
        raise SessionError(Path(tempfile.gettempdir()), f"can't be written ({error.strerror})", _HINT) from error
    with folder as name:
        yield Path(name)


class Spool(Generic[T]):
    """A file of Exchanges, Saids or Calls that are appended once and read again in any order; memory holds 8 bytes of
    each, and header lists that come again and again.

    Numbers count from 0, in order of `append`. Another process gets one to read from by pickling.
    """

    def __init__(self, path: Path, type: type[T]) -> None:
        """Makes the file, for its owner only. Raises SessionError where there is no room."""
        self._path, self._type = path, type
        try:
            self._fd = private_file(path)
        except OSError as error:
            raise self._unwritable(error) from error
        self._lists = _Lists()
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(tuple[list[int], type]).decode
        self._ends = array("Q")
        self._written = 0
        self._pending = bytearray()

    def __len__(self) -> int:
        return len(self._ends)

    def append(self, record: T) -> int:
        """Keeps a record; returns its number."""
        self._pending += self._encoded(record)
        self._ends.append(self._written + len(self._pending))
        if len(self._pending) >= _PIECE:
            self._flush()
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> T:
        self._flush()
        start, end = self._span(number)
        return self._decoded(os.pread(self._fd, end - start, start))

    def each(self, numbers: Iterable[int]) -> Iterator[T]:
        """These records; quick where the numbers mostly rise."""
        self._flush()
        piece, first = memoryview(b""), 0
        for number in numbers:
            start, end = self._span(number)
            if start < first or end > first + len(piece):
                piece, first = memoryview(os.pread(self._fd, max(_PIECE, end - start), start)), start
            yield self._decoded(piece[start - first : end - first])

    def extend(self, other: "Spool[T]") -> int:
        """Appends all records of another spool; returns the number that its first one has here."""
        first = len(self)
        for record in other.each(range(len(other))):
            self.append(record)
        return first

    def close(self) -> None:
        """Lets go of the file, which stays until its folder is removed."""
        os.close(self._fd)

    def remove(self) -> None:
        """Lets go of the file and deletes it."""
        self.close()
        self._path.unlink()

    def __getstate__(self) -> "tuple[Path, type[T], array[int], list[HeaderList]]":
        self._flush()
        return self._path, self._type, self._ends, self._lists.numbered

    def __setstate__(self, state: "tuple[Path, type[T], array[int], list[HeaderList]]") -> None:
        self._path, self._type, self._ends, lists = state
        self._lists = _Lists(lists)
        self._fd = os.open(self._path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(tuple[list[int], self._type]).decode
        self._written, self._pending = self._ends[-1] if self._ends else 0, bytearray()

    def _encoded(self, record: T) -> bytes:
        """The record without the header lists that have a number, after these numbers."""
        bearers, number = _bearers(record), self._lists.number
        numbers: list[int] = []
        lists = [(each, each.request_headers, each.response_headers) for each in bearers]
        try:
            # written over for a moment: copies of each record would take as long as all the rest
            for bearer, sent, received in lists:
                numbers += number(sent), number(received)
                if numbers[-2] != _INLINE:
                    force_setattr(bearer, "request_headers", ())
                if numbers[-1] != _INLINE:
                    force_setattr(bearer, "response_headers", ())
            return self._encode((numbers, record))
        finally:
            for bearer, sent, received in lists:
                force_setattr(bearer, "request_headers", sent)
                force_setattr(bearer, "response_headers", received)

    def _decoded(self, data: bytes | memoryview) -> T:
        numbers, record = self._decode(data)
        if numbers:
            for index, bearer in enumerate(_bearers(record)):
                sent, received = numbers[2 * index : 2 * index + 2]
                if sent != _INLINE:
                    force_setattr(bearer, "request_headers", self._lists.numbered[sent])
                if received != _INLINE:
                    force_setattr(bearer, "response_headers", self._lists.numbered[received])
        return record

    def _span(self, number: int) -> tuple[int, int]:
        return self._ends[number - 1] if number else 0, self._ends[number]

    def _flush(self) -> None:
        if self._pending:
            self._write()

    def _write(self) -> None:
        pending, self._pending = memoryview(self._pending), bytearray()
        try:
            while pending:
                count = os.pwrite(self._fd, pending, self._written)
                pending, self._written = pending[count:], self._written + count
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> SessionError:
        return SessionError(self._path, f"can't be written ({error.strerror})", _HINT)


class _Lists:
    """The header lists that come again, by number."""

    def __init__(self, numbered: Iterable[HeaderList] = ()) -> None:
        self.numbered = list(numbered)
        self._numbers = {headers: number for number, headers in enumerate(self.numbered)}
        self._by_id = {id(headers): number for number, headers in enumerate(self.numbered)}
        """Mostly it's the very same list."""
        self._seen: set[HeaderList] = set()
        """Those that came once so far: most that come but once have a date or an id in them, and never come again."""

    def number(self, headers: HeaderList | None) -> int:
        """The number of a list, or _INLINE."""
        if headers is None:
            return _INLINE
        number = self._by_id.get(id(headers))
        if number is None:
            number = self._numbers.get(headers)
        return self._new(headers) if number is None else number

    def _new(self, headers: HeaderList) -> int:
        if not headers or len(self.numbered) >= _NUMBERED or any(len(value) > SHARED_LENGTH for _, value in headers):
            return _INLINE
        if headers not in self._seen:
            if len(self._seen) >= _NUMBERED:
                self._seen.clear()
            self._seen.add(headers)
            return _INLINE
        self._seen.remove(headers)
        number = self._numbers[headers] = self._by_id[id(headers)] = len(self.numbered)
        self.numbered.append(headers)
        return number


def _bearers(record: Exchange | Said | Call) -> tuple[Exchange | Said, ...]:
    """Those whose header lists are kept apart; none of a Call that quotes an earlier answer, which may be one of its
    own."""
    if isinstance(record, Exchange | Said):
        return (record,)
    quotes = record.browser is not None and record.browser.cached is not None
    return () if quotes or any(hop.stored is not None for hop in record.hops) else record.exchanges
