"""A very small HTTP/1.1 server on a loopback port: just enough for the demo's page and APIs.

Written by hand because the demo's APIs must do what servers shouldn't: repeat a header, hang up, refuse OPTIONS.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

BODY_LIMIT = 64 * 1024
"""The largest request body, in bytes; on a larger one the connection is closed."""


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]
    """Names in lower case; the last line of a repeated header."""
    body: bytes


@dataclass(frozen=True)
class Response:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


Handler = Callable[[Request], Response | Awaitable[Response] | None]
"""None: hang up without an answer."""


class Malformed(Exception):
    """The peer sent something that this server doesn't read."""


class HttpServer:
    """Serves `handler` on `host`, on a port that the system chooses."""

    def __init__(self, handler: Handler, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self._handler = handler
        self._host = host
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Binds and returns the port."""
        self._server = await asyncio.start_server(self._accept, self._host, 0, ssl=self._tls)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Closes the port and every connection."""
        if self._server is None:
            return
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
        except (Malformed, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # the peer is gone or misbehaves, or the demo stops: either way this connection is over
        finally:
            self._connections.discard(task)
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            answer = self._handler(await _read(reader))
            if answer is None:
                return
            response = answer if isinstance(answer, Response) else await answer
            writer.write(_encode(response))
            await writer.drain()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")[:-2]
    try:
        method, target, _ = first.split(" ")
        headers = dict(_header(line) for line in lines)
        length = int(headers.get("content-length", "0"))
    except ValueError as error:
        raise Malformed from error
    if not 0 <= length <= BODY_LIMIT or "transfer-encoding" in headers:
        raise Malformed
    return Request(method, target, headers, await reader.readexactly(length))


def _header(line: str) -> tuple[str, str]:
    name, value = line.split(":", 1)
    return name.strip().lower(), value.strip()


def _encode(response: Response) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    if response.status != HTTPStatus.NO_CONTENT:
        lines.append(f"Content-Length: {len(response.body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + response.body
