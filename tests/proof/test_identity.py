"""What passes corsinspect's proxy passes as it does plain mitmdump: to the server and to the client, byte for byte.

mitmdump with `stream_large_bodies=1`: collecting bodies is what it can't do for a page, and what we don't do.
"""

import contextlib
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from corsinspect.capture.ca import ca_paths
from tests.capture.wire import self_signed, until
from tests.session.build import recorded

from .identity import http1, http2, tables, tables2, talks, websocket

START = 30
"""Seconds."""


class Proxies(NamedTuple):
    """Both, and the clients' TLS with each."""

    plain: int
    ours: int
    session: Path
    authorities: tuple[Path, Path]

    @property
    def ports(self) -> tuple[int, int]:
        return self.plain, self.ours

    def tls(self, *alpn: str) -> list[ssl.SSLContext | None]:
        """A client's TLS through each of them."""
        contexts: list[ssl.SSLContext | None] = []
        for authority in self.authorities:
            context = ssl.create_default_context(cafile=str(authority))
            context.set_alpn_protocols(alpn)
            contexts.append(context)
        return contexts


@contextlib.contextmanager
def started(log: Path, ready: str, *command: str) -> Iterator[int]:
    """The port that a program names in its output once it listens."""
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, *command], stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            deadline = time.monotonic() + START
            while (found := re.search(ready, log.read_text())) is None:
                assert time.monotonic() < deadline and process.poll() is None, log.read_text()
                time.sleep(0.05)
            yield int(found[1])
        finally:
            process.terminate()
            process.wait(START)


@pytest.fixture(scope="module")
def proxies(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxies]:
    folder = tmp_path_factory.mktemp("identity")
    plain = (
        *("-c", "from mitmproxy.tools.main import mitmdump; mitmdump()", "--flow-detail", "0"),
        *("--listen-host", "127.0.0.1", "--listen-port", "0", "--ssl-insecure"),
        *("--set", f"confdir={folder}", "--set", "stream_large_bodies=1"),
    )
    session = folder / "session.jsonl"
    with (
        started(folder / "plain.log", r"proxy listening at 127\.0\.0\.1:(\d+)", *plain) as theirs,
        started(
            folder / "ours.log", r"proxy 127\.0\.0\.1:(\d+)", "-m", "corsinspect", "record", "-o", str(session)
        ) as ours,
    ):
        yield Proxies(theirs, ours, session, (folder / "mitmproxy-ca-cert.pem", ca_paths().certificate))


@pytest.fixture(scope="module")
def server_tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return self_signed(tmp_path_factory.mktemp("server"), "localhost", alpn=["http/1.1"])


@pytest.fixture(scope="module")
def server_tls2(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return self_signed(tmp_path_factory.mktemp("server"), "localhost", alpn=["h2"])


HTTP1 = dict(tables.cases())


@pytest.mark.parametrize("name", HTTP1)
async def test_http1_passes_alike(name: str, proxies: Proxies) -> None:
    plain, ours = await http1.through_both(proxies.ports, HTTP1[name])
    assert ours == plain


TUNNELLED = dict(tables.tunnelled())


@pytest.mark.parametrize("name", list(TUNNELLED)[::5])
async def test_http1_passes_alike_within_tls(name: str, proxies: Proxies, server_tls: ssl.SSLContext) -> None:
    plain, ours = await http1.through_both(proxies.ports, TUNNELLED[name], server_tls, proxies.tls("http/1.1"))
    assert ours == plain


HTTP2 = dict(tables2.cases())


@pytest.mark.parametrize("name", HTTP2)
async def test_http2_passes_alike(name: str, proxies: Proxies, server_tls2: ssl.SSLContext) -> None:
    plain, ours = await http2.through_both(proxies.ports, HTTP2[name], server_tls2, proxies.tls("h2"))
    assert ours == plain


TALKS = dict(talks.talks())


@pytest.mark.parametrize("name", TALKS)
async def test_websockets_pass_alike(name: str, proxies: Proxies) -> None:
    plain, ours = await websocket.through_both(proxies.ports, TALKS[name])
    assert ours == plain


async def test_what_passes_is_recorded(proxies: Proxies) -> None:
    kinds = (b"GET", b"POST", b"HEAD", b"PUT", b"OPTIONS")
    url = tables.BASE + b"/recorded"
    answer = (b"HTTP/1.1 204 No Content\r\n\r\n",)
    await http1.through_both(proxies.ports, [http1.Round(tables.request(kind, url), answer) for kind in kinds])

    def seen() -> list[tuple[str | None, int | None]]:
        return [(line.method, line.status) for line in recorded(proxies.session) if line.url.endswith("/recorded")]

    assert await until(lambda: len(seen()) == len(kinds) and seen()) == [(kind.decode(), 204) for kind in kinds]
