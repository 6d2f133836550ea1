"""WebSockets in a real Chromium: the handshake is confirmed, or its failure named; and made-up events in odd orders."""

import asyncio
import base64
import hashlib
import json
from typing import Any

import msgspec

from corsinspect.analysis import judge_all
from corsinspect.capture import Proxy
from corsinspect.capture.listening.chromium_said import Hearing
from corsinspect.capture.listening.chromium_sockets import SOCKETS, UNNAMED
from corsinspect.model import Call
from corsinspect.said import Said
from corsinspect.session.reader import load
from corsinspect.session.sidecar import sidecar_of
from tests.capture.wire import serving

from .said_pages import COOKIE, TOKEN

PAGE = """<!doctype html><script>
const results = {};
const open = (name, url, protocols) => new Promise(done => {
  const socket = new WebSocket(url, protocols);
  socket.onopen = () => { results[name] = 'open'; socket.send('hi'); socket.close() };
  socket.onclose = () => { results[name] ??= 'failed'; done() };
});
addEventListener('DOMContentLoaded', async () => {
  const own = 'ws://' + location.host;
  await open('ok', own + '/ok?access_token=TOKEN');
  await open('refused', own + '/refused');
  await open('other protocol', own + '/protocol', ['chat']);
  await open('bad port', 'ws://localhost:1/port');
  await fetch('/results', { method: 'POST', body: JSON.stringify(results) });
});
</script>""".replace("TOKEN", TOKEN)


class Server:
    """The page, and what its WebSockets are answered with."""

    def __init__(self) -> None:
        self.results: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def handle(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request, _, rest = head.decode("latin-1").partition("\r\n")
        sent = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest.splitlines())}
        path = request.split(" ")[1].partition("?")[0]
        if path in ("/ok", "/protocol"):
            key = sent["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
            lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
            lines.append(f"Sec-WebSocket-Accept: {base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()}")
            if path == "/protocol":
                lines.append(f"Sec-WebSocket-Protocol: {TOKEN}")
            writer.write("\r\n".join([*lines, "", ""]).encode())
            await writer.drain()
            await reader.read(100)
            writer.write(b"\x88\x02\x03\xe8")
            return
        body = await reader.readexactly(int(sent.get("content-length", "0")))
        status = 403 if path == "/refused" else 200
        answer = PAGE.encode() if path == "/" else b""
        lines = [f"HTTP/1.1 {status} Said", "Content-Type: text/html", f"Set-Cookie: session={COOKIE}"]
        lines += [f"Content-Length: {len(answer)}", "Connection: close", "", ""]
        writer.write("\r\n".join(lines).encode() + answer)
        if path == "/results":
            self.results.set_result(body)


async def test_a_handshake_is_confirmed_or_its_failure_named(proxy: Proxy) -> None:
    server = Server()
    async with serving(server.handle) as port:
        browser = await proxy.open_browser("chromium", f"http://localhost:{port}/", headless=True)
        async with asyncio.timeout(60):
            results = json.loads(await server.results)
        await asyncio.sleep(0.3)
        await browser.close()
        loaded = load(proxy.session)

    assert results == {"ok": "open", "refused": "failed", "other protocol": "failed", "bad port": "failed"}
    calls = {
        call.url.partition("?")[0].rpartition("/")[2]: call
        for call in judge_all(loaded.exchanges, loaded.saids)
        if call.kind == "websocket"
    }
    assert {name: _seen(call) for name, call in calls.items()} == {
        "ok": ("not-cors", None, True, None),
        "refused": ("not-cors", None, True, UNNAMED),
        "protocol": ("not-cors", None, None, UNNAMED),
        "port": ("network-error", "bad-port", True, "net::ERR_UNSAFE_PORT"),
    }
    refused = calls["refused"].browser
    assert refused is not None and refused.caller is not None and refused.caller.line == 4
    assert (refused.console or "").endswith("failed: Error during WebSocket handshake: Unexpected response code: 403")
    text = sidecar_of(proxy.session).read_text()
    assert COOKIE not in text and TOKEN not in text and '"hi"' not in text


def _seen(call: Call) -> tuple[Any, ...]:
    word = call.browser
    assert word is not None and word.match == "sure"
    return call.verdict.outcome, call.verdict.reason, word.confirmed, word.last.failed


URL = "ws://api.test/live"
HEADERS = {"Origin": "https://app.test", "Sec-WebSocket-Key": "abc"}
CREATED = ("Created", {"url": URL})
ASKS = ("WillSendHandshakeRequest", {"timestamp": 5, "wallTime": 1005, "request": {"headers": HEADERS}})
ANSWERED = ("HandshakeResponseReceived", {"timestamp": 6, "response": {"status": 101, "headers": {"A": "b"}}})
FAILED = ("FrameError", {"timestamp": 6, "errorMessage": "Error: net::ERR_CONNECTION_REFUSED"})
CLOSED = ("Closed", {"timestamp": 7})


def heard(*events: tuple[str, dict[str, Any]], ids: range = range(1)) -> list[Said]:
    hearing, said = Hearing("L", "Chromium 156"), []
    for name, params in events:
        for id in ids:
            data = msgspec.json.encode({"requestId": f"1.{id}", **params})
            hearing.hear("S", f"Network.webSocket{name}", data, 1000.0)
            said += hearing.news(1000.0)
    return said + hearing.rest()


def test_a_handshake_is_told_once_when_it_is_answered() -> None:
    (said,) = heard(CREATED, ASKS, ANSWERED, FAILED, CLOSED)
    assert (said.id, said.kind, said.method, said.url, said.page) == (
        "L:1.0",
        "websocket",
        "GET",
        URL,
        "https://app.test",
    )
    assert (said.called, said.sent, said.answered, said.ended) == (1000, 1005, 1006, 1006)
    assert (said.status, said.request_headers) == (101, tuple(HEADERS.items()))
    assert (said.failed, said.console, said.canceled) == (None, None, False)


def test_a_failure_is_told_by_its_name() -> None:
    (said,) = heard(CREATED, FAILED, CLOSED)
    assert (said.failed, said.sent, said.status) == ("net::ERR_CONNECTION_REFUSED", None, None)
    assert said.console == f"WebSocket connection to '{URL}' failed: Error: net::ERR_CONNECTION_REFUSED"


def test_one_that_is_given_up_was_aborted() -> None:
    (said,) = heard(CREATED, ASKS, CLOSED)
    assert (said.canceled, said.failed) == (True, None)


def test_what_is_told_of_no_handshake_is_passed_over() -> None:
    assert heard(ASKS, ANSWERED, FAILED, CLOSED) == []


def test_the_oldest_are_let_go_of() -> None:
    told = heard(CREATED, CLOSED, ids=range(SOCKETS + 5))
    assert [said.id for said in told] == [f"L:1.{id}" for id in range(5, SOCKETS + 5)]
