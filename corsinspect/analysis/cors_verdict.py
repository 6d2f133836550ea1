"""What a browser made of a CORS request: the verdict, for every credentials mode that the wire leaves open."""

from collections.abc import Hashable
from functools import lru_cache

import msgspec

from corsinspect.fetch.check import ALLOW_PRIVATE_NETWORK, Failed
from corsinspect.fetch.engines import ENGINES
from corsinspect.model import Alternative, Certainty, Credentials, Outcome, Reason, Stage, Verdict

from .chain import Chain
from .classify import Facts
from .credentials import SILENCE, UNKNOWN, Inferred, grants_credentials, infer
from .learnt.habits import is_xhr
from .pairing import grant_failures
from .per_engine import alike, engine_verdicts, failed_in, only_in, outcome_in
from .request_signs import EXTENSIONS
from .steps import Stop, checked_answer, first_stop


class Judged(msgspec.Struct, frozen=True, gc=False):
    """The verdict on a chain, and the credentials mode that it rests on."""

    verdict: Verdict
    inferred: Inferred
    asks: bool = False
    """Whether it would be `verdict_with_credentials` if the page had shown that it uses them."""
    leaves_open: bool = False
    """Whether the chain itself doesn't show the mode: its connection may."""
    differs: bool = False
    """Whether this engine comes to another outcome with credentials than without."""


def judge_cors(chain: Chain, known: Inferred | None = None) -> Judged:
    """What the browser made of it. `known`: the credentials mode, if not from the chain."""
    shape = shape_of(chain)
    if shape is None:
        return _judge(chain, known or infer(chain.hops))
    key = shape if known is None else (known, shape)
    judged = _judged.get(key)
    if judged is None:
        if len(_judged) >= SHAPES:
            _judged.clear()
        judged = _judged[key] = _judge(chain, known or infer(chain.hops))
    return judged


SHAPES = 4096
"""Chains of which the verdict is kept."""

_judged: dict[Hashable, Judged] = {}
"""Pages make the same calls to the same servers again and again: equal ones are judged once."""


def shape_of(chain: Chain) -> Hashable | None:
    """All that the kind of this chain and the verdict on it can depend on, if that's CORS's; None where that's more
    than can be compared quickly: several hops, a redirect, what is stored, what a recording lacks, what another engine
    would ask for."""
    if len(chain.hops) != 1 or chain.withheld or chain.policies is not None or chain.shown is not None:
        return None
    preflight, request = chain.hops[0]
    asked = None if preflight is None else _part(preflight)
    part = None if request is None else _part(request)
    if (preflight is not None and asked is None) or (request is not None and part is None):
        return None
    # a person or a probe may have said of a call what its own headers don't
    return chain.closed, chain.mode, chain.mode_known, chain.page, asked, part


def _part(facts: Facts) -> tuple[Hashable, ...] | None:
    exchange = facts.exchange
    status = exchange.status
    if (
        status is None
        or status == 304
        or facts.location is not None
        or facts.hints
        or facts.dest == "script"
        or exchange.withheld != ()
    ):
        return None
    sends = frozenset(facts.browser_sends) if facts.browser_sends else None
    simulated = exchange.server_headers is not None
    # the method is one of the signs, too, but of the first state of the exchange
    return facts.signs, facts.answer, status, exchange.method, exchange.http_version, sends, simulated


def _judge(chain: Chain, inferred: Inferred) -> Judged:
    if inferred.mode != "unknown":
        stop = first_stop(chain, inferred.mode == "include")
        if chain.closed and (refused := _without_private_network(chain, stop)) is not None:
            return Judged(verdict_at(chain, refused, "likely"), inferred)
        return Judged(verdict_at(chain, stop, "certain" if inferred.proof else "likely"), inferred)
    without = first_stop(chain, False)
    included = without if whatever_the_mode(without) else first_stop(chain, True)
    if chain.closed and (refused := _without_private_network(chain, without)) is not None:
        others = (_if("include", included),) if included.failed is not None else ()
        return Judged(verdict_at(chain, refused, "likely", others), inferred)
    if without.waiting == "actual" and included.outcome == "blocked" and chain.closed and not _is_upload(chain):
        # the preflight grants all but credentials, and no request followed: the page must have used them
        return Judged(verdict_at(chain, included, "likely"), SILENCE)
    if included is without:
        return Judged(verdict_at(chain, without, "certain"), UNKNOWN, leaves_open=True)
    leaves_open = not _is_silent_redirect(chain, without, included)
    verdict, mode = _hedged(chain, without, included)
    engine = ENGINES[chain.first.engine or "chromium"]
    differs = outcome_in(without, engine) != outcome_in(included, engine)
    return Judged(verdict, mode, without.outcome != included.outcome, leaves_open, differs)


def verdict_with_credentials(chain: Chain) -> Verdict:
    """The verdict where it's likely that the page used credentials."""
    return verdict_at(chain, first_stop(chain, True), "likely")


def verdict_as_told(chain: Chain, include: bool, judged: Judged) -> Verdict:
    """The verdict where its connection shows the mode that the chain leaves open: likely, but certain where both modes
    come to the same. `judged`: without that."""
    hedged = judged.verdict
    if hedged.certainty == "certain" and not hedged.alternatives:
        return hedged
    if judged.differs:
        return verdict_at(chain, first_stop(chain, include), "likely")
    if not include:
        return hedged
    without, included = first_stop(chain, False), first_stop(chain, True)
    if without.outcome != "blocked" or without.slug == included.slug:
        return hedged
    return verdict_at(chain, included, "certain", (_if("omit", without),))


def _is_silent_redirect(chain: Chain, without: Stop, included: Stop) -> bool:
    """Whether the browser followed one redirect and not the next, which only credentials explain: one redirect was
    followed, so the redirect mode is "follow"."""
    refused = without.waiting == "redirect" and chain.closed and included.outcome == "blocked"
    return refused and without.hop > 0


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
    other = _if("include", included)
    if outcome_in(without, engine) == outcome_in(included, engine):
        differs = without.outcome == "blocked" and without.slug != included.slug
        return verdict_at(chain, without, "certain", (other,) if differs else ()), UNKNOWN
    if _is_silent_redirect(chain, without, included):
        if engine.own_redirect_needs_credentials and chain.first.target == chain.page:
            return only_in(engine, verdict_at(chain, included, "likely")), UNKNOWN
        return verdict_at(chain, included, "likely"), SILENCE
    if without.waiting == "redirect" and chain.closed and included.outcome == "blocked":
        return verdict_at(chain, without, "depends", (other,)), UNKNOWN
    if without.waiting is not None:
        return verdict_at(chain, without, "likely"), UNKNOWN
    if grants_credentials(chain.hops[:-1]) and included.facts.answer.allow_credentials == "true":
        # both servers expect credentials; where only the first does, they tell nothing of this page
        return verdict_at(chain, included, "depends", (_if("omit", without),)), UNKNOWN
    return verdict_at(chain, without, "depends", (other,)), UNKNOWN


def _is_upload(chain: Chain) -> bool:
    """Whether this preflight was sent for the upload alone: a stream, which the browser gives up over HTTP/1.1, or a
    listener for its progress. Nothing else has a safelisted method and no header to ask for."""
    last = chain.last
    return last.is_preflight and last.preflight_method == "POST" and not last.asked_names


def _is_http1(facts: Facts) -> bool:
    return facts.exchange.http_version.startswith("HTTP/1")


def _if(mode: Credentials, stop: Stop) -> Alternative:
    return Alternative(condition={"credentials": mode}, outcome=stop.outcome, reason=stop.slug)


def _without_private_network(chain: Chain, stop: Stop) -> Stop | None:
    """The stop at a preflight that grants all but the private network that it asked for, where nothing followed it, or
    what followed failed without a word. Chromium asked for years before it would have insisted, and never did by
    default: a request that followed proves that it didn't matter. Private Network Access, "CORS preflight"."""
    preflight, request = chain.hops[stop.hop]
    failed_alone = request is not None and stop.slug in ("network-error", "failed-unexplained")
    if preflight is None or not (stop.waiting == "actual" or failed_alone):
        return None
    found = preflight.answer.allow_private_network
    if not preflight.asks_private_network or found == "true":
        return None
    failed = Failed("allow-private-network", "private-network-header", ALLOW_PRIVATE_NETWORK, "true", found)
    return Stop("blocked", "preflight", stop.hop, preflight, failed)


def verdict_at(chain: Chain, stop: Stop, certainty: Certainty, alternatives: tuple[Alternative, ...] = ()) -> Verdict:
    """The verdict where the browser stopped."""
    engine = ENGINES[chain.first.engine or "chromium"]
    facts, failed, outcome = stop.facts, failed_in(stop, engine), outcome_in(stop, engine)
    reason = stop.reason if failed is None else failed.reason
    if outcome == "unknown" or (chain.withheld and outcome != "network-error" and certainty == "certain"):
        # where facts are missing nothing is certain; but a failure says itself what it is
        certainty = "likely"
    if stop.waiting is not None and chain.closed:
        outcome, reason, certainty, alternatives = _given_up(chain, stop, alternatives)
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
    engines = engine_verdicts(chain, stop, outcome, reason)
    if failed is None:
        plain = _without_failure(outcome, certainty, reason, stop.stage, stop.hop, facts.exchange.status)
        if not alternatives and engines is plain.engines:
            return plain
        return msgspec.structs.replace(plain, alternatives=alternatives, engines=engines)
    return Verdict(
        outcome=outcome,
        certainty=certainty,
        reason=reason,
        stage=stop.stage,
        hop=stop.hop,
        header=failed.header,
        expected=failed.expected,
        found=failed.found,
        status=facts.exchange.status,
        alternatives=alternatives,
        engines=engines,
    )


@lru_cache(maxsize=1024)
def _without_failure(
    outcome: Outcome, certainty: Certainty, reason: Reason | None, stage: Stage | None, hop: int, status: int | None
) -> Verdict:
    """The verdict where no check failed: there are few of them, made once each."""
    return Verdict(
        outcome=outcome,
        certainty=certainty,
        reason=reason,
        stage=stage,
        hop=hop,
        status=status,
        engines=alike(outcome, reason),
    )


def _given_up(
    chain: Chain, stop: Stop, alternatives: tuple[Alternative, ...]
) -> tuple[Outcome, Reason, Certainty, tuple[Alternative, ...]]:
    """The verdict where what was awaited never came."""
    if stop.waiting == "actual":
        if _is_upload(chain) and chain.last.engine == "chromium" and _is_http1(chain.last):
            # whose progress is watched is sent at once; so it was a stream: seen, 4 of 4
            return "network-error", "upload-needs-http2", "likely", ()
        return "unknown", "no-actual-seen", "likely", ()
    if stop.waiting == "redirect":
        manual = Alternative(condition={"redirect": "manual"}, outcome="opaque")
        return "network-error", "redirect-mode-error", "depends", (*alternatives, manual)
    return "unknown", "no-response-seen", "likely", ()
