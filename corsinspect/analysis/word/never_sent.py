"""Calls that never reached the wire, from what the browser said alone: they are rows too, without hops."""

from corsinspect.fetch.check import ALLOW_ORIGIN
from corsinspect.fetch.origin import OPAQUE
from corsinspect.fetch.reasons import Reason
from corsinspect.fetch.safelist import SAFELISTED_METHODS, unsafe_names
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call, Exchange, Kind, Outcome, Stage, Verdict, Word
from corsinspect.said import Said

from .verdict import BLOCKED, FAILED, Told, mode_told, told

PREFIX = "browser:"
"""Before the browser's request id, in such a Call's id."""

_SCHEMES = ("http:", "https:", "ws:", "wss:")
_CORS_KINDS = frozenset({"fetch", "xhr", "eventsource", "font", "manifest", "texttrack", "signedexchange"})
"""The browser's types of requests that are made with CORS, but for fetch() with mode 'no-cors'."""
_BY_DIRECTIVE = {
    "font-src": "font",
    "frame-src": "document",
    "img-src": "image",
    "manifest-src": "manifest",
    "media-src": "media",
    "object-src": "object",
    "script-src": "script",
    "script-src-elem": "script",
    "style-src": "stylesheet",
    "style-src-elem": "stylesheet",
    "worker-src": "script",
}
"""The type of a request that was told by its policy alone."""
_OF_ANSWER: frozenset[Reason] = frozenset(
    {
        "origin-missing",
        "origin-wildcard-with-credentials",
        "origin-multiple",
        "origin-invalid",
        "origin-mismatch",
        "credentials-not-true",
    }
)
"""What a CORS check of an answer finds: where nothing was asked, it was the cache's."""


def never_sent(legs: tuple[Said, ...], cached: Exchange | None) -> Call | None:
    """The Call of a request of which nothing was found on the wire; None where it may have been there, or is no Call.

    `cached`: the answer that the browser's cache may have held."""
    own = [said for said in legs if said.preflight_of is None]
    if not own or any(said.sent is not None for said in legs) or not own[0].url.startswith(_SCHEMES):
        return None
    first = own[0]
    word = Word(match="sure", said=legs, confirmed=True)
    said = told(word)
    if said is None or not _stayed(word.last, said):
        return None
    page = None if first.page is None else origin_of(first.page)
    kind = _kind(first, page, said)
    verdict = _verdict(word.last, said, kind, page)
    if verdict.reason == "cached-without-cors" or word.last.from_cache:
        word = Word(match="sure", said=legs, confirmed=True, cached=cached)
    return Call(
        id=PREFIX + first.id,
        url=first.url,
        method=first.method,
        started=first.called,
        kind=kind,
        hops=(),
        verdict=verdict,
        page_origin=page,
        credentials=mode_told(word, page),
        preflight="none",
        engine=first.engine,
        background=first.page is not None and not first.page.startswith(("http", "file:", "data:", "about:", "blob:")),
        browser=word,
    )


def _stayed(last: Said, said: Told) -> bool:
    """Whether what the browser told shows that the request stayed in it. Chromium says of every request that leaves it
    when that was; Firefox doesn't."""
    if last.from_cache or last.by_service_worker or last.blocked in BLOCKED or last.failed in FAILED:
        return True
    return last.engine == "chromium" and said.outcome != "allowed"


def _kind(first: Said, page: str | None, said: Told) -> Kind:
    asked = first.kind or _BY_DIRECTIVE.get(first.directive or "", "fetch")
    if asked in ("document", "navigation"):
        return "navigation"
    if asked == "websocket" or first.url.startswith("ws"):
        return "websocket"
    if page is not None and page != OPAQUE and origin_of(first.url) == page:
        return "same-origin"
    if asked not in _CORS_KINDS and said.failing is None:
        return "no-cors"
    method = first.method or "GET"
    asks = method not in SAFELISTED_METHODS or bool(unsafe_names(first.request_headers or ()))
    return "preflighted" if asks else "simple"


def _verdict(last: Said, said: Told, kind: Kind, page: str | None) -> Verdict:
    outcome: Outcome = said.outcome or "network-error"
    reason = said.reason
    header = expected = found = None
    if outcome == "allowed" and kind not in ("simple", "preflighted"):
        outcome = "opaque" if kind == "no-cors" else "not-cors"
    elif outcome == "blocked" and reason in _OF_ANSWER:
        reason, header, expected = "cached-without-cors", ALLOW_ORIGIN, page
    elif reason == "csp":
        header, found = "Content-Security-Policy", last.directive
    elif outcome == "blocked" and reason is None:
        reason = "failed-unexplained"
    elif outcome == "network-error" and reason is None:
        reason = "network-error"
    stage: Stage | None = "actual" if outcome in ("blocked", "network-error") else None
    return Verdict(
        outcome=outcome,
        reason=reason,
        stage=stage,
        header=header,
        expected=expected,
        found=found,
        status=last.status,
    )
