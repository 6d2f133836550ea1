"""The last lines that a child process wrote to its stderr: kept for when it dies, shown nowhere else."""

import asyncio
from collections import deque


class Tail:
    """Reads a stream to its end in the background and keeps its last lines."""

    def __init__(self, stream: asyncio.StreamReader | None, lines: int = 50, width: int = 500) -> None:
        self._lines: deque[str] = deque(maxlen=lines)
        self._width = width
        self._task = asyncio.create_task(self._read(stream)) if stream is not None else None

    async def ended(self) -> None:
        """Wait for the stream's end, a second at most: a grandchild may hold it open for longer than we care."""
        if self._task is not None:
            await asyncio.wait([self._task], timeout=1)
            self._task.cancel()

    def last(self) -> str | None:
        """The last line that isn't blank."""
        return next((line for line in reversed(self._lines) if line), None)

    async def _read(self, stream: asyncio.StreamReader) -> None:
        rest = b""
        while chunk := await stream.read(65536):
            *whole, rest = (rest + chunk).split(b"\n")
            rest = rest[: self._width]
            self._lines.extend(line[: self._width].decode(errors="replace").strip() for line in whole)
        self._lines.append(rest.decode(errors="replace").strip())
