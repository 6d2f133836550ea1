"""What a person adds to a session: marks, notes, and what they say of credentials, in `FILE.notes.jsonl` beside it.

One JSON line each, appended, the last one wins; a line says one thing of one call or of one page origin. The session
itself stays as it was captured. A line that can't be read is skipped and counted: two programs may write at a time, and
people edit such files.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from corsinspect.model import Call, Credentials

SUFFIX = ".notes.jsonl"


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line. Either `call` or `origin` is given, and one of the rest."""

    at: float = 0.0
    """Seconds since the epoch."""
    call: str | None = None
    """A call's id."""
    origin: str | None = None
    """A page's origin."""
    mark: bool | None = None
    note: str | None = None
    """"" takes the note away."""
    assume: Credentials | None = None
    """The credentials mode; "unknown" takes the assumption back."""


_decode = msgspec.json.Decoder(Entry).decode


class Notes:
    """The notes on one session, or on several that are shown as one (ids then begin with the session's number)."""

    def __init__(self, *sessions: Path) -> None:
        self.marks: set[str] = set()
        self.notes: dict[str, str] = {}
        self.assumed_calls: dict[str, Credentials] = {}
        self.assumed_origins: dict[str, Credentials] = {}
        self.skipped = 0
        """Lines that couldn't be read."""
        self._paths = [path.with_name(path.name + SUFFIX) for path in sessions]
        for number, path in enumerate(self._paths, 1):
            prefix = f"{number}:" if len(self._paths) > 1 else ""
            found, skipped = _read(path)
            self.skipped += skipped
            for entry in found:
                self._take(entry, prefix)

    def assumed(self, call: Call) -> Credentials:
        """What was said of this call, else of its page's origin."""
        mode = self.assumed_calls.get(call.id, "unknown")
        return mode if mode != "unknown" else self.assumed_origins.get(call.page_origin or "", "unknown")

    def mark(self, call: str, marked: bool) -> str | None:
        """Marks a call or takes its mark away; returns why that can't be kept, None if it is. So do all that follow."""
        return self._add(Entry(call=call, mark=marked))

    def note(self, call: str, text: str) -> str | None:
        """Writes a note on a call; "" takes it away."""
        return self._add(Entry(call=call, note=text))

    def assume(self, credentials: Credentials, *, call: str | None = None, origin: str | None = None) -> str | None:
        """Says what the credentials mode of a call, or of all calls of a page origin, was."""
        return self._add(Entry(call=call, origin=origin, assume=credentials))

    def _add(self, entry: Entry) -> str | None:
        self._take(entry, "")
        for path, own in self._places(entry):
            line = msgspec.json.encode(msgspec.structs.replace(own, at=time.time()))
            try:
                _append(path, line)
            except OSError as error:
                return f"{path} can't be written ({error.strerror or error})"
        return None

    def _places(self, entry: Entry) -> Iterator[tuple[Path, Entry]]:
        """The files that an entry goes to, with its call's id as it is there."""
        if len(self._paths) < 2 or entry.call is None:
            yield from ((path, entry) for path in self._paths)
            return
        number, _, id = entry.call.partition(":")
        yield self._paths[int(number) - 1], msgspec.structs.replace(entry, call=id)

    def _take(self, entry: Entry, prefix: str) -> None:
        if entry.call is not None:
            id = prefix + entry.call
            if entry.mark is not None:
                (self.marks.add if entry.mark else self.marks.discard)(id)
            if entry.note is not None:
                self.notes[id] = entry.note
                if not entry.note:
                    del self.notes[id]
            if entry.assume is not None:
                self.assumed_calls[id] = entry.assume
        elif entry.origin is not None and entry.assume is not None:
            self.assumed_origins[entry.origin] = entry.assume


def entries(session: Path) -> list[Entry]:
    """The notes on one session that can be read, in their order."""
    return _read(session.with_name(session.name + SUFFIX))[0]


def append_entry(path: Path, entry: Entry) -> None:
    """Adds a line as it is. Raises OSError."""
    _append(path, msgspec.json.encode(entry))


def _read(path: Path) -> tuple[list[Entry], int]:
    """The entries of a file, and how many lines of it couldn't be read."""
    try:
        data = path.read_bytes()
    except OSError:  # there are none, nearly always
        return [], 0
    found: list[Entry] = []
    skipped = 0
    for line in data.split(b"\n"):
        try:
            found.append(_decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            skipped += bool(line.strip())
    return found, skipped


def _append(path: Path, line: bytes) -> None:
    """One write, so that two programs' lines don't mix; a torn line before it is ended first."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        size = os.fstat(fd).st_size
        torn = size > 0 and os.pread(fd, 1, size - 1) != b"\n"
        os.write(fd, (b"\n" if torn else b"") + line + b"\n")
    finally:
        with suppress(OSError):
            os.close(fd)
