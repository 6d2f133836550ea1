"""Reads a file of recorded traffic, whatever its format: our sessions, mitmproxy's flows, a browser's HAR.

A format is a row of FORMATS and a module.
"""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from corsinspect.analysis.steady import in_order
from corsinspect.model import Exchange
from corsinspect.said import Said
from corsinspect.session import lines
from corsinspect.session.border import harmless
from corsinspect.session.errors import Problem, SessionError
from corsinspect.session.follower import Ahead, Follower
from corsinspect.session.formats import har, mitm
from corsinspect.session.formats.piece import Piece
from corsinspect.session.formats.unpack import unpacked
from corsinspect.session.redaction.redact import Redactor
from corsinspect.session.sidecar import load_saids

__all__ = [
    "FORMATS",
    "Ahead",
    "Follower",
    "Format",
    "Loaded",
    "Problem",
    "Reading",
    "SessionError",
    "is_session",
    "load",
]

_SNIFFED = 1 << 16
_HINT = "What can be read are corsinspect's own sessions (.jsonl), mitmproxy's flows (.mitm) and browsers' HAR files."

Read = tuple[Iterable[Exchange], list[Problem]]
"""The exchanges of a file, the last state of each, and what of it couldn't be read."""


Pieces = Iterator[Piece]
"""The same piece by piece. What comes with an id that was there before replaces that."""


class Format(NamedTuple):
    """How traffic can be recorded."""

    begins: Callable[[bytes], bool]
    """Whether a file that begins with these bytes is one; all formats are asked this first."""
    read: Callable[[bytes, Redactor], Read]
    """Reads a whole file, all of it redacted; raises nothing, whatever is in it."""
    resembles: Callable[[bytes], bool] = lambda head: False
    """Whether it may be one whose first bytes are damaged."""
    pieces: Callable[[bytes, Redactor, list[Problem]], Pieces] | None = None
    """As `read`, and problems as they are found; None: not until all is read."""


def _redacting(read: Callable[[bytes], Read]) -> Callable[[bytes, Redactor], Read]:
    """For formats that know nothing of redaction, nor of what numbers can be."""

    def redacted(data: bytes, redactor: Redactor) -> Read:
        exchanges, problems = read(data)
        return [redactor.exchange(harmless(exchange)) for exchange in exchanges], problems

    return redacted


def _redacting_pieces(
    pieces: Callable[[bytes, list[Problem]], Pieces],
) -> Callable[[bytes, Redactor, list[Problem]], Pieces]:
    """The same for their pieces."""

    def redacted(data: bytes, redactor: Redactor, problems: list[Problem]) -> Pieces:
        for exchanges, done in pieces(data, problems):
            yield Piece([redactor.exchange(harmless(exchange)) for exchange in exchanges], done)

    return redacted


FORMATS = {
    "session": Format(lines.begins, lines.read, lines.resembles),
    "har": Format(har.begins, _redacting(har.read), har.resembles, _redacting_pieces(har.pieces)),
    "mitm": Format(mitm.begins, _redacting(mitm.read), mitm.resembles, _redacting_pieces(mitm.pieces)),
}


class Loaded(msgspec.Struct):
    """What was in a file."""

    exchanges: list[Exchange]
    """Redacted, the last state of each, sorted by start and then by id. Where the clock was set back while a session of
    ours was written, what came after that stays behind what was before."""
    problems: list[Problem]
    format: str
    """The key in FORMATS."""
    saids: list[Said] = []
    """What the browser that corsinspect launched said of its requests, where a file beside this one has it."""


def load(path: str | os.PathLike[str], *, redactor: Redactor | None = None) -> Loaded:
    """Everything readable in a file, and what in it wasn't.

    Secrets are replaced by `redactor` (one with a random key by default), except in lines whose header says that they
    were replaced before writing. Raises SessionError if there is nothing to read at all.
    """
    path, redactor = Path(path), redactor or Redactor()
    reading = Reading(path, redactor)
    exchanges = list({exchange.id: exchange for piece in reading for exchange in piece}.values())
    if reading.format == "session":  # the order of its lines is that of time
        exchanges = in_order(exchanges)
    else:
        exchanges.sort(key=lambda exchange: (exchange.started, exchange.id))
    return Loaded(exchanges, reading.problems, reading.format, load_saids(path, redactor))


class Reading(Iterator[list[Exchange]]):
    """A file being read in pieces, in the order of the file; what comes with an id that was there before replaces that.

    Raises SessionError, as `load`, if there is nothing to read at all: at once, or at the end."""

    def __init__(self, path: Path, redactor: Redactor) -> None:
        try:
            data = _read(path)
        except OSError as error:
            raise _unreadable(path, error) from error
        self.size = len(data)
        self.done = 0.0
        """Which part of it has been read, of 1."""
        data, self.problems = unpacked(path, data)
        self.format = _known_format(path, data, self.problems)
        self._path = path
        self._pieces = _pieces(FORMATS[self.format], data, redactor, self.problems)
        self._empty = True

    def __next__(self) -> list[Exchange]:
        piece = next(self._pieces, None)
        if piece is not None:
            self.done = piece.done
            self._empty = self._empty and not piece.exchanges
            return piece.exchanges
        if self.problems and self._empty and self.format != "session":
            more = f" (and {len(self.problems) - 1} more of the kind)" if len(self.problems) > 1 else ""
            raise SessionError(self._path, f"holds nothing that can be read: {self.problems[0].text}{more}", _HINT)
        raise StopIteration


def _known_format(path: Path, data: bytes, packing: list[Problem]) -> str:
    format = _sniff(data[:_SNIFFED])
    if format is None:
        what = "is empty" if not data else "is no recorded traffic that corsinspect knows"
        what = f"{what}: {packing[0].text}" if packing else what
        raise SessionError(path, what, _HINT)
    return format


def _pieces(format: Format, data: bytes, redactor: Redactor, problems: list[Problem]) -> Pieces:
    if format.pieces is not None:
        yield from format.pieces(data, redactor, problems)
        return
    exchanges, found = format.read(data, redactor)
    problems += found
    yield Piece(list(exchanges), 1.0)


def is_session(path: Path) -> bool:
    """Whether a file is a session of ours and can be read in pieces, by a Follower; if not, `load` says what it is."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe is read but once
            return False
        with path.open("rb") as file:
            return _sniff(file.read(_SNIFFED)) == "session"
    except OSError:
        return False


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
            raise OSError(0, "not a regular file")  # /dev/zero has no end
        return file.read()


def _unreadable(path: Path, error: OSError) -> SessionError:
    if isinstance(error, FileNotFoundError):
        return SessionError(path, "doesn't exist", "`corsinspect replay` without a file opens the newest session.")
    if isinstance(error, IsADirectoryError):
        return SessionError(path, "is a directory", "Name a file in it.")
    if isinstance(error, PermissionError):
        return SessionError(path, "can't be read: no permission", "Run as the user who recorded it, or chmod it.")
    return SessionError(path, f"can't be read ({error.strerror})", "Name a file of recorded traffic.")


def _sniff(head: bytes) -> str | None:
    """The format of a file, by how it begins; None: none that is known."""
    for name, format in FORMATS.items():
        if format.begins(head):
            return name
    return next((name for name, format in FORMATS.items() if format.resembles(head)), None)
