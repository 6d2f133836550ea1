"""Large files as other tools write them, of the traffic of `sessions`: a .mitm of mitmproxy's, and a browser's HAR.

python -m tests.bench.recordings COUNT FILE
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from mitmproxy import connection, http
from mitmproxy.io import FlowWriter

from corsinspect.fetch.url import parse_url
from corsinspect.model import Exchange, HeaderList
from tests.bench.sessions import exchanges

BODY = b'{"items": [%s]}' % b", ".join(b'{"id": %d, "name": "something or other"}' % number for number in range(12))


def write_mitm(path: Path, count: int) -> None:
    """So many flows (195 MB with 100,000), in the order of their start."""
    with path.open("wb") as file:
        writer = FlowWriter(file)
        for flow in map(_flow, exchanges(count)):
            writer.add(flow)


def write_har(path: Path, count: int) -> None:
    """So many entries (107 MB with 40,000), as Chromium writes them."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "pages": [],')
        file.write('"entries": [')
        for number, entry in enumerate(map(_entry, exchanges(count))):
            file.write(f"{',' if number else ''}\n{json.dumps(entry)}")
        file.write("\n]}}\n")


def _flow(exchange: Exchange) -> http.HTTPFlow:
    client = connection.Client(peername=("127.0.0.1", 40_000), sockname=("127.0.0.1", 8080), timestamp_start=1.0)
    client.id = exchange.connection or client.id
    flow = http.HTTPFlow(client, connection.Server(address=("127.0.0.1", 443)))
    flow.id = exchange.id
    flow.request = http.Request.make(exchange.method or "", exchange.url, headers=_fields(exchange.request_headers))
    flow.request.timestamp_start = exchange.started
    flow.request.timestamp_end = exchange.started
    flow.response = http.Response.make(exchange.status or 0, BODY, _fields(exchange.response_headers))
    flow.response.timestamp_start = exchange.answered or 0.0
    flow.response.timestamp_end = exchange.ended
    return flow


def _fields(lines: HeaderList) -> http.Headers:
    return http.Headers([(name.encode("latin-1"), value.encode("latin-1")) for name, value in lines])


def _entry(exchange: Exchange) -> dict[str, object]:
    url = parse_url(exchange.url)
    assert url is not None and exchange.answered is not None and exchange.ended is not None
    wait, whole = 1000 * (exchange.answered - exchange.started), 1000 * (exchange.ended - exchange.started)
    return {
        "_connectionId": exchange.connection,
        "_initiator": {"type": "script", "stack": {"callFrames": [_frame(number) for number in range(2)]}},
        "_priority": "High",
        "_resourceType": "fetch",
        "cache": {},
        "connection": "443",
        "request": {
            "method": exchange.method,
            "url": exchange.url,
            "httpVersion": "http/2.0",
            "headers": list(_pairs(exchange.request_headers)),
            "queryString": [],
            "cookies": [],
            "headersSize": -1,
            "bodySize": 0,
        },
        "response": {
            "status": exchange.status,
            "statusText": "",
            "httpVersion": "http/2.0",
            "headers": list(_pairs(exchange.response_headers)),
            "cookies": [],
            "content": {"size": len(BODY), "mimeType": "application/json", "text": BODY.decode()},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
            "_transferSize": 700,
            "_error": None,
        },
        "serverIPAddress": "127.0.0.1",
        "startedDateTime": datetime.fromtimestamp(exchange.started, UTC).isoformat(timespec="milliseconds"),
        "time": whole,
        "timings": {
            "blocked": 0,
            "dns": -1,
            "ssl": -1,
            "connect": -1,
            "send": 0,
            "wait": wait,
            "receive": whole - wait,
        },
    }


def _frame(number: int) -> dict[str, object]:
    where = {"scriptId": "7", "url": "http://localhost:3000/js/app.js", "lineNumber": 17 + number, "columnNumber": 4}
    return {"functionName": "load", **where}


def _pairs(lines: HeaderList) -> Iterator[dict[str, str]]:
    return ({"name": name, "value": value} for name, value in lines)


if __name__ == "__main__":
    {".mitm": write_mitm, ".har": write_har}[Path(sys.argv[2]).suffix](Path(sys.argv[2]), int(sys.argv[1]))
