"""The transport of Chromium's debugging pipe: NUL-terminated JSON messages over two file descriptors.

- Nothing waits for anybody: reading and writing go by the event loop.
- What was begun before we came (a message that a killed process read half) is passed over up to the next NUL.
- Reads come in batches: a rest between them saves the loop a wake-up for each of Chromium's many small writes. There is
  none while an answer is awaited.
"""

import asyncio
import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

REST = 0.01
"""Seconds between reads; the first one after silence comes at once."""
_PIECE = 1 << 18
LONGEST = 1 << 25
"""Bytes of a message; a longer one (somebody's giant data: URL) is passed over."""


class Message(msgspec.Struct, rename="camel"):
    """An answer (`id`) or an event (`method`); what it holds is decoded by whoever wants it."""

    id: int | None = None
    method: str = ""
    params: msgspec.Raw = msgspec.Raw(b"{}")
    result: msgspec.Raw = msgspec.Raw(b"")
    """Empty where the command failed."""
    session_id: str | None = None


_decode = msgspec.json.Decoder(Message).decode


class Pipe:
    """One end of a debugging pipe, open until `close`. `take` is called with each event, and `closed` once, when the
    browser has gone; both in the event loop."""

    def __init__(
        self, reading: int, writing: int, take: Callable[[Message], None], closed: Callable[[], None], first_id: int
    ) -> None:
        """`first_id` tells our commands' answers from those to a predecessor's."""
        self.skipped = 0
        """Messages that couldn't be read."""
        self._reading = reading
        self._writing = writing
        self._take = take
        self._closed = closed
        self._next_id = first_id
        self._unanswered: dict[int, tuple[str | None, Callable[[Message], None]]] = {}
        self._loop = asyncio.get_running_loop()
        self._begun = bytearray()
        self._too_long = False
        self._unwritten: deque[bytes] = deque()
        self._rest: asyncio.TimerHandle | None = None
        for fd in (reading, writing):
            os.set_blocking(fd, False)
        self._loop.add_reader(reading, self._read)

    def ask(
        self, method: str, params: dict[str, Any], session: str | None, answered: Callable[[Message], None]
    ) -> None:
        """Send a command, and have `answered` called with its answer; not at all if its session ends before."""
        self._unanswered[self.send(method, params, session)] = (session, answered)

    def forget(self, session: str) -> None:
        """Await nothing more of this session: it has ended."""
        self._unanswered = {id: asked for id, asked in self._unanswered.items() if asked[0] != session}

    def send(self, method: str, params: dict[str, Any] | None = None, session: str | None = None) -> int:
        """Send a command; its id, which the answer will have."""
        command: dict[str, Any] = {"id": self._next_id, "method": method, "params": params or {}}
        if session is not None:
            command["sessionId"] = session
        self._next_id += 1
        if self._writing < 0:
            return command["id"]
        self._unwritten.append(msgspec.json.encode(command) + b"\0")
        if len(self._unwritten) == 1:
            self._write()
        return command["id"]

    def close(self) -> None:
        """Let go of the descriptors. Chromium goes on as long as somebody else holds duplicates of them."""
        if self._reading < 0:
            return
        if self._rest is not None:
            self._rest.cancel()
        self._loop.remove_reader(self._reading)
        self._loop.remove_writer(self._writing)
        for fd in (self._reading, self._writing):
            with suppress(OSError):
                os.close(fd)
        self._reading = self._writing = -1

    def _write(self) -> None:
        while self._unwritten:
            data = self._unwritten[0]
            try:
                written = os.write(self._writing, data)
            except BlockingIOError:
                self._loop.add_writer(self._writing, self._write)
                return
            except OSError:  # the browser is gone: reading says so, too
                self._unwritten.clear()
                break
            if written < len(data):
                self._unwritten[0] = data[written:]
            else:
                self._unwritten.popleft()
        self._loop.remove_writer(self._writing)

    def _read(self) -> None:
        try:
            data = os.read(self._reading, _PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            self._closed()
            return
        for raw in self._whole(data):
            self._deliver(raw)
        if self._reading >= 0 and not self._unanswered:
            self._loop.remove_reader(self._reading)
            self._rest = self._loop.call_later(REST, self._loop.add_reader, self._reading, self._read)

    def _whole(self, data: bytes) -> list[bytes]:
        """The messages that end in `data`; the one that goes on is kept for later, unless it's too long."""
        first, *others = data.split(b"\0")
        self._begun += first
        if len(self._begun) > LONGEST:
            self._begun.clear()
            self._too_long = True
        if not others:
            return []
        *whole, begun = others
        ended = b"" if self._too_long else bytes(self._begun)
        self.skipped += self._too_long
        self._begun, self._too_long = bytearray(begun), False
        return [ended, *whole]

    def _deliver(self, raw: bytes) -> None:
        if not raw:
            return
        try:
            message = _decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self.skipped += 1
            return
        if message.id is None:
            self._take(message)
        elif (asked := self._unanswered.pop(message.id, None)) is not None:
            asked[1](message)
