"""The rules of policy lint: a table, and what each looks for among the kinds of answers of one server.

A rule that can't be sure from traffic waits for more of it, or for a probe from an origin that nobody can have meant to
allow (`made_up`).
"""

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from corsinspect.analysis.site import registrable_domain
from corsinspect.fetch.check import ALLOW_CREDENTIALS, ALLOW_HEADERS, ALLOW_METHODS, ALLOW_ORIGIN
from corsinspect.fetch.headers import token_list
from corsinspect.fetch.origin import OPAQUE, is_loopback, parse_origin

from .answers import Kind, Server, is_kept

Severity = Literal["error", "warning", "note"]
"""error: any site gets what is private; warning: too much is open, or will break; note: more than needed, or slow."""

UNRELATED = 3
"""So many pages of different sites, all let in and none refused, are no list."""
BUSY = 5
"""Preflights that an endpoint must have had before a missing Max-Age is worth a word."""
FEW = 3

_FORBIDDEN_METHODS = frozenset({"CONNECT", "TRACE", "TRACK"})
_SECRET_HEADERS = frozenset(
    "authorization cookie set-cookie set-cookie2 proxy-authorization x-api-key x-auth-token x-csrf-token".split()
)
_INTERNAL_SUFFIXES = (".local", ".internal", ".intranet", ".lan", ".corp", ".home", ".home.arpa", ".localdomain")

TRICKS: dict[str, Callable[[str, str], str]] = {
    "suffix-match": lambda scheme, host: f"{scheme}://evil{host}",
    "prefix-match": lambda scheme, host: f"{scheme}://{host}.evil.test",
    "unescaped-dot": lambda scheme, host: f"{scheme}://{host.replace('.', 'x', 1)}",
}
"""Slug -> an origin that only a list compared badly lets in, from the scheme and host (and port) of an allowed one."""


class Hit(NamedTuple):
    """What a rule found: the kind of answer, and what to quote."""

    kind: Kind
    header: str
    found: str | None
    values: dict[str, str] = {}  # noqa: RUF012 - never changed


class Context(NamedTuple):
    """One server and what is known besides."""

    server: Server
    made_up: frozenset[str]
    """Origins that nobody can have meant to allow: a probe made them up."""

    @property
    def kinds(self) -> Iterable[Kind]:
        return self.server.kinds

    @property
    def is_private(self) -> bool:
        return bool(self.server.signs)


class Rule(NamedTuple):
    """How a flaw is found."""

    slug: str
    severity: Severity
    find: Callable[[Context], Iterator[Hit]]
    """The kinds of answers that have it; the first is the evidence."""


def tricks(origin: str) -> dict[str, str]:
    """By slug, the origins to try on a server that allows this one."""
    url = parse_origin(origin)
    if url is None or is_loopback(url.host) or "." not in url.host:
        return {}
    host = url.host if url.port is None else f"{url.host}:{url.port}"
    return {slug: make(url.scheme, host) for slug, make in TRICKS.items()}


def _wildcard_private(context: Context) -> Iterator[Hit]:
    for kind in context.kinds:
        if kind.stage == "actual" and kind.fields.allow_origin == "*" and kind.signs:
            yield Hit(kind, ALLOW_ORIGIN, "*", {"sign": kind.signs[0]})


def _reflected(context: Context) -> list[Kind]:
    """The answers that echo their page, where the server echoes whoever asks."""
    echoing = [kind for kind in context.kinds if kind.echoes]
    made_up = [kind for kind in echoing if kind.origin in context.made_up and not _is_trick(kind, context)]
    if made_up:
        return list(dict.fromkeys([*made_up, *echoing]))
    refused = any(kind.origin not in (None, OPAQUE) and not _lets_in(kind) for kind in context.kinds)
    return echoing if len({_site(kind.origin or "") for kind in echoing}) >= UNRELATED and not refused else []


def _lets_in(kind: Kind) -> bool:
    return kind.fields.allow_origin in (kind.origin, "*")


def _is_trick(kind: Kind, context: Context) -> bool:
    """Whether it's a look-alike of an origin that is let in as well, and not of any origin whatever."""
    return any(kind.origin in tricks(other.origin or "").values() for other in context.kinds)


def _site(origin: str) -> str:
    url = parse_origin(origin)
    return origin if url is None else registrable_domain(url.host) or url.host


def _reflected_credentials(context: Context) -> Iterator[Hit]:
    for kind in _reflected(context):
        if kind.allows_credentials:
            yield Hit(kind, ALLOW_ORIGIN, kind.fields.allow_origin)


def _reflected_private(context: Context) -> Iterator[Hit]:
    for kind in _reflected(context):
        if kind.stage == "actual" and kind.signs and not kind.allows_credentials:
            yield Hit(kind, ALLOW_ORIGIN, kind.fields.allow_origin, {"sign": kind.signs[0]})


def _null(*, credentials: bool) -> Callable[[Context], Iterator[Hit]]:
    def find(context: Context) -> Iterator[Hit]:
        for kind in context.kinds:
            if (kind.fields.allow_origin or "").lower() == OPAQUE and kind.allows_credentials is credentials:
                yield Hit(kind, ALLOW_ORIGIN, kind.fields.allow_origin)

    return find


def _trick(slug: str) -> Callable[[Context], Iterator[Hit]]:
    def find(context: Context) -> Iterator[Hit]:
        if _reflected(context):
            return  # whoever asks is let in: no list is compared at all
        tried = {tricks(kind.origin).get(slug) for kind in context.kinds if kind.echoes and kind.origin}
        for kind in context.kinds:
            if kind.echoes and kind.origin in context.made_up and kind.origin in tried:
                yield Hit(kind, ALLOW_ORIGIN, kind.fields.allow_origin)

    return find


def _plain_http(context: Context) -> Iterator[Hit]:
    if not context.server.api.startswith("https://") or _is_local(context.server.api):
        return
    for kind in context.kinds:
        named = kind.fields.allow_origin or ""
        if named.startswith("http://") and parse_origin(named) is not None and not _is_local(named):
            yield Hit(kind, ALLOW_ORIGIN, named)


def _vary_missing(context: Context) -> Iterator[Hit]:
    """Only where the header was seen to differ: one that is always the same needs no Vary."""
    actual = [kind for kind in context.kinds if kind.stage == "actual"]
    if len({kind.fields.allow_origin for kind in actual}) < 2:
        return
    for kind in actual:
        if kind.cacheable and kind.echoes and not kind.varies:
            yield Hit(kind, "Vary", None, {"origin": kind.fields.allow_origin or ""})


def _methods_wide(context: Context) -> Iterator[Hit]:
    for kind in context.kinds:
        listed = set(token_list(kind.fields.allow_methods) or ())
        if listed & _FORBIDDEN_METHODS or ("*" in listed and context.is_private):
            yield Hit(kind, ALLOW_METHODS, kind.fields.allow_methods)


def _headers_wide(context: Context) -> Iterator[Hit]:
    for kind in context.kinds:
        if "*" in (token_list(kind.fields.allow_headers) or ()) and context.is_private:
            yield Hit(kind, ALLOW_HEADERS, kind.fields.allow_headers)


def _exposed_wide(context: Context) -> Iterator[Hit]:
    for kind in context.kinds:
        listed = {name.lower() for name in token_list(kind.fields.expose_headers) or ()}
        if listed & _SECRET_HEADERS or ("*" in listed and context.is_private):
            yield Hit(kind, "Access-Control-Expose-Headers", kind.fields.expose_headers)


def _misplaced(context: Context) -> Iterator[Hit]:
    for kind in context.kinds:
        for name, value in kind.misplaced:
            yield Hit(kind, name, value, {"name": name})


def _max_age(context: Context) -> Iterator[Hit]:
    """Busy endpoints whose preflights a Max-Age would have spared, added up."""
    busy = [accounts.cost for accounts in context.server.endpoints.values() if accounts.cost.preflights >= BUSY]
    spared = sum(cost.spared for cost in busy)
    for kind in context.kinds:
        if spared and kind.stage == "preflight" and not is_kept(kind.fields.max_age):
            took = f"{sum(cost.seconds_spared for cost in busy) * 1000:.0f}"
            yield Hit(kind, "Access-Control-Max-Age", kind.fields.max_age, {"spared": str(spared), "ms": took})


def _internal_open(context: Context) -> Iterator[Hit]:
    if not _is_internal(context.server.api):
        return
    echoing = set(_reflected(context))
    for kind in context.kinds:
        if kind.fields.allow_origin == "*" or kind in echoing:
            yield Hit(kind, ALLOW_ORIGIN, kind.fields.allow_origin)


def _timing_open(context: Context) -> Iterator[Hit]:
    for kind in context.kinds:
        if kind.timing is not None and "*" in kind.timing and context.is_private:
            yield Hit(kind, "Timing-Allow-Origin", kind.timing)


def _credentials_unused(context: Context) -> Iterator[Hit]:
    """Only where no call's mode is unknown: one that doesn't show may well be a use."""
    used = any(kind.credentials != "omit" or "cookie" in kind.signs for kind in context.kinds)
    number = sum(number for kind, number in context.server.numbers.items() if kind.stage == "actual")
    for kind in context.kinds:
        if not used and number >= FEW and kind.allows_credentials:
            yield Hit(kind, ALLOW_CREDENTIALS, "true")


def _wildcard_credentials(context: Context) -> Iterator[Hit]:
    for kind in context.kinds:
        if kind.fields.allow_origin == "*" and kind.allows_credentials:
            yield Hit(kind, ALLOW_CREDENTIALS, "true")


def _is_local(origin: str) -> bool:
    url = parse_origin(origin)
    return url is not None and is_loopback(url.host)


def _is_internal(origin: str) -> bool:
    """Whether a server's name or address is one of this machine or of a network of one's own."""
    url = parse_origin(origin)
    if url is None:
        return False
    host = url.host.strip("[]")
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return is_loopback(host) or "." not in host or host.endswith(_INTERNAL_SUFFIXES)


RULES: tuple[Rule, ...] = (
    Rule("reflected-credentials", "error", _reflected_credentials),
    Rule("null-credentials", "error", _null(credentials=True)),
    *(Rule(slug, "error", _trick(slug)) for slug in TRICKS),
    Rule("wildcard-private", "warning", _wildcard_private),
    Rule("reflected-private", "warning", _reflected_private),
    Rule("null-allowed", "warning", _null(credentials=False)),
    Rule("plain-http-origin", "warning", _plain_http),
    Rule("internal-open", "warning", _internal_open),
    Rule("vary-missing", "warning", _vary_missing),
    Rule("wildcard-credentials", "note", _wildcard_credentials),
    Rule("methods-wide", "note", _methods_wide),
    Rule("headers-wide", "note", _headers_wide),
    Rule("exposed-wide", "note", _exposed_wide),
    Rule("request-header-answered", "note", _misplaced),
    Rule("max-age-missing", "note", _max_age),
    Rule("timing-open", "note", _timing_open),
    Rule("credentials-unused", "note", _credentials_unused),
)
"""From the gravest to the slightest."""
