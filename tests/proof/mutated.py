"""Recordings with something hostile in them: a made-up afternoon in each format, a few of its values spoilt.

What is drawn comes from a seed alone, so a seed is a case that can be had again.
"""

import json
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from mitmproxy.io import tnetstring

from corsinspect.model import Exchange
from tests.dashboard.story import START, afternoon

FORMATS = ("jsonl", "har", "mitm")
PLANTED = "planted"
"""The name of the action in planted markup: whatever is found under it was taken for markup."""
MARKUP = f"[@click=app.{PLANTED}]{PLANTED}[/] [bold red]a[/]b [/ [link=http://{PLANTED}.test]c[/link] [[d]"
TEXTS = (
    "\ud800",
    "a\udfffb\ud83d",
    "\ud83d\ude00",
    "\x00",
    "\x1b]0;PWNED\x07",
    "\x1b]52;c;UFdORUQ=\x07",
    "\x1b[2J\x1b[H\x1b[31m",
    "\x9b31m\x90q#0\x9c",
    "\u202egnp.exe\u2066",
    "\u200b\ufeff\u2028\u0301" + "\u0301" * 300,
    "a\r\nb\tc\x0b\x85",
    MARKUP,
    "漢字" * 40,
    "👨‍👩‍👧‍👦" * 20,
    "x" * 30_000,
    "é=&;,/ " * 3_000,
    "",
    " ",
    "null",
    "‹redacted:99999999999:0123456789ab!›",
    "http://[::1",
    "https://user:pw@:99999/%zz%00?#",
    "//",
    "*",
)
NUMBERS = (
    *(
        1e300,
        1e18,
        -1e18,
        -1e300,
        -1,
        0,
        -0.0,
        1e-300,
        0.1,
        2**31,
        2**53 + 1,
        2**63 - 1,
        2**63,
        2**64,
        10**400,
        999,
        100,
    ),
    *(math.nan, math.inf, -math.inf),
)
ODD = (None, True, [], {}, [[]], {"a": None}, "text", 7, -1.5)

Path_ = tuple[Any, ...]


def mutated(folder: Path, format: str, seed: int) -> Path:
    """A recording in this format, in `folder`; the same one for the same seed."""
    drawn = random.Random(f"{format} {seed}")
    path = folder / f"hostile-{seed}.{format}"
    path.write_bytes(_WRITERS[format](drawn))
    return path


def _jsonl(drawn: random.Random) -> bytes:
    lines = [_line(exchange) for exchange in afternoon()]
    for line in lines:
        _spoil(drawn, line, drawn.choice((0, 1, 1, 2, 4)))
    header = {"corsinspect": 1, "redacted": drawn.random() < 0.5}
    return b"".join(
        json.dumps(line, ensure_ascii=drawn.random() < 0.9).encode("utf-8", "replace") + b"\n"
        for line in (header, *lines)
    )


def _line(exchange: Exchange) -> dict[str, Any]:
    """All fields, the defaults too: those may be spoilt as well."""
    fields = {name: getattr(exchange, name) for name in exchange.__struct_fields__}
    return json.loads(msgspec.json.encode(fields))


def _har(drawn: random.Random) -> bytes:
    entries = [har_entry(exchange) for exchange in afternoon()]
    for entry in entries:
        _spoil(drawn, entry, drawn.choice((0, 1, 1, 2, 4)))
    creator = drawn.choice(("WebInspector", "Firefox", "mitmproxy", "", drawn.choice(TEXTS)))
    return json.dumps({"log": {"version": "1.2", "creator": {"name": creator}, "entries": entries}}).encode()


def _mitm(drawn: random.Random) -> bytes:
    flows: list[bytes] = []
    for exchange in afternoon():
        flow = _flow(exchange)
        _spoil(drawn, flow, drawn.choice((0, 1, 1, 2, 4)))
        flows.append(_dumped(flow))
    return b"".join(flows)


_WRITERS = {"jsonl": _jsonl, "har": _har, "mitm": _mitm}


def har_entry(exchange: Exchange) -> dict[str, Any]:
    """As a browser exports it."""
    took = ((exchange.ended or exchange.started) - exchange.started) * 1000
    return {
        "startedDateTime": f"2026-01-01T00:00:{exchange.started - START:09.6f}Z",
        "time": took,
        "request": {
            "method": exchange.method,
            "url": exchange.url,
            "httpVersion": exchange.http_version,
            "headers": [{"name": name, "value": value} for name, value in exchange.request_headers],
            "bodySize": 0,
        },
        "response": {
            "status": exchange.status or 0,
            "statusText": exchange.reason_phrase,
            "httpVersion": exchange.http_version,
            "headers": [{"name": name, "value": value} for name, value in exchange.response_headers],
            "content": {"size": 5},
            "bodySize": 3,
            "_error": "net::ERR_CONNECTION_REFUSED" if exchange.failure else None,
        },
        "timings": {"blocked": 0.1, "dns": -1, "connect": -1, "ssl": -1, "send": 0.1, "wait": took / 2},
        "_connectionId": "17",
    }


def _flow(exchange: Exchange) -> dict[str, Any]:
    scheme, _, rest = exchange.url.partition("://")
    authority, _, path = rest.partition("/")
    host, _, port = authority.partition(":")
    message = {"http_version": exchange.http_version, "content": "x", "timestamp_start": exchange.started}
    answered = {**message, "timestamp_start": exchange.answered, "timestamp_end": exchange.ended}
    return {
        "type": "http",
        "id": exchange.id,
        "client_conn": {"id": f"c{exchange.id}", "proxy_mode": "regular", "tls": scheme == "https"},
        "request": {
            **message,
            "headers": [list(line) for line in exchange.request_headers],
            "method": exchange.method,
            "scheme": scheme,
            "host": host,
            "port": int(port or {"https": 443}.get(scheme, 80)),
            "path": f"/{path}",
            "authority": authority,
        },
        "response": exchange.status
        and {
            **answered,
            "headers": [list(line) for line in exchange.response_headers],
            "status_code": exchange.status,
            "reason": exchange.reason_phrase,
        },
        "error": exchange.failure and {"msg": exchange.failure.text, "timestamp": exchange.ended},
    }


def mitm_flow(exchange: Exchange) -> bytes:
    """As mitmproxy saves it."""
    return _dumped(_flow(exchange))


def _dumped(flow: dict[str, Any]) -> bytes:
    return tnetstring.dumps(_bytes({**flow, "version": 21}))


def _bytes(value: Any) -> Any:
    """As mitmproxy has it: what is on the wire is bytes."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, dict):
        return {str(name): _bytes(inner) for name, inner in value.items()}
    return [_bytes(inner) for inner in value] if isinstance(value, list | tuple) else value


def _spoil(drawn: random.Random, record: dict[str, Any], times: int) -> None:
    """Puts something hostile in some places of a record: mostly of the same type, so that it's read at all."""
    for _ in range(times):
        places = [place for place in _places(record) if place]
        *way, last = drawn.choice(places)
        holder: Any = record
        for step in way:
            holder = holder[step]
        value = holder[last]
        kind = drawn.random()
        if kind < 0.05:
            holder[last] = drawn.choice(ODD)
        elif kind < 0.1 and isinstance(holder, list):
            holder[last:last] = [value] * drawn.choice((1, 300))
        elif kind < 0.1:
            del holder[last]
        elif isinstance(value, str):
            holder[last] = _spoilt(drawn, value)
        elif isinstance(value, int | float):
            holder[last] = drawn.choice(NUMBERS)
        elif value is None and kind < 0.3:
            holder[last] = drawn.choice((*TEXTS, *NUMBERS))


def _spoilt(drawn: random.Random, value: str) -> str:
    hostile = "".join(drawn.sample(TEXTS, drawn.choice((1, 1, 2))))
    at = drawn.choice((0, len(value), drawn.randint(0, len(value))))
    return drawn.choice(
        (hostile, value[:at] + hostile + value[at:], value[:at] + hostile + value[at:], value + hostile)
    )


def _places(value: Any, way: Path_ = ()) -> Iterator[Path_]:
    """The way to each value that holds no other."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, (*way, name))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _places(inner, (*way, number))
    else:
        yield way
