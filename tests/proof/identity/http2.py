"""HTTP/2 through both proxies: streams of one connection, all asked at once."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from tests.capture.wire import connection

from .http1 import SILENCE
from .peer import Came, Peer, Sent

PATH = b":path"


@dataclass(frozen=True)
class Exchanged:
    """A request, of a path of its own, and its answer: when the request has ended, or at its head if `early`."""

    request: Sent
    answer: Sent
    early: bool = False


@dataclass
class Seen:
    """What came, by path: by the server and by the client."""

    server: dict[bytes, Came] = field(default_factory=dict)
    client: dict[bytes, Came] = field(default_factory=dict)


class Server:
    """Gives each path its answer, and notes to `seen` what came."""

    def __init__(self, exchanges: Sequence[Exchanged]) -> None:
        self._exchanges = {path_of(exchange): exchange for exchange in exchanges}
        self.seen = Seen()
        self._tasks: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def running(self, tls: ssl.SSLContext) -> AsyncIterator[int]:
        """Its port."""
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls) as server:
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
        peer = Peer(reader, writer, client=False)
        answered: set[int] = set()
        sending: list[asyncio.Task[None]] = []

        def heard(stream: int) -> None:
            came = peer.came.get(stream)
            if came is None or not came.heads:
                return
            path = dict(came.heads[0])[PATH]
            self.seen.server[path] = came
            exchange = self._exchanges[path]
            if stream not in answered and (exchange.early or came.ended):
                answered.add(stream)
                sending.append(asyncio.create_task(peer.send(stream, exchange.answer)))

        with contextlib.suppress(asyncio.CancelledError):
            await peer.run(heard)
        for send in sending:
            send.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
        writer.close()


def path_of(exchange: Exchanged) -> bytes:
    """The key of an exchange."""
    return dict(exchange.request.lines)[PATH]


async def ask(proxy: int, exchanges: Sequence[Exchanged], port: int, seen: Seen, tls: ssl.SSLContext | None) -> None:
    """Ask for all at once on one connection through this proxy, and note what came."""
    async with connection(proxy, tunnel=f"localhost:{port}", tls=tls) as (reader, writer):
        peer = Peer(reader, writer, client=True)
        streams = range(1, 2 * len(exchanges), 2)
        ended = asyncio.Event()

        def heard(_: int) -> None:
            if all(stream in peer.came and peer.came[stream].ended for stream in streams):
                ended.set()

        running = asyncio.create_task(peer.run(heard))
        asking = [
            asyncio.create_task(peer.send(stream, exchange.request))
            for stream, exchange in zip(streams, exchanges, strict=True)
        ]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SILENCE):
                await asyncio.gather(*asking)
                if all(exchange.request.broken is None for exchange in exchanges):
                    await asyncio.wait(
                        [running, asyncio.ensure_future(ended.wait())], return_when=asyncio.FIRST_COMPLETED
                    )
        for task in (running, *asking):
            task.cancel()
        await asyncio.gather(running, *asking, return_exceptions=True)
        for stream, exchange in zip(streams, exchanges, strict=True):
            seen.client[path_of(exchange)] = peer.came.get(stream, Came())


async def through_both(
    proxies: Sequence[int],
    exchanges: Sequence[Exchanged],
    server_tls: ssl.SSLContext,
    client_tls: Sequence[ssl.SSLContext | None],
) -> list[Seen]:
    """What was seen on both sides of each proxy; the same server behind both, so that its port is the same, too."""
    seen: list[Seen] = []
    server = Server(exchanges)
    async with server.running(server_tls) as port:
        for proxy, tls in zip(proxies, client_tls, strict=True):
            seen.append(Seen())
            server.seen = seen[-1]
            await ask(proxy, exchanges, port, seen[-1], tls)
            await server.settled()
    return seen
