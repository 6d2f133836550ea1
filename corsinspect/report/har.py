"""Exchanges as a HAR 1.2 document, which browsers' developer tools and `corsinspect check` open."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from corsinspect import __version__
from corsinspect.model import Exchange, HeaderList


def har(exchanges: Iterable[Exchange]) -> dict[str, Any]:
    """The document, ready for JSON. It holds no bodies, and secrets as redacted as they are."""
    creator = {"name": "corsinspect", "version": __version__}
    entries = [_entry(exchange) for exchange in exchanges if exchange.method is not None]
    return {"log": {"version": "1.2", "creator": creator, "pages": [], "entries": entries}}


def _entry(exchange: Exchange) -> dict[str, Any]:
    ended = exchange.ended if exchange.ended is not None else exchange.started
    answered = exchange.answered if exchange.answered is not None else ended
    wait, receive = (answered - exchange.started) * 1000, (ended - answered) * 1000
    return {
        "startedDateTime": datetime.fromtimestamp(exchange.started, UTC).isoformat(timespec="milliseconds"),
        "time": wait + receive,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": wait, "receive": receive},
    }


def _request(exchange: Exchange) -> dict[str, Any]:
    query = parse_qsl(exchange.url.partition("#")[0].partition("?")[2], keep_blank_values=True)
    return {
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": exchange.http_version,
        "cookies": [],
        "headers": _lines(exchange.request_headers),
        "queryString": [{"name": name, "value": value} for name, value in query],
        "headersSize": -1,
        "bodySize": exchange.request_size or 0,
    }


def _response(exchange: Exchange) -> dict[str, Any]:
    content_type = next((value for name, value in exchange.response_headers if name.lower() == "content-type"), "")
    redirect = next((value for name, value in exchange.response_headers if name.lower() == "location"), "")
    response = {
        "status": exchange.status or 0,
        "statusText": exchange.reason_phrase,
        "httpVersion": exchange.http_version,
        "cookies": [],
        "headers": _lines(exchange.response_headers),
        "content": {"size": exchange.response_size or 0, "mimeType": content_type},
        "redirectURL": redirect,
        "headersSize": -1,
        "bodySize": -1,
    }
    # as Chromium names it, for tools that read that
    return response | ({"_error": exchange.failure.text} if exchange.failure is not None else {})


def _lines(headers: HeaderList) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]
