"""In the proxy's process: listens to the browsers that were launched, and passes on what they say.

A listener is a row of LISTENERS: made of an order, its descriptors and an Ear, it calls the Ear's methods in the event
loop, and lets go of the browser on `close`.
"""

import asyncio
import os
import socket
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from corsinspect.capture.listening import firefox_said
from corsinspect.capture.listening.asking import Heard, Order, answer, receive
from corsinspect.capture.listening.chromium import ChromiumListener
from corsinspect.capture.listening.chromium_said import Hearing
from corsinspect.capture.listening.firefox import FirefoxListener
from corsinspect.capture.listening.rdp import Packet
from corsinspect.fetch.engines import EngineName
from corsinspect.said import Said

TELL_AFTER = 0.02
"""Seconds that what was said waits for more: most requests are whole by then and are told once."""
LOOK_AGAIN = 0.25
"""Seconds between looks at requests that have no answer yet."""


class Ear(NamedTuple):
    """What a listener has to tell."""

    said: Callable[[Said], None]
    speaks: Callable[[bool], None]
    """Once: whether the browser answers as we know it."""
    closed: Callable[[], None]
    """Nothing more will come; `said` was called with the rest."""
    trouble: Callable[[str, Exception], None]
    """An exception of ours, and where it came from."""
    steady: Callable[[float], float]
    """Makes the session's times of the wall clock's, which may be set."""

    def now(self) -> float:
        """What time it is in the session."""
        return self.steady(time.time())


class Listener(Protocol):
    """What listens to one browser."""

    def close(self) -> None:
        """Say the rest, and let go of the browser, which goes on."""
        ...


class Hears(Protocol):
    """The pure part of a listener: from a browser's events to Saids."""

    @property
    def waiting(self) -> bool:
        """Whether something that was heard isn't told yet."""
        ...

    def news(self, now: float) -> Iterable[Said]:
        """What can be told by now."""
        ...

    def rest(self) -> Iterable[Said]:
        """All that is left, once nothing more comes."""
        ...


class _Telling:
    """What all listeners do with what they hear: tell it, some time later, until the browser has gone."""

    def __init__(self, hearing: Hears, ear: Ear) -> None:
        self._hearing = hearing
        self._ear = ear
        self._timer: asyncio.TimerHandle | None = None

    def tell_in(self, seconds: float) -> None:
        """There may be news: tell it then, unless it's to be told already."""
        if self._timer is None and self._hearing.waiting:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._tell)

    def end(self) -> None:
        """Say the rest."""
        if self._timer is not None:
            self._timer.cancel()
        self._say(self._hearing.rest())

    def _tell(self) -> None:
        self._say(self._hearing.news(self._ear.now()))
        self._timer = None
        self.tell_in(LOOK_AGAIN)

    def _say(self, saids: Iterable[Said]) -> None:
        for said in saids:
            self._ear.said(said)


class ChromiumSaid:
    """Listens to a Chromium's debugging pipe."""

    def __init__(self, order: Order, descriptors: list[int], ear: Ear) -> None:
        reading, writing = descriptors
        self._ear = ear
        self._hearing = Hearing(order.launch, order.browser, ear.steady)
        self._telling = _Telling(self._hearing, ear)
        self._listener = ChromiumListener(
            reading,
            writing,
            url=order.url,
            event=self._event,
            heard=lambda: ear.speaks(True),
            closed=lambda: _gone(self, ear),
        )

    def close(self) -> None:
        self._listener.close()
        self._telling.end()

    def _event(self, session: str, method: str, params: msgspec.Raw) -> None:
        try:
            self._hearing.hear(session, method, params, self._ear.now())
        except Exception as problem:
            self._ear.trouble(method, problem)
        self._telling.tell_in(TELL_AFTER)


class FirefoxSaid:
    """Listens to a Firefox at its socket."""

    def __init__(self, order: Order, descriptors: list[int], ear: Ear) -> None:
        assert order.socket is not None
        self._ear = ear
        self._hearing = firefox_said.Hearing(order.launch, order.browser, ear.steady)
        self._telling = _Telling(self._hearing, ear)
        self._listener = FirefoxListener(
            Path(order.socket),
            url=order.url,
            event=self._event,
            heard=lambda: ear.speaks(True),
            closed=lambda: _gone(self, ear),
        )

    def close(self) -> None:
        self._listener.close()
        self._telling.end()

    def _event(self, packet: Packet) -> None:
        assert packet.type is not None
        try:
            self._hearing.hear(packet.type, packet.array, self._ear.now())
        except Exception as problem:
            self._ear.trouble(packet.type, problem)
        for actor in self._hearing.over():
            self._listener.release(actor)
        self._telling.tell_in(LOOK_AGAIN)


def _gone(listener: Listener, ear: Ear) -> None:
    """The browser has gone, or doesn't speak as we know it."""
    listener.close()
    ear.speaks(False)
    ear.closed()


LISTENERS: dict[EngineName, Callable[[Order, list[int], Ear], Listener]] = {
    "chromium": ChromiumSaid,
    "firefox": FirefoxSaid,
}


class Listeners:
    """All of them, as an addon; `orders` is the descriptor of the socket over which the launching process sends its
    orders."""

    def __init__(
        self,
        orders: int,
        *,
        said: Callable[[Said], None],
        trouble: Callable[[str, Exception], None],
        steady: Callable[[float], float],
    ) -> None:
        self._end = socket.socket(fileno=orders)
        self._end.setblocking(False)
        self._said = said
        self._trouble = trouble
        self._steady = steady
        self._open: dict[str, Listener] = {}
        asyncio.get_running_loop().add_reader(self._end, self._order)

    def done(self) -> None:
        """The proxy ends: let go of all browsers."""
        asyncio.get_running_loop().remove_reader(self._end)
        self._end.close()
        while self._open:
            self._open.popitem()[1].close()

    def _order(self) -> None:
        descriptors: list[int] = []
        try:
            order, descriptors = receive(self._end)
            launch = order.launch
            ear = Ear(
                self._said,
                lambda speaks: answer(self._end, Heard(launch, speaks)),
                lambda: self._forget(launch),
                self._trouble,
                self._steady,
            )
            self._open[launch] = LISTENERS[order.engine](order, descriptors, ear)
        except Exception as problem:
            self._trouble("order", problem)
            for descriptor in descriptors:
                os.close(descriptor)

    def _forget(self, launch: str) -> None:
        self._open.pop(launch, None)
