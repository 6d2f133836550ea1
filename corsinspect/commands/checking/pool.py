"""Processes that share one command's work."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TypeVarTuple

Given = TypeVarTuple("Given")

MOST_UNASKED = 4
"""Processes that work on large files where nobody said how many: each takes as much memory as one alone."""


def jobs_of(asked: int | None) -> int:
    """How many processes may work at once: as many as were asked for, else one a core, up to MOST_UNASKED."""
    return asked if asked is not None else min(_cores(), MOST_UNASKED)


def _cores() -> int:
    """Those that this process may use: a container's share may be less than the machine has."""
    allowed = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1


def pool(jobs: int, begin: Callable[[*Given], object], *given: *Given) -> ProcessPoolExecutor:
    """So many processes, each of which first calls `begin` with what is given. Ctrl-C ends them without a word, and the
    end of this process does, however it comes."""
    return ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (begin, *given))


def nothing() -> None:
    """For processes that need no beginning."""


def _begin(begin: Callable[[*Given], object], *given: *Given) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()
    begin(*given)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
