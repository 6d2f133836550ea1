"""One side of an HTTP/2 connection: sends streams as they're given, and notes what came in each."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from h2 import events
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.exceptions import ProtocolError

from .http1 import BREATH, LONG, Act

Lines = tuple[tuple[bytes, bytes], ...]
WINDOW = 1 << 24
HEADS = (events.RequestReceived, events.ResponseReceived, events.InformationalResponseReceived)


@dataclass(frozen=True)
class Goodbye:
    """GOAWAY, and the connection's end."""

    code: ErrorCodes
    text: bytes = b""


@dataclass(frozen=True)
class Sent:
    """What one side sends in a stream, up to its end or to what breaks it."""

    lines: Lines = ()
    body: tuple[bytes | Act, ...] = ()
    trailers: Lines = ()
    broken: ErrorCodes | Goodbye | None = None


@dataclass
class Came:
    """What one side got of a stream: header lines in their order, interim ones too; a body without its frames."""

    heads: list[Lines] = field(default_factory=list)
    body: bytes = b""
    trailers: Lines = ()
    ended: str = ""


class Peer:
    """A side of a connection; `run` it, and `send` meanwhile."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, client: bool) -> None:
        self._reader, self._writer = reader, writer
        self._http = H2Connection(
            H2Configuration(
                client_side=client,
                header_encoding=False,
                validate_outbound_headers=False,
                normalize_outbound_headers=False,
                validate_inbound_headers=False,
                normalize_inbound_headers=False,
            )
        )
        self._http.initiate_connection()
        self._http.increment_flow_control_window(WINDOW)
        self._moved = asyncio.Event()
        self.came: dict[int, Came] = {}

    async def run(self, heard: Callable[[int], None]) -> None:
        """Read to the connection's end; `heard` is called with each stream that got on."""
        with contextlib.suppress(OSError, ProtocolError):
            self._flush()
            while data := await self._reader.read(1 << 18):
                for event in self._http.receive_data(data):
                    self._note(event)
                    if stream := getattr(event, "stream_id", None):
                        heard(stream)
                self._flush()
        for stream, came in self.came.items():
            came.ended = came.ended or "connection closed"
            heard(stream)

    async def send(self, stream: int, sent: Sent) -> None:
        """All of it; returns when it's out, or can't be sent any more."""
        with contextlib.suppress(OSError, ProtocolError):
            if sent.lines:
                plain = not (sent.body or sent.trailers) and sent.broken is None
                self._http.send_headers(stream, sent.lines, end_stream=plain)
                self._flush()
                if plain:
                    return
            for piece in sent.body:
                if isinstance(piece, bytes):
                    await self._send_data(stream, piece)
                else:
                    await asyncio.sleep(BREATH if piece is Act.PAUSE else LONG)
            if isinstance(sent.broken, Goodbye):
                self._http.close_connection(sent.broken.code, sent.broken.text or None)
                self._flush()
                self._writer.close()
            elif sent.broken is not None:
                self._http.reset_stream(stream, sent.broken)
            elif sent.trailers:
                self._http.send_headers(stream, sent.trailers, end_stream=True)
            else:
                self._http.end_stream(stream)
            self._flush()

    async def _send_data(self, stream: int, data: bytes) -> None:
        while data:
            room = min(self._http.local_flow_control_window(stream), self._http.max_outbound_frame_size)
            if room:
                self._http.send_data(stream, data[:room])
                data = data[room:]
                self._flush()
                await self._writer.drain()
            else:
                self._moved.clear()
                await self._moved.wait()

    def _note(self, event: events.Event) -> None:
        self._moved.set()
        if isinstance(event, HEADS):
            assert event.stream_id
            came = self.came.setdefault(event.stream_id, Came())
            came.heads.append(tuple(event.headers or ()))  # type: ignore[arg-type]
        elif isinstance(event, events.DataReceived):
            assert event.stream_id and event.data is not None
            self.came[event.stream_id].body += event.data
            self._http.acknowledge_received_data(event.flow_controlled_length or 0, event.stream_id)
        elif isinstance(event, events.TrailersReceived):
            assert event.stream_id
            self.came[event.stream_id].trailers = tuple(event.headers or ())  # type: ignore[arg-type]
        elif isinstance(event, events.StreamEnded):
            assert event.stream_id
            self.came[event.stream_id].ended = "whole"
        elif isinstance(event, events.StreamReset):
            assert event.stream_id
            self.came.setdefault(event.stream_id, Came()).ended = f"reset {event.error_code}"
        elif isinstance(event, events.ConnectionTerminated):
            for came in self.came.values():
                came.ended = came.ended or f"goodbye {event.error_code} {event.additional_data!r}"

    def _flush(self) -> None:
        if data := self._http.data_to_send():
            self._writer.write(data)
