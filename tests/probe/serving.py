"""Servers that answer a probe with the bytes that a test gives them, and keep what was asked."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
HEAD_END = b"\r\n\r\n"


class Server:
    """Answers each request with the next of `answers`, the last one again and again; none is silence."""

    def __init__(self, *answers: bytes, until: bytes = HEAD_END) -> None:
        self.heads: list[bytes] = []
        self.port = 0
        self._answers = list(answers)
        self._until = until
        self._connections: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/x"

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections[writer] = task
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            self.heads.append(await reader.readuntil(self._until))
            if self._answers:
                writer.write(self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])
                await writer.drain()
            else:
                await reader.read()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def stop(self) -> None:
        """Ends what is still under way."""
        for writer in self._connections:
            writer.transport.abort()
        await asyncio.gather(*self._connections.values())


@contextlib.asynccontextmanager
async def serving(*answers: bytes, until: bytes = HEAD_END) -> AsyncIterator[Server]:
    """A server on a free port of this machine, which answers what ends in `until`."""
    server = Server(*answers, until=until)
    listening = await asyncio.start_server(server.accept, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await server.stop()
        await listening.wait_closed()
