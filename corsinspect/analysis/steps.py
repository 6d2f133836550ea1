"""The Fetch standard's algorithm, followed along a chain of exchanges: the one place that writes it down.

`steps` yields one `Checked` an exchange, in the browser's order. Judging takes them to the first that stopped the
browser; the trace shows them all. An exchange that was sent proves that what came before it passed, whatever the
headers say: a recording can lack a header, a browser doesn't go on without one.
"""

from collections.abc import Iterator

import msgspec

from corsinspect.fetch.check import Failed, credentials_check, first_failure, origin_check
from corsinspect.fetch.csp import upgrades_insecure
from corsinspect.fetch.engines import ENGINES
from corsinspect.fetch.headers import CorsHeaders, cors_headers, refreshed
from corsinspect.fetch.reasons import Reason
from corsinspect.fetch.redirect import MAX_REDIRECTS, Target, follow
from corsinspect.model import Exchange, Outcome, Stage

from .chain import Chain, forbidden_redirect
from .classify import Facts
from .pairing import grant_failures
from .script_type import is_refused_by_type

_CORS_REDIRECTS = frozenset({"redirect-credentials", "redirect-disallowed-scheme"})
"""Refused redirects that are CORS failures, in one engine at least; the others are network errors in all."""

_PASSED: dict[str, Failed] = {}
_NO_FAILURE = (None, None)


class Stop(msgspec.Struct, frozen=True, gc=False):
    """Where the browser stopped. `waiting`: what it waits for, when it isn't the end yet."""

    outcome: Outcome
    stage: Stage | None
    hop: int
    facts: Facts
    failed: Failed | None = None
    failures: dict[str, Failed] | None = None
    """All the checks that a preflight's answer fails."""
    reason: Reason | None = None
    waiting: str | None = None

    @property
    def slug(self) -> Reason | None:
        return self.reason if self.failed is None else self.failed.reason


class Checked(msgspec.Struct, frozen=True, gc=False):
    """One exchange of a chain, as the browser checks it."""

    hop: int
    stage: Stage
    facts: Facts
    stop: Stop | None
    """None where the browser went on."""
    cors: bool = False
    """Whether its answer has to pass the CORS check."""
    failures: dict[str, Failed] = _PASSED
    """The checks that its answer fails, by their names in `fetch.engines.CHECKS`."""
    target: Target | Failed | None = None
    """Where a redirect leads, or why the browser doesn't follow it."""


def steps(chain: Chain, include: bool, *, proven: bool = True) -> Iterator[Checked]:
    """What the browser did with each exchange of the chain, in this credentials mode.

    `proven` False: nothing is proved by what came after it, as if each answer had been given to a browser that hadn't
    sent the next request yet. Fetch, "main fetch", "HTTP fetch", "CORS-preflight fetch", "HTTP-redirect fetch".
    """
    cors = tainted = False
    last = len(chain.hops) - 1
    for number, (preflight, request) in enumerate(chain.hops):
        first = preflight or request
        assert first is not None
        cors = cors or _is_cors(first, chain)
        if preflight is not None:
            yield _preflight(preflight, request is not None, proven, number, include)
        if request is not None:
            checked = _answer(chain, preflight, request, number, include, cors, tainted, proven and number < last)
            yield checked
            if isinstance(checked.target, Target):
                tainted = checked.target.tainted


def _is_cors(first: Facts, chain: Chain) -> bool:
    # an Origin that isn't the target's own is a tainted or an opaque one, whatever page it came from
    return first.target != chain.page or first.origin not in (None, first.target)


def first_stop(chain: Chain, include: bool, *, proven: bool = True) -> Stop:
    """Where the browser stopped; the last exchange of a chain always is a stop, if no other is."""
    if len(chain.hops) == 1:
        # nearly all chains: nothing to walk along
        preflight, request = chain.hops[0]
        stop = None if preflight is None else _preflight_stop(preflight, request is not None, proven, 0, include)[0]
        if stop is None and request is not None:
            cors = _is_cors(preflight or request, chain)
            stop = _answer(chain, preflight, request, 0, include, cors, False, False).stop
        assert stop is not None
        return stop
    for checked in steps(chain, include, proven=proven):
        if checked.stop is not None:
            return checked.stop
    raise AssertionError("the last exchange always ends the walk")


def _preflight(preflight: Facts, followed: bool, proven: bool, number: int, include: bool) -> Checked:
    """The check of a preflight's answer; `followed`: its request was sent."""
    stop, failures = _preflight_stop(preflight, followed, proven, number, include)
    return Checked(number, "preflight", preflight, stop, True, failures)


def _preflight_stop(
    preflight: Facts, followed: bool, proven: bool, number: int, include: bool
) -> tuple[Stop | None, dict[str, Failed]]:
    if preflight.exchange.status is None:
        return None if followed else unanswered(preflight.exchange, preflight, number), _PASSED
    failures = _PASSED if followed and proven else grant_failures(preflight, include)
    if failures:
        return Stop("blocked", "preflight", number, preflight, first_failure(failures), failures), failures
    if followed:
        return None, failures
    return Stop("pending", "preflight", number, preflight, waiting="actual"), failures


def _answer(
    chain: Chain,
    preflight: Facts | None,
    request: Facts,
    number: int,
    include: bool,
    cors: bool,
    tainted: bool,
    passed: bool,
) -> Checked:
    """The check of a request's answer; `passed`: the next hop was sent, so the browser found nothing wrong with it."""
    exchange, redirect = request.exchange, request.location
    stage: Stage = "actual" if redirect is None else "redirect"
    if exchange.status is None:
        return Checked(number, "actual", request, unanswered(exchange, request, number), cors)
    bare = not passed and cors and _is_bare_revalidation(preflight, request)
    failures = _cors_failures(chain, request, include) if cors and not passed and not bare else _PASSED
    target = None
    if redirect is not None:
        engine, upgrade = ENGINES[chain.first.engine or "chromium"], _upgrades(chain, number)
        target = follow(
            exchange.url, redirect, exchange.status, exchange.method or "", chain.page, tainted, cors, engine, upgrade
        )
    if passed:
        stop = None
    elif bare:
        stop = Stop("unknown", "actual", number, request, reason="stored-response-not-seen")
    elif failures:
        stop = Stop("blocked", stage, number, request, first_failure(failures))
    elif redirect is not None:
        stop = _redirect_stop(chain, request, number, target)
    elif is_refused_by_type(request, chain.first.dest):
        stop = Stop("network-error", "actual", number, request, reason="mime")
    else:
        stop = Stop("allowed", "actual", number, request)
    return Checked(number, stage, request, stop, cors, failures, target)


def _cors_failures(chain: Chain, request: Facts, include: bool) -> dict[str, Failed]:
    fields, origin = checked_answer(request), chain.origin_of(request)
    found = (origin_check(origin, include, fields), credentials_check(include, fields))
    if found == _NO_FAILURE:
        return _PASSED
    return {failed.check: failed for failed in found if failed is not None}


def _redirect_stop(chain: Chain, request: Facts, number: int, target: Target | Failed | None) -> Stop | None:
    if is_one_too_many(request, number):
        return Stop("network-error", "redirect", number, request, reason="redirect-limit")
    if isinstance(target, Failed):
        outcome: Outcome = "blocked" if target.reason in _CORS_REDIRECTS else "network-error"
        return Stop(outcome, "redirect", number, request, target)
    if number < len(chain.hops) - 1:
        return None
    if target is not None and (forbidden := forbidden_redirect(chain, request, target)) is not None:
        return Stop("network-error", "redirect", number, request, forbidden)
    return Stop("pending", "redirect", number, request, waiting="redirect")


def is_one_too_many(request: Facts, number: int) -> bool:
    """Whether this hop's answer is a redirect after the last one that a browser follows."""
    return request.location is not None and number >= MAX_REDIRECTS


def _upgrades(chain: Chain, number: int) -> bool:
    """Whether this hop's redirect to http leads to https: by what the page declared, or as the next request shows."""
    if chain.policies is not None and upgrades_insecure(chain.policies.contents):
        return True
    following = chain.hops[number + 1 : number + 2]
    return any(facts is not None and facts.target.startswith("https:") for hop in following for facts in hop)


def checked_answer(request: Facts) -> CorsHeaders:
    """What the CORS check reads: of a 304, the stored response as the 304 refreshes it."""
    if request.exchange.status != 304 or request.stored is None:
        return request.answer
    return refreshed(cors_headers(request.stored.response_headers), request.answer)


def _is_bare_revalidation(preflight: Facts | None, request: Facts) -> bool:
    """Whether this is the browser's own cache asking, and what it holds was stored before the capture."""
    return (
        request.exchange.status == 304
        and request.conditional
        and request.stored is None
        and request.answer.allow_origin is None
        and not (preflight is not None and preflight.asks_condition)
    )


def unanswered(exchange: Exchange, facts: Facts, number: int) -> Stop:
    """The stop at an exchange that has no response: it failed, or the browser waits for it."""
    stage: Stage = "preflight" if facts.is_preflight else "actual"
    if exchange.failure is None:
        return Stop("pending", stage, number, facts, waiting="response")
    kind = exchange.failure.kind
    if kind == "failed-unexplained":
        return Stop("unknown", stage, number, facts, reason=kind)
    return Stop("network-error", stage, number, facts, reason="network-error" if kind == "other" else kind)
