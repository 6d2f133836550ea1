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
    state = _stat(pid)
    return not state or state[0] != "Z"


def identity(pid: int) -> str:
    """What tells this process from a later one with the same id: its id and, where /proc has it, its start."""
    state = _stat(pid)
    return f"{pid}@{state[19]}" if len(state) > 19 else str(pid)


def is_running(identity_: str) -> bool:
    """Whether the very process that has this `identity` still runs."""
    pid = pid_of(identity_)
    return pid is not None and is_alive(pid) and identity(pid) == identity_


def pid_of(identity_: str) -> int | None:
    """The process id in an `identity`; None when it isn't one."""
    digits = identity_.partition("@")[0]
    return (int(digits) or None) if digits.isascii() and digits.isdigit() else None


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; none where there is no /proc (macOS)."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    return []


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
