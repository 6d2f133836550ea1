"""The process that reads saved sessions for a dashboard and judges them: `python -m …state.reading FILE...`.

Its output is `Made` values or an exception, pickled, each after its length. It ends with its input, and so with the
dashboard, however that ends.
"""

import asyncio
import gc
import os
import pickle
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread

from corsinspect.dashboard.state.feed import Feed
from corsinspect.dashboard.state.made import Made, Maker
from corsinspect.dashboard.state.source import FileSource
from corsinspect.session.errors import SessionError

LENGTH = 8
"""Bytes in which the length of what follows is said."""
PACE = 0.02
"""Seconds of work that are handed over at once: for the dashboard, 3 ms."""


def main() -> None:
    """Reads the files that are named until they or the input end."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever prints must not get among it
    Thread(target=_end_with_input, daemon=True).start()
    # nobody waits for this process's collections, and most of what it makes is gone at once: 28 instead of 32 µs
    gc.freeze()
    gc.set_threshold(50_000, 50, 1000)

    def hand_over(what: Made | Exception) -> None:
        data = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
        output.write(len(data).to_bytes(LENGTH))
        output.write(data)
        output.flush()

    with suppress(BrokenPipeError):  # it has ended
        try:
            asyncio.run(read([Path(path) for path in sys.argv[1:]], hand_over))
        except SessionError as error:
            hand_over(error)
        except BrokenPipeError:
            raise
        except Exception:
            hand_over(RuntimeError(traceback.format_exc()))
    os._exit(0)  # without a word of a pipe that's gone


async def read(paths: Sequence[Path], hand_over: Callable[[Made], None]) -> None:
    """Hands over what follows from the files, a piece at a time. Raises SessionError as `Feed`."""
    source, maker = FileSource(*paths), Maker()
    handed_over = time.perf_counter()

    def hand(ended: bool) -> None:
        progress = None if ended else source.progress or feed.progress
        hand_over(maker.made(feed.take(), source.facts().problems, progress, ended))

    def changed() -> None:
        nonlocal handed_over
        if time.perf_counter() > handed_over + PACE:
            hand(False)
            handed_over = time.perf_counter()

    feed = Feed(source, changed)
    await feed.run()
    hand(True)


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main()
