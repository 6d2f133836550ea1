"""What the browser did with one Call, for every credentials mode that the wire leaves open."""

from collections.abc import Callable

import msgspec

from corsinspect.fetch.check import ALLOW_PRIVATE_NETWORK, REQUEST_PRIVATE_NETWORK, Failed
from corsinspect.fetch.engines import ENGINES
from corsinspect.fetch.headers import combined
from corsinspect.fetch.url import parse_url
from corsinspect.model import Alternative, Call, Certainty, Hop, Kind, Outcome, PreflightUse, Reason, Shown, Verdict

from .chain import Chain, kind_of
from .classify import EXTENSIONS, Facts
from .credentials import ASSUMED, PAGE_SHOWED, SILENCE, UNKNOWN, Inferred, grants_credentials, infer
from .habits import is_xhr
from .nocors import judge_framed, judge_opaque, may_be_kept_from_frame
from .pairing import grant_failures, needs_preflight
from .per_engine import engine_verdicts, failed_in, only_in, outcome_in
from .steps import Stop, checked_answer, first_stop, unanswered

_MASKING = ("origin-missing", "preflight-status", "origin-wildcard-with-credentials", "credentials-not-true")
"""What says nothing about the error, which the page would have met next."""
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
    kind = kind_of(chain)
    inferred, shown = UNKNOWN, None
    if kind in ("simple", "preflighted"):
        verdict, inferred, shown = _judge_cors(chain, known or infer(chain.hops), ask)
        if verdict.outcome == "allowed" and chain.simulated():
            verdict = msgspec.structs.replace(verdict, outcome="simulated")
    elif kind == "no-cors":
        verdict = judge_opaque(chain)
    else:
        verdict = _judge_others(chain)
    call = _call(chain, kind, inferred, verdict, shown)
    if verdict.outcome != "blocked" or inferred.mode != "unknown" or kind == "no-cors":
        return call
    proved = chain.server_shown if ask_server is None else ask_server(chain)
    return call if proved is None else msgspec.structs.replace(call, server_shown=proved)


def _judge_cors(chain: Chain, inferred: Inferred, ask: Ask | None) -> tuple[Verdict, Inferred, Shown | None]:
    """The verdict, the credentials mode it rests on, and what the page had shown where the chain doesn't."""
    if inferred.mode != "unknown":
        stop = first_stop(chain, inferred.mode == "include")
        shown = chain.shown if inferred.signal == ASSUMED else None
        if chain.closed and (refused := _without_private_network(chain, stop)) is not None:
            return _verdict(chain, refused, "likely"), inferred, shown
        return _verdict(chain, stop, "certain" if inferred.proof else "likely"), inferred, shown
    without = first_stop(chain, False)
    included = without if whatever_the_mode(without) else first_stop(chain, True)
    if chain.closed and (refused := _without_private_network(chain, without)) is not None:
        others = (_if_included(included),) if included.failed is not None else ()
        return _verdict(chain, refused, "likely", others), inferred, None
    if without.waiting == "actual" and included.outcome == "blocked" and chain.closed and not _is_upload(chain):
        # the preflight grants all but credentials, and no request followed: the page must have used them
        return _verdict(chain, included, "likely"), SILENCE, None
    if without.outcome != included.outcome:
        shown = chain.shown if ask is None else ask(chain)
        if shown is not None:
            return _verdict(chain, included, "likely"), Inferred("include", PAGE_SHOWED, proof=False), shown
    return *_hedged(chain, without, included), None


def whatever_the_mode(without: Stop) -> bool:
    """Whether a walk without credentials stopped where one with credentials stops for the same reason: there is no
    answer, or it grants credentials as well, or it doesn't allow the origin, which is checked before anything that
    depends on the mode. Only the answer at the stop counts: what came before it was followed, which proves it."""
    facts = without.facts
    if facts.exchange.status is None:
        return True
    if without.waiting == "actual":
        return not grant_failures(facts, True)
    if without.failures is not None:
        return "allow-origin" in without.failures
    if without.failed is None:
        fields = checked_answer(facts)
        return fields.allow_credentials == "true" and fields.allow_origin != "*"
    return without.failed.check == "allow-origin"


def _hedged(chain: Chain, without: Stop, included: Stop) -> tuple[Verdict, Inferred]:
    """The verdict where nothing shows the credentials mode, and the mode that it shows itself."""
    engine = ENGINES[chain.first.engine or "chromium"]
    other = _if_included(included)
    if outcome_in(without, engine) == outcome_in(included, engine):
        differs = without.outcome == "blocked" and without.slug != included.slug
        return _verdict(chain, without, "certain", (other,) if differs else ()), UNKNOWN
    if without.waiting == "redirect" and chain.closed and included.outcome == "blocked":
        if without.hop == 0:
            return _verdict(chain, without, "depends", (other,)), UNKNOWN
        # one redirect was followed, so the redirect mode is "follow": only credentials explain that this one wasn't
        if engine.own_redirect_needs_credentials and chain.first.target == chain.page:
            return only_in(engine, _verdict(chain, included, "likely")), UNKNOWN
        return _verdict(chain, included, "likely"), SILENCE
    if without.waiting is not None:
        return _verdict(chain, without, "likely"), UNKNOWN
    if grants_credentials(chain.hops[:-1]) and included.facts.answer.allow_credentials == "true":
        # both servers expect credentials; where only the first does, they tell nothing of this page
        omitted = Alternative(condition={"credentials": "omit"}, outcome=without.outcome, reason=without.slug)
        return _verdict(chain, included, "depends", (omitted,)), UNKNOWN
    return _verdict(chain, without, "depends", (other,)), UNKNOWN


def _is_upload(chain: Chain) -> bool:
    """Whether this preflight was sent for the upload alone: a stream, which the browser gives up over HTTP/1.1, or a
    listener for its progress. Nothing else has a safelisted method and no header to ask for."""
    last = chain.last
    return last.is_preflight and last.preflight_method == "POST" and not last.asked_names


def _if_included(stop: Stop) -> Alternative:
    return Alternative(condition={"credentials": "include"}, outcome=stop.outcome, reason=stop.slug)


def _without_private_network(chain: Chain, stop: Stop) -> Stop | None:
    """The stop at a preflight that grants all but the private network that it asked for, where nothing followed it, or
    what followed failed without a word. Chromium asked for years before it would have insisted, and never did by
    default: a request that followed proves that it didn't matter. Private Network Access, "CORS preflight"."""
    preflight, request = chain.hops[stop.hop]
    failed_alone = request is not None and stop.slug in ("network-error", "failed-unexplained")
    if preflight is None or not (stop.waiting == "actual" or failed_alone):
        return None
    if combined(preflight.exchange.request_headers, REQUEST_PRIVATE_NETWORK.lower()) != "true":
        return None
    found = combined(preflight.exchange.response_headers, ALLOW_PRIVATE_NETWORK.lower())
    if found == "true":
        return None
    failed = Failed("allow-private-network", "private-network-header", ALLOW_PRIVATE_NETWORK, "true", found)
    return Stop("blocked", "preflight", stop.hop, preflight, failed)


def _verdict(chain: Chain, stop: Stop, certainty: Certainty, alternatives: tuple[Alternative, ...] = ()) -> Verdict:
    engine = ENGINES[chain.first.engine or "chromium"]
    facts, failed, outcome = stop.facts, failed_in(stop, engine), outcome_in(stop, engine)
    reason = stop.reason if failed is None else failed.reason
    if outcome == "unknown" or (chain.withheld and outcome != "network-error" and certainty == "certain"):
        # where facts are missing nothing is certain; but a failure says itself what it is
        certainty = "likely"
    if stop.waiting is not None and chain.closed:
        outcome, reason, certainty, alternatives = _given_up(stop, alternatives)
    elif reason == "redirect-csp" and certainty == "certain":
        # a page may have asked not to follow redirects, and another of its documents may have made the call
        certainty = "likely"
    elif not chain.mode_known and outcome in ("allowed", "blocked") and reason != "redirect-credentials":
        # plain http: a POST with a foreign Origin may have been a no-cors request all along; but that one would have
        # followed a redirect to userinfo
        if is_xhr(chain.first):
            certainty = "depends" if certainty == "depends" else "likely"
        else:
            certainty = "depends"
            alternatives = (*alternatives, Alternative(condition={"mode": "no-cors"}, outcome="opaque"))
    if outcome == "blocked" and (chain.page or "").startswith(EXTENSIONS):
        certainty = "depends"
        alternatives = (*alternatives, Alternative(condition={"host-permission": "granted"}, outcome="allowed"))
    return Verdict(
        outcome=outcome,
        certainty=certainty,
        reason=reason,
        stage=stop.stage,
        hop=stop.hop,
        header=failed.header if failed else None,
        expected=failed.expected if failed else None,
        found=failed.found if failed else None,
        status=facts.exchange.status,
        alternatives=alternatives,
        engines=engine_verdicts(chain, stop, outcome, reason),
    )


def _given_up(
    stop: Stop, alternatives: tuple[Alternative, ...]
) -> tuple[Outcome, Reason, Certainty, tuple[Alternative, ...]]:
    """The verdict where what was awaited never came."""
    if stop.waiting == "actual":
        return "unknown", "no-actual-seen", "likely", ()
    if stop.waiting == "redirect":
        manual = Alternative(condition={"redirect": "manual"}, outcome="opaque")
        return "network-error", "redirect-mode-error", "depends", (*alternatives, manual)
    return "unknown", "no-response-seen", "likely", ()


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
        certainty = "likely" if chain.closed and stop.waiting else "certain"
        outcome = "unknown" if chain.closed and stop.waiting else stop.outcome
        reason = "no-response-seen" if outcome == "unknown" else stop.slug
        return Verdict(outcome=outcome, certainty=certainty, reason=reason, stage="actual", hop=number)
    if (stop := _leaves_by_redirect(chain, facts, number)) is not None:
        return _verdict(chain, stop, "certain")
    if (framed := judge_framed(chain, facts, number)) is not None:
        return framed
    sure = not facts.disguised if facts.engine is None else facts.mode_known and not facts.exchange.lacks("origin")
    if facts.engine is not None and (_may_leave(facts) or may_be_kept_from_frame(chain, facts)):
        sure = False  # what came of it at the other origin, or in the page that frames it, wasn't seen
    certainty = "certain" if sure else "likely"
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


def _call(chain: Chain, kind: Kind | None, inferred: Inferred, verdict: Verdict, shown: Shown | None) -> Call:
    first = chain.first
    use, source = _preflight_use(chain, kind)
    exchange = first.exchange
    return Call(
        id=exchange.id,
        url=exchange.url,
        method=first.preflight_method or exchange.method,
        started=exchange.started,
        kind=kind,
        hops=tuple([_hop(preflight, request) for preflight, request in chain.hops]),
        verdict=verdict,
        page_origin=chain.page,
        credentials=inferred.mode,
        credentials_signal=inferred.signal,
        shown=shown,
        preflight=use,
        preflight_from=source,
        engine=first.engine,
        engine_assumed=first.engine_assumed,
        background=first.background,
        masked=_masked(verdict),
        browser_sends=_browser_sends(chain),
        policies=chain.policies,
    )


def _hop(preflight: Facts | None, request: Facts | None) -> Hop:
    asked = None if preflight is None else preflight.exchange
    if request is None:
        return Hop(preflight=asked)
    exchange = request.exchange
    return Hop(preflight=asked, request=exchange, stored=request.stored if exchange.status == 304 else None)


def _browser_sends(chain: Chain) -> tuple[str, ...]:
    for _, request in chain.hops:
        if request is not None and request.browser_sends:
            return tuple(sorted(request.browser_sends))
    return ()


def _preflight_use(chain: Chain, kind: Kind | None) -> tuple[PreflightUse | None, str | None]:
    if kind not in ("simple", "preflighted"):
        return "none", None
    for preflight, _ in chain.hops:
        if preflight is not None:
            return "sent", None
    for _, request in chain.hops:
        if request is None or not needs_preflight(request) or request.target == chain.page:
            continue
        if request.cached is not None:
            return "cached", request.cached.exchange.id
        return "missing", None
    return "none", None


def _masked(verdict: Verdict) -> str | None:
    """What the failed check hides: an error that the page would have seen, had the headers been there."""
    status = verdict.status or 0
    if verdict.outcome != "blocked" or status < 400 or verdict.reason not in _MASKING:
        return None
    return "server-error" if status >= 500 else _MASKED.get(status, "client-error")
