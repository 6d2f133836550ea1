"""mitmproxy's flow files (.mitm), read without mitmproxy.

Its own reader builds whole flows, bodies included, at an eighth of the speed, and gives up at the first damaged byte;
this one goes on behind the damage. Format versions 10 to 21 (mitmproxy 7 to 12) hold what is wanted in the same places.
"""

import math
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from corsinspect.fingerprints import error_page
from corsinspect.model import Exchange, Failure, HeaderList
from corsinspect.session.border import LATEST, instant
from corsinspect.session.errors import Problem
from corsinspect.session.failures import failure
from corsinspect.session.formats import mitm_usual
from corsinspect.session.formats.piece import PIECE, Piece
from corsinspect.session.formats.tnetstring import BEGINNING, HEADERS, SIZE, VALUE, Repeated, Wanted, span

_MESSAGE = {
    b"http_version": VALUE,
    b"headers": HEADERS,
    b"content": SIZE,
    b"timestamp_start": VALUE,
    b"timestamp_end": VALUE,
}
_REQUEST = {
    **_MESSAGE,
    b"method": VALUE,
    b"scheme": VALUE,
    b"host": VALUE,
    b"port": VALUE,
    b"path": VALUE,
    b"authority": VALUE,
}
_RESPONSE = {**_MESSAGE, b"content": BEGINNING, b"status_code": VALUE, b"reason": VALUE}
_FLOW = Wanted(
    {
        b"type": VALUE,
        b"id": VALUE,
        b"is_replay": VALUE,
        b"client_conn": Repeated({b"id": VALUE, b"proxy_mode": VALUE, b"tls": VALUE}),
        b"request": Wanted(_REQUEST, mitm_usual.request),
        b"response": Wanted(_RESPONSE, mitm_usual.response),
        b"error": Wanted({b"msg": VALUE, b"timestamp": VALUE}),
        b"websocket": Wanted({b"timestamp_end": VALUE}),
    }
)
_IDENTITY = Wanted({b"id": VALUE, b"type": VALUE})
_FIRST_ERROR = 400
_TYPES = ("http", "tcp", "udp", "dns", "websocket")
# How a flow begins: its length, then the length of the first key and that key; and one behind the end of another.
_BEGINNING = re.compile(rb"\d{1,12}:\d{1,2}:[a-z_]{2,20}[;,]")
_NEXT = re.compile(rb"(?<=\})" + _BEGINNING.pattern)
_RESEMBLING = re.compile(rb":9:websocket[;,]|:4:type[;,]4:http[;,]|:7:version[;,]\d:\d+#")
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
# In other modes the browser knows nothing of the proxy: the address it asked for is in the request, not in the flow.
_EXPLICIT_MODES = ("regular", "upstream", "socks5")


def begins(head: bytes) -> bool:
    """Whether a file that begins so is one of flows."""
    return re.match(rb"\d{1,12}:", head) is not None


def resembles(head: bytes) -> bool:
    """Whether the beginning of a file looks like flows, be the very first bytes damaged."""
    return _RESEMBLING.search(head) is not None


def read(data: bytes) -> tuple[list[Exchange], list[Problem]]:
    """All whole HTTP flows of a file in the order of the file, and what couldn't be read, by byte offset.

    A flow that was saved twice counts once, as it was saved last; a client replay, which has the id of the flow that it
    repeats, becomes `ID.2`, `ID.3`, ….
    """
    problems: list[Problem] = []
    exchanges = {each.id: each for piece in pieces(data, problems) for each in piece.exchanges}
    return list(exchanges.values()), problems


def pieces(data: bytes, problems: list[Problem]) -> Iterator[Piece]:
    """The same piece by piece: what comes with an id that was there before replaces that."""
    exchanges: list[Exchange] = []
    seen: set[str] = set()
    replays: dict[str, int] = {}
    for end, flow in _flows(data, problems):
        if flow[b"type"] != "http":
            continue
        id = flow[b"id"]
        if flow.get(b"is_replay") == "request" and id in seen:
            replays[id] = replays.get(id, 1) + 1
            id = f"{id}.{replays[id]}"
        if (exchange := _exchange(id, flow)) is not None:
            seen.add(id)
            exchanges.append(exchange)
        if len(exchanges) == PIECE:
            yield Piece(exchanges, end / len(data))
            exchanges = []
    yield Piece(exchanges, 1.0)


def _flows(data: bytes, problems: list[Problem]) -> Iterator[tuple[int, dict[bytes, Any]]]:
    """Each with the place where it ends."""
    position = 0
    while position < len(data):
        try:
            start, end, kind = span(data, position)
            flow = _FLOW.read(data, start, end)
            if kind != 0x7D or not isinstance(flow.get(b"id"), str) or flow.get(b"type") not in _TYPES:
                raise ValueError("no flow")
            if flow[b"type"] == "http" and not isinstance(flow.get(b"request"), dict):
                raise ValueError("no request")
        except (ValueError, EOFError) as error:
            after = _resume(data, position)
            problems.append(Problem(_damage(position, after, len(data), isinstance(error, EOFError))))
            position = after
        else:
            position = end + 1
            yield position, flow


def _resume(data: bytes, position: int) -> int:
    """Where the next flow begins behind a damaged one; the end of the data if nowhere."""
    try:
        _, end, _ = span(data, position)
        if end + 1 == len(data) or _BEGINNING.match(data, end + 1):
            return end + 1  # its frame is whole, the damage is inside
    except (ValueError, EOFError):
        pass
    for match in _NEXT.finditer(data, position + 1):
        try:
            start, end, kind = span(data, match.start())
            if kind == 0x7D and b"id" in _IDENTITY.read(data, start, end):
                return match.start()
        except (ValueError, EOFError):
            continue
    return len(data)


def _damage(position: int, after: int, size: int, cut: bool) -> str:
    if cut and after == size:
        return f"the file ends within the flow that begins at byte {position}: that one is lost"
    return f"damaged from byte {position} on: {after - position} bytes skipped"


def _exchange(id: str, flow: dict[bytes, Any]) -> Exchange | None:
    request = _part(flow, b"request")
    response = _part(flow, b"response")
    client, websocket = _part(flow, b"client_conn"), _part(flow, b"websocket")
    failed, ended = _failure(flow.get(b"error"))
    if ended is None:
        ended = _time(websocket.get(b"timestamp_end") if websocket else response.get(b"timestamp_end"))
    method, url = _text(request.get(b"method")), _url(request, client)
    if method.upper() == "CONNECT":
        if response.get(b"status_code") == 200:
            return None  # what went through the tunnel has flows of its own
        method, url = None, f"https://{_host(request)}:{request.get(b'port')}/"
    status = response.get(b"status_code")
    headers: HeaderList = response.get(b"headers") or ()
    size, first = response.get(b"content") or (None, b"")
    return Exchange(
        id=id,
        url=url,
        started=_time(request.get(b"timestamp_start")) or 0.0,
        method=method,
        request_headers=request.get(b"headers") or (),
        http_version=_text(request.get(b"http_version")) or "HTTP/1.1",
        request_size=request.get(b"content"),
        status=status if isinstance(status, int) and not isinstance(status, bool) else None,
        reason_phrase=_text(response.get(b"reason")),
        response_headers=headers,
        response_size=size,
        answered=_time(response.get(b"timestamp_start")),
        ended=ended,
        connection=_text(client.get(b"id")) or None,
        failure=failed,
        error_page=_error_page(status, headers, first),
        by_proxy=any(name.lower() == "server" and value.startswith("mitmproxy ") for name, value in headers),
    )


def _error_page(status: Any, headers: HeaderList, first: bytes) -> str | None:
    """Whose error page a body begins like; compressed ones aren't read."""
    if not first or not isinstance(status, int) or status < _FIRST_ERROR:
        return None
    lines = {name.lower(): value for name, value in headers}
    if lines.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        return None
    return error_page(first, lines.get("content-type"))


def _part(flow: dict[bytes, Any], name: bytes) -> dict[bytes, Any]:
    return flow.get(name) or {}


def _failure(error: dict[bytes, Any] | None) -> tuple[Failure | None, float | None]:
    if error is None:
        return None, None
    text = _text(error.get(b"msg")).encode("latin-1").decode("utf-8", "replace")
    return failure(text), _time(error.get(b"timestamp"))


def _url(request: dict[bytes, Any], client: dict[bytes, Any]) -> str:
    scheme, port = _text(request.get(b"scheme")) or "http", request.get(b"port")
    authority = _host(request)
    if port != _DEFAULT_PORTS.get(scheme):
        authority += f":{port}"
    if not (_text(client.get(b"proxy_mode")) or "regular").startswith(_EXPLICIT_MODES):
        scheme = "https" if client.get(b"tls") else "http"
        authority = _text(request.get(b"authority")) or _host_header(request.get(b"headers") or ()) or authority
        authority = authority.removesuffix(f":{_DEFAULT_PORTS[scheme]}")
    path = _text(request.get(b"path"))
    return f"{scheme}://{authority}{path if path.startswith('/') else '/' + path}"


def _host(request: dict[bytes, Any]) -> str:
    host = _text(request.get(b"host"))
    if not host.isascii():  # mitmproxy keeps international names decoded; the wire had them in ASCII
        with suppress(UnicodeError):
            host = host.encode("latin-1").decode("utf-8").encode("idna").decode("ascii")
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _host_header(lines: HeaderList) -> str | None:
    return next((value for name, value in lines if name.lower() == "host"), None)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _time(value: Any) -> float | None:
    if isinstance(value, float) and 0 <= value <= LATEST:
        return value  # nearly all: 0.2 µs less for each
    if not isinstance(value, int | float) or value != value or abs(value) == math.inf:
        return None
    return float(value) if 0 <= value <= LATEST else instant(value)
