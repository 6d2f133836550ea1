"""One request over a socket, byte for byte as given, and its answer: HTTP/1.1 by h11, nothing kept of a body.

Whatever the server does ends in an Exchange; only an address that isn't connected to raises.
"""

import asyncio
import contextlib
import socket
import ssl
from typing import NamedTuple

import certifi
import h11
import msgspec

from corsinspect.fetch.origin import is_loopback
from corsinspect.fetch.url import DEFAULT_PORTS, Url
from corsinspect.fingerprints import FIRST_BYTES, error_page
from corsinspect.model import Exchange, Failure, FailureKind
from corsinspect.probe.addresses import Address, Resolve, usable

HEAD_LIMIT = 256 * 1024
"""Bytes of a status line and headers; Chromium's own limit (net/http/http_stream_parser.h)."""
_CHUNK = 16 * 1024
FIRST_ERROR = 400


class Patience(NamedTuple):
    """How long to wait, in seconds, and what to trust."""

    answer: float = 10.0
    """For the head of an answer, from the name's resolution on."""
    insecure: bool = False
    """Whether to talk to a server whose certificate isn't trusted; on this machine that is done anyway."""


PATIENCE = Patience()


class Answered(NamedTuple):
    """What came of a request."""

    exchange: Exchange
    address: Address | None
    """Where it went; None: nowhere."""


async def send(asked: Exchange, url: Url, before: Address | None, resolve: Resolve, patience: Patience) -> Answered:
    """Sends the request that `asked` holds and returns it with its answer, or its failure.

    Its later times are `asked.started` and what passed since by the event loop's clock. Raises AddressRefused.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    line = _Line(asked, url)
    try:
        async with asyncio.timeout(patience.answer):
            await line.connect(before, resolve, patience)
            await line.ask()
            await line.read()
    except TimeoutError:
        line.fail("other", f"no answer within {patience.answer:g} seconds")
    except (OSError, UnicodeError, h11.ProtocolError, _Ended) as problem:
        line.fail(*_failure(problem))
    finally:
        line.close()
    ended = asked.started + loop.time() - began
    answered = None if line.answered is None else asked.started + line.answered - began
    return Answered(msgspec.structs.replace(line.exchange, answered=answered, ended=ended), line.address)


class _Ended(Exception):
    """The server closed the connection before its answer was whole."""


class _Line:
    """A connection with one request on it."""

    def __init__(self, asked: Exchange, url: Url) -> None:
        self.exchange = asked
        self.address: Address | None = None
        self.answered: float | None = None
        """When the head of the answer was complete, by the event loop's clock."""
        self._url = url
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_LIMIT)
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def connect(self, before: Address | None, resolve: Resolve, patience: Patience) -> None:
        port = self._url.port or DEFAULT_PORTS[self._url.scheme]
        found = usable(self._url.host, await resolve(self._url.host, port), before)
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        for number, address in enumerate(found, 1):
            try:
                await self._open(address, port, trusting=False)
                return
            except ssl.SSLCertVerificationError as problem:
                if not (patience.insecure or is_loopback(self._url.host)):
                    raise
                self._note(untrusted_certificate=problem.verify_message)
                await self._open(address, port, trusting=True)
                return
            except OSError:
                if number == len(found):
                    raise

    async def _open(self, address: Address, port: int, *, trusting: bool) -> None:
        context = _context(trusting=trusting) if self._url.scheme == "https" else None
        name = self._url.host.strip("[]") if context is not None else None
        self._reader, self._writer = await asyncio.open_connection(
            address.text, port, ssl=context, server_hostname=name
        )
        self.address = address

    async def ask(self) -> None:
        assert self._writer is not None
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.exchange.request_headers]
        method, target = (self.exchange.method or "").encode("latin-1"), self._url.path.encode("latin-1")
        self._writer.write(self._http.send(h11.Request(method=method, target=target, headers=headers)) or b"")
        self._writer.write(self._http.send(h11.EndOfMessage()) or b"")
        await self._writer.drain()

    async def read(self) -> None:
        """The answer's head, and of an error page as much as shows whose it is."""
        while not isinstance(event := await self._event(), h11.Response):
            pass
        self.answered = asyncio.get_running_loop().time()
        self._note(
            status=event.status_code,
            reason_phrase=bytes(event.reason).decode("latin-1"),
            http_version=f"HTTP/{event.http_version.decode('latin-1')}",
            response_headers=tuple(
                (bytes(name).decode("latin-1"), bytes(value).decode("latin-1"))
                for name, value in event.headers.raw_items()
            ),
        )
        if event.status_code >= FIRST_ERROR and not any(name == b"content-encoding" for name, _ in event.headers):
            with contextlib.suppress(OSError, h11.ProtocolError, _Ended):
                await self._look_at_page()

    async def _look_at_page(self) -> None:
        first = bytearray()
        while len(first) < FIRST_BYTES and isinstance(event := await self._event(), h11.Data):
            first += event.data
        types = (value for name, value in self.exchange.response_headers if name.lower() == "content-type")
        self._note(error_page=error_page(bytes(first[:FIRST_BYTES]), next(types, None)))

    async def _event(self) -> h11.Event:
        assert self._reader is not None
        while (event := self._http.next_event()) is h11.NEED_DATA:
            data = await self._reader.read(_CHUNK)
            self._http.receive_data(data)
            if not data and self._http.their_state is h11.SEND_RESPONSE:
                raise _Ended
        if isinstance(event, h11.Event):
            return event
        raise _Ended

    def fail(self, kind: FailureKind, text: str) -> None:
        if self.exchange.status is None:
            self._note(failure=Failure(kind=kind, text=text))

    def close(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()

    def _note(self, **facts: object) -> None:
        self.exchange = msgspec.structs.replace(self.exchange, **facts)


def _context(*, trusting: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    if trusting:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _failure(problem: Exception) -> tuple[FailureKind, str]:
    """Why there is no answer, in words that quote nothing of the wire."""
    match problem:
        case ssl.SSLCertVerificationError():
            return "tls", f"the certificate isn't trusted: {problem.verify_message}"
        case ssl.SSLError():
            return "tls", "the TLS handshake failed"
        case ConnectionRefusedError():
            return "refused", "the server refused the connection"
        case _Ended() | ConnectionError():
            return "closed", "the server closed the connection without an answer"
        case h11.RemoteProtocolError():
            long = problem.error_status_hint == 431
            return "other", "the headers are longer than browsers read" if long else "the answer isn't HTTP/1.1"
        case socket.gaierror() | UnicodeError():
            return "dns", "the server's name could not be resolved"
        case _:
            return "other", "the server could not be reached"
