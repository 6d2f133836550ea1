"""Lines from stdin for code that has an event loop."""

import asyncio
import contextlib
import os
import threading
from collections.abc import AsyncIterator


class StdinLines:
    """Lines without their ends, read in a thread that nobody has to wait for: whatever stdin is, an end is possible."""

    def __init__(self) -> None:
        self._read: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._run, args=(loop,), daemon=True).start()

    async def next(self) -> str | None:
        """The next line; None at the end."""
        return await self._read.get()

    async def __aiter__(self) -> AsyncIterator[str]:
        while (line := await self.next()) is not None:
            yield line

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        rest = b""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            # not by sys.stdin: its lock, held here, would abort the interpreter at its end
            while piece := _piece():
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    loop.call_soon_threadsafe(self._read.put_nowait, line.decode("utf-8", "replace"))
            loop.call_soon_threadsafe(self._read.put_nowait, None)


def _piece() -> bytes:
    """What stdin has next; nothing at its end, and where it can't be read."""
    with contextlib.suppress(OSError):
        return os.read(0, 1 << 16)
    return b""
