"""The Fetch standard's algorithm, followed along a chain of exchanges to where the browser stops."""

from typing import NamedTuple

from corsinspect.fetch.check import Failed, cors_check, first_failure
from corsinspect.fetch.headers import CorsHeaders, cors_headers, refreshed
from corsinspect.fetch.redirect import MAX_REDIRECTS, follow
from corsinspect.model import Exchange, Outcome, Stage

from .chain import Chain
from .classify import Facts
from .nocors import is_refused_by_type
from .pairing import grant_failures

_CORS_REDIRECTS = frozenset({"redirect-credentials", "redirect-disallowed-scheme"})
"""Refused redirects that are CORS failures, in one engine at least; the others are network errors in all."""


class Stop(NamedTuple):
    """Where a walk ended. `waiting`: what it waits for, when it isn't the end yet."""

    outcome: Outcome
    stage: Stage | None
    hop: int
    facts: Facts
    failed: Failed | None = None
    failures: dict[str, Failed] | None = None
    reason: str | None = None
    waiting: str | None = None

    @property
    def slug(self) -> str | None:
        return self.reason if self.failed is None else self.failed.reason


def walk(chain: Chain, include: bool) -> Stop:
    """Follows the chain with this credentials mode to where the browser stops.

    Fetch, "main fetch", "HTTP fetch", "HTTP-redirect fetch"; an exchange that was sent proves that what came before it
    passed, whatever the headers say.
    """
    cors = tainted = False
    last = len(chain.hops) - 1
    for number, (preflight, request) in enumerate(chain.hops):
        facts = preflight or request
        assert facts is not None
        cors = cors or facts.target != chain.page
        if preflight is not None:
            stop = _walk_preflight(preflight, request, number, include)
            if stop is not None:
                return stop
        assert request is not None
        exchange = request.exchange
        stage: Stage = "redirect" if request.location is not None else "actual"
        if exchange.status is None:
            return unanswered(exchange, request, number)
        if cors and number == last:
            if _is_bare_revalidation(preflight, request):
                return Stop("unknown", "actual", number, request, reason="stored-response-not-seen")
            failed = cors_check(request.origin or "", include, checked_answer(request))
            if failed is not None:
                return Stop("blocked", stage, number, request, failed)
        if request.location is None and is_refused_by_type(request):
            return Stop("network-error", "actual", number, request, reason="mime")
        if request.location is None:
            return Stop("allowed", "actual", number, request)
        if number >= MAX_REDIRECTS:
            return Stop("network-error", "redirect", number, request, reason="redirect-limit")
        target = follow(
            exchange.url, request.location, exchange.status, exchange.method or "", chain.page, tainted, cors
        )
        if isinstance(target, Failed):
            outcome: Outcome = "blocked" if target.reason in _CORS_REDIRECTS else "network-error"
            return Stop(outcome, "redirect", number, request, target)
        tainted = target.tainted
        if number == last:
            return Stop("pending", "redirect", number, request, waiting="redirect")
    raise AssertionError("the last hop always ends the walk")


def checked_answer(request: Facts) -> CorsHeaders:
    """What the CORS check reads: of a 304, the stored response as the 304 refreshes it."""
    if request.exchange.status != 304 or request.stored is None:
        return request.answer
    return refreshed(cors_headers(request.stored.response_headers), request.answer)


def _is_bare_revalidation(preflight: Facts | None, request: Facts) -> bool:
    """Whether this is the browser's own cache asking, and what it holds was stored before the capture."""
    asked_by_page = preflight is not None and any(name.startswith("if-") for name in preflight.asked_names)
    return (
        request.exchange.status == 304
        and request.conditional
        and request.stored is None
        and request.answer.allow_origin is None
        and not asked_by_page
    )


def _walk_preflight(preflight: Facts, request: Facts | None, number: int, include: bool) -> Stop | None:
    if request is not None:
        return None
    if preflight.exchange.status is None:
        return unanswered(preflight.exchange, preflight, number)
    failures = grant_failures(preflight, include)
    if not failures:
        return Stop("pending", "preflight", number, preflight, waiting="actual")
    return Stop("blocked", "preflight", number, preflight, first_failure(failures), failures)


def unanswered(exchange: Exchange, facts: Facts, number: int) -> Stop:
    stage: Stage = "preflight" if facts.is_preflight else "actual"
    if exchange.failure is None:
        return Stop("pending", stage, number, facts, waiting="response")
    kind = exchange.failure.kind
    return Stop("network-error", stage, number, facts, reason="network-error" if kind == "other" else kind)
