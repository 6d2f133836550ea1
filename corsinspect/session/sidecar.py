"""What launched browsers said of their own requests, in `FILE.browser.jsonl` beside the session: JSON lines, each a
header or a Said.

- Only the proxy's process writes it, and only once a browser has said something; it belongs to its session.
- A line is a full snapshot of one leg; the last line for a leg (its `id` and `hop`) wins.
- Nothing in it is needed: lines that can't be read are skipped and counted, and without the file there is just no word.
"""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from corsinspect import __version__
from corsinspect.said import Said
from corsinspect.session.appending import LineFile
from corsinspect.session.border import LATEST, instant, paired
from corsinspect.session.lines import KEPT, UNREADABLE
from corsinspect.session.redaction.redact import Redactor
from corsinspect.session.redaction.said import redacted_said

SUFFIX = ".browser.jsonl"
FORMAT_VERSION = 1
"""Goes up when a reader of before would misunderstand a line; new optional keys don't."""
_BEGINNING = b'{"corsinspect_browser":'
_PIECE = 1 << 20

Leg = tuple[str, int]
"""The `id` and `hop` of a Said."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a sidecar, and again one wherever a writer took up the file anew."""

    corsinspect_browser: int
    """FORMAT_VERSION of who wrote; only such a header has this key."""
    version: str = ""
    """Of corsinspect."""
    started: float = 0.0
    redacted: bool = False
    """Whether secrets in the lines that follow were replaced before writing, with the tokens of the session's own."""
    notice: str | msgspec.UnsetType = msgspec.UNSET
    """For whoever opens the file in an editor, where they weren't."""


_encode = msgspec.json.encode
_decode_said = msgspec.json.Decoder(Said).decode
_decode_header = msgspec.json.Decoder(Header).decode


def sidecar_of(session: Path) -> Path:
    """Where the browser's word on a session is, if there is any."""
    return session.with_name(session.name + SUFFIX)


class SidecarWriter:
    """The one writer of a session's sidecar; `put` Saids that were redacted, and `flush`.

    Creates the file for its owner only, or takes it up again. Raises SessionError if it can't be opened or is something
    else. `redacted`: False where the Saids keep their secrets, which the header then says.
    """

    def __init__(self, session: Path, *, redacted: bool = True) -> None:
        self.path = sidecar_of(session)
        self._pending: dict[Leg, Said] = {}
        self._file = LineFile(self.path, _BEGINNING, "what a browser said")
        header = Header(
            corsinspect_browser=FORMAT_VERSION,
            version=__version__,
            started=time.time(),
            redacted=redacted,
            notice=msgspec.UNSET if redacted else KEPT,
        )
        try:
            self._file.write(_encode(header) + b"\n")
        except BaseException:
            self._file.close()
            raise

    def put(self, said: Said) -> None:
        """Takes the newest state of a leg; one that wasn't written yet is superseded."""
        self._pending[said.id, said.hop] = said

    def flush(self) -> int:
        """Writes what was put since, with one write; returns how many lines that were. Raises SessionError when the
        file takes no more."""
        if not self._pending and not self._file.waiting:
            return 0
        pending, self._pending = self._pending, {}
        self._file.write(b"".join([_encode(said) + b"\n" for said in pending.values()]))
        return len(pending)

    def close(self) -> None:
        """Flushes and lets go of the file. Raises SessionError as `flush` does, the file closed nevertheless."""
        try:
            self.flush()
        finally:
            self._file.close()


class SaidFollower:
    """Reads what is new in a session's sidecar, in whole lines. The file may come into being later, or never.

    `redactor`: the one that the session's exchanges are read with, so that equal secrets have equal tokens; it's used
    only for lines whose header doesn't say that they were redacted before writing.
    """

    def __init__(self, session: Path, redactor: Redactor | None = None) -> None:
        self.path = sidecar_of(session)
        self.skipped = 0
        """Lines that couldn't be read, so far."""
        self._redactor = redactor or Redactor()
        self._redacted = False
        self._fd: int | None = None
        self._offset = 0

    def poll(self) -> list[Said]:
        """The Saids in the whole lines since the last poll, each leg once, in its last state. Never raises for what is
        in the file, nor for its absence."""
        latest: dict[Leg, Said] = {}
        while piece := self.piece():
            latest |= {(said.id, said.hop): said for said in piece}
        return list(latest.values())

    def piece(self) -> list[Said]:
        """As `poll`, but of a megabyte or so of the file; empty when no whole line with a Said is left."""
        latest: dict[Leg, Said] = {}
        size = _PIECE
        while not latest and (data := self._piece(size)):
            whole = data.rfind(b"\n") + 1
            if not whole and len(data) < size:
                break
            # What comes after the last newline is read again next time: a writer may take back a torn line.
            self._offset += whole
            size = _PIECE if whole else 2 * size
            self._read(data[:whole].split(b"\n"), latest)
        return list(latest.values())

    def close(self) -> None:
        """Lets go of the file."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _piece(self, size: int) -> bytes:
        try:
            if self._fd is None:
                # A pipe of this name must not hold us up.
                self._fd = os.open(self.path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0))
            return os.pread(self._fd, size, self._offset)
        except OSError:
            return b""

    def _read(self, lines: Iterable[bytes], latest: dict[Leg, Said]) -> None:
        for line in lines:
            if line and (said := self._said(line)) is not None:
                latest[said.id, said.hop] = said

    def _said(self, line: bytes) -> Said | None:
        try:
            return self._decoded(line)
        except UNREADABLE:
            pass
        with suppress(*UNREADABLE):
            return self._decoded(paired(line))
        self.skipped += bool(line.strip())
        return None

    def _decoded(self, line: bytes) -> Said | None:
        """What a line says; None for a header. Raises one of UNREADABLE where it's neither."""
        if line.startswith(_BEGINNING):
            self._redacted = _decode_header(line).redacted
            return None
        said = _with_clock_times(_decode_said(line))
        return said if self._redacted else redacted_said(said, self._redactor)


def load_saids(session: Path, redactor: Redactor | None = None) -> list[Said]:
    """All that was said on a saved session, the last state of each leg, by `called`; nothing where there is no sidecar.
    `redactor`: as for SaidFollower."""
    follower = SaidFollower(session, redactor)
    try:
        return sorted(follower.poll(), key=lambda said: (said.called, said.id, said.hop))
    finally:
        follower.close()


def _with_clock_times(said: Said) -> Said:
    """The same, its times such that a clock can show them."""
    for at in (said.called, said.sent, said.answered, said.ended):
        if at is not None and not 0.0 <= at <= LATEST:
            break
    else:
        return said
    times = {name: getattr(said, name) for name in ("called", "sent", "answered", "ended")}
    return msgspec.structs.replace(said, **{name: instant(at) for name, at in times.items() if at is not None})
