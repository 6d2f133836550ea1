"""https through the proxy: whose certificates are believed, what the row says where they aren't, and HTTP/2."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, ResponseReceived, StreamEnded
from mitmproxy.connection import Server

from corsinspect.addons.hooks import Capture
from corsinspect.capture import Proxy
from corsinspect.capture.ca import ca_paths, ensure_ca
from corsinspect.capture.master import LeanMaster
from corsinspect.capture.upstream import UpstreamTls
from tests.session.build import Line, recorded

from .wire import answering_http2, connection, fetch_tls, hello, self_signed, serving, until

pytestmark = pytest.mark.filterwarnings("ignore:Passing pyOpenSSL:DeprecationWarning")  # mitmproxy 11's own


@contextlib.asynccontextmanager
async def believing_nobody(session: Path) -> AsyncIterator[tuple[LeanMaster, int]]:
    """A proxy in this process that doesn't believe this machine's servers either, and its port."""
    master = LeanMaster(ensure_ca(), Capture(session, stream=True), upstream_tls=UpstreamTls(believe_loopback=False))
    port = await master.listen(0)
    running = asyncio.create_task(master.run())
    yield master, port
    master.shutdown()
    await running


async def test_a_self_signed_server_on_this_machine_is_believed(proxy: Proxy, tmp_path: Path) -> None:
    async with serving(hello, tls=self_signed(tmp_path, "localhost")) as port:
        answer = await fetch_tls(proxy.port, f"localhost:{port}", proxy.ca_pem)

    (line,) = await until(lambda: recorded(proxy.session))
    assert answer.endswith(b"hi")
    assert line.url == f"https://localhost:{port}/"
    assert line.untrusted_certificate is None


async def test_an_untrusted_server_is_refused_until_the_person_accepts_it(tmp_path: Path) -> None:
    session = tmp_path / "session.jsonl"
    async with (
        serving(hello, tls=self_signed(tmp_path, "localhost")) as port,
        believing_nobody(session) as (master, proxy),
    ):
        refused = await fetch_tls(proxy, f"localhost:{port}", ca_paths().certificate)
        master.commands.call("cors.trust", f"localhost:{port}")
        accepted = await fetch_tls(proxy, f"localhost:{port}", ca_paths().certificate)
        lines = await until(lambda: len(lines := recorded(session)) == 2 and lines[1].ended and lines)

    assert refused.startswith(b"HTTP/1.1 502")
    assert accepted.endswith(b"hi")
    first, second = lines
    assert first.untrusted_certificate == "self-signed certificate"
    assert first.failure.kind == "tls"
    assert (first.annotation.outcome, first.annotation.reason) == ("network-error", "tls")
    assert (second.status, second.untrusted_certificate, second.failure) == (200, None, None)


async def test_accepting_one_host_accepts_no_other(tmp_path: Path) -> None:
    session = tmp_path / "session.jsonl"
    tls = self_signed(tmp_path, "localhost")
    async with (
        serving(hello, tls=tls) as port,
        serving(hello, tls=tls) as other,
        believing_nobody(session) as (master, proxy),
    ):
        master.commands.call("cors.trust", f"localhost:{port}")
        answer = await fetch_tls(proxy, f"localhost:{other}", ca_paths().certificate)

    assert answer.startswith(b"HTTP/1.1 502")


async def test_a_certificate_for_another_name_is_untrusted(tmp_path: Path) -> None:
    session = tmp_path / "session.jsonl"
    async with (
        serving(hello, tls=self_signed(tmp_path, "elsewhere.test")) as port,
        believing_nobody(session) as (_, proxy),
    ):
        await fetch_tls(proxy, f"localhost:{port}", ca_paths().certificate)
        (line,) = await until(lambda: (lines := recorded(session)) and lines[0].ended and lines)

    assert line.untrusted_certificate


@pytest.mark.parametrize(
    ("address", "peer", "believed"),
    [
        ("localhost", "127.0.0.1", True),
        ("myapp.test", "127.0.0.1", True),
        ("localhost", "::1", True),
        ("localhost", "::ffff:127.0.0.1", True),
        ("api.test", "192.0.2.7", False),
        ("localhost", "192.0.2.7", False),
        ("127.0.0.1.evil.test", "192.0.2.7", False),
        ("Accepted.test", "192.0.2.7", True),
    ],
)
def test_it_is_the_connected_address_that_is_believed(address: str, peer: str, believed: bool) -> None:
    tls = UpstreamTls()
    tls.trust("accepted.test:443")
    server = Server(address=(address, 443))
    server.peername = (peer, 443)

    assert tls.believes(server) is believed


async def test_a_client_that_distrusts_the_proxy_is_one_counted_network_error(proxy: Proxy, tmp_path: Path) -> None:
    nobody = ssl.create_default_context()
    async with serving(hello, tls=self_signed(tmp_path, "localhost")) as port:
        for _ in range(2):
            with pytest.raises(ssl.SSLCertVerificationError):
                async with connection(proxy.port, tunnel=f"localhost:{port}", tls=nobody):
                    pass

    (line,) = await until(lambda: (lines := recorded(proxy.session)) and lines[0].count == 2 and lines)
    assert (line.method, line.url) == (None, f"https://localhost:{port}/")
    assert line.failure is not None
    assert line.failure.kind == "tls"
    assert "does not trust the proxy" in line.failure.text


def ended_lines(session: Path) -> list[Line]:
    return [line for line in recorded(session) if line.ended]


def echo(sent: dict[str, str]) -> tuple[list[tuple[str, str]], bytes]:
    """Answers a request with its path."""
    body = sent[":path"].encode()
    return [(":status", "200"), ("content-length", str(len(body))), ("access-control-allow-origin", "*")], body


async def test_an_http2_page_loads_all_its_streams_over_one_connection(proxy: Proxy, tmp_path: Path) -> None:
    paths = [f"/{number}" for number in range(20)]
    trusting = ssl.create_default_context(cafile=str(proxy.ca_pem))
    trusting.set_alpn_protocols(["h2", "http/1.1"])
    tls = self_signed(tmp_path, "localhost", alpn=["h2"])
    got: dict[int, bytes] = {}
    statuses: list[bytes] = []
    async with (
        asyncio.timeout(20),
        serving(answering_http2(echo), tls=tls) as port,
        connection(proxy.port, tunnel=f"localhost:{port}", tls=trusting) as (reader, writer),
    ):
        http = H2Connection(H2Configuration())
        http.initiate_connection()
        for path in paths:
            stream = http.get_next_available_stream_id()
            head = [(":method", "GET"), (":scheme", "https"), (":authority", f"localhost:{port}"), (":path", path)]
            http.send_headers(stream, [*head, ("origin", "http://app.test:3000")], end_stream=True)
            got[stream] = b""
        writer.write(http.data_to_send())
        ended = 0
        while ended < len(paths):
            for event in http.receive_data(await reader.read(65536)):
                if isinstance(event, ResponseReceived):
                    statuses.append(dict(event.headers or [])[b":status"])
                elif isinstance(event, DataReceived) and event.stream_id and event.data:
                    got[event.stream_id] += event.data
                elif isinstance(event, StreamEnded):
                    ended += 1
            writer.write(http.data_to_send())

    assert list(got.values()) == [path.encode() for path in paths]
    assert set(statuses) == {b"200"}
    await until(lambda: len(ended_lines(proxy.session)) == 20)
    lines = recorded(proxy.session)
    assert {line.http_version for line in lines} == {"HTTP/2.0"}
    assert len({line.connection for line in lines}) == 1
    assert {line.response_size for line in lines} == {2, 3}
