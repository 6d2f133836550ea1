"""How the time that a shape of input takes grows with its size: each measured against itself, in one run.

    python -m tests.bench.growth

`tests/proof/test_growth.py` counts the steps of the same shapes. This sees also what one call into C takes (a pattern
that goes back and forth, a copy of all that is left), and what it prints depends on who else is at work on the machine.
"""

import gc
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.proof.growth import FACTOR, forget
from tests.proof.shapes import SHAPES, Shape, Work

MUCH = 6.0
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


def main() -> int:
    ratios = {name: ratio(shape) for name, shape in SHAPES.items()}
    much = {name: each for name, each in ratios.items() if each >= MUCH}
    for name, each in much.items():
        print(f"{name}: {each:.1f} times the time for {FACTOR} times the input")
    highest = max(ratios, key=lambda name: ratios[name])
    print(f"{len(ratios)} shapes, {len(much)} of them {MUCH:g} times or more; most: {highest}, {ratios[highest]:.1f}")
    return 1 if much else 0


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
        if found[-1] < MUCH:
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
        forget()
        with _no_collector():
            start = time.process_time()
            work()
            taken += time.process_time() - start
    return taken


@contextmanager
def _no_collector() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


if __name__ == "__main__":
    sys.exit(main())
