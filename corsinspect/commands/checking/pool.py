"""Processes that share one command's work."""

import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVarTuple

Given = TypeVarTuple("Given")


def pool(jobs: int, begin: Callable[[*Given], object], *given: *Given) -> ProcessPoolExecutor:
    """So many processes, each of which first calls `begin` with what is given. Ctrl-C ends them without a word."""
    return ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (begin, *given))


def nothing() -> None:
    """For processes that need no beginning."""


def _begin(begin: Callable[[*Given], object], *given: *Given) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    begin(*given)
