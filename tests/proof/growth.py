"""How the time that a shape of input takes grows with its size: measured in one run, against itself."""

import gc
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from tests.proof.shapes import Shape, Work

FACTOR = 4
MOST = 6.0
"""Times that FACTOR times the input may take: in linear time 4, and some for a sort and for caches; in quadratic 16."""
ROUNDS = 3
ATTEMPTS = 3
"""A neighbour on the machine can only make it slower, and seldom does so each time: growth that is there stays."""
LEAST = 0.001
"""Seconds of CPU time below which a measurement says little: the size is doubled until it takes so long."""
DOUBLED = 4
"""Times that it's doubled at most. What takes less even then takes no time at all."""


def ratio(shape: Shape) -> float:
    """How many times as long FACTOR times the input takes."""
    gc.collect()
    size = _size(shape)
    found: list[float] = []
    for _ in range(ATTEMPTS):
        small, large = shape.prepare(size), shape.prepare(FACTOR * size)
        times = [(seconds(small), seconds(large)) for _ in range(ROUNDS)]
        least, most = (min(each) for each in zip(*times, strict=True))
        found.append(most / least if most > LEAST else 1.0)
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


def seconds(work: Work) -> float:
    """CPU time, without what the collector of garbage takes, and with nothing remembered of before."""
    for remembering in _caches():
        remembering.cache_clear()
    with _no_collector():
        start = time.process_time()
        work()
        return time.process_time() - start


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
