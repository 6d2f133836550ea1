"""The addons for routes other than the direct one. They come after the capture, which records what the browser sent."""

import base64
from urllib.parse import urlsplit

from mitmproxy.connection import Server
from mitmproxy.http import HTTPFlow

from corsinspect.capture.routes import Route, authority_of, goes_direct, is_here


class ThroughUpstream:
    """Leads calls to this machine past the upstream proxy, and shows that proxy who we are."""

    def __init__(self, credentials: str | None) -> None:
        self._login = None if credentials is None else b"Basic " + base64.b64encode(credentials.encode())

    def http_connect(self, flow: HTTPFlow) -> None:
        if goes_direct(flow.request.host):
            flow.server_conn.via = None  # this connection of the client's is for that server only

    def http_connect_upstream(self, flow: HTTPFlow) -> None:
        self._log_in(flow)

    def requestheaders(self, flow: HTTPFlow) -> None:
        if flow.server_conn.via is None:
            return
        if goes_direct(flow.request.host):
            # not by changing it: the client's next request on this connection may be for another server
            flow.server_conn = Server(address=(flow.request.host, flow.request.port))
        elif flow.request.scheme == "http":
            self._log_in(flow)

    def _log_in(self, flow: HTTPFlow) -> None:
        if self._login is not None:
            flow.request.headers["Proxy-Authorization"] = self._login


class InPlaceOf:
    """Calls a server that isn't on this machine by its own name: others may live at that address.

    A server on this machine sees our port in Host: so what it redirects to, or writes into its pages, stays on it.
    Origin and Referer are never changed: the answer to them is what is judged.
    """

    def __init__(self, server: str) -> None:
        self._authority = None if is_here(urlsplit(server).hostname or "") else authority_of(server)

    def requestheaders(self, flow: HTTPFlow) -> None:
        if self._authority is not None:
            flow.request.host_header = self._authority


def addons_for(route: Route, credentials: str | None) -> list[object]:
    """Those that a route needs."""
    if route.upstream is not None:
        return [ThroughUpstream(credentials)]
    return [InPlaceOf(route.reverse)] if route.reverse is not None else []
