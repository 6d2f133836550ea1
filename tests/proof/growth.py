"""How the time that a shape of input takes grows with its size: measured in one run, against itself."""

import gc
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from corsinspect.analysis import cors_verdict
from corsinspect.session.formats import tnetstring
from tests.proof.shapes import Shape, Work

FACTOR = 4
MOST = 6.0
"""Times that FACTOR times the input may take: in linear time 4, and some for a sort and for caches; in quadratic 16."""
ROUNDS = 3
ATTEMPTS = 5
"""A neighbour on the machine can only make it slower, and seldom does so each time: growth that is there stays."""
LEAST = 0.0005
"""Seconds of CPU time below which a size says little: it's doubled until it takes so long."""
DOUBLED = 3
"""Times at most."""
LONG_ENOUGH = 0.002
"""Seconds that are measured at a time: what takes less is done several times, but OFTEN at most."""
OFTEN = 20
REMEMBERED = ((cors_verdict, "_judged"), (tnetstring, "_lines"))
"""What modules of ours remember without `lru_cache`."""


def ratio(shape: Shape) -> float:
    """How many times as long FACTOR times the input takes."""
    gc.collect()
    size = _size(shape)
    found: list[float] = []
    for _ in range(ATTEMPTS):
        small, large = shape.prepare(size), shape.prepare(FACTOR * size)
        often = min(OFTEN, 1 + int(LONG_ENOUGH / seconds(small)))
        times = [(seconds(small, often), seconds(large, often)) for _ in range(ROUNDS)]
        least, most = (min(each) for each in zip(*times, strict=True))
        found.append(most / least if most > LEAST * often else 1.0)
        if found[-1] < MOST:
            break
    return min(found)


def _size(shape: Shape) -> int:
    size = shape.size
    for _ in range(DOUBLED):
        if seconds(shape.prepare(size)) >= LEAST:
            break
        size *= 2
    return size


def seconds(work: Work, often: int = 1) -> float:
    """CPU time, without what the collector of garbage takes, and with nothing remembered of before."""
    taken = 0.0
    for _ in range(often):
        _forget()
        with _no_collector():
            start = time.process_time()
            work()
            taken += time.process_time() - start
    return taken


def _forget() -> None:
    for remembering in _caches():
        remembering.cache_clear()
    for module, name in REMEMBERED:
        getattr(module, name).clear()


@cache
def _caches() -> list[Any]:
    """All functions of ours that remember what they said."""
    ours = [module for name, module in sys.modules.items() if name.partition(".")[0] == "corsinspect"]
    return [value for module in ours for value in vars(module).values() if hasattr(value, "cache_clear")]


@contextmanager
def _no_collector() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
