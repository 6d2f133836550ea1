"""What passes the real proxy: recorded, and not altered, buffered or delayed."""

import asyncio
import hashlib
from pathlib import Path

import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Request, TextMessage

from corsinspect.capture import Proxy
from tests.session.build import recorded

from .wire import CHROME, connection, fetch, grant, hello, serving, until

MEGABYTE = 1 << 20
SIZE = 200 * MEGABYTE
CHUNK = bytes(range(256)) * 256
"""64 kB."""


def peak_memory(proxy: Proxy) -> int:
    """The most that the proxy's process had in memory so far, in bytes."""
    assert proxy.pid is not None
    status = Path(f"/proc/{proxy.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


async def test_a_preflight_and_its_request_are_one_call(proxy: Proxy) -> None:
    async with serving(grant) as port:
        url = f"http://localhost:{port}/items"
        asked = b"Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: x-a\r\n"
        await fetch(proxy.port, url, method="OPTIONS", extra=asked)
        await fetch(proxy.port, url, method="PUT", extra=b"X-A: 1\r\nContent-Length: 0\r\n")

    lines = await until(lambda: len(lines := recorded(proxy.session)) == 2 and lines[1].ended and lines)
    assert [line.annotation.role for line in lines] == ["preflight:0", "actual:0"]
    assert {line.annotation.call for line in lines} == {lines[0].id}
    assert {line.annotation.outcome for line in lines} == {"allowed"}


async def test_a_missing_header_is_blocked(proxy: Proxy) -> None:
    async with serving(hello) as port:
        _, body = await fetch(proxy.port, f"http://localhost:{port}/")

    # a line may be written before the answer came: it has no verdict yet
    (line,) = await until(lambda: (lines := recorded(proxy.session)) and lines[0].ended and lines)
    assert body == b"hi"
    assert line.annotation is not None
    assert (line.annotation.outcome, line.annotation.header) == ("blocked", "Access-Control-Allow-Origin")


async def test_names_below_localhost_are_this_machine(proxy: Proxy) -> None:
    """As in browsers, also where the system's resolver doesn't know; one connection serves them as any other name."""
    connections: list[bytes] = []

    async def twice(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(head)
        await hello(head, reader, writer)
        await reader.readuntil(b"\r\n\r\n")
        await hello(head, reader, writer)

    async with serving(twice) as port, connection(proxy.port) as (reader, writer):
        url = f"http://App.localhost:{port}/"
        for _ in range(2):
            writer.write(f"GET {url} HTTP/1.1\r\nHost: app.localhost:{port}\r\n".encode() + CHROME + b"\r\n")
            assert (await reader.readuntil(b"hi")).startswith(b"HTTP/1.1 200")

    lines = await until(lambda: len(lines := recorded(proxy.session)) == 2 and lines)
    assert [line.url.lower() for line in lines] == [url.lower()] * 2
    assert len(connections) == 1


async def test_a_dead_server_is_a_network_error(proxy: Proxy) -> None:
    async with serving(hello) as port:
        pass
    head, _ = await fetch(proxy.port, f"http://127.0.0.1:{port}/")

    (line,) = await until(lambda: recorded(proxy.session))
    assert head.startswith(b"HTTP/1.1 502")
    assert line.status is None
    assert line.failure is not None
    assert line.failure.kind == "refused"
    assert line.annotation is not None
    assert (line.annotation.outcome, line.annotation.reason) == ("network-error", "refused")


async def test_a_dead_https_server_is_one_counted_network_error(proxy: Proxy) -> None:
    async with serving(hello) as port:
        pass
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            async with connection(proxy.port, tunnel=f"localhost:{port}"):
                pass

    (line,) = await until(lambda: (lines := recorded(proxy.session)) and lines[0].count == 3 and lines)
    assert (line.method, line.url) == (None, f"https://localhost:{port}/")
    assert line.failure is not None
    assert line.failure.kind == "refused"


async def test_a_server_that_hangs_up_midway_leaves_its_status_and_a_failure(proxy: Proxy) -> None:
    async def hang_up(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")

    async with serving(hang_up) as port:
        with pytest.raises(asyncio.IncompleteReadError):
            await fetch(proxy.port, f"http://localhost:{port}/")

    (line,) = await until(lambda: (lines := recorded(proxy.session)) and lines[0].ended and lines)
    assert line.status == 200
    assert line.response_size == 9
    assert line.failure is not None
    assert line.failure.kind == "closed"


async def test_the_maker_of_an_error_page_is_named_and_the_page_passes_as_it_is(proxy: Proxy) -> None:
    page = b"<html>\r\n<body>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n" + b"<!-- pad -->" * 500

    async def fail(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page))
        for start in range(0, len(page), 50):
            writer.write(page[start : start + 50])
            await writer.drain()

    async with serving(fail) as port:
        _, body = await fetch(proxy.port, f"http://localhost:{port}/")

    (line,) = await until(lambda: (lines := recorded(proxy.session)) and lines[0].ended and lines)
    assert body == page
    assert (line.status, line.response_size, line.error_page) == (502, len(page), "nginx")
    assert b"<center>" not in proxy.session.read_bytes()


@pytest.mark.parametrize("status", [b"200 OK", b"503 Service Unavailable"])
async def test_each_event_of_a_stream_reaches_the_page_as_it_is_sent(proxy: Proxy, status: bytes) -> None:
    arrived = asyncio.Event()
    events = [f"data: {number}\n\n".encode() for number in range(5)]

    async def stream(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Type: text/event-stream\r\n\r\n")
        for event in events:
            writer.write(event)
            await arrived.wait()  # the next one only when the page has this one
            arrived.clear()

    async with serving(stream) as port, asyncio.timeout(20), connection(proxy.port) as (reader, writer):
        writer.write(f"GET http://localhost:{port}/ HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        for number, event in enumerate(events):
            assert await reader.readexactly(len(event)) == event
            if number == 0:
                (line,) = await until(lambda: (lines := recorded(proxy.session)) and lines[0].status and lines)
                assert line.ended is None
            arrived.set()
        assert await reader.read() == b""

    (line,) = await until(lambda: (lines := recorded(proxy.session)) and lines[0].ended and lines)
    assert line.response_size == sum(map(len, events))


@pytest.mark.parametrize("status", [b"200 OK", b"500 Internal Server Error"])
async def test_a_large_download_is_identical_and_not_held_in_memory(proxy: Proxy, status: bytes) -> None:
    async def download(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: %d\r\n\r\n" % SIZE)
        for _ in range(SIZE // len(CHUNK)):
            writer.write(CHUNK)
            await writer.drain()

    before = peak_memory(proxy)
    got = hashlib.sha256()
    async with serving(download) as port, connection(proxy.port) as (reader, writer):
        writer.write(f"GET http://localhost:{port}/ HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        left = SIZE
        while left and (data := await reader.read(MEGABYTE)):
            got.update(data)
            left -= len(data)

    assert b"Content-Length: %d" % SIZE in head
    assert got.digest() == whole_digest()
    assert peak_memory(proxy) - before < 30 * MEGABYTE
    (line,) = await until(lambda: (lines := recorded(proxy.session)) and lines[0].ended and lines)
    assert line.response_size == SIZE


async def test_a_large_upload_is_identical_and_not_held_in_memory(proxy: Proxy) -> None:
    received = hashlib.sha256()

    async def upload(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert b"Content-Length: %d" % SIZE in head
        left = SIZE
        while left and (data := await reader.read(MEGABYTE)):
            received.update(data)
            left -= len(data)
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    before = peak_memory(proxy)
    async with serving(upload) as port, connection(proxy.port) as (reader, writer):
        head = f"POST http://localhost:{port}/ HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {SIZE}\r\n\r\n"
        writer.write(head.encode())
        for _ in range(SIZE // len(CHUNK)):
            writer.write(CHUNK)
            await writer.drain()
        answer = await reader.readuntil(b"\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 204")
    assert received.digest() == whole_digest()
    assert peak_memory(proxy) - before < 30 * MEGABYTE
    (line,) = await until(lambda: (lines := recorded(proxy.session)) and lines[0].ended and lines)
    assert line.request_size == SIZE


def whole_digest() -> bytes:
    digest = hashlib.sha256()
    for _ in range(SIZE // len(CHUNK)):
        digest.update(CHUNK)
    return digest.digest()


async def test_a_websocket_echoes_and_is_one_exchange(proxy: Proxy) -> None:
    async def echo(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = WSConnection(ConnectionType.SERVER)
        server.receive_data(head)
        writer.write(server.send(AcceptConnection()))
        while data := await reader.read(65536):
            server.receive_data(data)
            for event in server.events():
                if isinstance(event, TextMessage):
                    writer.write(server.send(TextMessage(event.data, message_finished=event.message_finished)))
                elif isinstance(event, CloseConnection):
                    writer.write(server.send(event.response()))

    async with serving(echo) as port, connection(proxy.port, tunnel=f"localhost:{port}") as (reader, writer):
        client = WSConnection(ConnectionType.CLIENT)
        writer.write(client.send(Request(host=f"localhost:{port}", target="/")))
        client.receive_data(await reader.readuntil(b"\r\n\r\n"))
        assert [type(event) for event in client.events()] == [AcceptConnection]
        for text in ("one", "two" * 10_000, "ü"):
            writer.write(client.send(TextMessage(text)))
            got = ""
            while got != text:
                client.receive_data(await reader.read(65536))
                got += "".join(event.data for event in client.events() if isinstance(event, TextMessage))
        (line,) = await until(lambda: (lines := recorded(proxy.session)) and lines[0].status and lines)
        assert (line.status, line.ended) == (101, None)
        writer.write(client.send(CloseConnection(1000)))

        (line,) = await until(lambda: (lines := recorded(proxy.session)) and lines[0].ended and lines)
    assert line.annotation is not None
    assert line.annotation.outcome == "not-cors"


async def test_header_bytes_pass_unchanged_both_ways(proxy: Proxy) -> None:
    heads: list[bytes] = []

    async def odd(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        writer.write(b"HTTP/1.1 299 Fine \xff\r\nx-Odd:  \xe9\xff\r\nX-ODD: two\r\nContent-Length: 2\r\n\r\nhi")

    async with serving(odd) as port:
        url = f"http://localhost:{port}/?q=%20"
        head, _ = await fetch(
            proxy.port, url, method="patch", extra=b"X-tWo: 1\r\nx-two: \xe9\r\nPriority: \xe9\r\nContent-Length: 0\r\n"
        )

    (line,) = await until(lambda: recorded(proxy.session))
    assert heads[0].startswith(b"patch /?q=%20 HTTP/1.1\r\n")
    assert b"X-tWo: 1\r\nx-two: \xe9\r\n" in heads[0]
    assert b"x-Odd: \xe9\xff\r\nX-ODD: two\r\n" in head
    assert line.method == "patch"
    assert [name for name, _ in line.request_headers if name.lower() == "x-two"] == ["X-tWo", "x-two"]
    assert ("Priority", "\xe9") in line.request_headers
    assert ("x-Odd", "\xe9\xff") in line.response_headers
    assert line.reason_phrase == "Fine \xff"
