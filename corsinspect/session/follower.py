"""Follows a session file that another process writes, or reads a large one piece by piece."""

import os
from pathlib import Path
from typing import NamedTuple

from corsinspect.model import Line
from corsinspect.session.errors import Problem, SessionError
from corsinspect.session.lines import LineReader
from corsinspect.session.redact import Redactor

_PIECE = 1 << 20
_LINE = 1 << 12
"""Bytes read at first for one line; nearly all are shorter."""


class Placed(NamedTuple):
    """A line and the offset of its first byte."""

    line: Line
    place: int


class Follower:
    """Reads what is new in a session file, in whole lines. The file may come into being later.

    `torn`: bytes stand after the last newline, so a line is being written, or its writer died over it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.torn = False
        self._fd: int | None = None
        self._offset = 0
        self._reader = LineReader(Redactor())

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

    def poll(self) -> list[Line]:
        """The exchanges in the whole lines since the last poll, in order. Raises SessionError if it can't be read."""
        lines: list[Line] = []
        while piece := self.piece(_PIECE):
            lines += [line for line, _ in piece]
        return lines

    def piece(self, size: int) -> list[Placed]:
        """As `poll`, but of about `size` bytes of the file; empty when no whole line with an exchange is left."""
        try:
            if self._fd is None:
                self._fd = os.open(self.path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
            self.torn = False
            while data := os.pread(self._fd, size, self._offset):
                whole = data.rfind(b"\n") + 1
                lines = self._placed(data[:whole])
                # What comes after the last newline is read again next time: a writer may take back a torn line.
                self._offset += whole
                self.torn = whole < len(data)
                if lines or (self.torn and len(data) < size):
                    return lines
                if not whole:
                    size *= 2
        except FileNotFoundError:
            return []
        except OSError as error:
            raise SessionError(self.path, f"can't be read ({error.strerror})", "Name a session file.") from error
        return []

    def line_at(self, place: int) -> Line | None:
        """The exchange in the line that a `Placed` was from; None if the file doesn't hold it any more."""
        size = _LINE
        try:
            while self._fd is not None and (data := os.pread(self._fd, size, place)):
                end = data.find(b"\n")
                if end >= 0:
                    return self._reader.again(data[:end])
                if len(data) < size:
                    break
                size *= 8
        except OSError:
            return None
        return None

    def close(self) -> None:
        """Lets go of the file."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _placed(self, data: bytes) -> list[Placed]:
        placed: list[Placed] = []
        place = self._offset
        for line in data.split(b"\n")[:-1]:
            if (read := self._reader.read(line)) is not None:
                placed.append(Placed(read, place))
            place += len(line) + 1
        return placed
