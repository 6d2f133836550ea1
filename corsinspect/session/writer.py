"""Appends Exchanges to a session file, in whole lines, one write a flush."""

import time
from pathlib import Path

import msgspec

from corsinspect import __version__
from corsinspect.model import Annotation, Exchange
from corsinspect.session.appending import LineFile
from corsinspect.session.lines import FORMAT_VERSION, KEPT, Header, encode, encode_header
from corsinspect.session.place import hold

_BEGINNING = b'{"corsinspect":'
"""How a session begins; a file that begins otherwise is somebody else's."""


class SessionWriter:
    """The one writer of a session file; `put` Exchanges that went through a Redactor, and `flush` every 10–20 ms.

    Creates the file for its owner only, or takes it up again: mends a torn last line with a newline, then writes a new
    header. The file is held (see `place`) until `close`. Raises SessionError if it can't be opened or isn't a session.
    `redacted`: False where the Exchanges keep their secrets, which the header then says.
    """

    def __init__(self, path: Path, *, redacted: bool = True) -> None:
        self.path = path
        self._pending: dict[str, tuple[Exchange, Annotation | None]] = {}
        self._file = LineFile(path, _BEGINNING, "a session")
        header = Header(
            corsinspect=FORMAT_VERSION,
            version=__version__,
            started=time.time(),
            redacted=redacted,
            notice=msgspec.UNSET if redacted else KEPT,
        )
        try:
            hold(self._file.fd)
            self._file.write(encode_header(header))
        except BaseException:
            self._file.close()
            raise

    def put(self, exchange: Exchange, annotation: Annotation | None = None) -> None:
        """Takes the newest state of an Exchange; one of the same id that wasn't written yet is superseded."""
        self._pending[exchange.id] = (exchange, annotation)

    def flush(self) -> int:
        """Writes what was put since, with one write; returns how many lines that were.

        Raises SessionError when the file takes no more. Then no whole line is lost: what was written stays readable,
        the rest is kept and tried again by the next flush.
        """
        if not self._pending and not self._file.waiting:
            return 0
        pending, self._pending = self._pending, {}
        self._file.write(b"".join([encode(exchange, note) for exchange, note in pending.values()]))
        return len(pending)

    def discard(self) -> None:
        """Leaves the file as it was, none if there was none: nothing came of the session."""
        self._file.discard()

    def close(self) -> None:
        """Flushes and lets go of the file. Raises SessionError as `flush` does, the file closed nevertheless."""
        try:
            self.flush()
        finally:
            self._file.close()
