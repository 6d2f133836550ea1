"""What a server must allow: the union of what the calls to it asked for."""

import re
from collections.abc import Iterable

import msgspec

from corsinspect.advice.evidence.misplaced import misplaced
from corsinspect.fetch.check import asked_by
from corsinspect.fetch.engines import ENGINES
from corsinspect.fetch.origin import parse_origin
from corsinspect.fetch.safelist import unsafe_names
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call, Credentials, Exchange

_HOST = r"(?:[a-z0-9_](?:[a-z0-9._\-]*[a-z0-9])?|\[[0-9a-f:.]+\])"
_ORIGIN = re.compile(rf"[a-z][a-z0-9+.\-]*://{_HOST}(?::[1-9][0-9]{{0,4}})?")
_METHOD = re.compile(r"[A-Za-z][A-Za-z\-]{0,31}")
_HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]{0,63}")
_PREFIX = re.compile(r"/[A-Za-z0-9_~\-][A-Za-z0-9._~\-]{0,63}")

_METHOD_ORDER = "GET HEAD POST PUT PATCH DELETE OPTIONS".split()


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What the pages of a session need from one server. Values come from the network: only `render` turns them into
    code, and it leaves out what isn't well-formed."""

    api: str = ""
    """The server's origin."""
    origins: tuple[str, ...] = ()
    """The pages' origins, in order of their first call."""
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    """The request headers that need to be allowed."""
    credentials: Credentials = "unknown"
    """include if any call has credentials; unknown if some may."""
    prefix: str = ""
    """The first path segment that all calls share, such as `/api`; "" if there is none."""
    refused: bool = False
    """Whether a preflight was answered with an error: by authentication, or by a router without OPTIONS."""
    errors: bool = False
    """Whether a server error (500 and up) was withheld from its page."""
    exposed: tuple[str, ...] = ()
    """The response headers that script may read now, so that it stays so. This and what follows is of CORS
    code that is there already (see present.py)."""
    everyone: bool = False
    """Whether `*` is to stay."""
    starred: bool = False
    """Whether `*` is there now, to stay or not."""
    mirrored: bool = False
    """Whether any request header may be allowed now."""
    present: bool = False
    """Whether there is CORS code already; it may cover more than `prefix`."""


def needs_of(calls: Iterable[Call]) -> dict[str, Needs]:
    """What each server (by its origin) must allow so that these calls, blocked or not, pass."""
    needs: dict[str, Needs] = {}
    for call in calls:
        if call.kind not in ("simple", "preflighted") or call.page_origin is None:
            continue
        for hop in call.hops:
            for exchange in (hop.preflight, hop.request):
                if exchange is not None and origin_of(exchange.url) != call.page_origin:
                    server = origin_of(exchange.url)
                    needs[server] = _joined(needs.get(server), _of_exchange(call, exchange, server))
    return needs


def _of_exchange(call: Call, exchange: Exchange, server: str) -> Needs:
    asked = asked_by(exchange.request_headers) if exchange.method == "OPTIONS" else None
    if asked is not None and asked.method:
        method, names = asked.method, asked.names
    else:
        asked = None
        method, names = (
            exchange.method or "",
            unsafe_names(exchange.request_headers, ENGINES[call.engine or "chromium"]),
        )
    status = exchange.status or 0
    names = tuple(name for name in names if not misplaced(name))
    return Needs(
        api=server,
        origins=(call.page_origin or "",),
        methods=(method,),
        headers=names,
        credentials="include" if call.needs_credentials else call.credentials,
        prefix=_first_segment(exchange.url, server),
        refused=asked is not None and 400 <= status < 500,
        errors=asked is None and status >= 500 and call.verdict.outcome == "blocked",
    )


def _first_segment(url: str, server: str) -> str:
    path = url.removeprefix(server).partition("?")[0]
    first, slash, _ = path.removeprefix("/").partition("/")
    return f"/{first}" if slash else ""


def _joined(one: Needs | None, other: Needs) -> Needs:
    if one is None:
        return msgspec.structs.replace(
            other, headers=joined_names(other.headers), methods=joined_methods(other.methods)
        )
    modes = {one.credentials, other.credentials}
    return Needs(
        api=one.api,
        origins=tuple(dict.fromkeys((*one.origins, *other.origins))),
        methods=joined_methods((*one.methods, *other.methods)),
        headers=joined_names((*one.headers, *other.headers)),
        credentials="include" if "include" in modes else "unknown" if "unknown" in modes else "omit",
        prefix=one.prefix if one.prefix == other.prefix else "",
        refused=one.refused or other.refused,
        errors=one.errors or other.errors,
    )


def joined_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names of headers, each once, in lower case and sorted."""
    return tuple(sorted({name.lower() for name in names}))


def joined_methods(methods: Iterable[str]) -> tuple[str, ...]:
    """Methods, each once, in the usual order."""
    there = {*methods}
    known = [method for method in _METHOD_ORDER if method in there]
    return (*known, *sorted(there - {*known}))


def is_wellformed_origin(text: str) -> bool:
    """Whether this is a serialised origin without anything that could be special in code: no `null`, no quote."""
    if _ORIGIN.fullmatch(text) is None:
        return False
    return not text.startswith(("http:", "https:")) or parse_origin(text) is not None


def is_wellformed_method(text: str) -> bool:
    """Only letters and hyphens: less than HTTP allows, but harmless in every language."""
    return _METHOD.fullmatch(text) is not None


def is_wellformed_header(text: str) -> bool:
    """Only letters, digits, hyphens and underscores."""
    return _HEADER.fullmatch(text) is not None


def is_wellformed_prefix(text: str) -> bool:
    """One path segment of unreserved characters, or none."""
    return text == "" or _PREFIX.fullmatch(text) is not None
