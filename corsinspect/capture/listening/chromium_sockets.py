"""From Chromium's events on WebSockets to what it said of their handshakes. Pure, like `chromium_said`.

- Only the handshake is told: when it's answered, has failed or was given up. What goes over the socket isn't decoded.
- When it began isn't told, and when it went out is told some milliseconds late.
- Chromium doesn't say which page it is: the handshake's Origin is its origin.
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from corsinspect.capture.listening import chromium_events as events
from corsinspect.capture.listening.chromium_parts import TEXT, lines, parsed, places, plain
from corsinspect.said import Said

SOCKETS = 500
"""Handshakes under way that are remembered: Chromium has 255 sockets at most."""
UNNAMED = "WebSocket connection failed"
"""The failure where Chromium has no name for it. Its sentence may quote anything: it is in `Said.console` alone."""
_NAME = re.compile(r"net::ERR_\w+")


class _Socket(msgspec.Struct):
    created: events.SocketCreated
    called: float
    asked: events.SocketAsks | None = None
    offset: float = 0.0
    """From the browser's monotonic clock to the times of Saids."""


class Sockets:
    """The WebSockets of one launch of a browser, as for `Hearing`; `tell` is called with each Said."""

    def __init__(
        self, launch: str, browser: str, steady: Callable[[float], float], tell: Callable[[Said], None]
    ) -> None:
        self._launch = launch
        self._browser = browser
        self._steady = steady
        self._tell = tell
        self._sockets: dict[str, _Socket] = {}
        self.handlers: dict[str, Callable[[str, Any, float], None]] = {
            "Network.webSocketCreated": self._created,
            "Network.webSocketWillSendHandshakeRequest": self._asks,
            "Network.webSocketHandshakeResponseReceived": self._answered,
            "Network.webSocketFrameError": self._failed,
            "Network.webSocketClosed": self._closed,
        }

    def _created(self, session: str, created: events.SocketCreated, now: float) -> None:
        self._sockets.setdefault(created.request_id, _Socket(created, now))
        if len(self._sockets) > SOCKETS:
            del self._sockets[next(iter(self._sockets))]

    def _asks(self, session: str, asked: events.SocketAsks, now: float) -> None:
        if (socket := self._sockets.get(asked.request_id)) is not None:
            socket.asked = asked
            socket.offset = self._steady(asked.wall_time) - asked.timestamp

    def _answered(self, session: str, answered: events.SocketAnswered, now: float) -> None:
        if (socket := self._sockets.pop(answered.request_id, None)) is not None:
            at = answered.timestamp + socket.offset if socket.asked is not None else now
            response = answered.response
            self._say(socket, at, answered=at, status=response.status, response_headers=lines(response.headers))

    def _failed(self, session: str, failed: events.SocketFailed, now: float) -> None:
        if (socket := self._sockets.pop(failed.request_id, None)) is not None:
            name = _NAME.search(failed.error_message)
            console = f"WebSocket connection to '{socket.created.url}' failed: {failed.error_message}"[:TEXT]
            self._say(socket, now, failed=name[0] if name is not None else UNNAMED, console=console)

    def _closed(self, session: str, ended: events.Ended, now: float) -> None:
        if (socket := self._sockets.pop(ended.request_id, None)) is not None:
            self._say(socket, now, canceled=True)

    def _say(self, socket: _Socket, ended: float, **facts: Any) -> None:
        created, asked = socket.created, socket.asked
        headers = lines(asked.request.headers) if asked is not None else None
        frames = places(created.initiator.stack)
        self._tell(
            Said(
                id=f"{self._launch}:{created.request_id}",
                engine="chromium",
                browser=self._browser,
                called=socket.called,
                url=plain(created.url),
                method="GET",
                kind="websocket",
                sent=asked.timestamp + socket.offset if asked is not None else None,
                ended=ended,
                request_headers=headers,
                page=next((value for name, value in headers or () if name.lower() == "origin"), None),
                caller=frames[0] if frames else parsed(created.initiator),
                stack=frames[1:],
                **facts,
            )
        )
