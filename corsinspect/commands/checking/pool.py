"""Processes that share one command's work."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TypeVarTuple

Given = TypeVarTuple("Given")


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
