"""What the browser did with one Call, for every credentials mode that the wire leaves open."""

from collections.abc import Callable, Hashable

import msgspec

from corsinspect.fetch.check import Failed
from corsinspect.fetch.url import parse_url
from corsinspect.model import Call, Certainty, Hop, Kind, PreflightUse, Shown, Verdict

from .chain import Chain, kind_of
from .classify import Facts
from .cors_verdict import (
    SHAPES,
    Judged,
    judge_cors,
    shape_of,
    verdict_as_told,
    verdict_at,
    verdict_with_credentials,
)
from .credentials import ASSUMED, PAGE_SHOWED, UNKNOWN, Inferred
from .learnt.connections import connection_shown
from .nocors import judge_framed, judge_opaque, may_be_kept_from_frame
from .pairing import needs_preflight
from .steps import Stop, is_one_too_many, unanswered

_MASKED = {
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-supported",
    413: "too-large",
    429: "rate-limited",
}


Ask = Callable[[Chain], Shown | None]
"""Asks what the page of a chain had shown about its credentials before."""


def judge(chain: Chain, known: Inferred | None = None, ask: Ask | None = None, ask_server: Ask | None = None) -> Call:
    """The Call that a chain of exchanges is, with its verdict.

    `known`: the credentials mode, if not from the chain; `ask` is called only where the chain leaves the mode open and
    it makes a difference; `ask_server`, for what the page's calls to this server prove, where it's blocked besides.
    """
    looks = _looks_of(chain, known)
    kind, judged = looks.kind, looks.judged
    inferred, told, shown = UNKNOWN, None, None
    if judged is not None:
        verdict, inferred = judged.verdict, judged.inferred
        if judged.leaves_open and (told := connection_shown(chain)) is not None:
            verdict, inferred = verdict_as_told(chain, told.mode == "include", judged), told
        elif inferred.signal == ASSUMED:
            shown = chain.shown
        elif judged.asks and (shown := chain.shown if ask is None else ask(chain)) is not None:
            verdict, inferred = verdict_with_credentials(chain), Inferred("include", PAGE_SHOWED, proof=False)
        if looks.simulated and verdict.outcome == "allowed":
            verdict = msgspec.structs.replace(verdict, outcome="simulated")
    elif kind == "no-cors":
        verdict = judge_opaque(chain)
    else:
        verdict = _judge_others(chain)
    call = _call(chain, looks, inferred, verdict, told, shown)
    if verdict.outcome != "blocked" or inferred.mode != "unknown" or kind == "no-cors":
        return call
    proved = chain.server_shown if ask_server is None else ask_server(chain)
    return call if proved is None else msgspec.structs.replace(call, server_shown=proved)


class _Looks(msgspec.Struct, frozen=True, gc=False):
    """What a chain tells at first sight: where it has a shape, all of that shape tell the same."""

    kind: Kind | None
    judged: Judged | None
    """None where CORS has no say."""
    simulated: bool
    sends: tuple[str, ...]
    """`Call.browser_sends`."""
    use: PreflightUse | None
    """None where it depends on the preflight that was cached, if any was."""


_looks: dict[Hashable, _Looks] = {}
"""By shape, and by the credentials mode if that isn't from the chain."""


def _looks_of(chain: Chain, known: Inferred | None) -> _Looks:
    shape = shape_of(chain)
    if shape is None:
        return _look(chain, known)
    key = shape if known is None else (known, shape)
    looks = _looks.get(key)
    if looks is None:
        if len(_looks) >= SHAPES:
            _looks.clear()
        looks = _looks[key] = _look(chain, known)
    return looks


def _look(chain: Chain, known: Inferred | None) -> _Looks:
    kind = kind_of(chain)
    judged = judge_cors(chain, known) if kind in ("simple", "preflighted") else None
    return _Looks(kind, judged, chain.simulated(), _browser_sends(chain), _preflight_use(chain, kind))


def _judge_others(chain: Chain) -> Verdict:
    """Same-origin, navigation, WebSocket, no browser, and connections that never came about: CORS has no say."""
    _, request = chain.hops[-1]
    facts = request or chain.first
    exchange = facts.exchange
    number = len(chain.hops) - 1
    if exchange.failure is not None and exchange.failure.kind == "failed-unexplained":
        # CORS has no say here, so it wasn't that
        return Verdict(outcome="network-error", certainty="likely", reason="network-error", stage="actual", hop=number)
    if exchange.status is None:
        stop = unanswered(exchange, facts, number)
        if chain.closed and stop.waiting:
            return Verdict(outcome="unknown", certainty="likely", reason="no-response-seen", stage="actual", hop=number)
        reason = "no-response-seen" if stop.outcome == "unknown" else stop.slug
        return Verdict(outcome=stop.outcome, certainty="certain", reason=reason, stage="actual", hop=number)
    if (leaving := _leaves_by_redirect(chain, facts, number)) is not None:
        return verdict_at(chain, leaving, "certain")
    if facts.engine is not None and is_one_too_many(facts, number):
        limit = Stop("network-error", "redirect", number, facts, reason="redirect-limit")
        return verdict_at(chain, limit, "certain")
    if (framed := judge_framed(chain, facts, number)) is not None:
        return framed
    sure = not facts.disguised if facts.engine is None else facts.mode_known and not facts.exchange.lacks("origin")
    if facts.engine is not None and (_may_leave(facts) or may_be_kept_from_frame(chain, facts)):
        sure = False  # what came of it at the other origin, or in the page that frames it, wasn't seen
    certainty: Certainty = "certain" if sure else "likely"
    return Verdict(outcome="not-cors", certainty=certainty, stage="actual", hop=number, status=exchange.status)


def _leaves_by_redirect(chain: Chain, request: Facts, number: int) -> Stop | None:
    """The stop at a redirect to another origin where the page asked for its own only. Fetch, "main fetch": mode
    "same-origin" makes any other origin a network error."""
    if request.location is None or chain.mode != "same-origin" or not chain.mode_known or request.site != "same-origin":
        return None
    if not _leads_away(request, request.location):
        return None
    failed = Failed("location", "mode-same-origin", "Location", request.target, request.location)
    return Stop("blocked", "redirect", number, request, failed)


def _may_leave(facts: Facts) -> bool:
    """Whether this is a redirect that leads, or may lead, to another origin."""
    if facts.exchange.answer_withheld:
        return 300 <= (facts.exchange.status or 0) <= 399
    return facts.location is not None and facts.mode != "navigate" and _leads_away(facts, facts.location)


def _leads_away(facts: Facts, location: str) -> bool:
    target = parse_url(location, parse_url(facts.exchange.url))
    return target is not None and target.origin != facts.target


def _call(
    chain: Chain,
    looks: _Looks,
    inferred: Inferred,
    verdict: Verdict,
    told: Inferred | None,
    shown: Shown | None,
) -> Call:
    first = chain.first
    exchange, use, source = first.exchange, looks.use, None
    if len(chain.hops) == 1:
        hops: tuple[Hop, ...] = (_hop(*chain.hops[0]),)
    else:
        hops = tuple([_hop(preflight, request) for preflight, request in chain.hops])
    if use is None:
        source = _cached_for(chain)
        use = "missing" if source is None else "cached"
    # more than 15 keywords would be handed over in a dict, which takes three times as long
    call = Call(
        id=exchange.id,
        url=exchange.url,
        method=first.preflight_method or exchange.method,
        started=exchange.started,
        kind=looks.kind,
        hops=hops,
        verdict=verdict,
        page_origin=chain.page,
        credentials=inferred.mode,
        credentials_signal=inferred.signal,
        connection_signal=None if told is None else told.signal,
        preflight=use,
        engine=first.engine,
        background=first.background,
        masked=_masked(verdict) if verdict.outcome == "blocked" else None,
    )
    assumed, sends, policies = first.engine_assumed, looks.sends, chain.policies
    if shown is source is policies is None and not assumed and not sends:
        return call
    return msgspec.structs.replace(
        call, shown=shown, preflight_from=source, engine_assumed=assumed, browser_sends=sends, policies=policies
    )


def _hop(preflight: Facts | None, request: Facts | None) -> Hop:
    asked = None if preflight is None else preflight.exchange
    if request is None:
        return Hop(preflight=asked)
    exchange = request.exchange
    if exchange.status == 304:
        return Hop(preflight=asked, request=exchange, stored=request.stored)
    return Hop(request=exchange) if asked is None else Hop(preflight=asked, request=exchange)


def _browser_sends(chain: Chain) -> tuple[str, ...]:
    for _, request in chain.hops:
        if request is not None and request.browser_sends:
            return tuple(sorted(request.browser_sends))
    return ()


def _preflight_use(chain: Chain, kind: Kind | None) -> PreflightUse | None:
    """None where a preflight was needed and wasn't sent: it may have been cached."""
    if kind not in ("simple", "preflighted"):
        return "none"
    for preflight, _ in chain.hops:
        if preflight is not None:
            return "sent"
    return "none" if _unasked(chain) is None else None


def _unasked(chain: Chain) -> Facts | None:
    """The first request that would have needed a preflight, of a chain without any."""
    for _, request in chain.hops:
        if request is not None and request.target != chain.page and needs_preflight(request):
            return request
    return None


def _cached_for(chain: Chain) -> str | None:
    """The exchange whose answer was cached for the first request that needed a preflight."""
    request = _unasked(chain)
    return None if request is None or request.cached is None else request.cached.exchange.id


def _masked(verdict: Verdict) -> str | None:
    """What the failed check of a blocked call hides: an error that the page would have seen, had the headers been
    there."""
    status = verdict.status or 0
    if status < 400:
        return None
    return "server-error" if status >= 500 else _MASKED.get(status, "client-error")
