"""Records that wait on disk for their turn, because all of them together are more than memory should hold."""

import os
import tempfile
from array import array
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

from corsinspect.model import Call, Exchange, HeaderList
from corsinspect.said import Said
from corsinspect.session.errors import SessionError
from corsinspect.session.packed.packing import Packing, Unpacking
from corsinspect.session.private import private_file

T = TypeVar("T", Exchange, Said, Call)

_PIECE = 1 << 20
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
        self._packing, self._unpacking = Packing(), Unpacking(type)
        self._ends = array("Q")
        self._written = 0
        self._pending = bytearray()

    def __len__(self) -> int:
        return len(self._ends)

    def append(self, record: T) -> int:
        """Keeps a record; returns its number."""
        pending, ends = self._pending, self._ends
        pending += self._packing.packed(record)
        ends.append(self._written + len(pending))
        if len(pending) >= _PIECE:
            self._flush()
        return len(ends) - 1

    def __getitem__(self, number: int) -> T:
        self._flush()
        start, end = self._span(number)
        return self._unpacked(os.pread(self._fd, end - start, start))

    def each(self, numbers: Iterable[int]) -> Iterator[T]:
        """These records; quick where the numbers mostly rise."""
        self._flush()
        piece, first = memoryview(b""), 0
        for number in numbers:
            start, end = self._span(number)
            if start < first or end > first + len(piece):
                piece, first = memoryview(os.pread(self._fd, max(_PIECE, end - start), start)), start
            yield self._unpacked(piece[start - first : end - first])

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
        return self._path, self._type, self._ends, self._packing.lists

    def __setstate__(self, state: "tuple[Path, type[T], array[int], list[HeaderList]]") -> None:
        self._path, self._type, self._ends, lists = state
        self._packing, self._unpacking = Packing(lists), Unpacking(self._type)
        self._fd = os.open(self._path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        self._written, self._pending = self._ends[-1] if self._ends else 0, bytearray()

    def _unpacked(self, data: bytes | memoryview) -> T:
        return self._unpacking.unpacked(data, self._packing.lists)

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
