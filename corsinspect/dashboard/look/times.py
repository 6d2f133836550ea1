"""Times and durations in few cells."""

import time
from functools import lru_cache


def duration(seconds: float | None) -> str:
    """A duration in at most seven cells: 12 ms, 1.25 s, 3 min."""
    if seconds is None:
        return ""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.2f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def span(seconds: int) -> str:
    """A round time: 5 s, 10 min, 2 h."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def clock(moment: float, *, thousandths: bool = False) -> str:
    """The local time of day."""
    text = _clock(int(moment))
    return f"{text}.{int(moment % 1 * 1000):03}" if thousandths else text


@lru_cache(maxsize=256)  # hundreds of calls come within one second
def _clock(second: int) -> str:
    return time.strftime("%H:%M:%S", time.localtime(second))


def elapsed(seconds: float) -> str:
    """A while as on a player: 0:04.2, 1:23.0, 1:02:03."""
    tenths = int(max(0.0, seconds) * 10 + 1e-6)
    whole = tenths // 10
    if whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{whole // 60}:{whole % 60:02}.{tenths % 10}"


def in_words(seconds: float) -> str:
    """A while in words: 42 s, 3 min 5 s, 2 h 4 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"
