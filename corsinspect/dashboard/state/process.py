"""Begins the process that reads saved sessions, ahead of everything: importing the screen takes 0.4 s."""

import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

LARGE = 4 << 20
"""Bytes of sessions from which on a process pays off: to read and judge them takes a fifth of a second, and so does it
to begin."""


def is_large(paths: Sequence[Path]) -> bool:
    """Whether these files are worth a process of their own."""
    return sum(path.stat().st_size for path in paths if path.is_file()) >= LARGE


def begun(paths: Sequence[Path]) -> Popen[bytes]:
    """The process. It ends with its stdin, and so with this one, however that ends."""
    return Popen(
        [sys.executable, "-P", "-m", "corsinspect.dashboard.state.reading", *map(str, paths)],
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        start_new_session=True,  # Ctrl-C and Ctrl-Z in the terminal are for the dashboard alone
    )
