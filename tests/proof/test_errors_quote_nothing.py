"""What a peer sends never gets into the session by way of an error's text: through the real proxy."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from corsinspect.capture import Proxy
from corsinspect.session.failures import MAX_TEXT, browser_failure, failure
from corsinspect.session.redaction.redact import MAX_PHRASE
from tests.capture.wire import CHROME, connection, fetch_tls, self_signed, serving, until
from tests.session.build import recorded

SECRET = b"zQ9s3cret9Qz"
BODY = b'{"password": "' + SECRET + b'", "name": "Ada"}'

ANSWERS: dict[str, bytes] = {
    "chunked and isn't": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + BODY + b"\r\n",
    "a chunk too many": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi" + BODY + b"\r\n",
    "a line without a colon": b"HTTP/1.1 200 OK\r\nSet-Cookie sid=" + SECRET + b"\r\n\r\n",
    "a name with a space": b"HTTP/1.1 200 OK\r\nSet Cookie: sid=" + SECRET + b"\r\nContent-Length: 0\r\n\r\n",
    "a length that's none": b"HTTP/1.1 200 OK\r\nContent-Length: " + SECRET + b"\r\n\r\n",
    "a coding that's none": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + SECRET + b"\r\n\r\n",
    "a broken first line": b"HTTP/1.1 " + SECRET + b" OK\r\n\r\n",
    "no HTTP": BODY + b"\r\n\r\n",
    "headers without an end": b"HTTP/1.1 200 OK\r\nSet-Cookie: sid=" + SECRET + b"\r\n",
    "a reason that tells": b"HTTP/1.1 400 Wrong token=" + SECRET + b"\r\nContent-Length: 0\r\n\r\n",
    "a reason without end": b"HTTP/1.1 400 No" + b" very" * 2000 + b" " + SECRET + b"\r\nContent-Length: 0\r\n\r\n",
}
REQUESTS: dict[str, bytes] = {
    "chunked and isn't, 3 MB": b"Transfer-Encoding: chunked\r\n\r\n" + BODY * 70_000 + b"\r\n",
    "a line without a colon": b"Cookie sid=" + SECRET + b"\r\n\r\n",
    "a length that's none": b"Content-Length: " + SECRET + b"\r\n\r\n",
    "two lengths": b"Content-Length: 1\r\nContent-Length: " + SECRET + b"\r\n\r\n",
    "a coding that's none": b"Transfer-Encoding: " + SECRET + b"\r\n\r\n",
}
SEEN = frozenset({"chunked and isn't, 3 MB", "a coding that's none", "a length that's none", "two lengths"})
"""Of those the requests that mitmproxy tells its addons of at all."""


async def exchanged(proxy: Proxy, port: int, rest: bytes) -> None:
    """A request, and its answer up to the end; whoever breaks off first is fine."""
    async with connection(proxy.port) as (reader, writer):
        writer.write(f"POST http://localhost:{port}/ HTTP/1.1\r\nHost: localhost:{port}\r\n".encode() + CHROME + rest)
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(3):
                await writer.drain()
                await reader.read()


def written(session: Path) -> bytes:
    return b"".join(path.read_bytes() for path in session.parent.iterdir() if path.is_file())


@pytest.mark.parametrize("name", ANSWERS)
async def test_no_answer_is_quoted(name: str, proxy: Proxy) -> None:
    async def answer(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ANSWERS[name])

    async with serving(answer) as port:
        await exchanged(proxy, port, b"Content-Length: 0\r\n\r\n")
        (line,) = await until(lambda: (lines := recorded(proxy.session)) and lines[0].ended and lines)
    assert SECRET not in written(proxy.session)
    assert (line.failure is None) == name.startswith("a reason")
    if line.failure is not None:
        assert 0 < len(line.failure.text) <= MAX_TEXT
    assert len(line.reason_phrase) <= MAX_PHRASE


@pytest.mark.parametrize("name", REQUESTS)
async def test_no_request_is_quoted(name: str, proxy: Proxy) -> None:
    async def answer(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1 << 22)

    async with serving(answer) as port:
        await exchanged(proxy, port, REQUESTS[name])
        if name in SEEN:
            (line,) = await until(lambda: (lines := recorded(proxy.session)) and lines[0].ended and lines)
            assert line.failure is not None
            assert 0 < len(line.failure.text) <= MAX_TEXT
    await proxy.stop()
    assert SECRET not in written(proxy.session)
    assert proxy.session.stat().st_size < 20_000


async def test_no_goodbye_is_quoted(proxy: Proxy, tmp_path: Path) -> None:
    """HTTP/2's GOAWAY carries a text of the server's."""

    async def leave(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frame = (0).to_bytes(4) + (11).to_bytes(4) + SECRET
        writer.write(b"\0\0\0\x04\0\0\0\0\0" + len(frame).to_bytes(3) + b"\x07\0" + bytes(4) + frame)

    tls = self_signed(tmp_path, "localhost", alpn=["h2"])
    async with serving(leave, tls=tls) as port:
        with contextlib.suppress(OSError, TimeoutError):
            await fetch_tls(proxy.port, f"localhost:{port}", proxy.ca_pem)
        (line,) = await until(lambda: (lines := recorded(proxy.session)) and lines[0].ended and lines)
    assert line.failure is not None
    assert SECRET not in written(proxy.session)


@pytest.mark.parametrize(
    "beginning",
    [
        "unexpected server response: b'{}'",
        "Cannot parse HTTP response: Bad HTTP response line: b'{}'",
        "Cannot parse HTTP response: Invalid header line: b'Set-Cookie {}'",
        "HTTP/1 protocol error: illegal chunk header: bytearray(b'{}')",
        "HTTP/2 protocol error: Received header value surrounded by whitespace '{}'",
        "HTTP/2 connection closed: <ConnectionTerminated error_code:0, additional_data:b'{}'>",
        "Received invalid header name: b'{}' from server, refusing to prevent request smuggling attacks. Disable …",
        "Upstream proxy a.test refused HTTP CONNECT request: 502 {}",
        "Cannot connect to a.test:443: unexpected {}",
        "[Errno 111] {}: secret=1",
        "Certificate verify failed: {}\n",
        "a message of tomorrow: {}",
        "{}",
    ],
)
def test_a_text_that_could_quote_is_replaced(beginning: str) -> None:
    text = beginning.format("zQ9s3cret9Qz")
    assert "zQ9s3cret" not in failure(text).text or text.startswith("[Errno")
    assert "zQ9s3cret" not in browser_failure(text).text


@pytest.mark.parametrize(
    "text",
    ["Cannot connect to a.test: " * 10_000, "x" * 10_000_000, "[Errno 1] " * 100_000, "\ud800"],
    ids=["nested", "long", "many", "no text"],
)
def test_a_long_text_is_short_afterwards(text: str) -> None:
    assert len(failure(text).text) <= 2 * MAX_TEXT
    assert len(browser_failure(text).text) <= MAX_TEXT


def test_what_a_body_holds_does_not_decide_the_kind() -> None:
    for word in ("certificate", "[Errno 111]", "connection reset", "stream reset by client (CANCEL)"):
        assert failure(f"HTTP/1 protocol error: illegal chunk header: b'{word}'").kind == "other"
        assert failure(f"unexpected server response: b'{word}'").kind == "other"
