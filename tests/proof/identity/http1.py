"""HTTP/1.1 as bytes: a client that sends what it's given, a server that answers what it's given, and what each got."""

import asyncio
import contextlib
import enum
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from tests.capture.wire import connection

LIMIT = 1 << 22
"""Bytes of a head."""
SILENCE = 15.0
"""Seconds after which nothing more is expected."""
BREATH, LONG = 0.01, 1.0
"""Seconds; the longer is enough for the other side to have got what was sent."""


class Act(enum.Enum):
    """What a peer does between two pieces."""

    PAUSE = "pause"
    WAIT = "wait"
    CLOSE = "close"
    RESET = "reset"


Pieces = tuple[bytes | Act, ...]


@dataclass(frozen=True)
class Round:
    """A request as it's sent, with PORT in the place of the server's port, and its answer."""

    request: Pieces
    answer: Pieces


@dataclass
class Seen:
    """What came: by the server, in each of its connections, and by the client."""

    server: list[list["Message"]] = field(default_factory=list)
    client: list["Message"] = field(default_factory=list)


@dataclass(frozen=True)
class Message:
    """A request or response: its head as it came, its body without what its framing adds, and how it ended."""

    head: bytes
    body: bytes
    ended: str


PORT = b"{PORT}"


async def send(writer: asyncio.StreamWriter, pieces: Pieces, port: int) -> None:
    """Send each piece by itself."""
    for piece in pieces:
        if piece is Act.PAUSE:
            await asyncio.sleep(BREATH)
        elif piece is Act.WAIT:
            await asyncio.sleep(LONG)
        elif piece is Act.CLOSE:
            writer.close()
        elif piece is Act.RESET:
            writer.transport.abort()
        else:
            assert isinstance(piece, bytes)
            writer.write(piece.replace(PORT, b"%d" % port))
            await writer.drain()


async def receive(reader: asyncio.StreamReader, answers: bytes | None) -> Message:
    """The next message; `answers` the method of the request that it answers, if it's a response."""
    head = body = line = b""
    try:
        async with asyncio.timeout(SILENCE):
            head = await reader.readuntil(b"\r\n\r\n")
            how = framing(head, answers)
            if how == "chunked":
                while size := int((line := await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
                    body += (await reader.readexactly(size + 2))[:-2]
                await reader.readuntil(b"\r\n")
            elif isinstance(how, int):
                while len(body) < how:
                    body += await more(reader, how - len(body))
            else:
                while data := await reader.read(1 << 20):
                    body += data
    except asyncio.IncompleteReadError as cut:
        return Message(head, body + cut.partial, "cut") if head else Message(cut.partial, b"", "cut")
    except OSError as problem:  # TimeoutError too
        return Message(head, body, "silent" if isinstance(problem, TimeoutError) else "cut")
    except ValueError:
        return Message(head, body + line, "no chunk")
    return Message(head, body, str(how) if how == "chunked" else "whole")


async def more(reader: asyncio.StreamReader, most: int) -> bytes:
    """Some bytes; raises IncompleteReadError when there are none to come."""
    data = await reader.read(min(most, 1 << 20))
    if not data:
        raise asyncio.IncompleteReadError(b"", most)
    return data


def framing(head: bytes, answers: bytes | None) -> int | str:
    """How long the body is: a length, `chunked`, or up to the `end`. RFC 9112, 6.3."""
    if answers is not None:
        status = head[9:12]
        if answers == b"HEAD" or status.startswith(b"1") or status in (b"204", b"304"):
            return 0
    lines = [line.partition(b":") for line in head.lower().split(b"\r\n")[1:]]
    fields = {name: value.strip() for name, _, value in lines}
    if b"chunked" in fields.get(b"transfer-encoding", b""):
        return "chunked"
    length = fields.get(b"content-length", b"")
    if length.isdigit():
        return int(length)
    return 0 if answers is None else "end"


def interim(message: Message) -> bool:
    """Whether another response to the same request follows."""
    return message.head[9:10] == b"1" and not message.head.startswith(b"HTTP/1.1 101")


class Server:
    """Gives each request, in turn, its round's answer, and notes to `seen` what came."""

    def __init__(self, rounds: Sequence[Round]) -> None:
        self.rounds = rounds
        self.seen = Seen()
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def running(self, tls: ssl.SSLContext | None) -> AsyncIterator[None]:
        """On a port of its own."""
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls, limit=LIMIT) as server:
            self.port = server.sockets[0].getsockname()[1]
            yield
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def settled(self) -> None:
        """All its connections have ended."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=SILENCE)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        done = sum(map(len, self.seen.server))
        self.seen.server.append(came := [])
        with contextlib.suppress(OSError, asyncio.CancelledError):
            for round in self.rounds[done:]:
                message = await receive(reader, None)
                if not message.head:
                    break
                came.append(message)
                await send(writer, round.answer, self.port)
            await reader.read()
        writer.close()


async def ask(proxy: int, rounds: Sequence[Round], port: int, seen: Seen, tls: ssl.SSLContext | None) -> None:
    """Send the requests through this proxy, each when the one before was answered, and note what came."""
    tunnel = f"localhost:{port}" if tls is not None else None
    async with connection(proxy, tunnel=tunnel, tls=tls, limit=LIMIT) as (reader, writer):
        for round in rounds:
            with contextlib.suppress(OSError):
                await send(writer, round.request, port)
            method = next(piece for piece in round.request if isinstance(piece, bytes)).partition(b" ")[0]
            seen.client.append(await receive(reader, method))
            while interim(seen.client[-1]):
                seen.client.append(await receive(reader, method))


async def through_both(
    proxies: Sequence[int],
    rounds: Sequence[Round],
    server_tls: ssl.SSLContext | None = None,
    client_tls: Sequence[ssl.SSLContext | None] = (None, None),
) -> list[Seen]:
    """What was seen on both sides of each proxy; the same server behind both, so that its port is the same, too."""
    seen: list[Seen] = []
    server = Server(rounds)
    async with server.running(server_tls):
        for proxy, tls in zip(proxies, client_tls, strict=True):
            seen.append(Seen())
            server.seen = seen[-1]
            await ask(proxy, rounds, server.port, seen[-1], tls)
            await server.settled()
    return seen
