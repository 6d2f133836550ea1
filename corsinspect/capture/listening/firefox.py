"""Listens to a Firefox that was launched with its DevTools protocol on a socket in the profile.

It only watches: nothing is evaluated, intercepted or paused. The browser waits on a blank page until that is set up.
The protocol is Firefox's own and may change with any release: where an answer isn't as we know it, we let go.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from corsinspect.capture.listening import firefox_events as events
from corsinspect.capture.listening.rdp import Connection, Packet

TARGETS = ("frame", "worker", "shared_worker", "service_worker")
RESOURCES = ["network-event", "network-event-stacktrace", "error-message"]
LOOK_AGAIN = 0.05
"""Seconds between looks for the socket, and for the blank tab."""
CONNECT_LIMIT = 60.0
"""Seconds after which there won't be a socket any more."""
QUIET = 0.3
"""Seconds after a blank document came, without another one, after which the tab is taken for loaded: Firefox loads it
twice at its start, and the second time drops whatever else is to be loaded."""
SLOWER = 0.25
"""The same as a share of how long the first one took: a busy machine is slow with the second one, too."""
NO_BLANK = 3.0
"""Seconds after which no blank document is waited for any more."""
NAVIGATIONS = 5
"""How often it's sent to its page where that is dropped all the same."""
DROPPED_WITHIN = 5.0
"""Seconds after which it isn't any more: the person has stopped it, or gone elsewhere."""
BLANK = "about:blank"


class _Hello(msgspec.Struct, rename="camel"):
    application_type: str


class _Actor(msgspec.Struct):
    actor: str


class _Process(msgspec.Struct, rename="camel"):
    process_descriptor: _Actor


class _Network(msgspec.Struct):
    network: _Actor


class _Document(msgspec.Struct):
    url: str = ""


class _Available(msgspec.Struct):
    target: _Document


class _Tab(msgspec.Struct):
    actor: str
    url: str = ""


class _Tabs(msgspec.Struct):
    tabs: list[_Tab]


class FirefoxListener:
    """One browser's connection: `event` is called with each event, `heard` once when all is set up, `closed` when the
    browser has gone, or doesn't answer as we know it. Where a `url` is given, the blank page is sent there."""

    def __init__(
        self,
        path: Path,
        *,
        url: str | None,
        event: Callable[[Packet], None],
        heard: Callable[[], None],
        closed: Callable[[], None],
    ) -> None:
        self._path = path
        self._url = url
        self._event = event
        self._heard = heard
        self._closed = closed
        self._loop = asyncio.get_running_loop()
        self._connection: Connection | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._began = self._loop.time()
        self._greeted = False
        self._ready = 0.0
        """When the blank tab will be loaded, as far as known."""
        self._blank: str | None = None
        """The tab that was sent to `url` and has no answer from there yet."""
        self._documents: set[int] = set()
        self._sent = 0
        self._last = 0.0
        """Until when the tab is sent to its page once more."""
        self._connect()

    def close(self) -> None:
        """Stop listening; the browser goes on."""
        if self._timer is not None:
            self._timer.cancel()
        if self._connection is not None:
            self._connection.close()

    def release(self, actor: str) -> None:
        """Have the browser forget a request that has ended: it would keep all of them."""
        if self._connection is not None:
            self._connection.send(actor, "release")

    def _connect(self) -> None:
        """Connect once the browser has made its socket."""
        end = socket.socket(socket.AF_UNIX)
        try:
            end.connect(str(self._path))
        except OSError:
            end.close()
            if self._loop.time() < self._began + CONNECT_LIMIT:
                self._timer = self._loop.call_later(LOOK_AGAIN, self._connect)
            else:
                self._timer = self._loop.call_later(0, self._closed)
        else:
            self._ready = self._loop.time() + NO_BLANK
            self._connection = Connection(end, self._take, self._closed)

    def _take(self, packet: Packet) -> None:
        if self._greeted:
            if packet.type is not None:
                self._hear(packet)
            return
        self._greeted = True
        if (hello := self._read(packet, _Hello)) is not None:
            if hello.application_type == "browser":
                self._ask("root", "getProcess", _Process, lambda it: self._watch(it.process_descriptor.actor), id=0)
            else:
                self._give_up()

    def _hear(self, packet: Packet) -> None:
        with suppress(msgspec.DecodeError):  # whoever gets the event says so
            if self._sent == 0 and packet.type == "target-available-form":
                if msgspec.json.decode(packet.raw, type=_Available).target.url == BLANK:
                    now = self._loop.time()
                    self._ready = now + max(QUIET, SLOWER * (now - self._began))
            elif self._blank is not None:
                self._see_to_it(packet)
        self._event(packet)

    def _watch(self, process: str) -> None:
        parameters = {"isServerTargetSwitchingEnabled": True, "isPopupDebuggingEnabled": False}
        self._ask(process, "getWatcher", _Actor, lambda it: self._targets(it.actor), **parameters)

    def _targets(self, watcher: str) -> None:
        for target in TARGETS:
            self._ask(watcher, "watchTargets", None, lambda it: None, targetType=target)
        self._ask(watcher, "getNetworkParentActor", _Network, lambda it: self._resources(watcher, it.network.actor))

    def _resources(self, watcher: str, network: str) -> None:
        self._ask(watcher, "watchResources", None, lambda it: self._keep_no_bodies(network), resourceTypes=RESOURCES)

    def _keep_no_bodies(self, network: str) -> None:
        """Have the browser hold none in its memory for us: none can reach us then."""
        self._ask(network, "setSaveRequestAndResponseBodies", None, lambda it: self._set_up(), save=False)

    def _set_up(self) -> None:
        if self._url is None:
            self._heard()
        elif (wait := min(self._ready - self._loop.time(), QUIET)) > 0:
            self._timer = self._loop.call_later(wait, self._set_up)
        else:
            self._ask("root", "listTabs", _Tabs, self._navigate)

    def _navigate(self, tabs: _Tabs) -> None:
        self._blank = next((tab.actor for tab in tabs.tabs if tab.url in ("", BLANK)), None)
        if self._blank is None:
            self._timer = self._loop.call_later(LOOK_AGAIN, self._set_up)
            return
        self._last = self._loop.time() + DROPPED_WITHIN
        self._send_on()
        self._heard()

    def _send_on(self) -> None:
        if self._connection is not None and self._blank is not None:
            self._connection.send(self._blank, "navigateTo", url=self._url, waitForLoad=False)
            self._sent += 1

    def _see_to_it(self, packet: Packet) -> None:
        """Send the tab on once more where its page's request was dropped before it was answered."""
        assert packet.type is not None
        for resource in events.resources(packet.type, packet.array):
            if isinstance(resource, events.Request):
                if resource.cause.type == "document" and resource.url.startswith(("http:", "https:")):
                    self._documents.add(resource.resource_id)
            elif isinstance(resource, events.Updated) and resource.resource_id in self._documents:
                updates = resource.resource_updates
                if updates.status is not None or self._sent >= NAVIGATIONS or self._loop.time() > self._last:
                    self._blank = None
                elif updates.content_size is not None or updates.response_end_available:
                    self._documents.clear()
                    self._send_on()
                return

    def _ask(self, actor: str, type: str, shape: Any, answered: Callable[[Any], None], **parameters: object) -> None:
        """Ask, and go on with the answer in its shape (None: any); let go where it's an error or another one."""

        def take(packet: Packet) -> None:
            if packet.error is not None:
                self._give_up()
            elif shape is None:
                answered(None)
            elif (answer := self._read(packet, shape)) is not None:
                answered(answer)

        if self._connection is not None:
            self._connection.ask(actor, type, take, **parameters)

    def _read(self, packet: Packet, shape: Any) -> Any:
        try:
            return msgspec.json.decode(packet.raw, type=shape)
        except msgspec.DecodeError:
            self._give_up()
            return None

    def _give_up(self) -> None:
        self.close()
        self._closed()
