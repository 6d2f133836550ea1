"""A simulated fix through the real proxy: what a browser gets, and that it ends with a word, or with the process."""

import asyncio
import ssl
from pathlib import Path

import pytest

from corsinspect.analysis import by_server, judge_all
from corsinspect.capture import Proxy
from corsinspect.session import load
from tests.session.build import recorded

from .wire import CHROME, connection, fetch, fetch_tls, hello, self_signed, serving, until

PAGE = "http://app.test:3000"
ASKED = b"Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: x-a\r\n"


async def simulating(proxy: Proxy, url: str, *, credentials: bool = False) -> None:
    """Turns the simulation on and waits until it is: the order and the next request go different ways."""
    proxy.send("simulate", "/".join(url.split("/")[:3]), PAGE, credentials)
    await until_granted(proxy, url, True)


async def until_granted(proxy: Proxy, url: str, granted: bool) -> None:
    async with asyncio.timeout(20):
        while granted != (b"Access-Control-Allow-Origin: " in (await fetch(proxy.port, url))[0]):
            await asyncio.sleep(0.01)


async def test_a_page_is_let_through_while_it_is_on(proxy: Proxy) -> None:
    async with serving(hello) as port:
        url = f"http://localhost:{port}/"
        await simulating(proxy, url)
        head, body = await fetch(proxy.port, url)
        assert f"Access-Control-Allow-Origin: {PAGE}\r\nCache-Control: no-store\r\n".encode() in head
        assert body == b"hi"
        proxy.send("simulate.off")
        await until_granted(proxy, url, False)

    await proxy.stop()
    calls = judge_all(load(proxy.session).exchanges)
    assert {call.verdict.outcome for call in calls} == {"blocked", "simulated"}
    assert {by_server(call).verdict.outcome for call in calls} == {"blocked"}
    assert recorded(proxy.session)[-1].server_headers is None


async def test_it_is_off_in_a_new_process(proxy: Proxy) -> None:
    async with serving(hello) as port:
        url = f"http://localhost:{port}/"
        await simulating(proxy, url)
        await proxy.restart()
        assert b"Access-Control" not in (await fetch(proxy.port, url))[0]


@pytest.mark.parametrize("framing", ["length", "chunks", "close"])
async def test_a_refused_preflight_is_replaced_whatever_its_body(proxy: Proxy, framing: str) -> None:
    """The browser's connection goes on to the request itself."""
    page = b"<h1>Cannot OPTIONS</h1>" * 10_000
    methods: list[bytes] = []

    async def api(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        methods.append(head.split()[0])
        if methods[-1] != b"OPTIONS":
            await hello(head, reader, writer)
        elif framing == "length":
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: %d\r\n\r\n" % len(page) + page)
        elif framing == "chunks":
            whole = b"%x\r\n%s\r\n0\r\n\r\n" % (len(page), page)
            writer.write(b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n" + whole)
        else:
            writer.write(b"HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n" + page)

    async with serving(api) as port, asyncio.timeout(20):
        url = f"http://localhost:{port}/"
        await simulating(proxy, url)
        methods.clear()
        async with connection(proxy.port) as (reader, writer):
            writer.write(f"OPTIONS {url} HTTP/1.1\r\nHost: localhost:{port}\r\n".encode() + CHROME + ASKED + b"\r\n")
            granted = await reader.readuntil(b"\r\n\r\n")
            if framing != "close":  # who says so hangs up, and is heard
                writer.write(f"PUT {url} HTTP/1.1\r\nHost: localhost:{port}\r\n".encode() + CHROME)
                writer.write(b"X-A: 1\r\nContent-Length: 0\r\n\r\n")
                answer = await reader.readuntil(b"\r\n\r\nhi")
                assert f"Access-Control-Allow-Origin: {PAGE}\r\n".encode() in answer

    assert granted.startswith(b"HTTP/1.1 204 No Content\r\n")
    for line in (b"Access-Control-Allow-Methods: PUT", b"Access-Control-Allow-Headers: x-a", b"Max-Age: 0"):
        assert line + b"\r\n" in granted
    assert methods[0] == b"OPTIONS"  # the server is asked all the same
    line = await until(lambda: next((line for line in recorded(proxy.session) if line.server_status == 404), None))
    assert (line.status, line.by_proxy) == (204, True)


async def test_a_stream_of_events_still_comes_event_by_event(proxy: Proxy) -> None:
    arrived = asyncio.Event()

    async def stream(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if b"/events" not in head:
            return await hello(head, reader, writer)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        for number in range(3):
            writer.write(b"data: %d\n\n" % number)
            await arrived.wait()  # the next one only when the page has this one
            arrived.clear()

    async with serving(stream) as port, asyncio.timeout(20):
        await simulating(proxy, f"http://localhost:{port}/")
        async with connection(proxy.port) as (reader, writer):
            url = f"http://localhost:{port}/events"
            writer.write(f"GET {url} HTTP/1.1\r\nHost: localhost:{port}\r\n".encode() + CHROME + b"\r\n")
            assert b"Cache-Control: no-store\r\n" in await reader.readuntil(b"\r\n\r\n")
            for number in range(3):
                assert await reader.readexactly(9) == b"data: %d\n\n" % number
                arrived.set()


async def test_it_works_over_tls(proxy: Proxy, tmp_path: Path) -> None:
    tls: ssl.SSLContext = self_signed(tmp_path, "localhost")
    async with serving(hello, tls=tls) as port:
        where = f"localhost:{port}"
        proxy.send("simulate", f"https://{where}", PAGE, True)
        async with asyncio.timeout(20):
            while b"Access-Control-Allow-Origin: " not in (answer := await fetch_tls(proxy.port, where, proxy.ca_pem)):
                await asyncio.sleep(0.01)

    assert b"Access-Control-Allow-Credentials: true\r\n" in answer
