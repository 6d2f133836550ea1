"""The proxy isn't its own client, by whatever name, form or way it is asked to be."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, ResponseReceived, StreamEnded

from corsinspect.addons.hooks import Capture
from corsinspect.capture import Proxy
from corsinspect.capture.ca import ensure_ca
from corsinspect.capture.master import LeanMaster
from corsinspect.capture.selfcalls import OWN_PAGE
from corsinspect.session.failures import OWN_ADDRESS
from tests.session.build import Line, recorded

from .wire import CHROME, connection, fetch, hello, serving, until

pytestmark = pytest.mark.filterwarnings("ignore:Passing pyOpenSSL:DeprecationWarning")  # mitmproxy 11's own

NAMES = (
    *("a.localhost", "A.B.LocalHost.", "LOCALHOST", "localhost", "127.0.0.1", "127.1", "0x7f000001", "2130706433"),
    *("0", "0.0.0.0", "[::ffff:127.0.0.1]", "[::FFFF:7f00:1]", "[::ffff:0.0.0.0]", "[0:0:0:0:0:ffff:127.0.0.1]"),
)
QUIET = 0.3
"""Seconds in which a circle would have come round a hundred times."""
SHORT = 1000
"""Bytes of an answer of the proxy's own."""
FEW = 4
"""Connections to the proxy's port that one call may make."""


def made(port: int) -> set[str]:
    """The other ends of all connections to this port that the kernel remembers."""
    table = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    ends = [line.split()[1:3] for line in table.splitlines()]
    pairs = [*ends, *(end[::-1] for end in ends)]
    return {other for own, other in pairs if own.endswith(f":{port:04X}") and not other.endswith(":0000")}


async def settled(proxy: Proxy) -> tuple[list[Line], set[str]]:
    """The session's lines and the connections to the proxy's port, when nothing moves any more."""
    await asyncio.sleep(QUIET)
    return recorded(proxy.session), made(proxy.port)


async def answer_to(proxy: Proxy, asked: str, host: str, extra: bytes = CHROME) -> bytes:
    """The whole answer on a bare connection to the proxy's port."""
    async with asyncio.timeout(20), connection(proxy.port) as (reader, writer):
        writer.write(f"{asked} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n".encode() + extra + b"\r\n")
        return await reader.read()


def refused(answer: bytes, status: int) -> bool:
    return (
        answer.startswith(b"HTTP/1.1 %d " % status) and b"access-control" not in answer.lower() and len(answer) < 2000
    )


@pytest.fixture
async def quiet(proxy: Proxy) -> AsyncIterator[tuple[Proxy, set[str]]]:
    """A proxy, and the connections to its port before: the kernel remembers earlier proxies' too."""
    yield proxy, made(proxy.port)
    async with serving(hello) as port:
        assert (await fetch(proxy.port, f"http://localhost:{port}/"))[1] == b"hi"


async def test_each_call_to_the_proxy_itself_is_one_failure(quiet: tuple[Proxy, set[str]]) -> None:
    proxy, before = quiet
    upgrade = CHROME + b"Upgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    for name in NAMES:
        where = f"{name}:{proxy.port}"
        assert refused(await answer_to(proxy, f"GET http://{where}/", where), 502), name
        assert refused(await answer_to(proxy, f"GET http://{where}/", where, upgrade), 502), name
        with pytest.raises(ConnectionRefusedError, match="502"):
            async with connection(proxy.port, tunnel=where):
                pass

    lines, connections = await settled(proxy)
    assert len([line for line in lines if line.method == "GET"]) == 2 * len(NAMES)
    assert sum(line.count for line in lines if line.method is None) == len(NAMES)
    assert all(line.annotation and line.annotation.outcome in ("network-error", "not-cors") for line in lines)
    failures = {line.url: line.failure and (line.failure.kind, OWN_ADDRESS in line.failure.text) for line in lines}
    assert failures == dict.fromkeys(failures, ("other", True))
    assert len(connections - before) <= 3 * len(NAMES) * FEW


DIRECT: dict[str, tuple[str, bytes]] = {
    "page": ("GET /", b""),
    "head": ("HEAD /", b""),
    "page's call": ("GET /a?b=c", CHROME),
    "preflight": ("OPTIONS /a", CHROME + b"Access-Control-Request-Method: PUT\r\n"),
    "private network preflight": ("OPTIONS /", CHROME + b"Access-Control-Request-Private-Network: true\r\n"),
    "form": ("POST /", CHROME + b"Content-Length: 3\r\n\r\na=b"),
    "chunked": ("PUT /", CHROME + b"Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n"),
    "no length": ("POST /", CHROME + b"Content-Length: x\r\n"),
    "whole server": ("OPTIONS *", b""),
    "websocket": ("GET /", CHROME + b"Upgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"),
    "another host": ("GET /", b"X-Forwarded-Host: mitm.it\r\n"),
}


async def test_a_request_that_is_not_for_a_proxy_is_answered_and_leaves_no_trace(
    quiet: tuple[Proxy, set[str]],
) -> None:
    proxy, before = quiet
    hosts = (f"localhost:{proxy.port}", f"a.localhost:{proxy.port}", "rebound.example", "mitm.it.example", "")
    for name, (asked, rest) in DIRECT.items():
        for host in hosts:
            assert refused(await answer_to(proxy, asked, host, rest), 400), (name, host)

    lines, connections = await settled(proxy)
    assert lines == []
    assert len(connections - before) <= len(DIRECT) * len(hosts) * FEW


async def http2(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, authority: str) -> dict[bytes, bytes]:
    """The header lines of the answer to a GET over HTTP/2."""
    client = H2Connection(H2Configuration(header_encoding=False))
    client.initiate_connection()
    wanted = {":method": "GET", ":scheme": "https", ":authority": authority, ":path": "/", "origin": "https://a.test"}
    client.send_headers(1, list(wanted.items()), end_stream=True)
    writer.write(client.data_to_send())
    headers: dict[bytes, bytes] = {}
    while data := await reader.read(65536):
        for event in client.receive_data(data):
            if isinstance(event, ResponseReceived):
                headers = dict(event.headers or [])  # pyright: ignore[reportArgumentType]
            elif isinstance(event, DataReceived):
                assert len(event.data or b"") < SHORT
            elif isinstance(event, StreamEnded):
                return headers
        writer.write(client.data_to_send())
    return headers


async def http1(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, authority: str) -> dict[bytes, bytes]:
    """The header lines of the answer to a GET over HTTP/1.1, with the status as HTTP/2 has it."""
    writer.write(f"GET / HTTP/1.1\r\nHost: {authority}\r\nOrigin: https://a.test\r\nConnection: close\r\n\r\n".encode())
    status, *lines = (await reader.read()).partition(b"\r\n\r\n")[0].split(b"\r\n")
    return {b":status": status.split()[1]} | {
        name.lower(): value for name, _, value in (x.partition(b":") for x in lines)
    }


VERSIONS: dict[str, Any] = {"h2": http2, "http/1.1": http1}


def client_tls(proxy: Proxy, version: str) -> ssl.SSLContext:
    tls = ssl.create_default_context(cafile=str(proxy.ca_pem))
    tls.set_alpn_protocols([version])
    return tls


@pytest.mark.parametrize("version", VERSIONS)
async def test_so_is_one_over_tls(version: str, quiet: tuple[Proxy, set[str]]) -> None:
    proxy, before = quiet
    for authority in (f"localhost:{proxy.port}", "rebound.example"):
        async with asyncio.timeout(20):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", proxy.port, ssl=client_tls(proxy, version), server_hostname="localhost"
            )
            headers = await VERSIONS[version](reader, writer, authority)
            writer.close()
        assert headers[b":status"] == b"400"
        assert b"access-control-allow-origin" not in headers

    lines, connections = await settled(proxy)
    assert lines == []
    assert len(connections - before) <= 2 * FEW


@contextlib.asynccontextmanager
async def forwarding(target: int) -> AsyncIterator[int]:
    """Another port of this machine that leads to the target's, as a tunnel or a container's port does."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(pump(reader, back), pump(there, writer))

    async with await asyncio.start_server(forward, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_a_way_back_through_another_port_ends_after_one_round(quiet: tuple[Proxy, set[str]]) -> None:
    proxy, before = quiet
    async with forwarding(proxy.port) as port:
        where = f"localhost:{port}"
        assert refused(await answer_to(proxy, f"GET http://{where}/", where), 400)
        lines, connections = await settled(proxy)
    assert [line.status for line in lines] == [400]
    assert len(connections - before) <= 2 * FEW


@pytest.mark.parametrize("version", VERSIONS)
async def test_so_does_one_through_a_tunnel_with_tls(version: str, quiet: tuple[Proxy, set[str]]) -> None:
    proxy, before = quiet
    async with (
        forwarding(proxy.port) as port,
        asyncio.timeout(20),
        connection(proxy.port, tunnel=f"localhost:{port}", tls=client_tls(proxy, version)) as (reader, writer),
    ):
        headers = await VERSIONS[version](reader, writer, f"localhost:{port}")
        lines, connections = await settled(proxy)
    assert headers[b":status"] == b"400"
    assert [line.status for line in lines] == [400]
    assert len(connections - before) <= 2 * FEW


@pytest.fixture
async def resolving(tmp_path: Path) -> AsyncIterator[tuple[int, Path]]:
    """The port of a proxy in this process for which `shop.test` and `mitm.it` are this machine, and its session."""
    loop = asyncio.get_running_loop()
    resolve = loop.getaddrinfo

    async def getaddrinfo(host: Any, port: Any, **options: Any) -> Any:
        return await resolve("127.0.0.1" if str(host).lower() in ("shop.test", OWN_PAGE) else host, port, **options)

    loop.getaddrinfo = getaddrinfo
    master = LeanMaster(ensure_ca(), Capture(tmp_path / "session.jsonl", stream=True))
    port = await master.listen(0)
    running = asyncio.create_task(master.run())
    yield port, tmp_path / "session.jsonl"
    master.shutdown()
    await running


async def test_a_name_that_leads_to_the_proxy_is_the_proxy(resolving: tuple[int, Path]) -> None:
    port, session = resolving
    head, _ = await fetch(port, f"http://shop.test:{port}/")
    assert head.startswith(b"HTTP/1.1 502")
    (line,) = await until(lambda: (lines := recorded(session)) and lines[0].ended and lines)
    assert line.failure.text.startswith(OWN_ADDRESS)


async def test_the_same_name_at_another_port_is_a_server(resolving: tuple[int, Path]) -> None:
    async with serving(hello) as server:
        assert (await fetch(resolving[0], f"http://shop.test:{server}/"))[1] == b"hi"


async def test_the_page_of_mitmproxy_can_be_asked_for_directly(resolving: tuple[int, Path]) -> None:
    async with serving(hello) as server, asyncio.timeout(20), connection(resolving[0]) as (reader, writer):
        writer.write(f"GET / HTTP/1.1\r\nHost: Mitm.it:{server}\r\n\r\n".encode())
        assert (await reader.readuntil(b"hi")).startswith(b"HTTP/1.1 200")
