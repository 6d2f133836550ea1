"""Reads a file of recorded traffic, whatever its format: our sessions, mitmproxy's flows, a browser's HAR."""

import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from corsinspect.model import Exchange
from corsinspect.session import har, mitm
from corsinspect.session.errors import Problem, SessionError
from corsinspect.session.follower import Ahead, Follower
from corsinspect.session.lines import TORN, UNREADABLE, LineReader, decode
from corsinspect.session.redact import Redactor
from corsinspect.session.unpack import unpacked

__all__ = ["Ahead", "Follower", "Loaded", "Problem", "SessionError", "is_session", "load"]

Format = Literal["session", "mitm", "har"]

_SNIFFED = 1 << 16
_MEND = "What can be read are corsinspect's own sessions (.jsonl), mitmproxy's flows (.mitm) and browsers' HAR files."


class Loaded(msgspec.Struct):
    """What was in a file."""

    exchanges: list[Exchange]
    """Redacted, the last state of each, sorted by start and then by id."""
    problems: list[Problem]
    format: Format


def load(path: Path, *, redactor: Redactor | None = None) -> Loaded:
    """Everything readable in a file, and what in it wasn't.

    Secrets are replaced by `redactor` (one with a random key by default), except in lines whose header says that they
    were replaced before writing. Raises SessionError if there is nothing to read at all.
    """
    redactor = redactor or Redactor()
    try:
        data = _read(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    data, packing = unpacked(path, data)
    format = _sniff(data[:_SNIFFED])
    if format == "session":
        loaded = _session(data, redactor)
    elif format == "mitm":
        loaded = _converted(mitm.read(data), redactor, format)
    elif format == "har":
        loaded = _converted(har.read(data), redactor, format)
    else:
        what = "is empty" if not data else "is no recorded traffic that corsinspect knows"
        what = f"{what}: {packing[0].text}" if packing else what
        raise SessionError(path, what, _MEND)
    loaded.problems[:0] = packing
    if loaded.problems and not loaded.exchanges and format != "session":
        more = f" (and {len(loaded.problems) - 1} more of the kind)" if len(loaded.problems) > 1 else ""
        raise SessionError(path, f"holds nothing that can be read: {loaded.problems[0].text}{more}", _MEND)
    loaded.exchanges.sort(key=lambda exchange: (exchange.started, exchange.id))
    return loaded


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


def _sniff(head: bytes) -> Format | None:
    if re.match(rb"\d{1,12}:", head):
        return "mitm"
    if har.resembles(head):
        return "har"
    if head.startswith(b'{"corsinspect"') or any(_is_line(line) for line in head.split(b"\n")):
        return "session"
    if har.resembles_entries(head):
        return "har"
    return "mitm" if mitm.resembles(head) else None


def _is_line(line: bytes) -> bool:
    try:
        decode(line)
    except UNREADABLE:
        return False
    return True


def _session(data: bytes, redactor: Redactor) -> Loaded:
    reader = LineReader(redactor)
    *lines, last = data.split(b"\n")
    exchanges = reader.read(lines)
    if last:
        reader.problems.append(Problem(TORN, len(lines) + 1))
    return Loaded(exchanges, reader.problems, "session")


def _converted(read: tuple[Iterable[Exchange], list[Problem]], redactor: Redactor, format: Format) -> Loaded:
    exchanges, problems = read
    return Loaded([redactor.exchange(exchange) for exchange in exchanges], problems, format)
