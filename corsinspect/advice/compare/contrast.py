"""Two calls side by side, header by header: why did one pass and the other not?"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from corsinspect.advice.sentences import OUTCOME_WORDS, short_reason
from corsinspect.fetch.headers import Pairs, combined
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call, Exchange

Group = Literal["call", "preflight asked", "preflight answered", "request", "answer"]

DECIDING = ("access-control-", "origin", "status", "vary", "location", "cross-origin-resource-policy")
"""Prefixes of the names that a browser's decision depends on."""
METHOD_ASKED = "Access-Control-Request-Method"
PASSING = frozenset({"allowed", "opaque", "not-cors"})
_NO_HEADERS = ("date", "content-length", "age", "etag", "last-modified", "x-request-id", "cf-ray", "expires")
"""Headers that always differ between two answers."""


class Aspect(msgspec.Struct, frozen=True):
    """One property of two calls, with both values; None: absent."""

    group: Group
    name: str
    one: str | None
    other: str | None
    decides: bool
    """Whether a browser's decision depends on it."""

    @property
    def differs(self) -> bool:
        """Whether the two values differ."""
        return self.one != self.other


def contrast(one: Call, other: Call) -> list[Aspect]:
    """Everything comparable, in wire order, without headers that always differ."""
    aspects = list(_call(one, other))
    preflights, requests = zip(_ends(one), _ends(other), strict=True)
    aspects += _headers("preflight asked", *preflights, request=True)
    aspects += _headers("preflight answered", *preflights, request=False)
    aspects += _headers("request", *requests, request=True)
    aspects += _headers("answer", *requests, request=False)
    return aspects


def conclusion(one: Call, other: Call, aspects: Iterable[Aspect]) -> str:
    """The two outcomes, and what most likely makes the difference; values are captured text."""
    outcomes = f"The first was {_outcome(one)}, the second {_outcome(other)}."
    blocked, passed = (one, other) if one.verdict.outcome == "blocked" else (other, one)
    if blocked.verdict.outcome != "blocked" or passed.verdict.outcome not in PASSING:
        return outcomes
    if passed.verdict.outcome == "not-cors":
        return f"{outcomes} CORS never applied to the one that passed."
    header = (blocked.verdict.header or "").lower()
    differing = [aspect for aspect in aspects if aspect.differs]
    for aspect in differing:
        if aspect.name.lower() == header and aspect.group in ("preflight answered", "answer"):
            return f"{outcomes} The server answered them differently: {aspect.name}."
    asked = [aspect.name for aspect in differing if aspect.decides and aspect.group in ("call", "preflight asked")]
    if "method" in asked and METHOD_ASKED in asked:
        asked.remove(METHOD_ASKED)
    if asked:
        return f"{outcomes} The requests differ: {', '.join(asked)}."
    return outcomes


def _outcome(call: Call) -> str:
    reason = short_reason(call)
    return OUTCOME_WORDS[call.verdict.outcome] + (f" ({reason})" if reason else "")


def _call(one: Call, other: Call) -> Iterable[Aspect]:
    facts = [
        ("outcome", _outcome(one), _outcome(other), False),
        ("page", one.page_origin, other.page_origin, True),
        ("method", one.method, other.method, True),
        ("server", origin_of(one.url), origin_of(other.url), True),
        ("address", _path(one.url), _path(other.url), False),
        ("credentials", one.credentials, other.credentials, "unknown" not in (one.credentials, other.credentials)),
        ("preflight", one.preflight, other.preflight, True),
        ("browser", one.engine, other.engine, False),
    ]
    yield from (Aspect("call", name, first, second, decides) for name, first, second, decides in facts)


def _ends(call: Call) -> tuple[Exchange | None, Exchange | None]:
    """The last preflight and the last request."""
    preflights = [hop.preflight for hop in call.hops if hop.preflight is not None]
    requests = [hop.request for hop in call.hops if hop.request is not None]
    return (preflights[-1] if preflights else None, requests[-1] if requests else None)


def _headers(group: Group, one: Exchange | None, other: Exchange | None, *, request: bool) -> Iterable[Aspect]:
    if one is None and other is None:
        return
    if not request:
        yield Aspect(group, "status", _status(one), _status(other), True)
    if one is None or other is None:
        if request:
            yield Aspect(group, "sent", "no" if one is None else "yes", "no" if other is None else "yes", False)
        return
    names: dict[str, str] = {}
    for exchange in (one, other):
        for name, _ in _lines(exchange, request):
            names.setdefault(name.lower(), name)
    first, second = (_combined(_lines(exchange, request)) for exchange in (one, other))
    for lower, name in names.items():
        if lower not in _NO_HEADERS:
            yield Aspect(group, name, first.get(lower), second.get(lower), lower.startswith(DECIDING))


def _combined(lines: Pairs) -> dict[str, str | None]:
    """By name in lower case, what `combined` gives for it."""
    by_name: dict[str, list[tuple[str, str]]] = {}
    for name, value in lines:
        by_name.setdefault(name.lower(), []).append((name, value))
    return {name: combined(lines, name) for name, lines in by_name.items()}


def _lines(exchange: Exchange | None, request: bool) -> tuple[tuple[str, str], ...]:
    if exchange is None:
        return ()
    return exchange.request_headers if request else exchange.response_headers


def _status(exchange: Exchange | None) -> str | None:
    if exchange is None:
        return "not sent"
    return str(exchange.status) if exchange.status is not None else "no answer"


def _path(url: str) -> str:
    return url.removeprefix(origin_of(url)).partition("?")[0] or "/"
