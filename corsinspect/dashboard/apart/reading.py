"""The process that reads saved sessions and judges them: `python -m …apart.reading FILE...`.

It hands over `Judged` values. It ends with its input, and so with the dashboard, however that ends.
"""

import os
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from threading import Thread

from corsinspect.dashboard.apart.handing import HandOver, work
from corsinspect.dashboard.state.feed import Feed
from corsinspect.dashboard.state.made import Judged, judged
from corsinspect.dashboard.state.source import FileSource
from corsinspect.session.packed.packing import Packing

PACE = 0.03
"""Seconds of work that are handed over at once: for the dashboard, 3 ms."""


async def read(paths: Sequence[Path], hand_over: HandOver) -> None:
    """Hands over what follows from the files, a piece at a time, the first at once. Raises SessionError as `Feed`."""
    source, packing = FileSource(*paths, held=False), Packing()
    handed_over = 0.0

    def piece(ended: bool) -> Judged:
        progress = None if ended else source.progress or feed.progress
        return judged(feed.take(), packing, source.facts().problems, progress, ended)

    def changed() -> None:
        nonlocal handed_over
        if time.perf_counter() > handed_over + PACE:
            hand_over(piece(ended=False))
            handed_over = time.perf_counter()

    feed = Feed(source, changed, PACE)
    await feed.run()
    hand_over(piece(ended=True))


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    Thread(target=_end_with_input, daemon=True).start()
    work(partial(read, [Path(path) for path in sys.argv[1:]]))
