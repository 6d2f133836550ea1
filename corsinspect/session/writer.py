"""Appends Exchanges to a session file, in whole lines, one write a flush."""

import errno
import os
import stat
import time
from pathlib import Path

import msgspec

from corsinspect import __version__
from corsinspect.model import Annotation, Exchange
from corsinspect.session.errors import SessionError
from corsinspect.session.lines import FORMAT_VERSION, KEPT, Header, encode, encode_header
from corsinspect.session.place import hold

_HINT = "Free some space or choose another file with -o."

_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
_BEGINNING = b'{"corsinspect":'
"""How a session begins; a file that begins otherwise is somebody else's. Of ours, a crash may have left a part."""


class SessionWriter:
    """The one writer of a session file; `put` Exchanges that went through a Redactor, and `flush` every 10–20 ms.

    Creates the file for its owner only, or takes it up again: mends a torn last line with a newline, then writes a new
    header. The file is held (see `place`) until `close`. Raises SessionError if it can't be opened or isn't a session.
    `redacted`: False where the Exchanges keep their secrets, which the header then says.
    """

    def __init__(self, path: Path, *, redacted: bool = True) -> None:
        self.path = path
        self._redacted = redacted
        self._pending: dict[str, tuple[Exchange, Annotation | None]] = {}
        self._unwritten = b""
        self._was: int | None = None
        try:
            self._made = not path.exists()
            # The mode from the first moment on: a chmod afterwards would leave a gap.
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _FLAGS, 0o600)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise SessionError(path, "is a symbolic link", "Name the file that it leads to.") from error
            raise SessionError(path, f"can't be written ({error.strerror})", "Choose another file with -o.") from error
        try:
            self._take_up()
        except BaseException:
            os.close(self._fd)
            raise

    def _take_up(self) -> None:
        status = os.fstat(self._fd)
        if stat.S_ISREG(status.st_mode):
            if not _BEGINNING.startswith(os.pread(self._fd, len(_BEGINNING), 0)):
                raise SessionError(self.path, "exists and isn't a session", "Choose another file with -o.")
            self._was = status.st_size
            if status.st_mode & 0o077:
                os.fchmod(self._fd, 0o600)
            hold(self._fd)
            if status.st_size and os.pread(self._fd, 1, status.st_size - 1) != b"\n":
                self._unwritten = b"\n"
        self._unwritten += encode_header(
            Header(
                corsinspect=FORMAT_VERSION,
                version=__version__,
                started=time.time(),
                redacted=self._redacted,
                notice=msgspec.UNSET if self._redacted else KEPT,
            )
        )
        self.flush()

    def put(self, exchange: Exchange, annotation: Annotation | None = None) -> None:
        """Takes the newest state of an Exchange; one of the same id that wasn't written yet is superseded."""
        self._pending[exchange.id] = (exchange, annotation)

    def flush(self) -> int:
        """Writes what was put since, with one write; returns how many lines that were.

        Raises SessionError when the file takes no more. Then no whole line is lost: what was written stays readable,
        the rest is kept and tried again by the next flush.
        """
        if not self._pending and not self._unwritten:
            return 0
        pending, self._pending = self._pending, {}
        data = self._unwritten + b"".join([encode(exchange, note) for exchange, note in pending.values()])
        self._unwritten = b""
        done = 0
        try:
            while done < len(data):  # once, but for a full disk: that is told only on the second try
                done += os.write(self._fd, data[done:] if done else data)
        except OSError as error:
            self._unwritten = self._without_torn_tail(data, done)
            raise SessionError(self.path, f"can't be written any more ({error.strerror})", _HINT) from error
        return len(pending)

    def _without_torn_tail(self, data: bytes, done: int) -> bytes:
        """Takes back the begun line that `data[:done]` left at the end of the file; returns what is left to write."""
        whole = data.rfind(b"\n", 0, done) + 1
        if whole == done:
            return data[done:]
        try:
            os.ftruncate(self._fd, os.fstat(self._fd).st_size - (done - whole))
        except OSError:
            return b"\n" + data[whole:]
        return data[whole:]

    def discard(self) -> None:
        """Leaves the file as it was, none if there was none: nothing came of the session."""
        if self._made:
            self.path.unlink(missing_ok=True)
        elif self._was is not None:
            os.ftruncate(self._fd, self._was)
        os.close(self._fd)

    def close(self) -> None:
        """Flushes and lets go of the file. Raises SessionError as `flush` does, the file closed nevertheless."""
        try:
            self.flush()
        finally:
            os.close(self._fd)
