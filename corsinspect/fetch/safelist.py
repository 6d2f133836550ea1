"""What a page may send across origins without asking: methods and request headers.

Fetch standard, "CORS-safelisted method", "CORS-safelisted request-header", "CORS-unsafe request-header names".
"""

import re
from functools import lru_cache
from typing import NamedTuple

from .engines import Engine
from .headers import WHITESPACE, Pairs

SAFELISTED_METHODS = frozenset({"GET", "HEAD", "POST"})
"""Exactly so, in upper case."""

MAX_VALUE = 128
"""Bytes in one safelisted value. Fetch, "CORS-safelisted request-header", step 1."""

MAX_TOTAL = 1024
"""Bytes in all safelisted values. Fetch, "CORS-unsafe request-header names", safelistValueSize."""

_FEW_SAFE = MAX_TOTAL // MAX_VALUE
"""So many safelisted values can't have too many bytes, and needn't be measured."""

_UNSAFE_BYTES = re.compile(r"[\x00-\x08\x0a-\x1f\"():<>?@\[\\\]{}\x7f]")
_LANGUAGE = re.compile(r"[0-9A-Za-z *,\-.;=]*")
_RANGE = re.compile(r"bytes=([0-9]+)-([0-9]*)")
_MEDIA_TYPE = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]+/[!#$%&'*+\-.^_`|~0-9A-Za-z]+)[\t\n\r ]*(?:;.*)?", re.S)
_SIMPLE_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})
_REDACTED = re.compile(r"‹redacted:([0-9]+):[0-9a-f]+(!?)›")

_FORBIDDEN = frozenset(
    """accept-charset accept-encoding access-control-request-headers access-control-request-method
    access-control-request-private-network connection content-length cookie cookie2 date dnt expect host keep-alive
    origin referer set-cookie te trailer transfer-encoding upgrade via""".split()
)
"""Fetch, "forbidden request-header": no page can set these, so none of them asks for a preflight."""

_ADDED_BY_BROWSER = frozenset(
    "user-agent priority purpose upgrade-insecure-requests cache-control pragma if-none-match if-modified-since".split()
)
"""Sent by browsers of their own accord, and indistinguishable on the wire from a page's own."""


class Size(NamedTuple):
    """A value's length in bytes and whether a CORS-unsafe request-header byte is in it, redacted parts as sent."""

    length: int
    unsafe: bool


def value_size(value: str) -> Size:
    if "‹" not in value:
        return Size(len(value), _UNSAFE_BYTES.search(value) is not None)
    length, unsafe = 0, False
    for match in _REDACTED.finditer(value):
        length += int(match.group(1)) if len(match.group(1)) < 10 else MAX_TOTAL
        unsafe = unsafe or bool(match.group(2))
    rest = _REDACTED.sub("", value)
    return Size(length + len(rest), unsafe or _UNSAFE_BYTES.search(rest) is not None)


def is_safelisted_method(method: str) -> bool:
    return method in SAFELISTED_METHODS


@lru_cache(maxsize=2048)
def is_safelisted_request_header(name: str, value: str, engine: Engine | None = None) -> bool:
    """Whether the standard lets this (lower-case) header through unasked; with `engine`, whether that engine does.

    Fetch, "CORS-safelisted request-header"; Chromium: `IsCorsSafelistedHeader` in services/network/public/cpp/cors.
    """
    size = value_size(value)
    if size.length > MAX_VALUE:
        return False
    if engine is not None and name in engine.safelisted_hints:
        return True
    match name:
        case "accept":
            return not size.unsafe
        case "accept-language" | "content-language":
            return _LANGUAGE.fullmatch(value) is not None
        case "content-type":
            return not size.unsafe and media_type(value) in _SIMPLE_TYPES
        case "range":
            return is_simple_range(value, engine)
        case _:
            return False


def media_type(value: str) -> str | None:
    """The essence of a MIME type in lower case; None where it doesn't parse. MIME Sniffing, "parse a MIME type"."""
    match = _MEDIA_TYPE.fullmatch(value.strip(WHITESPACE))
    return match.group(1).lower() if match else None


def is_simple_range(value: str, engine: Engine | None = None) -> bool:
    """One `bytes=N-` or `bytes=N-M`. Fetch, "parse a single range header value" without whitespace or suffix ranges."""
    match = _RANGE.fullmatch(value.lower() if engine is not None and engine.range_in_any_case else value)
    if match is None:
        return False
    # a few digits more than the largest numbers have: a value may be as long as the network likes
    first = int(match.group(1)[:20])
    last = int(match.group(2)[:20]) if match.group(2) else first
    if engine is not None and engine.range_end is not None and max(first, last) > engine.range_end:
        return False
    return first <= last


def is_forbidden(name: str) -> bool:
    """Whether a page can't set this (lower-case) header. Fetch, "forbidden request-header"."""
    return name in _FORBIDDEN or name.startswith(("sec-", "proxy-"))


@lru_cache(maxsize=4096)
def _set_by_page(line: str) -> str | None:
    """The header's name in lower case, if only a page can have set it."""
    name = line.lower()
    return None if name in _ADDED_BY_BROWSER or name.startswith(":") or is_forbidden(name) else name


def unsafe_names(headers: Pairs, engine: Engine | None = None, *, by_page: bool = False) -> tuple[str, ...]:
    """The CORS-unsafe request-header names of an actual request as seen on the wire: lower-case, sorted, each once.

    Forbidden ones and those that browsers add are left out, so a page's own Cache-Control goes unnoticed: where a
    preflight was seen, its Access-Control-Request-Headers tells better. With `by_page` all lines are known to be the
    page's own. Fetch, "CORS-unsafe request-header names".
    """
    unsafe: set[str] = set()
    safe: list[tuple[str, str]] = []
    for line, value in headers:
        name = line.lower() if by_page else _set_by_page(line)
        if name is None or (engine is not None and name in engine.adds_itself):
            continue
        value = value.strip(WHITESPACE)
        if is_safelisted_request_header(name, value, engine):
            safe.append((name, value))
        else:
            unsafe.add(name)
    if len(safe) > _FEW_SAFE and sum(value_size(value).length for _, value in safe) > MAX_TOTAL:
        unsafe.update(name for name, _ in safe)
    return tuple(sorted(unsafe)) if unsafe else ()
