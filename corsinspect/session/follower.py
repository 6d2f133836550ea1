"""Follows a session file that another process writes."""

import os
from pathlib import Path

from corsinspect.model import Line
from corsinspect.session.errors import Problem, SessionError
from corsinspect.session.lines import LineReader
from corsinspect.session.redact import Redactor

_PIECE = 1 << 20


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

    def poll(self) -> list[Line]:
        """The exchanges in the whole lines since the last poll, in order. Raises SessionError if it can't be read."""
        lines: list[Line] = []
        try:
            if self._fd is None:
                self._fd = os.open(self.path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
            self.torn = False
            size = _PIECE
            while piece := os.pread(self._fd, size, self._offset):
                whole = piece.rfind(b"\n") + 1
                read = map(self._reader.read, piece[:whole].split(b"\n")[:-1])
                lines += [line for line in read if line is not None]
                # What comes after the last newline is read again next time: a writer may take back a torn line.
                self._offset += whole
                self.torn = whole < len(piece)
                if len(piece) < size:
                    break
                size = _PIECE if whole else size * 2
        except FileNotFoundError:
            return []
        except OSError as error:
            raise SessionError(self.path, f"can't be read ({error.strerror})", "Name a session file.") from error
        return lines

    def close(self) -> None:
        """Lets go of the file."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
