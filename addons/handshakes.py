"""TLS handshakes that clients broke off: who doesn't trust the proxy, and who merely didn't need the connection.

A browser opens several connections to a host at once, and hangs up on all but one when that turns out to speak HTTP/2.
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


class BrokenOff(NamedTuple):
    """A handshake that failed."""

    host: str
    port: int
    text: str
    """What went wrong."""
    connection: str


class Handshakes:
    """Tells `failed` of the handshakes that failed for a reason."""

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
        if not broken.text.startswith(HUNG_UP):
            self._failed(broken)
            return

        def look_again() -> None:
            if where not in self._trusting:
                self._failed(broken)

        asyncio.get_running_loop().call_later(PATIENCE, look_again)


def _host_and_port(data: tls.TlsData) -> tuple[str, int]:
    host, port = data.context.server.address or ("unknown", 443)
    return data.conn.sni or host, port
