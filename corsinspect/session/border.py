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
    """Whether its times are such that nothing need be done about them."""
    answered, ended = exchange.answered, exchange.ended
    return (
        0.0 <= exchange.started <= LATEST
        and (answered is None or 0.0 <= answered <= LATEST)
        and (ended is None or 0.0 <= ended <= LATEST)
    )


def cleaned(exchange: Exchange) -> Exchange:
    """The same exchange, its texts and times as above."""
    plain = {name: _clean(getattr(exchange, name)) for name in exchange.__struct_fields__}
    plain["started"] = started = instant(exchange.started)
    for name in ("answered", "ended"):
        if plain[name] is not None:
            at = instant(plain[name])
            plain[name] = at if at - started <= LONGEST else None
    return Exchange(**plain)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, tuple):
        return tuple(map(_clean, cast("tuple[Any, ...]", value)))
    if isinstance(value, msgspec.Struct):
        return type(value)(**{name: _clean(getattr(value, name)) for name in value.__struct_fields__})
    return value
