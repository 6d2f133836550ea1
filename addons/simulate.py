"""Tries a fix on live traffic: says to the browser what the server should have said, for one page at one API.

- The server is asked everything all the same, preflights too, and what it answered is kept beside what was delivered:
  whoever waits for the server to be fixed judges that.
- The rule is the fix's, for whatever the page asks of that API: its very origin, the one method and the header names
  that a preflight asks for, credentials only where the calls use them.
- Nothing of it outlives the simulation. Preflights are granted for no time, answers aren't stored, and no answer is
  taken from a cache and refreshed: a 304 would leave our headers on what the browser has stored.
"""

from typing import NamedTuple

from mitmproxy import command, http

from corsinspect.fetch.check import ALLOW_CREDENTIALS, ALLOW_HEADERS, ALLOW_METHODS, ALLOW_ORIGIN
from corsinspect.model import HeaderList

from .facts import header_lines, url_of

MAX_AGE = "Access-Control-Max-Age"

REDIRECTS = (301, 302, 303, 307, 308)
ABOUT_THE_BODY = ("content-length", "transfer-encoding", "content-type", "content-encoding", "trailer")
CONDITIONS = ("if-none-match", "if-modified-since")

_OWN = "corsinspect.own"
_PREPARED = "corsinspect.prepared"
"""Where a flow's metadata holds what is ours."""


class Own(NamedTuple):
    """What the server itself answered."""

    status: int
    headers: HeaderList
    replaced: bool
    """Whether another status is delivered, without the body."""


def own_answer(flow: http.HTTPFlow) -> Own | None:
    """The server's own answer to a flow whose answer was changed here; None for any other."""
    return flow.metadata.get(_OWN)


class Simulation:
    """Has to come before whatever records flows. Off until it's told otherwise, and so again in a new process."""

    def __init__(self) -> None:
        self._tried: dict[tuple[str, str], bool] = {}
        """(API origin, page origin) and whether credentials are granted."""

    @command.command("cors.simulate")
    def simulate(self, api: str, page: str, credentials: bool) -> None:
        """Let this page's origin through at this API's."""
        self._tried[api, page] = credentials

    @command.command("cors.simulate.off")
    def off(self) -> None:
        """Let all answers pass as they are again."""
        self._tried.clear()

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        if self._tried and self._pair(flow) in self._tried:
            flow.metadata[_PREPARED] = True
            for name in CONDITIONS:
                flow.request.headers.pop(name, None)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        if not self._tried or _PREPARED not in flow.metadata:
            return
        credentials = self._tried.get(self._pair(flow))
        if credentials is not None and flow.response is not None and flow.response.status_code >= 200:
            flow.metadata[_OWN] = amend(flow.request, flow.response, credentials)

    def _pair(self, flow: http.HTTPFlow) -> tuple[str, str]:
        """("", "") for what no page script asked."""
        headers = flow.request.headers
        origin = headers.get("origin", "")
        if not origin or headers.get("sec-fetch-mode", "cors") != "cors" or "sec-websocket-key" in headers:
            return "", ""
        return "/".join(url_of(flow).split("/")[:3]), origin


def amend(request: http.Request, response: http.Response, credentials: bool) -> Own:
    """Make this answer one that lets the request's page through; returns what it was."""
    lines = header_lines(response)
    status, headers = response.status_code, response.headers
    headers[ALLOW_ORIGIN] = request.headers["origin"]
    if credentials:
        headers[ALLOW_CREDENTIALS] = "true"
    headers["Cache-Control"] = "no-store"
    method = request.headers.get("access-control-request-method")
    if request.data.method != b"OPTIONS" or method is None:
        return Own(status, lines, replaced=False)
    headers[ALLOW_METHODS] = method
    headers[MAX_AGE] = "0"
    names = request.headers.get("access-control-request-headers")
    if names:
        headers[ALLOW_HEADERS] = names
    else:
        headers.pop(ALLOW_HEADERS, None)  # an unreadable list is refused even where none is needed
    redirects = status in REDIRECTS and "location" in headers
    if 200 <= status <= 299 or redirects:  # a redirected preflight is nothing that headers can fix
        return Own(status, lines, replaced=False)
    response.status_code = 204
    response.reason = "" if response.is_http2 or response.is_http3 else "No Content"
    for name in ABOUT_THE_BODY:
        headers.pop(name, None)
    return Own(status, lines, replaced=True)
