"""Commands that leave nothing behind when they are told to end."""

import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager

_TOLD = [number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None]
"""Windows has no SIGHUP."""


@contextmanager
def ending_in_order() -> Generator[None]:
    """Signals that would end this process at once leave the `with` as Ctrl-C does. For its main thread."""
    before = {number: signal.signal(number, _exit) for number in _TOLD}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit(number: int, frame: object) -> None:
    sys.exit(128 + number)
