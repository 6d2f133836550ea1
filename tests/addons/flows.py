"""Made-up flows, as a browser's requests would make them, and the session that came of them."""

import json
from pathlib import Path
from typing import Any

from mitmproxy import http
from mitmproxy.flow import Error
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import tflow, tutils

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
FROM_PAGE = {
    "User-Agent": CHROME,
    "Origin": "http://app.test:3000",
    "Referer": "http://app.test:3000/",
    "Accept": "*/*",
}
NOW = 1_795_000_000.0
"""When the first made-up request is sent."""


def made(method: str, path: str = "/items", *, at: float = 0.0, **headers: str) -> http.HTTPFlow:
    """A page's cross-origin request to http://api.test:8000, sent `at` seconds after the first."""
    sent = FROM_PAGE | {name.replace("_", "-"): value for name, value in headers.items()}
    request = tutils.treq(
        method=method.encode(),
        host="api.test",
        port=8000,
        path=path.encode(),
        authority=b"",
        headers=http.Headers([(name.encode(), value.encode()) for name, value in sent.items()]),
        content=b"",
        timestamp_start=NOW + at,
        timestamp_end=NOW + at + 0.001,
    )
    # tflow makes fresh connections; without an id of its own each flow would have the same
    flow = tflow.tflow(req=request)
    flow.client_conn.proxy_mode = ProxyMode.parse("regular")
    return flow


def preflight(path: str = "/items", *, at: float = 0.0, method: str = "PUT") -> http.HTTPFlow:
    """The preflight of such a request."""
    return made("OPTIONS", path, at=at, Access_Control_Request_Method=method)


def answer(
    flow: http.HTTPFlow, status: int = 200, headers: dict[str, str] | None = None, *, body: bytes = b""
) -> http.HTTPFlow:
    """Give the flow a response, 10 ms after its request."""
    assert flow.request.timestamp_start is not None
    flow.response = tutils.tresp(
        status_code=status,
        reason=b"OK",
        content=body,
        headers=http.Headers([(name.encode(), value.encode()) for name, value in (headers or {}).items()]),
        timestamp_start=flow.request.timestamp_start + 0.01,
        timestamp_end=flow.request.timestamp_start + 0.02,
    )
    return flow


def fail(flow: http.HTTPFlow, text: str) -> http.HTTPFlow:
    """Give the flow mitmproxy's error instead of a response."""
    flow.response = None
    flow.error = Error(text, NOW + 1)
    return flow


def lines(path: Path) -> list[dict[str, Any]]:
    """The exchanges' lines of a session file, as they were written."""
    return [line for line in map(json.loads, path.read_bytes().splitlines()) if "id" in line]


def latest(path: Path) -> dict[str, dict[str, Any]]:
    """The last line of each exchange, by id."""
    return {line["id"]: line for line in lines(path)}
