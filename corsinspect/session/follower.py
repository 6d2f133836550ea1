"""Follows a session file that another process writes, or reads a large one piece by piece."""

import os
from contextlib import suppress
from pathlib import Path

import msgspec

from corsinspect.model import Exchange
from corsinspect.session.errors import Problem, SessionError
from corsinspect.session.lines import UNREADABLE, LineReader
from corsinspect.session.redaction.redact import Redactor

_PIECE = 1 << 20


class Follower:
    """Reads what is new in a session file, in whole lines. The file may come into being later.

    `torn`: bytes stand after the last newline, so a line is being written, or its writer died over it.
    """

    def __init__(self, path: Path, *, held: bool = True) -> None:
        """`held`: as of a LineReader."""
        self.path = path
        self.torn = False
        self._fd: int | None = None
        self._offset: int = 0
        self.redactor = Redactor()
        """For lines that aren't redacted, in this file and in those beside it."""
        self._reader = LineReader(self.redactor, held=held)

    @property
    def problems(self) -> list[Problem]:
        """Lines that couldn't be read, so far."""
        return self._reader.problems

    @property
    def read(self) -> int:
        """Bytes read so far."""
        return self._offset

    @property
    def size(self) -> int:
        """Bytes the file has now; 0 while there is none."""
        return os.fstat(self._fd).st_size if self._fd is not None else 0

    @property
    def gone(self) -> bool:
        """Whether another file, or none, has the name of the one that is being read."""
        if self._fd is None:
            return False
        try:
            return not os.path.samestat(os.fstat(self._fd), self.path.stat())
        except OSError:
            return True

    def poll(self) -> list[Exchange]:
        """The exchanges in the whole lines since the last poll. Raises SessionError if it can't be read."""
        exchanges: list[Exchange] = []
        while piece := self.piece(_PIECE):
            exchanges += piece
        return exchanges

    def piece(self, size: int) -> list[Exchange]:
        """As `poll`, but of about `size` bytes of the file, each exchange once, in its last state there; empty when no
        whole line with an exchange is left."""
        try:
            if self._fd is None:
                self._fd = os.open(self.path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
            self.torn = False
            while data := os.pread(self._fd, size, self._offset):
                whole = data.rfind(b"\n") + 1
                exchanges = self._reader.read(data[:whole].split(b"\n")[:-1])
                # What comes after the last newline is read again next time: a writer may take back a torn line.
                self._offset += whole
                self.torn = whole < len(data)
                if exchanges or (self.torn and len(data) < size):
                    return exchanges
                if not whole:
                    size *= 2
        except FileNotFoundError:
            return []
        except OSError as error:
            raise SessionError(self.path, f"can't be read ({error.strerror})", "Name a session file.") from error
        return []

    def close(self) -> None:
        """Lets go of the file."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


class LineId(msgspec.Struct):
    """Of a session's line only the exchange's id; "" of a header."""

    id: str = ""


class Ahead:
    """Counts the exchanges that a session file has lines of past a place, reading no more of them than their ids."""

    def __init__(self, path: Path, start: int) -> None:
        self.start = start
        self._path = path
        self._offset = start
        self._ids: set[str] = set()
        self._decode = msgspec.json.Decoder(LineId).decode

    def count(self) -> int:
        """How many there are by now; what is more than a megabyte is left for the next time."""
        try:
            with self._path.open("rb", buffering=0) as file:
                file.seek(self._offset)
                data = file.read(_PIECE)
        except OSError:
            return len(self._ids)
        whole = data.rfind(b"\n") + 1
        self._offset += whole
        for line in data[:whole].split(b"\n"):
            with suppress(*UNREADABLE):
                self._ids.add(self._decode(line).id)
        self._ids.discard("")  # of headers
        return len(self._ids)
