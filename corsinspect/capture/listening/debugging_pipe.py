"""A Chromium's debugging pipe, as the process that launches it sees it.

This process never reads from it: it makes the pipe, hands duplicates to the proxy's process, and keeps its own, so that
the browser stays open when that process dies and another takes over. No port is opened, and no other user can reach it.
"""

import os
import sys
from contextlib import suppress

SWITCHES = (
    "--remote-debugging-pipe",
    "--disable-blink-features=AutomationControlled",  # without it pages see navigator.webdriver true
)
_EXEC = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD_CLOEXEC, 5) for end in sys.argv[1:3]]
for end in sys.argv[1:3]:
    os.close(int(end))
os.dup2(ends[0], 3)
os.dup2(ends[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Puts the descriptors where Chromium expects them and becomes the browser; code run between fork and exec of this
process (`preexec_fn`) may hang where there are threads."""
_RELEASE = (
    b'\0{"id":1,"method":"Target.setAutoAttach",'
    b'"params":{"autoAttach":false,"waitForDebuggerOnStart":false,"flatten":true}}\0'
)


def is_possible() -> bool:
    """Whether this system can hand descriptors to a browser."""
    return sys.platform != "win32"


class DebuggingPipe:
    """Both ends that aren't the browser's; `theirs` are to be inherited by it."""

    def __init__(self) -> None:
        reading, self.writing = os.pipe()
        self.reading, writing = os.pipe()
        self.theirs = (reading, writing)

    @property
    def is_open(self) -> bool:
        """Whether it wasn't let go of."""
        return self.reading >= 0

    @property
    def descriptors(self) -> tuple[int, int]:
        """What a listener needs, for reading and for writing; it gets duplicates."""
        return self.reading, self.writing

    def command(self, browser: list[str]) -> list[str]:
        """What to run, with `theirs` passed on, for the browser to have the pipe."""
        return [sys.executable, "-I", "-S", "-c", _EXEC, *map(str, self.theirs), *browser]

    def launched(self) -> None:
        """Let go of the browser's ends, so that its end is seen."""
        for fd in self.theirs:
            os.close(fd)

    def release(self) -> None:
        """Let every target go on that waits for a listener which has died."""
        with suppress(OSError):  # the browser is gone, or busy with a full pipe
            os.set_blocking(self.writing, False)
            os.write(self.writing, _RELEASE)

    def close(self) -> None:
        """Let go of it; without a listener the browser ends then."""
        for fd in (self.reading, self.writing):
            os.close(fd)
        self.reading = self.writing = -1  # never what has got their numbers since
