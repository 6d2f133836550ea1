"""What holds the proxy up, or works against it, and what it does all the same: the real processes."""

import asyncio
import contextlib
import os
import re
import resource
import signal
import ssl
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from corsinspect.capture import CaptureError, Proxy
from corsinspect.capture.processes import is_alive, pid_of
from corsinspect.session.reader import load
from tests.capture.wire import CHROME, Handler, connection, fetch, hello, serving, until
from tests.session.build import recorded

from .idle import idle
from .kills import descendants

STOPPED = 5.0
"""Seconds in which a proxy has ended, whatever hangs on it."""


async def test_idle_connections_cost_little_and_stop_nothing(proxy: Proxy) -> None:
    """2,000 here; `tests/long` has 10,000."""
    await idle(proxy, 2_000)


async def nothing(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes a request and never answers."""
    await asyncio.Event().wait()


async def half(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Stops in the middle of the head."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-A: ")
    await asyncio.Event().wait()


async def headless(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Sends the head, and none of the body."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
    await asyncio.Event().wait()


@pytest.mark.parametrize("server", [nothing, half, headless])
async def test_a_silent_server_holds_up_nobody_else(server: Handler, tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "session.jsonl")
    await proxy.start()
    async with serving(server) as silent, serving(hello) as port, contextlib.AsyncExitStack() as waiting:
        writers = [(await waiting.enter_async_context(connection(proxy.port)))[1] for _ in range(50)]
        for number, writer in enumerate(writers):
            url = f"http://localhost:{silent}/{number}"
            writer.write(f"GET {url} HTTP/1.1\r\nHost: localhost:{silent}\r\n".encode() + CHROME + b"\r\n")
        await until(lambda: len(recorded(proxy.session)) == 50)
        assert (await fetch(proxy.port, f"http://localhost:{port}/"))[1] == b"hi"
        writers[-1].close()
        await until(lambda: [line for line in recorded(proxy.session) if line.failure])
        begun = time.monotonic()
        await proxy.stop()
        assert time.monotonic() - begun < STOPPED
    kinds = {line.url: line.failure.kind for line in recorded(proxy.session) if line.failure}
    assert kinds[f"http://localhost:{silent}/49"] == "aborted-by-page"
    assert set(kinds.values()) <= {"aborted-by-page", "closed"}
    assert load(proxy.session).problems == []


async def test_a_server_that_is_silent_within_the_handshake_holds_up_nobody_else(proxy: Proxy) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with (
        await asyncio.start_server(silent, "127.0.0.1", 0) as server,
        serving(hello) as port,
        contextlib.AsyncExitStack() as waiting,
    ):
        where = f"localhost:{server.sockets[0].getsockname()[1]}"
        for _ in range(50):
            _, writer = await waiting.enter_async_context(connection(proxy.port, tunnel=where))
            writer.write(client_hello())
        assert (await fetch(proxy.port, f"http://localhost:{port}/"))[1] == b"hi"


def client_hello() -> bytes:
    """What a TLS client says first."""
    sent = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), sent, server_hostname="localhost").do_handshake()
    return sent.read()


async def test_two_writers_of_one_session_leave_whole_lines_of_both(tmp_path: Path) -> None:
    proxies = [Proxy(tmp_path / "session.jsonl") for _ in range(2)]
    for proxy in proxies:
        await proxy.start()
    async with serving(hello) as port:
        urls = [[f"http://localhost:{port}/{who}/{number}" for number in range(100)] for who in "ab"]
        for few in range(0, 100, 10):
            await asyncio.gather(
                *(
                    fetch(proxy.port, url)
                    for proxy, all in zip(proxies, urls, strict=True)
                    for url in all[few : few + 10]
                )
            )
        await proxies[0].stop()
        await fetch(proxies[1].port, f"http://localhost:{port}/c")
        await proxies[1].stop()
    loaded = load(tmp_path / "session.jsonl")
    assert loaded.problems == []
    assert sorted(exchange.url for exchange in loaded.exchanges) == sorted(
        [*urls[0], *urls[1], f"http://localhost:{port}/c"]
    )
    assert all(exchange.status == 200 and exchange.ended for exchange in loaded.exchanges)


async def test_a_port_that_was_taken_in_the_meantime_is_said_at_a_restart(tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "session.jsonl")
    await proxy.start()
    assert proxy.pid is not None
    os.kill(proxy.pid, signal.SIGKILL)
    await until(lambda: proxy.died)
    async with await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", proxy.port):
        with pytest.raises(CaptureError, match=f"Port {proxy.port} is in use"):
            await proxy.restart()
    await proxy.restart()
    assert proxy.pid is not None
    await proxy.stop()


@contextlib.asynccontextmanager
async def recording(session: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, int, int]]:
    """`corsinspect record`, its proxy's port and its child's process id."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "corsinspect", "record", "-o", str(session)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stderr is not None
        async with asyncio.timeout(60):
            found = re.search(rb"127\.0\.0\.1:(\d+)", await process.stderr.readline())
        assert found
        (child,) = filter(None, map(pid_of, descendants(process.pid)))
        yield process, int(found[1]), child
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def last_words(process: asyncio.subprocess.Process, status: int) -> str:
    """What it said before it ended with this status."""
    assert process.stderr is not None
    async with asyncio.timeout(20):
        said = await process.stderr.read()
        assert await process.wait() == status
    return said.decode()


async def test_a_full_disk_ends_record_with_a_sentence_and_keeps_what_was_written(tmp_path: Path) -> None:
    session = tmp_path / "session.jsonl"
    async with recording(session) as (process, port, child), serving(hello) as server:
        await fetch(port, f"http://localhost:{server}/kept")
        await until(lambda: (lines := recorded(session)) and lines[0].ended)
        limit = session.stat().st_size + 100  # within the next line
        resource.prlimit(child, resource.RLIMIT_FSIZE, (limit, limit))
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await fetch(port, f"http://localhost:{server}/lost")
        said = await last_words(process, 2)
    assert "can't be written any more" in said
    assert "Traceback" not in said
    assert [exchange.url for exchange in load(session).exchanges] == [f"http://localhost:{server}/kept"]
    await until(lambda: not is_alive(child))


async def test_a_suspended_parent_holds_up_no_traffic_and_misses_nothing(tmp_path: Path) -> None:
    """Ctrl-Z."""
    session = tmp_path / "session.jsonl"
    async with recording(session) as (process, port, _), serving(hello) as server:
        process.send_signal(signal.SIGSTOP)
        for number in range(100):
            assert (await fetch(port, f"http://localhost:{server}/{number}"))[1] == b"hi"
        await until(lambda: len(recorded(session)) == 100)
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGTERM)
        said = await last_words(process, 0)
    assert "100 blocked" in said
