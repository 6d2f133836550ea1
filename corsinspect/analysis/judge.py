"""What the browser did with one Call: its exchanges, in order, walked through as the Fetch standard's algorithm does.

`walk` follows the chain for one credentials mode and stops where the browser stops. `judge` does so for every
credentials mode that the wire leaves open, and says what can be said.
"""

from collections.abc import Iterator
from typing import NamedTuple

from corsinspect.fetch.check import Failed, cors_check, first_failure
from corsinspect.fetch.engines import CHROMIUM, ENGINES, GECKO, Engine, code
from corsinspect.fetch.redirect import MAX_REDIRECTS, follow
from corsinspect.model import (
    Alternative,
    Call,
    EngineName,
    EngineVerdict,
    Exchange,
    Hop,
    Kind,
    Outcome,
    PreflightUse,
    Stage,
    Verdict,
)

from .classify import Facts, Mode
from .credentials import SILENCE, UNKNOWN, Hops, Inferred, grants_credentials, infer
from .nocors import is_refused_by_type, judge_opaque
from .pairing import grant_failures, needs_preflight

_CORS_REDIRECTS = frozenset({"redirect-credentials", "redirect-disallowed-scheme"})
"""Refused redirects that are CORS failures, in one engine at least; the others are network errors in all."""

_ALLOWED: dict[EngineName, EngineVerdict] = {
    "chromium": EngineVerdict(outcome="allowed"),
    "firefox": EngineVerdict(outcome="allowed"),
    "webkit": EngineVerdict(outcome="allowed"),
}

_MASKED = {
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-supported",
    413: "too-large",
    429: "rate-limited",
}


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


class Chain(NamedTuple):
    """A Call's exchanges with what pairing knows of them. `closed`: nothing more is expected to come."""

    hops: Hops
    page: str | None
    closed: bool

    @property
    def first(self) -> Facts:
        preflight, request = self.hops[0]
        facts = preflight or request
        assert facts is not None
        return facts

    def facts(self) -> Iterator[Facts]:
        """All of its exchanges, in order."""
        return (facts for hop in self.hops for facts in hop if facts is not None)

    def mode(self) -> tuple[Mode | None, bool]:
        """The request mode and whether it's known: all hops share it, so one that shows it tells for all."""
        for facts in self.facts():
            if facts.mode_known:
                return facts.mode, True
        return self.first.mode, False


def chain_of(root: Facts, closed: bool) -> Chain:
    """The chain that starts with this exchange."""
    hops: Hops = []
    current: Facts | None = root
    page = None
    while current is not None:
        preflight, request = (current, current.request) if current.is_preflight else (None, current)
        hops.append((preflight, request))
        if page is None or page == "null":
            page = current.page or page
        current = request.child if request is not None else None
    return Chain(hops, page, closed)


def judge(chain: Chain) -> Call:
    """The Call that a chain of exchanges is, with its verdict."""
    kind = _kind(chain)
    inferred = UNKNOWN
    if kind in ("simple", "preflighted"):
        inferred = infer(chain.hops)
        verdict, inferred = _judge_cors(chain, inferred)
    elif kind == "no-cors":
        verdict = judge_opaque(chain.hops, chain.page, chain.closed)
    else:
        verdict = _judge_others(chain)
    return _call(chain, kind, inferred, verdict)


def _kind(chain: Chain) -> Kind | None:
    first = chain.first
    if first.exchange.method is None:
        return None
    mode, known = chain.mode()
    if mode == "websocket":
        return "websocket"
    if first.engine is None:
        return "non-browser"
    if mode == "navigate":
        return "navigation"
    if not any(_is_cross(facts, chain.page) for facts in chain.facts()):
        if mode in ("cors", None) or not known:
            return "simple" if _leaves_unfollowed(chain) else "same-origin"
        return "same-origin"
    if mode in ("no-cors", "same-origin"):
        return mode
    if any(preflight is not None or (request and needs_preflight(request)) for preflight, request in chain.hops):
        return "preflighted"
    return "simple"


def _leaves_unfollowed(chain: Chain) -> bool:
    """Whether a same-origin chain ends in a redirect to another origin that the browser must refuse."""
    _, request = chain.hops[-1]
    if request is None or request.location is None or chain.page is None:
        return False
    exchange = request.exchange
    target = follow(
        exchange.url, request.location, exchange.status or 0, exchange.method or "", chain.page, False, False
    )
    return isinstance(target, Failed) and target.reason in ("redirect-credentials", "redirect-disallowed-scheme")


def _is_cross(facts: Facts, page: str | None) -> bool:
    if facts.site is not None:
        return facts.site != "same-origin"
    if page is None:
        return facts.mode == "no-cors"
    return facts.target != page


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
            return _unanswered(exchange, request, number)
        if cors and number == last:
            failed = cors_check(request.origin or "", include, request.answer)
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


def _walk_preflight(preflight: Facts, request: Facts | None, number: int, include: bool) -> Stop | None:
    if request is not None:
        return None
    if preflight.exchange.status is None:
        return _unanswered(preflight.exchange, preflight, number)
    failures = grant_failures(preflight, include)
    if not failures:
        return Stop("pending", "preflight", number, preflight, waiting="actual")
    return Stop("blocked", "preflight", number, preflight, first_failure(failures), failures)


def _unanswered(exchange: Exchange, facts: Facts, number: int) -> Stop:
    stage: Stage = "preflight" if facts.is_preflight else "actual"
    if exchange.failure is None:
        return Stop("pending", stage, number, facts, waiting="response")
    kind = exchange.failure.kind
    return Stop("network-error", stage, number, facts, reason="network-error" if kind == "other" else kind)


def _judge_cors(chain: Chain, inferred: Inferred) -> tuple[Verdict, Inferred]:
    """The verdict, and the credentials mode it rests on."""
    if inferred.mode != "unknown":
        stop = walk(chain, inferred.mode == "include")
        return _verdict(chain, stop, "certain" if inferred.proof else "likely"), inferred
    without, included = walk(chain, False), walk(chain, True)
    if without.waiting == "actual" and included.outcome == "blocked" and chain.closed:
        # the preflight grants all but credentials, and no request followed: the page must have used them
        return _verdict(chain, included, "likely"), SILENCE
    if without.outcome == included.outcome:
        return _verdict(chain, without, "certain"), inferred
    if without.waiting is not None:
        return _verdict(chain, without, "likely"), inferred
    if grants_credentials(chain.hops[:-1]):
        other = Alternative(condition={"credentials": "omit"}, outcome=without.outcome, reason=without.slug)
        return _verdict(chain, included, "depends", (other,)), inferred
    other = Alternative(condition={"credentials": "include"}, outcome=included.outcome, reason=included.slug)
    return _verdict(chain, without, "depends", (other,)), inferred


def _verdict(chain: Chain, stop: Stop, certainty, alternatives: tuple[Alternative, ...] = ()) -> Verdict:
    engine = ENGINES[chain.first.engine or "chromium"]
    facts, failed, outcome = stop.facts, _failed(stop, engine), _outcome(stop, engine)
    reason = stop.reason if failed is None else failed.reason
    if stop.waiting is not None and chain.closed:
        outcome, reason, certainty, alternatives = _given_up(stop)
    elif not chain.mode()[1] and outcome in ("allowed", "blocked"):
        # plain http: a POST with a foreign Origin may have been a no-cors request all along
        certainty = "depends"
        alternatives = (*alternatives, Alternative(condition={"mode": "no-cors"}, outcome="opaque"))
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
        engines=_engines(stop, outcome, reason),
    )


def _given_up(stop: Stop) -> tuple:
    """The verdict where what was awaited never came."""
    if stop.waiting == "actual":
        return "unknown", "no-actual-seen", "likely", ()
    if stop.waiting == "redirect":
        manual = Alternative(condition={"redirect": "manual"}, outcome="opaque")
        return "network-error", "redirect-mode-error", "depends", (manual,)
    return "unknown", "no-response-seen", "likely", ()


def _failed(stop: Stop, engine: Engine) -> Failed | None:
    """The failure that this engine reports."""
    return stop.failed if stop.failures is None else first_failure(stop.failures, engine.checks)


def _outcome(stop: Stop, engine: Engine) -> Outcome:
    """What this engine makes of the stop: a redirect to a strange scheme is a CORS failure in some only."""
    if stop.failed is None or stop.failed.reason != "redirect-disallowed-scheme":
        return stop.outcome
    if engine.unsafe_redirects is None or stop.failed.subjects[0] in engine.unsafe_redirects:
        return "network-error"
    return "blocked"


def _engines(stop: Stop, outcome: Outcome, reason: str | None) -> dict[EngineName, EngineVerdict]:
    if outcome == "allowed":
        return _ALLOWED
    if stop.failed is None:
        verdict = EngineVerdict(outcome=outcome, reason=reason)
        return {"chromium": verdict, "firefox": verdict, "webkit": verdict}
    verdicts: dict[EngineName, EngineVerdict] = {}
    answer, http2 = stop.facts.answer, stop.facts.exchange.http_version.startswith("HTTP/2")
    for name, engine in ENGINES.items():
        failed = _failed(stop, engine)
        assert failed is not None
        theirs = _outcome(stop, engine)
        verdicts[name] = EngineVerdict(
            outcome=theirs,
            reason=failed.reason,
            code=code(engine, failed.reason, stop.failures is not None, answer.origin_lines, http2)
            if theirs == "blocked" or engine is GECKO
            else None,
            parameter=_parameter(failed) if engine is CHROMIUM else None,
        )
    return verdicts


def _parameter(failed: Failed) -> str | None:
    """What Chromium quotes: the value as text (it reads UTF-8), the method, or the last of the refused names."""
    if not failed.subjects or failed.check == "location":
        return None
    try:
        return failed.subjects[-1].encode("latin-1").decode("utf-8") or None
    except UnicodeError:
        return failed.subjects[-1]


def _judge_others(chain: Chain) -> Verdict:
    """Same-origin, navigation, WebSocket, no browser, and connections that never came about: CORS has no say."""
    _, request = chain.hops[-1]
    facts = request or chain.first
    exchange = facts.exchange
    number = len(chain.hops) - 1
    if exchange.status is None:
        stop = _unanswered(exchange, facts, number)
        certainty = "likely" if chain.closed and stop.waiting else "certain"
        outcome = "unknown" if chain.closed and stop.waiting else stop.outcome
        reason = "no-response-seen" if outcome == "unknown" else stop.slug
        return Verdict(outcome=outcome, certainty=certainty, reason=reason, stage="actual", hop=number)
    certainty = "certain" if facts.mode_known or facts.engine is None else "likely"
    return Verdict(outcome="not-cors", certainty=certainty, stage="actual", hop=number, status=exchange.status)


def _call(chain: Chain, kind: Kind | None, inferred: Inferred, verdict: Verdict) -> Call:
    first = chain.first
    use, source = _preflight_use(chain, kind)
    exchange = first.exchange
    return Call(
        id=exchange.id,
        url=exchange.url,
        method=first.preflight_method or exchange.method,
        started=exchange.started,
        kind=kind,
        hops=tuple(
            Hop(
                preflight=None if preflight is None else preflight.exchange,
                request=None if request is None else request.exchange,
            )
            for preflight, request in chain.hops
        ),
        verdict=verdict,
        page_origin=chain.page,
        credentials=inferred.mode,
        credentials_signal=inferred.signal,
        preflight=use,
        preflight_from=source,
        engine=first.engine,
        engine_assumed=first.engine_assumed,
        background=first.background,
        masked=_masked(verdict),
    )


def _preflight_use(chain: Chain, kind: Kind | None) -> tuple[PreflightUse | None, str | None]:
    if kind not in ("simple", "preflighted"):
        return "none", None
    if any(preflight is not None for preflight, _ in chain.hops):
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
    if verdict.outcome != "blocked" or status < 400 or verdict.reason not in ("origin-missing", "preflight-status"):
        return None
    return "server-error" if status >= 500 else _MASKED.get(status, "client-error")
