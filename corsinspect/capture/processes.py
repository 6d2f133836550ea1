"""Ending process groups that corsinspect started, and nobody else's."""

import contextlib
import os
import signal
import time
from pathlib import Path

GRACE = 4.0
"""Seconds for a browser to close by itself before it is killed."""


def is_alive(pid: int) -> bool:
    """Whether a process of this id runs (a zombie doesn't)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError, IndexError):  # no /proc on macOS: a zombie counts as alive there
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] != "Z"
    return True


def signal_group(pid: int, number: signal.Signals) -> bool:
    """Send the signal to the group that this process leads; False when there is no such group any more."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def mentions(pid: int, word: str) -> bool:
    """Whether a process's command line holds `word`: tells a browser of ours from a stranger that got its old id.

    Where there is no /proc (macOS) nothing can be asked, and the answer is True.
    """
    try:
        return os.fsencode(word) in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return not Path("/proc/self").exists()
    except OSError:
        return False


def end_group(pid: int, word: str) -> None:
    """End the group led by `pid`, politely then by force; blocks up to a few seconds. `word` as for `mentions`."""
    if not mentions(pid, word) or not signal_group(pid, signal.SIGTERM):
        return
    deadline = time.monotonic() + GRACE
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    signal_group(pid, signal.SIGKILL)
