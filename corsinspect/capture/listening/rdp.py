"""The transport of Firefox's DevTools protocol: `LENGTH:JSON` packets over a socket.

- Nothing waits for anybody: reading and writing go by the event loop.
- An actor answers in the order in which it was asked; what has a `type` is an event that nobody asked for.
- Reads come in batches, as those of Chromium's pipe: a rest between them, but for while an answer is awaited.

https://firefox-source-docs.mozilla.org/devtools/backend/protocol.html
"""

import asyncio
import socket
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

import msgspec

from corsinspect.capture.listening.cdp import LONGEST, REST

_PIECE = 1 << 18
_DIGITS = 10
"""Of a packet's length; what has more, or none, isn't this protocol."""


class Packet(msgspec.Struct):
    """The frame of a packet: an event (`type`), an error, or else an answer. What it holds is in `raw`."""

    sender: str = msgspec.field(name="from")
    type: str | None = None
    error: str | None = None
    array: msgspec.Raw = msgspec.Raw(b"[]")
    """What an event on resources lists."""
    raw: bytes = b""


_decode = msgspec.json.Decoder(Packet).decode


class Connection:
    """A connected socket, ours until `close`. `take` is called with each event, and with what the other end says
    unasked at the beginning; `closed` once, when it has gone or doesn't speak this protocol. Both in the event loop."""

    def __init__(self, end: socket.socket, take: Callable[[Packet], None], closed: Callable[[], None]) -> None:
        self.skipped = 0
        """Packets that couldn't be read."""
        self._end = end
        self._take = take
        self._closed = closed
        self._loop = asyncio.get_running_loop()
        self._asked: defaultdict[str, deque[Callable[[Packet], None]]] = defaultdict(deque)
        self._begun = bytearray()
        self._passing_over = 0
        """Bytes that are left of a packet that is too long."""
        self._unwritten = bytearray()
        self._rest: asyncio.TimerHandle | None = None
        self._open = True
        end.setblocking(False)
        self._loop.add_reader(end, self._read)

    def ask(self, actor: str, type: str, answered: Callable[[Packet], None], **parameters: Any) -> None:
        """Ask an actor; `answered` is called with its answer, which may be an error."""
        self._asked[actor].append(answered)
        self.send(actor, type, **parameters)

    def send(self, actor: str, type: str, **parameters: Any) -> None:
        """Ask an actor that isn't asked anything else, and take no notice of its answer."""
        data = msgspec.json.encode({"to": actor, "type": type, **parameters})
        self._unwritten += b"%d:%s" % (len(data), data)
        self._write()

    def close(self) -> None:
        """Let go of it; the browser goes on."""
        if not self._open:
            return
        self._open = False
        if self._rest is not None:
            self._rest.cancel()
        self._loop.remove_reader(self._end)
        self._loop.remove_writer(self._end)
        self._end.close()

    def _write(self) -> None:
        if not self._open:
            return
        try:
            del self._unwritten[: self._end.send(self._unwritten)]
        except BlockingIOError:
            pass
        except OSError:  # the browser is gone: reading says so, too
            self._unwritten.clear()
        if self._unwritten:
            self._loop.add_writer(self._end, self._write)
        else:
            self._loop.remove_writer(self._end)

    def _read(self) -> None:
        try:
            data = self._end.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._begun += data
        if not data or not self._deliver_whole():
            self.close()
            self._closed()
        elif self._open and not any(self._asked.values()):
            self._loop.remove_reader(self._end)
            self._rest = self._loop.call_later(REST, self._loop.add_reader, self._end, self._read)

    def _deliver_whole(self) -> bool:
        """Deliver the packets that are there in full; whether the rest may be the beginning of one."""
        start = 0
        while self._open:
            if self._passing_over:
                passed = min(self._passing_over, len(self._begun) - start)
                self._passing_over -= passed
                start += passed
            colon = self._begun.find(b":", start, start + _DIGITS + 1)
            length = bytes(self._begun[start:colon]) if colon >= 0 else b""
            if not length.isdigit():
                del self._begun[:start]
                return colon < 0 and len(self._begun) <= _DIGITS and (not self._begun or self._begun.isdigit())
            end = colon + 1 + int(length)
            if int(length) > LONGEST:
                self.skipped += 1
                self._passing_over = int(length)
                start = colon + 1
                continue
            if end > len(self._begun):
                break
            self._deliver(bytes(self._begun[colon + 1 : end]))
            start = end
        del self._begun[:start]
        return True

    def _deliver(self, raw: bytes) -> None:
        try:
            packet = _decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self.skipped += 1
            return
        packet.raw = raw
        asked = self._asked.get(packet.sender)
        if asked and (packet.type is None or packet.error is not None):
            asked.popleft()(packet)
            if not asked:
                del self._asked[packet.sender]
        elif packet.error is None:
            self._take(packet)
