"""Header lists: getting, combining, and extracting values. Fetch standard, "Headers"."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, wraps
from typing import NamedTuple, TypeVar

WHITESPACE = "\t\n\r "
"""HTTP whitespace, which surrounds a value without being part of it."""

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")

Pairs = Iterable[tuple[str, str]]

T = TypeVar("T")
P = TypeVar("P", bound=Pairs)

_REMEMBERED = 1024
"""Header lists that a function of them remembers."""


def once_a_list(read: Callable[[P], T]) -> Callable[[P], T]:
    """Makes a function of a header list remember its results by the very object: a tuple that is asked about again and
    again, as most are, is read once."""
    known: dict[int, tuple[P, T]] = {}

    @wraps(read)
    def remembering(headers: P) -> T:
        found = known.get(id(headers))
        if found is not None:
            return found[1]  # the same object: as long as it's held here, no other has its id
        result = read(headers)
        if isinstance(headers, tuple):  # of lists and iterators, the content changes
            if len(known) >= _REMEMBERED:
                known.clear()
            known[id(headers)] = headers, result
        return result

    return remembering


@once_a_list
def by_name(headers: Pairs) -> Mapping[str, str]:
    """All values of each (lower-case) name, without surrounding whitespace, joined with ", "."""
    lines = [(name.lower(), value.strip(WHITESPACE)) for name, value in headers]
    found = dict(lines)
    if len(found) == len(lines):
        return found
    several: dict[str, list[str]] = {}
    for name, value in lines:
        several.setdefault(name, []).append(value)
    return {name: ", ".join(values) for name, values in several.items()}


def values(headers: Pairs, name: str) -> list[str]:
    """The values of all lines of this (lower-case) name, in order, without surrounding whitespace."""
    return [value.strip(WHITESPACE) for line, value in headers if line.lower() == name]


def combined(headers: Pairs, name: str) -> str | None:
    """All values joined with ", "; None where there is no such line. Fetch, "get" a header."""
    return by_name(headers).get(name)


def is_token(text: str) -> bool:
    """Whether `text` is an HTTP token (RFC 9110, 5.6.2), as methods and header names must be."""
    return _TOKEN.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def token_list(value: str | None) -> tuple[str, ...] | None:
    """The tokens of a combined list header; None where an element is no token, () where the header is absent or empty.

    Fetch, "extract header list values" with the ABNF `#token`: empty elements are allowed.
    """
    if value is None:
        return ()
    elements = [element.strip(WHITESPACE) for element in value.split(",")]
    tokens = tuple(element for element in elements if element)
    return tokens if all(map(is_token, tokens)) else None


def first_bad_token(value: str) -> str | None:
    """The first element of a list header that is no token; None where all are."""
    for element in value.split(","):
        element = element.strip(WHITESPACE)
        if element and not is_token(element):
            return element
    return None


class CorsHeaders(NamedTuple):
    """The response headers that CORS reads, each combined; None is absent."""

    allow_origin: str | None = None
    allow_credentials: str | None = None
    allow_methods: str | None = None
    allow_headers: str | None = None
    max_age: str | None = None
    expose_headers: str | None = None
    origin_lines: int = 0
    """How many Access-Control-Allow-Origin lines there were: Gecko tells two lines from one with a comma."""
    allow_private_network: str | None = None


def refreshed(stored: CorsHeaders, fresh: CorsHeaders) -> CorsHeaders:
    """What a stored response says once a 304 has refreshed it: the 304's fields replace those of the same name.

    RFC 9111, 4.3.4; Fetch, "HTTP-network-or-cache fetch", on revalidation.
    """
    each = zip(stored, fresh, strict=True)
    merged = CorsHeaders._make(old if new is None else new for old, new in each)
    return merged._replace(origin_lines=stored.origin_lines) if fresh.allow_origin is None else merged


def refreshed_lines(stored: Pairs, fresh: Pairs) -> list[tuple[str, str]]:
    """The header lines of a stored response once a 304 has refreshed it, by the same rule."""
    changed = {name.lower() for name, _ in fresh}
    return [*((name, value) for name, value in stored if name.lower() not in changed), *fresh]


_LINES = CorsHeaders._fields.index("origin_lines")
_FIELDS = {
    f"access-control-{field.replace('_', '-')}": place
    for place, field in enumerate(CorsHeaders._fields)
    if place != _LINES
}
"""By header name, its place in CorsHeaders."""

_SHORTEST = min(map(len, _FIELDS))

NO_CORS_HEADERS = CorsHeaders()


@once_a_list
def cors_headers(headers: Pairs) -> CorsHeaders:
    """Reads the Access-Control-* response headers in one pass."""
    found: list[str | int | None] = [None] * len(CorsHeaders._fields)
    several: dict[int, list[str]] = {}
    lines, any_found = 0, False
    for name, value in headers:
        # most lines are others: telling by the length halves the cost of this pass
        if len(name) < _SHORTEST:
            continue
        field = _FIELDS.get(name.lower())
        if field is None:
            continue
        any_found = True
        value = value.strip(WHITESPACE)
        before = found[field]
        if before is None:
            found[field] = value
        else:
            several.setdefault(field, [str(before)]).append(value)
        lines += field == 0
    if not any_found:
        return NO_CORS_HEADERS
    for field, joined in several.items():
        found[field] = ", ".join(joined)
    found[_LINES] = lines
    return CorsHeaders._make(found)
