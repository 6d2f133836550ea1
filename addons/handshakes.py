"""Connections that clients broke off: who doesn't trust the proxy, and who merely didn't need the connection.

A browser opens several connections to a host at once, and hangs up on all but one when that turns out to speak HTTP/2:
in the middle of the others' handshakes, or while the proxy still connects to the server for them.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from mitmproxy import tls

REMEMBERED = 1_000
"""Hosts at a time."""
PATIENCE = 1.0
"""Seconds in which another connection to the same host may show that the client trusts the proxy."""
HUNG_UP = ("The client disconnected during the handshake", "connection closed")
"""How mitmproxy's words begin when the client gave no reason; who distrusts mostly says so."""
GONE = "client disconnected"
"""How they end when the client hung up before the proxy had reached the server."""


class BrokenOff(NamedTuple):
    """A connection that came to nothing."""

    host: str
    port: int
    text: str
    """What went wrong."""
    connection: str


class Handshakes:
    """Tells `failed` of the connections that failed for a reason."""

    def __init__(self, failed: Callable[[BrokenOff], None]) -> None:
        self._failed = failed
        self._trusting: dict[tuple[str, int], None] = {}

    def established(self, data: tls.TlsData) -> None:
        """A client has a connection to this host."""
        where = _host_and_port(data)
        self._trusting.pop(where, None)
        self._trusting[where] = None
        if len(self._trusting) > REMEMBERED:
            del self._trusting[next(iter(self._trusting))]

    def broken(self, data: tls.TlsData) -> None:
        """A client's handshake came to nothing."""
        where = _host_and_port(data)
        broken = BrokenOff(*where, data.conn.error or "TLS failed", data.conn.id)
        if broken.text.startswith(HUNG_UP):
            self._look_again(broken)
        else:
            self._failed(broken)

    def unreached(self, broken: BrokenOff, waited: float) -> None:
        """The proxy didn't get through to the host; the client had `waited` so many seconds by then."""
        if broken.text.endswith(GONE) and waited < PATIENCE:
            self._look_again(broken)
        else:
            self._failed(broken)

    def _look_again(self, broken: BrokenOff) -> None:
        def look() -> None:
            if (broken.host, broken.port) not in self._trusting:
                self._failed(broken)

        asyncio.get_running_loop().call_later(PATIENCE, look)


def _host_and_port(data: tls.TlsData) -> tuple[str, int]:
    host, port = data.context.server.address or ("unknown", 443)
    return data.conn.sni or host, port
