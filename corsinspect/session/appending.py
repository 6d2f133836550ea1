"""A file of JSON lines that one process appends to: for its owner only, in whole lines, each write one system call.

It is made, or taken up again: a torn last line is ended with a newline. Nothing is lost when the disk is full: what was
written stays readable, and what wasn't is kept for the next write.
"""

import errno
import os
import stat
from pathlib import Path

from corsinspect.session.errors import SessionError

_HINT = "Free some space or choose another file with -o."
_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


class LineFile:
    """One such file, open until `close`. `beginning`: how it begins where it is one of ours; nothing is touched of a
    file that begins otherwise. Raises SessionError if it can't be opened or isn't `kind`, for people what it should be.
    """

    def __init__(self, path: Path, beginning: bytes, kind: str) -> None:
        self.path = path
        self._unwritten = b""
        self._was: int | None = None
        try:
            self._made = not path.exists()
            # The mode from the first moment on: a chmod afterwards would leave a gap.
            self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _FLAGS, 0o600)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise SessionError(path, "is a symbolic link", "Name the file that it leads to.") from error
            raise SessionError(path, f"can't be written ({error.strerror})", "Choose another file with -o.") from error
        try:
            self._take_up(beginning, kind)
        except BaseException:
            os.close(self.fd)
            raise

    def _take_up(self, beginning: bytes, kind: str) -> None:
        status = os.fstat(self.fd)
        if not stat.S_ISREG(status.st_mode):
            return
        # Of ours, a crash may have left a part.
        if not beginning.startswith(os.pread(self.fd, len(beginning), 0)):
            raise SessionError(self.path, f"exists and isn't {kind}", "Choose another file with -o.")
        self._was = status.st_size
        if status.st_mode & 0o077:
            os.fchmod(self.fd, 0o600)
        if status.st_size and os.pread(self.fd, 1, status.st_size - 1) != b"\n":
            self._unwritten = b"\n"

    @property
    def waiting(self) -> bool:
        """Whether something is left of an earlier write."""
        return bool(self._unwritten)

    def write(self, lines: bytes) -> None:
        """Append whole lines. Raises SessionError when the file takes no more; then they are kept for the next time."""
        data = self._unwritten + lines
        self._unwritten = b""
        done = 0
        try:
            while done < len(data):  # once, but for a full disk: that is told only on the second try
                done += os.write(self.fd, data[done:] if done else data)
        except OSError as error:
            self._unwritten = self._without_torn_tail(data, done)
            raise SessionError(self.path, f"can't be written any more ({error.strerror})", _HINT) from error

    def _without_torn_tail(self, data: bytes, done: int) -> bytes:
        """Takes back the begun line that `data[:done]` left at the end of the file; returns what is left to write."""
        whole = data.rfind(b"\n", 0, done) + 1
        if whole == done:
            return data[done:]
        try:
            os.ftruncate(self.fd, os.fstat(self.fd).st_size - (done - whole))
        except OSError:
            return b"\n" + data[whole:]
        return data[whole:]

    def discard(self) -> None:
        """Leave the file as it was, none if there was none."""
        if self._made:
            self.path.unlink(missing_ok=True)
        elif self._was is not None:
            os.ftruncate(self.fd, self._was)
        os.close(self.fd)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self.fd)
