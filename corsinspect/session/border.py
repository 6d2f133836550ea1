"""Text and numbers from outside, made harmless once, where they come in: behind this, every text can be written as
UTF-8 and every time shown on a clock."""

import re
from typing import Any, cast

import msgspec

from corsinspect.model import Exchange

_ESCAPES = re.compile(rb"\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)")
"""Escaped backslashes, pairs of surrogates, and (group 1) surrogates that are alone."""

LATEST = 32_503_680_000.0
"""Seconds since the epoch: the year 3000. Clocks and calendars reach further, sums of them don't always."""
LONGEST = 31_536_000.0
"""Seconds that an exchange may last: a year. What claims more doesn't say how long it lasted."""
HIGHEST_STATUS = 999
"""A status has three digits (RFC 9110, 15)."""
LARGEST = 2**53
"""Bytes of a body, connections counted: whole numbers that a float, or another program's JSON, can hold."""

_WHOLE_NUMBERS = {
    "status": HIGHEST_STATUS,
    "server_status": HIGHEST_STATUS,
    "request_size": LARGEST,
    "response_size": LARGEST,
}
"""The most that each can be; none is negative."""


def text(value: str) -> str:
    """The same, pairs of surrogates joined, and what can't be written in their place where they are alone."""
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def paired(json: bytes) -> bytes:
    """The same JSON, surrogates that are alone in their escapes replaced; the very same bytes if there are none."""
    return _ESCAPES.sub(lambda match: match[0] if match[1] is None else rb"\ufffd", json)


def instant(seconds: float) -> float:
    """A time that a clock can show; the nearest one to those that it can't."""
    return min(max(seconds, 0.0), LATEST) if seconds == seconds else 0.0


def is_harmless(exchange: Exchange) -> bool:
    """Whether its numbers are such that nothing need be done about them."""
    started, answered, ended, status = exchange.started, exchange.answered, exchange.ended, exchange.status
    sent, received, own = exchange.request_size, exchange.response_size, exchange.server_status
    return (
        0.0 <= started <= LATEST
        and (answered is None or 0.0 <= answered <= LATEST)
        and (ended is None or 0.0 <= ended <= LATEST)
        and (status is None or 0 <= status <= HIGHEST_STATUS)
        and (sent is None or 0 <= sent <= LARGEST)
        and (received is None or 0 <= received <= LARGEST)
        and (own is None or 0 <= own <= HIGHEST_STATUS)
        and 1 <= exchange.count <= LARGEST
    )


def harmless(exchange: Exchange) -> Exchange:
    """The very same exchange where nothing need be done about its numbers, else a cleaned one: every reader's last
    step."""
    return exchange if is_harmless(exchange) else cleaned(exchange)


def cleaned(exchange: Exchange) -> Exchange:
    """The same exchange, its texts and numbers as above: what can't be is unknown, or the nearest that can."""
    plain = {name: _clean(getattr(exchange, name)) for name in exchange.__struct_fields__}
    plain["started"] = started = instant(exchange.started)
    for name in ("answered", "ended"):
        if plain[name] is not None:
            at = instant(plain[name])
            plain[name] = at if at - started <= LONGEST else None
    for name, most in _WHOLE_NUMBERS.items():
        if plain[name] is not None and not 0 <= plain[name] <= most:
            plain[name] = None
    plain["count"] = min(max(plain["count"], 1), LARGEST)
    return Exchange(**plain)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, tuple):
        return tuple(map(_clean, cast("tuple[Any, ...]", value)))
    if isinstance(value, msgspec.Struct):
        return type(value)(**{name: _clean(getattr(value, name)) for name in value.__struct_fields__})
    return value
