"""WebSocket messages as they pass: relayed frame by frame, a huge one piece by piece, none of them kept.

mitmproxy's own layer holds each message until it's whole, and adds up its pieces in time that grows with the square.
"""

from collections.abc import Iterator
from typing import Any

import wsproto
from mitmproxy.proxy import events, layer
from mitmproxy.proxy.layers import websocket
from wsproto.events import BytesMessage, Message, TextMessage

WHOLE = 1 << 20
"""Bytes up to which a message goes on in the very frames that it came in. What is longer goes on in fragments, which
RFC 6455, 5.4 lets an intermediary do; some servers don't take them, so messages of a usual size aren't touched."""


class Held:
    """What has come of one side's present message."""

    def __init__(self) -> None:
        self.frames: list[list[bytes]] = [[]]
        self.size = 0
        self.streams = False

    def take(self, event: Message) -> Iterator[Message]:
        """The messages' pieces that can go on now."""
        text = isinstance(event.data, str)
        data = event.data.encode() if isinstance(event.data, str) else bytes(event.data)
        self.frames[-1].append(data)
        self.size += len(data)
        if self.streams or (self.size > WHOLE and not event.message_finished):
            yield _piece(b"".join(b"".join(frame) for frame in self.frames), text, event.message_finished)
            self._begin(streams=not event.message_finished)
        elif event.message_finished:
            frames = [b"".join(frame) for frame in self.frames]
            self._begin(streams=False)
            for number, frame in enumerate(frames, 1):
                yield _piece(frame, text, number == len(frames))
        elif event.frame_finished:
            self.frames.append([])

    def _begin(self, *, streams: bool) -> None:
        self.frames, self.size, self.streams = [[]], 0, streams


def _piece(data: bytes, text: bool, finished: bool) -> Message:
    if text:
        return TextMessage(data.decode(errors="replace"), message_finished=finished)
    return BytesMessage(data, message_finished=finished)


class Relay(websocket.WebsocketLayer):
    """mitmproxy's layer, but for what it does with messages: nobody here looks at them."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._held = {True: Held(), False: Held()}
        """By whether it's the client's."""

    def relay_messages(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Passes on what came; whatever isn't a message is mitmproxy's."""
        if not isinstance(event, events.DataReceived):
            yield from super().relay_messages(event)
            return
        from_client = event.connection == self.context.client
        source, target = (self.client_ws, self.server_ws) if from_client else (self.server_ws, self.client_ws)
        source.receive_data(event.data)
        held = self._held[from_client]
        for came in list(source.events()):
            if isinstance(came, wsproto.events.Message):
                for piece in held.take(came):
                    yield target.send2(piece)
            else:
                # its own turn of `events`, with this one alone
                source._events.append(came)
                yield from super().relay_messages(events.DataReceived(event.connection, b""))


def relay_by_pieces() -> None:
    """Has mitmproxy relay every WebSocket of this process so; it has no option for it."""
    websocket.WebsocketLayer = Relay  # type: ignore[misc]
