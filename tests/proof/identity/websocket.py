"""WebSocket as frames: what each side sends in turn, and the frames that the other got."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from wsproto.utilities import generate_accept_token

from tests.capture.wire import connection

from .http1 import SILENCE

KEY = b"AAAAAAAAAAAAAAAAAAAAAA=="
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class Frame(NamedTuple):
    """RFC 6455, 5.2, without the mask, which every hop makes anew."""

    opcode: int
    payload: bytes = b""
    fin: bool = True
    rsv: int = 0

    def encoded(self, mask: bytes | None) -> bytes:
        first = self.fin << 7 | self.rsv << 4 | self.opcode
        size = len(self.payload)
        bit = 0x80 if mask is not None else 0
        if size < 126:
            head = bytes([first, bit | size])
        elif size < 1 << 16:
            head = struct.pack("!BBH", first, bit | 126, size)
        else:
            head = struct.pack("!BBQ", first, bit | 127, size)
        return head + (self.payload if mask is None else mask + masked(self.payload, mask))


def masked(payload: bytes, mask: bytes) -> bytes:
    """XORed, as one large number."""
    size = len(payload)
    stream = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload) ^ int.from_bytes(stream)).to_bytes(size)


class Turn(NamedTuple):
    """What one side sends before the other does."""

    by_client: bool
    frames: tuple[Frame, ...]


@dataclass(frozen=True)
class Talk:
    """A whole connection: header lines of both handshakes, and the turns; the last one closes."""

    turns: tuple[Turn, ...]
    asked: bytes = b""
    answered: bytes = b""


@dataclass
class Seen:
    """The heads and frames that each side got."""

    server: list[bytes | Frame | str] = field(default_factory=list)
    client: list[bytes | Frame | str] = field(default_factory=list)


async def receive(reader: asyncio.StreamReader) -> Frame:
    """The next frame; raises IncompleteReadError at the end."""
    first, second = await reader.readexactly(2)
    size = second & 0x7F
    if size > 125:
        size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8))
    mask = await reader.readexactly(4) if second & 0x80 else None
    payload = await reader.readexactly(size)
    return Frame(first & 15, masked(payload, mask) if mask else payload, bool(first >> 7), first >> 4 & 7)


async def talk(
    turns: Sequence[Turn],
    client: bool,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    seen: list[bytes | Frame | str],
) -> None:
    """One side of it: sends in its turns, and reads in the other's until as much has come."""
    with contextlib.suppress(OSError):
        for turn in turns:
            if turn.by_client == client:
                for frame in turn.frames:
                    writer.write(frame.encoded(b"\1\2\3\4" if client else None))
                await writer.drain()
                continue
            left, whole = sum(len(frame.payload) for frame in turn.frames), sum(frame.fin for frame in turn.frames)
            async with asyncio.timeout(SILENCE):
                while left > 0 or whole > 0:
                    seen.append(frame := await receive(reader))
                    left -= len(frame.payload)
                    whole -= frame.fin
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        async with asyncio.timeout(SILENCE):
            while True:
                seen.append(await receive(reader))
    seen.append("end" if reader.at_eof() else "silence")


class Server:
    """Takes its part in the talk, and notes to `seen` what came."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self.seen = Seen()
        self._tasks: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Its port."""
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0) as server:
            yield server.sockets[0].getsockname()[1]
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def settled(self) -> None:
        """All its connections have ended."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=SILENCE)
        self._tasks.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            self.seen.server.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: %s\r\n%s\r\n" % (generate_accept_token(KEY), self._talk.answered)
            )
            await talk(self._talk.turns, False, reader, writer, self.seen.server)
        writer.close()


async def through_both(proxies: Sequence[int], whole: Talk) -> list[Seen]:
    """What was seen on both sides of each proxy; the same server behind both, so that its port is the same, too."""
    seen: list[Seen] = []
    server = Server(whole)
    async with server.running() as port:
        for proxy in proxies:
            seen.append(Seen())
            server.seen = seen[-1]
            async with connection(proxy, tunnel=f"localhost:{port}") as (reader, writer):
                writer.write(
                    b"GET /socket?a=b HTTP/1.1\r\nHost: localhost:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    b"Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n%s\r\n" % (port, KEY, whole.asked)
                )
                with contextlib.suppress(asyncio.IncompleteReadError):
                    async with asyncio.timeout(SILENCE):
                        seen[-1].client.append(await reader.readuntil(b"\r\n\r\n"))
                    await talk(whole.turns, True, reader, writer, seen[-1].client)
            await server.settled()
    return seen
