"""What a Call has in common with others: a small value that is the same for most calls of a page to a server.

A session of a million calls has some dozens of different Traits. What is looked for across calls (`patterns`), and what
is counted by origin, is looked for among those, each with its number of calls, and so costs nothing however many calls
there are.
"""

from typing import Literal, NamedTuple

from corsinspect.fetch.check import asked_by
from corsinspect.fetch.headers import NO_CORS_HEADERS, CorsHeaders, cors_headers, once_a_list
from corsinspect.fetch.http_cache import kept_without_cors
from corsinspect.fetch.redirect import location
from corsinspect.fetch.url import origin_of, parse_url
from corsinspect.fingerprints import error_by_cors, gate
from corsinspect.model import Call, EngineName, Exchange, HeaderList, Hop, Outcome, Stage, Word

Moved = Literal["slash", "https", "elsewhere"]

LONGEST = 200
"""Characters of a header's value that are kept."""

_TEXTS = CorsHeaders._fields[:5]


class Traits(NamedTuple):
    """One kind of call. Header values concern the first hop, which is the server that the page called."""

    page: str | None
    """The page's origin."""
    api: str
    """The origin that was called."""
    method: str | None
    outcome: Outcome
    reason: str | None = None
    stage: Stage | None = None
    status: int | None = None
    """Where the call stopped."""
    engine: EngineName | None = None
    include: bool = False
    """Whether the page is known to have sent credentials."""
    asked: tuple[str, ...] | None = None
    """The request headers that a preflight asked for; None: there was no preflight."""
    preflight_status: int | None = None
    moved: Moved | None = None
    """Where a preflight was redirected to: the same address with a slash more or less, with https, or another."""
    grant: CorsHeaders = NO_CORS_HEADERS
    """What the answer to the preflight said."""
    answer: CorsHeaders | None = None
    """What the answer itself said; None: there was none."""
    vary: bool = False
    """Whether that answer (the preflight's where there is no other) says that it depends on Origin."""
    hop: int = 0
    """At which hop it stopped: where it isn't the first, the header values aren't those that decided."""
    background: bool = False
    refused: bool = False
    """Whether the error that stopped it is known to come from CORS code that refused the call, or from something that
    answered in the app's place: its status then says nothing of logins and routes."""
    disputed: bool = False
    """Whether the browser said something else than what follows from the traffic for certain."""
    withheld: str = ""
    """Why the browser sent none of its cookies, or not all, in its own word (SameSiteLax); "" where it said nothing."""
    kept: bool = False
    """Whether it was loaded without CORS, and a browser may give it to a later fetch() without asking the server."""


def traits(call: Call) -> Traits:
    """The Traits of a Call."""
    verdict = call.verdict
    api = origin_of(call.url)
    if call.kind not in ("simple", "preflighted") or not call.hops:
        return Traits(
            call.page_origin,
            api,
            call.method,
            verdict.outcome,
            verdict.reason,
            status=verdict.status,
            background=call.background,
            disputed=call.browser is not None and call.browser.confirmed is False,
            kept=_kept(call),
        )
    hop = call.hops[0]
    preflight, request = hop.preflight, hop.request
    asked = None
    if preflight is not None:
        asked = asked_by(preflight.request_headers).names
    judged = request if request is not None and request.status is not None else preflight
    return Traits(
        page=call.page_origin,
        api=api,
        method=call.method,
        outcome=verdict.outcome,
        reason=verdict.reason,
        stage=verdict.stage,
        status=verdict.status,
        engine=call.engine,
        include=call.credentials == "include",
        asked=asked,
        preflight_status=None if preflight is None else preflight.status,
        moved=_moved(preflight),
        grant=NO_CORS_HEADERS if preflight is None else _cors(preflight.response_headers),
        answer=_answer(hop),
        vary=judged is not None and _varies(judged.response_headers),
        hop=verdict.hop,
        background=call.background,
        refused=(preflight is not None and _refused(preflight, preflight=True))
        or (request is not None and _refused(request, preflight=False)),
        disputed=call.browser is not None and call.browser.confirmed is False,
        withheld="" if call.browser is None else _withheld(call.browser),
    )


def _withheld(word: Word) -> str:
    reasons = (reason for cookie in word.withheld for reason in cookie.reasons)
    return next(reasons, "") if word.match == "sure" else ""


def _refused(it: Exchange, *, preflight: bool) -> bool:
    if it.status is None or it.status < 400:
        return False
    answer = (it.response_headers, it.status, it.error_page, it.url)
    by_cors = preflight and error_by_cors(*answer, preflight=True)
    return by_cors or gate(*answer, preflight=preflight) is not None


def _kept(call: Call) -> bool:
    exchange = call.stopped_at
    if call.verdict.outcome != "opaque" or exchange is None or len(call.hops) > 1:
        return False
    return kept_without_cors(exchange.method, exchange.status, exchange.response_headers)


def _answer(hop: Hop) -> CorsHeaders | None:
    request = hop.request
    # a 304 leaves out what it doesn't change
    if request is None or request.status is None or request.status == 304:
        return None
    return _cors(request.response_headers)


@once_a_list
def _cors(headers: HeaderList) -> CorsHeaders:
    """The answer's CORS headers but those that no pattern asks for."""
    fields = cors_headers(headers)
    if fields is NO_CORS_HEADERS:
        return fields
    if fields.expose_headers is not None:
        fields = fields._replace(expose_headers=None)
    if sum(map(len, filter(None, fields[:5]))) <= LONGEST:
        return fields
    return fields._replace(**{name: value[:LONGEST] for name in _TEXTS if (value := getattr(fields, name))})


@once_a_list
def _varies(headers: HeaderList) -> bool:
    for name, value in headers:
        if name[:1] in "vV" and name.lower() == "vary":
            listed = {element.strip() for element in value.lower().split(",")}
            if "origin" in listed or "*" in listed:
                return True
    return False


def _moved(preflight: Exchange | None) -> Moved | None:
    target = None if preflight is None else location(preflight.status, preflight.response_headers)
    if preflight is None or not target:
        return None
    here = parse_url(preflight.url)
    there = parse_url(target, here)
    if here is None or there is None:
        return "elsewhere"
    path, _, query = here.path.partition("?")
    new_path, _, new_query = there.path.partition("?")
    if here.origin == there.origin and path.rstrip("/") == new_path.rstrip("/") and query == new_query:
        return "slash" if path != new_path else "elsewhere"
    if (here.scheme, there.scheme) == ("http", "https") and here.host == there.host:
        return "https"
    return "elsewhere"
