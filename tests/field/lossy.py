"""What makers of HAR files do to a recording: the exchanges written as their files have them, with what each drops."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from corsinspect.model import Exchange, HeaderList

Drop = Callable[[Exchange], Exchange | None]
"""The exchange as a maker knows it; None for one that it doesn't list."""

METADATA = ("sec-fetch-mode", "sec-fetch-site", "sec-fetch-dest", "sec-fetch-user", "sec-fetch-storage-access")
NETWORK = ("origin", *METADATA, "host", "connection", "accept-encoding", "cookie", "authorization", "content-length")
PREFLIGHT = ("access-control-request-method", "access-control-request-headers")


def without(lines: HeaderList, names: Iterable[str]) -> HeaderList:
    """The lines but those of these (lower-case) names."""
    dropped = frozenset(names)
    return tuple(line for line in lines if line[0].lower() not in dropped)


def as_har(exchanges: Iterable[Exchange], creator: str, *, twice: bool = False) -> bytes:
    """The HAR of them that this maker writes. `twice`: each request line is listed two times."""
    entries = [_entry(exchange, creator, twice) for exchange in exchanges]
    return json.dumps({"log": {"version": "1.2", "creator": {"name": creator}, "entries": entries}}).encode()


def _entry(exchange: Exchange, creator: str, twice: bool) -> dict[str, Any]:
    started, answered = exchange.started, exchange.answered
    ended = exchange.ended or answered or started
    wait = -1 if answered is None else (answered - started) * 1000
    status = exchange.status
    words = "net::ERR_FAILED" if exchange.failure is None else _words(exchange, creator)
    failure = {"_failureText" if creator == "Playwright" else "_error": words} if status is None else {}
    lines = [{"name": name, "value": value} for name, value in exchange.request_headers]
    return {
        "startedDateTime": datetime.fromtimestamp(started, UTC).isoformat(),
        "time": (ended - started) * 1000,
        "request": {
            "method": exchange.method,
            "url": exchange.url,
            "httpVersion": exchange.http_version,
            "headers": lines * (2 if twice else 1),
            "bodySize": -1,
        },
        "response": {
            "status": status if status is not None else -1 if creator == "Playwright" else 0,
            "statusText": exchange.reason_phrase,
            "headers": [{"name": name, "value": value} for name, value in exchange.response_headers],
            "content": {},
            "bodySize": -1,
            **failure,
        },
        "timings": {"blocked": 0, "dns": -1, "connect": -1, "send": 0, "wait": wait, "receive": 0},
    }


_CODES = {
    "refused": "net::ERR_CONNECTION_REFUSED",
    "dns": "net::ERR_NAME_NOT_RESOLVED",
    "tls": "net::ERR_CERT_AUTHORITY_INVALID",
    "closed": "net::ERR_EMPTY_RESPONSE",
    "aborted-by-page": "net::ERR_ABORTED",
}


def _words(exchange: Exchange, creator: str) -> str:
    assert exchange.failure is not None
    if creator == "mitmproxy":
        return exchange.failure.text
    return _CODES.get(exchange.failure.kind, "net::ERR_FAILED")
