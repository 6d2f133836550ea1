"""Servers and clients of a few lines on bare sockets, so that every byte and every moment is the test's own."""

import asyncio
import contextlib
import datetime
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

Handler = Callable[[bytes, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""Answers one request: gets its head (to the blank line), and the streams for the rest."""

CHROME = (
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
    b"\r\nOrigin: http://app.test:3000\r\nReferer: http://app.test:3000/\r\nAccept: */*\r\n"
    b"Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"
)


@contextlib.asynccontextmanager
async def serving(
    handler: Handler, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """The port of a server that answers one request a connection."""
    tasks: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await handler(await reader.readuntil(b"\r\n\r\n"), reader, writer)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, host, 0, ssl=tls) as server:
        yield server.sockets[0].getsockname()[1]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def hello(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says hi, and grants nothing."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")


def answering_http2(answer: Callable[[dict[str, str]], tuple[list[tuple[str, str]], bytes]]) -> Handler:
    """An HTTP/2 server for any number of requests; `answer` makes header lines and body of header lines."""

    async def handle(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        http = H2Connection(H2Configuration(client_side=False))
        http.initiate_connection()
        writer.write(http.data_to_send())
        data = head
        while data:
            for event in http.receive_data(data):
                if isinstance(event, RequestReceived):
                    sent = {name.decode(): value.decode("latin-1") for name, value in event.headers or []}
                    lines, body = answer(sent)
                    http.send_headers(event.stream_id, lines, end_stream=not body)
                    if body:
                        http.send_data(event.stream_id, body, end_stream=True)
            writer.write(http.data_to_send())
            data = await reader.read(65536)

    return handle


async def grant(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says hi to everybody, and grants everything."""
    writer.write(
        b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: *\r\n"
        b"Access-Control-Allow-Headers: *\r\nContent-Length: 2\r\n\r\nhi"
    )


@contextlib.asynccontextmanager
async def connection(
    proxy: int, *, tunnel: str | None = None, tls: ssl.SSLContext | None = None, limit: int = 1 << 16
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to the proxy on that port, or through it to `tunnel` (host:port), with TLS if wanted; `limit` the
    bytes of a head."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy, limit=limit)
    try:
        if tunnel is not None:
            writer.write(f"CONNECT {tunnel} HTTP/1.1\r\nHost: {tunnel}\r\n\r\n".encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            if not answer.startswith(b"HTTP/1.1 200"):
                raise ConnectionRefusedError(answer.decode(errors="replace"))
        if tls is not None and tunnel is not None:
            await writer.start_tls(tls, server_hostname=tunnel.rpartition(":")[0])
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def fetch(proxy: int, url: str, *, method: str = "GET", extra: bytes = b"") -> tuple[bytes, bytes]:
    """A page's request through the proxy: head and body of the answer, which must have a Content-Length."""
    host = url.split("/")[2]
    async with asyncio.timeout(20), connection(proxy) as (reader, writer):
        writer.write(f"{method} {url} HTTP/1.1\r\nHost: {host}\r\n".encode() + CHROME + extra + b"\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        return head, await reader.readexactly(int(length.partition(b":")[2]))


async def fetch_tls(proxy: int, where: str, ca: Path) -> bytes:
    """The whole answer to `GET /` from https://`where`, by a client that trusts that authority."""
    tls = ssl.create_default_context(cafile=str(ca))
    async with asyncio.timeout(20), connection(proxy, tunnel=where, tls=tls) as (reader, writer):
        writer.write(f"GET / HTTP/1.1\r\nHost: {where}\r\nConnection: close\r\n".encode() + CHROME + b"\r\n")
        return await reader.read()


def self_signed(folder: Path, *names: str, alpn: list[str] | None = None) -> ssl.SSLContext:
    """A server's TLS context with a certificate that nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / f"{names[0]}.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    if alpn:
        context.set_alpn_protocols(alpn)
    return context


async def until(condition: Callable[[], Any]) -> Any:
    """What the condition answers, once that is true."""
    async with asyncio.timeout(20):
        while not (answer := condition()):
            await asyncio.sleep(0.01)
    return answer
