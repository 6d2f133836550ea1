"""The socket between this process and the proxy's, over which the browsers' debugging pipes are handed to the latter.

An order is one datagram with the descriptors attached, or with the path of the browser's own socket; the answer to it
says whether the browser speaks. Both ends are unnamed: nobody else can get at them.
"""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from corsinspect.fetch.engines import EngineName


class Order(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Listen to a browser."""

    launch: str
    """Tells several launches of a session apart: it goes before the ids of what this one says."""
    engine: EngineName
    browser: str
    """Its name for people."""
    url: str | None = None
    """Where to send it once it's listened to; it waits on a blank page until then."""
    socket: str | None = None
    """Where a Firefox listens: there are no descriptors then."""


class Heard(msgspec.Struct, frozen=True):
    """The answer to an order: whether the browser speaks to us."""

    launch: str
    speaks: bool


LARGEST = 1 << 17
"""Bytes of a datagram; an URL can be long."""
DESCRIPTORS = 2
_encode = msgspec.json.encode
_decode_order = msgspec.json.Decoder(Order).decode
_decode_heard = msgspec.json.Decoder(Heard).decode


class Asking:
    """The launching process's end, for one life of the proxy's process."""

    def __init__(self) -> None:
        self._ours, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        """`theirs` is to be inherited by the proxy's process."""
        self._ours.setblocking(False)
        self._waiting: dict[str, asyncio.Future[bool]] = {}
        asyncio.get_running_loop().add_reader(self._ours, self._read)

    def send(self, order: Order, descriptors: Sequence[int]) -> None:
        """Have the proxy's process listen, without waiting for what comes of it."""
        with suppress(OSError):  # it has died
            socket.send_fds(self._ours, [_encode(order)], descriptors)

    async def ask(self, order: Order, descriptors: Sequence[int], limit: float) -> bool:
        """Have the proxy's process listen; whether the browser spoke within `limit` seconds."""
        answer = self._waiting[order.launch] = asyncio.get_running_loop().create_future()
        self.send(order, descriptors)
        try:
            return await asyncio.wait_for(answer, limit)
        except TimeoutError:
            return False
        finally:
            del self._waiting[order.launch]

    def close(self) -> None:
        """Let go of it."""
        if self._ours.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._ours)
            self._ours.close()

    def _read(self) -> None:
        try:
            heard = _decode_heard(self._ours.recv(LARGEST))
        except (OSError, msgspec.DecodeError):
            return
        if (answer := self._waiting.get(heard.launch)) is not None and not answer.done():
            answer.set_result(heard.speaks)


def receive(end: socket.socket) -> tuple[Order, list[int]]:
    """The next order at the other end, and its descriptors."""
    data, descriptors, _, _ = socket.recv_fds(end, LARGEST, DESCRIPTORS)
    return _decode_order(data), descriptors


def answer(end: socket.socket, heard: Heard) -> None:
    """Answer an order."""
    with suppress(OSError):  # nobody waits for it any more
        end.send(_encode(heard))
