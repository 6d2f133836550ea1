"""The proxy behind another proxy, and in a server's place: who is called by what name, and what is recorded of it."""

import asyncio
import base64
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from corsinspect.analysis import judge_all
from corsinspect.capture import CaptureError, Proxy
from corsinspect.capture.ca import ensure_ca
from corsinspect.capture.routes import AUTH_VARIABLE, Route, goes_direct, route
from corsinspect.session import load
from tests.test_cli import run

from .wire import Handler, connection, fetch, fetch_tls, hello, self_signed, serving, until

# what mitmdump on the way writes of each request
ON_THE_WAY = """
import os
def _note(flow):
    with open(os.environ["NOTED"], "a") as file:
        login = flow.request.headers.pop("Proxy-Authorization", None)
        file.write(f"{flow.request.method} {flow.request.pretty_host} {login}\\n")
class Noted:
    def http_connect(self, flow): _note(flow)
    def requestheaders(self, flow):
        _note(flow)
        flow.request.host = "127.0.0.1"
        flow.request.headers["X-Way"] = "corporate"
    def server_connect(self, data):
        if data.server.address: data.server.address = ("127.0.0.1", data.server.address[1])
addons = [Noted()]
"""


class Corporate:
    """A second mitmdump, which knows where every name is: on this machine."""

    def __init__(self, port: int, noted: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._noted = noted

    @property
    def noted(self) -> list[list[str]]:
        """Method, host and Proxy-Authorization of each request that came by."""
        return [line.split(" ", 2) for line in self._noted.read_text().splitlines()] if self._noted.exists() else []


@pytest.fixture
async def corporate(tmp_path: Path) -> AsyncIterator[Corporate]:
    script, noted = tmp_path / "way.py", tmp_path / "noted"
    script.write_text(ON_THE_WAY)
    listening = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    listening.close()
    await listening.wait_closed()
    options = ("-q", "--listen-host", "127.0.0.1", "-p", str(port), "--set", f"confdir={tmp_path / 'confdir'}")
    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("mitmdump")), *options, "--ssl-insecure", "-s", str(script)),
        env={**os.environ, "NOTED": str(noted)},
    )
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            await asyncio.sleep(0.05)
    yield Corporate(port, noted)
    process.terminate()
    await process.wait()


@contextlib.asynccontextmanager
async def capturing(session: Path, **how: str) -> AsyncIterator[Proxy]:
    proxy = Proxy(session, port=0, route=Route(**how))
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()


def answering(heads: list[bytes]) -> Handler:
    async def answer(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        await hello(head, reader, writer)

    return answer


def command_line(proxy: Proxy) -> bytes:
    return Path(f"/proc/{proxy.pid}/cmdline").read_bytes()


async def test_calls_go_through_the_other_proxy_with_its_password(
    corporate: Corporate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(AUTH_VARIABLE, "me:pässword")
    heads: list[bytes] = []
    async with serving(answering(heads)) as port, capturing(tmp_path / "s.jsonl", upstream=corporate.url) as proxy:
        _, body = await fetch(proxy.port, f"http://api.corp.example:{port}/items")
        commands = command_line(proxy)
    login = "Basic " + base64.b64encode("me:pässword".encode()).decode()
    assert body == b"hi"
    assert corporate.noted == [["GET", "api.corp.example", login]]
    assert b"X-Way: corporate" in heads[0] and b"Proxy-Authorization" not in heads[0]
    assert "pässword".encode() not in commands
    (exchange,) = load(tmp_path / "s.jsonl").exchanges
    assert exchange.url == f"http://api.corp.example:{port}/items"
    assert "proxy-authorization" not in {name.lower() for name, _ in exchange.request_headers}


async def test_https_goes_through_it_by_connect(
    corporate: Corporate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(AUTH_VARIABLE, "me:secret")
    trusted = tmp_path / "confdir" / "mitmproxy-ca-cert.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    tls = self_signed(tmp_path, "api.corp.example")
    async with (
        serving(hello, tls=tls) as port,
        capturing(tmp_path / "s.jsonl", upstream=corporate.url) as proxy,
    ):
        proxy.send("trust", f"api.corp.example:{port}")  # what the corporate proxy shows is signed by its own authority
        await until(lambda: proxy.session.stat().st_size)
        answer = await fetch_tls(proxy.port, f"api.corp.example:{port}", ensure_ca().certificate)
    assert answer.endswith(b"hi")
    assert corporate.noted[0] == ["CONNECT", "api.corp.example", "Basic bWU6c2VjcmV0"]


async def test_another_proxy_on_this_machine_makes_no_certificate_believed(
    corporate: Corporate, tmp_path: Path
) -> None:
    tls = self_signed(tmp_path, "api.corp.example")
    async with (
        serving(hello, tls=tls) as port,
        capturing(tmp_path / "s.jsonl", upstream=corporate.url) as proxy,
    ):
        answer = await fetch_tls(proxy.port, f"api.corp.example:{port}", ensure_ca().certificate)
    assert b"502" in answer.split(b"\r\n")[0]
    assert any(
        exchange.failure is not None and exchange.failure.kind == "tls"
        for exchange in load(tmp_path / "s.jsonl").exchanges
    )


async def test_calls_to_this_machine_go_past_it(corporate: Corporate, tmp_path: Path) -> None:
    """Also in between calls that don't, on one connection of the client's."""
    tls = self_signed(tmp_path, "localhost")
    async with (
        serving(hello) as port,
        serving(hello, tls=tls) as tls_port,
        capturing(tmp_path / "s.jsonl", upstream=corporate.url) as proxy,
    ):
        async with asyncio.timeout(20), connection(proxy.port) as (reader, writer):
            for host in ("localhost", "api.corp.example", "a.localhost", "127.0.0.1"):
                writer.write(f"GET http://{host}:{port}/ HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
                assert (await reader.readuntil(b"hi")).startswith(b"HTTP/1.1 200")
        assert (await fetch_tls(proxy.port, f"localhost:{tls_port}", ensure_ca().certificate)).endswith(b"hi")
    assert [host for _, host, _ in corporate.noted] == ["api.corp.example"]


async def test_a_direct_request_is_refused_behind_another_proxy_too(corporate: Corporate, tmp_path: Path) -> None:
    async with (
        capturing(tmp_path / "s.jsonl", upstream=corporate.url) as proxy,
        connection(proxy.port) as (reader, writer),
    ):
        writer.write(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{proxy.port}\r\n\r\n".encode())
        assert (await reader.read()).startswith(b"HTTP/1.1 400")
    assert corporate.noted == []


async def test_a_password_of_another_form_is_a_clear_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(AUTH_VARIABLE, "secret")
    with pytest.raises(CaptureError, match=AUTH_VARIABLE) as caught:
        await Proxy(tmp_path / "s.jsonl", port=0, route=Route(upstream="http://127.0.0.1:1")).start()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "direct"),
    [
        *(
            (host, True)
            for host in ("localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.1.2.3", "[::1]", "0.0.0.0")
        ),
        *((host, True) for host in ("intra.corp.example", "db.intra.corp.example")),
        *((host, False) for host in ("corp.example", "10.0.0.1", "localhost.example", "intra.corp.example.org")),
    ],
)
def test_who_is_called_directly(host: str, direct: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "intra.corp.example")
    assert goes_direct(host) is direct


# in a server's place


async def test_in_a_servers_place_the_url_is_the_one_that_the_page_called(tmp_path: Path) -> None:
    heads: list[bytes] = []
    page = b"Origin: http://localhost:3000\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-site\r\n"
    async with (
        serving(answering(heads)) as port,
        capturing(tmp_path / "s.jsonl", reverse=f"http://localhost:{port}") as proxy,
        connection(proxy.port) as (reader, writer),
    ):
        writer.write(b"GET /items HTTP/1.1\r\nHost: localhost:%d\r\n" % proxy.port + page + b"\r\n")
        assert (await reader.readuntil(b"hi")).startswith(b"HTTP/1.1 200")
    # on this machine the server sees our port, so what it redirects to stays on it
    assert f"Host: localhost:{proxy.port}\r\n".encode() in heads[0] and b"Origin: http://localhost:3000\r\n" in heads[0]
    (call,) = judge_all(load(tmp_path / "s.jsonl").exchanges)
    assert call.url == f"http://localhost:{proxy.port}/items"
    assert (call.verdict.outcome, call.verdict.reason) == ("blocked", "origin-missing")


async def test_a_server_elsewhere_is_called_by_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others may live at its address. (Here it's this machine, under a name that only the test's resolver knows.)"""
    heads: list[bytes] = []
    from corsinspect.capture.master import LeanMaster
    from corsinspect.capture.routing import addons_for

    async with serving(answering(heads)) as port:
        master = LeanMaster(
            ensure_ca(),
            *addons_for(Route(reverse=f"http://elsewhere.example:{port}"), None),
            mode=f"reverse:http://elsewhere.example:{port}",
        )
        loop = asyncio.get_running_loop()
        own = await master.listen(0)
        resolve = loop.getaddrinfo

        async def getaddrinfo(host, port, **options):
            return await resolve("127.0.0.1" if host == "elsewhere.example" else host, port, **options)

        monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
        running = asyncio.create_task(master.run())
        async with asyncio.timeout(20), connection(own) as (reader, writer):
            writer.write(f"GET / HTTP/1.1\r\nHost: localhost:{own}\r\nOrigin: http://a.test\r\n\r\n".encode())
            await reader.readuntil(b"hi")
        master.shutdown()
        await running
    assert f"Host: elsewhere.example:{port}\r\n".encode() in heads[0] and b"Origin: http://a.test\r\n" in heads[0]


async def test_a_server_that_is_down_is_recorded_as_such(tmp_path: Path) -> None:
    async with serving(hello) as port:
        pass
    async with (
        capturing(tmp_path / "s.jsonl", reverse=f"http://localhost:{port}") as proxy,
        connection(proxy.port) as (reader, writer),
    ):
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % proxy.port)
        await reader.readuntil(b"\r\n")
    (exchange,) = load(tmp_path / "s.jsonl").exchanges
    assert exchange.failure is not None and exchange.failure.kind == "refused"


async def test_no_browser_is_opened_in_a_servers_place(tmp_path: Path) -> None:
    async with capturing(tmp_path / "s.jsonl", reverse="http://localhost:1") as proxy:
        with pytest.raises(CaptureError, match=f"http://localhost:{proxy.port}"):
            await proxy.open_browser("chromium", headless=True)


# what is asked for


@pytest.mark.parametrize(
    ("upstream", "reverse", "made"),
    [
        ("http://proxy.corp:3128", None, "upstream:http://proxy.corp:3128"),
        ("proxy.corp:3128/", None, "upstream:http://proxy.corp:3128"),
        ("https://[::1]", None, "upstream:https://[::1]:443"),
        (None, "localhost:8000", "reverse:http://localhost:8000"),
        (None, "https://api.example", "reverse:https://api.example:443"),
        (None, None, "regular"),
    ],
)
def test_a_route_that_can_be_taken(upstream: str | None, reverse: str | None, made: str) -> None:
    assert route(upstream, reverse).mode == made


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--upstream", "http://me:secret@proxy.corp:3128"), AUTH_VARIABLE),
        (("--upstream", "http://proxy.corp/proxy.pac"), "end after the port"),
        (("--upstream", "socks5://proxy.corp:1080"), "http or https URL"),
        (("--upstream", "http://proxy.corp:x"), "can't be a URL"),
        (("--reverse", "http://localhost:8000/api"), "end after the port"),
        (("--reverse", "http://a:1", "--upstream", "http://b:1"), "can't be combined"),
        (("--reverse", "http://a:1", "--browser", "chromium"), "no proxy for a browser"),
    ],
)
def test_a_route_that_cannot_be_taken_is_a_usage_error(arguments: tuple[str, ...], words: str) -> None:
    done = run("record", *arguments)
    assert done.returncode == 64
    assert words in " ".join(done.stderr.replace("│", " ").split())
    assert "secret" not in done.stderr
