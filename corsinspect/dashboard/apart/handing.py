"""What the processes that read a session hand on, from one to the next: values, pickled, each after its length."""

import asyncio
import gc
import os
import pickle
import sys
import traceback
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import IO, Any

from corsinspect.errors import CorsinspectError

LENGTH = 8
"""Bytes in which the length of what follows is said."""

HandOver = Callable[[object], None]


def received(input: IO[bytes]) -> object:
    """The next value; None where the other process has ended. Raises what it met with."""
    length = input.read(LENGTH)
    data = input.read(int.from_bytes(length))
    if len(length) < LENGTH or len(data) < int.from_bytes(length):
        return None
    value: object = pickle.loads(data)
    if isinstance(value, Exception):
        raise value
    return value


def work(handing_on: Callable[[HandOver], Coroutine[Any, Any, None]]) -> None:
    """All that a process does: it hands values on, or what ended it, on its standard output."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever prints must not get among it
    # nobody waits for this process's collections, and most of what it makes is gone at once: 28 instead of 32 µs
    gc.freeze()
    gc.set_threshold(50_000, 50, 1000)

    def hand_over(value: object) -> None:
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        output.write(len(data).to_bytes(LENGTH))
        output.write(data)
        output.flush()

    with suppress(BrokenPipeError):  # whoever wanted it has ended
        try:
            asyncio.run(handing_on(hand_over))
        except BrokenPipeError:
            raise
        except CorsinspectError as error:
            hand_over(error)
        except Exception:
            hand_over(RuntimeError(traceback.format_exc()))
    os._exit(0)  # without a word of a pipe that's gone
