"""One round: `corsinspect record` under traffic, a signal at any moment, and what is left then."""

import asyncio
import contextlib
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from corsinspect.capture.processes import identity, is_running
from corsinspect.session.reader import load
from tests.capture.wire import CHROME, connection, serving, until

Job = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

CLIENTS, STREAMS = 12, 4
FLUSHED = 0.5
"""Seconds after which what was answered is written, also on a busy machine; it takes 20 ms on an idle one."""
END = 20
"""Seconds in which everything has to have ended."""


class Kind(NamedTuple):
    """Which process gets which signal, and how `record` ends then."""

    number: signal.Signals
    to_child: bool
    status: int
    orderly: bool
    """Whether it has the time to write everything."""


KINDS = {
    "SIGTERM": Kind(signal.SIGTERM, False, 0, True),
    "SIGINT": Kind(signal.SIGINT, False, 0, True),
    "SIGKILL": Kind(signal.SIGKILL, False, -signal.SIGKILL, True),  # the child ends in order when its stdin does
    "SIGKILL of the child": Kind(signal.SIGKILL, True, 2, False),
    "SIGTERM of the child": Kind(signal.SIGTERM, True, 2, True),
}


def descendants(pid: int) -> list[str]:
    """The identities of all processes below this one."""
    children: list[str] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):  # a thread that has ended since it was listed
                for child in (task / "children").read_text().split():
                    children += [identity(int(child)), *descendants(int(child))]
    return children


class Traffic:
    """A page's calls, streams and a download without an end, through a proxy until it's gone."""

    def __init__(self, proxy: int, server: int) -> None:
        self._proxy, self._server = proxy, server
        self.answered: dict[str, float] = {}
        """When each path's answer had come whole."""
        self._number = 0

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While it goes on."""
        jobs = [self._call] * CLIENTS + [self._stream] * STREAMS
        tasks = [asyncio.create_task(self._until_gone(job)) for job in jobs]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _until_gone(self, job: Job) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            async with connection(self._proxy) as (reader, writer):
                while True:
                    await job(reader, writer)

    def _request(self, method: str, path: str, extra: bytes = b"") -> bytes:
        host = f"localhost:{self._server}"
        return f"{method} http://{host}{path} HTTP/1.1\r\nHost: {host}\r\n".encode() + CHROME + extra + b"\r\n"

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._number += 1
        path = f"/{self._number}"
        for method in ("OPTIONS", "PUT"):
            extra = b"Access-Control-Request-Method: PUT\r\n" if method == "OPTIONS" else b"Content-Length: 0\r\n"
            writer.write(self._request(method, path, extra))
            await reader.readuntil(b"hi")
        self.answered[path] = time.monotonic()

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self._request("GET", "/stream"))
        while await reader.read(1 << 16):
            pass
        raise ConnectionResetError


async def answer(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Grants everything; `/stream` has no end."""
    while True:
        if b" /stream " in head:
            writer.write(b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\r\n")
            while True:
                writer.write(b"data: 1\n\n" * 1000)
                await writer.drain()
                await asyncio.sleep(0.01)
        writer.write(
            b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: *\r\n"
            b"Content-Length: 2\r\n\r\nhi"
        )
        head = await reader.readuntil(b"\r\n\r\n")


async def killed(kind: Kind, session: Path, after: float) -> None:
    """Sends the signal `after` so many seconds of traffic, and looks at what is left."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "corsinspect", "record", "-o", str(session)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stderr is not None
        started = await asyncio.wait_for(process.stderr.readline(), 60)
        found = re.search(rb"127\.0\.0\.1:(\d+)", started)
        assert found, started
        (child, *others) = descendants(process.pid)
        async with serving(answer) as server:
            traffic = Traffic(int(found[1]), server)
            async with traffic.running():
                await until(lambda: traffic.answered)
                await asyncio.sleep(after)
                moment = time.monotonic()
                if kind.to_child:
                    signal_to(child, kind.number)
                else:
                    process.send_signal(kind.number)
                async with asyncio.timeout(END):
                    said = await process.stderr.read()
                    assert await process.wait() == kind.status, said
                await until(lambda: not any(map(is_running, (child, *others))))
        assert b"Traceback" not in said
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    loaded = load(session)
    assert len(loaded.problems) <= (0 if kind.orderly else 1), loaded.problems
    margin = 0 if kind.orderly else FLUSHED
    due = {path for path, when in traffic.answered.items() if when < moment - margin}
    paths = {exchange.url.partition(f":{server}")[2] for exchange in loaded.exchanges if exchange.status == 200}
    assert due <= paths
    assert "/stream" in paths


def signal_to(identity_: str, number: signal.Signals) -> None:
    """Send it to this process."""
    os.kill(int(identity_.partition("@")[0]), number)
