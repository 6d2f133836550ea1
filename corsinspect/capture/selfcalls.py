"""Keeps the proxy from being its own client, which would go on until nothing is left: each call makes another.

- Whatever a name or a number stands for, what counts is where a connection has led to. mitmproxy itself compares the
  host as it's written with a few spellings: not `0`, `[::ffff:127.0.0.1]`, `a.localhost` or a name in /etc/hosts.
- A request that isn't for a proxy is answered here. It came from a page that uses no proxy, or by a way that leads back
  to this port under another address (a port forward, a tunnel), and to pass it on would be the same circle.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any

from mitmproxy import http
from mitmproxy.http import HTTPFlow
from mitmproxy.net.http import url
from mitmproxy.proxy import layer
from mitmproxy.proxy.layers import http as layers
from mitmproxy.proxy.layers.http import HTTPMode, HttpStream, SendHttp
from mitmproxy.proxy.layers.http._events import RequestHeaders, ResponseData, ResponseEndOfMessage, ResponseHeaders
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from corsinspect.session.failures import OWN_ADDRESS

Addresses = Callable[[], Iterable[tuple[Any, ...]]]
"""Host, port and whatever else, as sockets have them."""

OWN_PAGE = "mitm.it"
"""mitmproxy's page about its certificate, which is asked for directly where no proxy is set up yet."""
BAD_REQUEST = 400
DIRECT = (
    "This is corsinspect's proxy, not a web server. Set it as the browser's proxy and open the address of your own "
    "server.\n"
)


_to_a_server: ContextVar[bool] = ContextVar("_to_a_server", default=False)
"""Whether what runs is mitmproxy's task for one connection to a server."""


class OwnAddress:
    """An addon: every connection to a server fails that has led to an address on which the proxy itself listens.

    mitmproxy's hooks are too early or too late for it: before a connection they know a name only, and after it nothing
    asks any more whether it may be used. So one marks the task, and the event loop asks.
    """

    def __init__(self, listening: Addresses) -> None:
        self._listening = listening

    def server_connect(self, data: ServerConnectionHookData) -> None:
        _to_a_server.set(True)

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look at the connections that are made in this loop."""
        connect = loop.sock_connect

        async def sock_connect(sock: socket.socket, address: Any) -> None:
            await connect(sock, address)
            if _to_a_server.get() and _plain(sock.getpeername()) in map(_plain, self._listening()):
                raise OSError(OWN_ADDRESS)

        loop.sock_connect = sock_connect


def _plain(address: tuple[Any, ...]) -> tuple[object, int]:
    """An address by which two sockets of different families can be compared."""
    host = ipaddress.ip_address(address[0].partition("%")[0])
    return getattr(host, "ipv4_mapped", None) or host, address[1]


class Stream(HttpStream):
    """mitmproxy's stream of one request and its answer, which no hook hears of where the request isn't for a proxy."""

    def state_wait_for_request_headers(self, event: RequestHeaders) -> layer.CommandGenerator[None]:
        """Answers a direct request; whatever is for a proxy is mitmproxy's."""
        if self.mode is HTTPMode.transparent or not is_direct(event.request):
            yield from super().state_wait_for_request_headers(event)
            return
        self.flow = HTTPFlow(self.context.client, self.context.server)
        self.flow.request = event.request
        self.client_state = self.server_state = self.state_errored
        answer = _answer(event.request)
        sent = (
            ResponseHeaders(self.stream_id, answer),
            *([ResponseData(self.stream_id, answer.content)] if answer.content else []),
            ResponseEndOfMessage(self.stream_id),
        )
        for part in sent:
            yield SendHttp(part, self.context.client)

    def handle_connect_upstream(self) -> layer.CommandGenerator[None]:
        """Connects straight to a server that an addon has led past the upstream proxy; mitmproxy knows no such."""
        if self.context.server.via is None:
            yield from self.handle_connect_regular()
        else:
            yield from super().handle_connect_upstream()


def _answer(request: http.Request) -> http.Response:
    """What a direct request gets: no header of it lets a page read it."""
    answer = http.Response.make(
        BAD_REQUEST, b"" if request.method == "HEAD" else DIRECT, {"Content-Type": "text/plain"}
    )
    if not request.is_http2:
        answer.headers["Connection"] = "close"
    return answer


def is_direct(request: http.Request) -> bool:
    """Whether a request that a proxy got is one for a server, and not for mitmproxy's own page.

    HTTP/1.1 tells by the request's target (RFC 9112, 3.2): origin-form or `*`. HTTP/2 has no such forms, but who uses a
    proxy asks it for an https URL by CONNECT only.
    """
    if request.method == "CONNECT":
        return False
    if request.host and not (request.is_http2 and request.scheme == "https"):
        return False
    try:
        host, _ = url.parse_authority(request.host_header or "", check=False)
    except ValueError:
        return True
    return host.lower() != OWN_PAGE


def refuse_direct_requests() -> None:
    """Has every HTTP proxy of this process answer so; mitmproxy has no option for it."""
    layers.HttpStream = Stream  # type: ignore[misc]
