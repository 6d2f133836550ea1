"""How the work that a shape of input takes grows with its size, in lines of Python run: the same on every machine.

What a single call into C takes isn't seen here: `python -m tests.bench.growth` times that.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import Any

from corsinspect.analysis import cors_verdict, judge
from corsinspect.session.formats import tnetstring
from tests.proof.shapes import Shape, Work

FACTOR = 4
MOST = 5.0
"""Times that FACTOR times the input may take: in linear time 4, and some for what is sorted; in quadratic 16."""
LARGER = 3
"""Sizes that are tried: what looks a bounded way back grows faster until it has that much behind it."""
REMEMBERED = ((cors_verdict, "_judged"), (judge, "_looks"), (tnetstring, "_lines"))
"""What modules of ours remember without `lru_cache`."""


def growth(shape: Shape) -> float:
    """How many times as many lines FACTOR times the input takes, at the size where that is least."""
    size, least = shape.size, float("inf")
    for _ in range(LARGER):
        least = min(least, lines(shape.prepare(FACTOR * size)) / lines(shape.prepare(size)))
        if least <= MOST:
            break
        size *= FACTOR
    return least


def lines(work: Work) -> int:
    """How many lines are run, with nothing remembered of before."""
    forget()
    with _counted() as events:
        work()
    return events["all"]


@contextmanager
def _counted() -> Iterator[dict[str, int]]:
    events = {"all": 0}

    def count(_frame: FrameType, _event: str, _argument: object) -> Any:
        events["all"] += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        yield events
    finally:
        sys.settrace(before)


def forget() -> None:
    """Forgets what functions and modules of ours remember."""
    for remembering in _caches():
        remembering.cache_clear()
    for module, name in REMEMBERED:
        getattr(module, name).clear()


@cache
def _caches() -> list[Any]:
    ours = [module for name, module in sys.modules.items() if name.partition(".")[0] == "corsinspect"]
    return [value for module in ours for value in vars(module).values() if hasattr(value, "cache_clear")]
