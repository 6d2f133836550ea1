"""A Call judged together with what the browser itself said of it.

- A sure word settles what the wire leaves open: the credentials mode, told or as only one mode explains what became of
  the call; and what else the outcome depends on.
- Where the browser says the outcome that follows from the wire, that is confirmed, and certain. Where it says another
  one, the browser is right, and a verdict that was certain stands beside it as `Word.computed`.
- A word that is only likely is shown and changes nothing.
"""

from collections.abc import Hashable
from typing import NamedTuple

import msgspec

from corsinspect.analysis.chain import Chain, kind_of
from corsinspect.analysis.cors_verdict import SHAPES, judge_cors, shape_of
from corsinspect.analysis.credentials import BROWSER, Inferred, infer
from corsinspect.analysis.judge import Ask, judge
from corsinspect.fetch.reasons import VAGUE_CODES, Reason, reason_of
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call, Credentials, EngineVerdict, Outcome, Verdict, Word
from corsinspect.said import Said

Cause = tuple[str, Outcome, Reason]

_BLOCKED: tuple[Cause, ...] = (
    ("mixed-content", "network-error", "mixed-content"),
    ("csp", "blocked", "csp"),
    ("inspector", "blocked", "extension"),
    ("subresource-filter", "blocked", "extension"),
    ("extension", "blocked", "extension"),
    ("bad-port", "network-error", "bad-port"),
    ("content-type", "network-error", "mime"),
    ("orb", "blocked", "orb"),
    ("corp-not-same-origin", "blocked", "corp"),
    ("corp-not-same-origin-after-defaulted-to-same-origin-by-coep", "blocked", "corp"),
    ("corp-not-same-origin-after-defaulted-to-same-origin-by-dip", "blocked", "corp"),
    ("corp-not-same-origin-after-defaulted-to-same-origin-by-coep-and-dip", "blocked", "corp"),
    ("corp-not-same-site", "blocked", "corp"),
    ("coep-frame-resource-needs-coep-header", "blocked", "coep"),
)
"""`Said.blocked`, as CDP's Network.BlockedReason has it, and what that is here."""

_FAILED: tuple[Cause, ...] = (
    ("net::ERR_UNSAFE_PORT", "network-error", "bad-port"),
    ("net::ERR_BLOCKED_BY_CLIENT", "blocked", "extension"),
    ("net::ERR_BLOCKED_BY_CSP", "blocked", "csp"),
    ("net::ERR_BLOCKED_BY_ORB", "blocked", "orb"),
    ("NS_ERROR_PORT_ACCESS_NOT_ALLOWED", "network-error", "bad-port"),
)
"""`Said.failed` where it names the cause: net_error_list.h, ErrorList.py."""

BLOCKED: dict[str, tuple[Outcome, Reason]] = {name: (outcome, reason) for name, outcome, reason in _BLOCKED}
FAILED: dict[str, tuple[Outcome, Reason]] = {name: (outcome, reason) for name, outcome, reason in _FAILED}

ABORTED = frozenset({"net::ERR_ABORTED", "NS_BINDING_ABORTED"})

_WITHOUT_CORS = (None, "navigation", "websocket", "non-browser")
_DECIDED = ("allowed", "simulated", "opaque", "blocked", "network-error", "not-cors")
_READ = ("allowed", "simulated", "opaque", "not-cors")
"""Outcomes of a call that the browser didn't fail."""
_FAILING = ("blocked", "network-error")


class Told(NamedTuple):
    """What became of a request, as the browser told it. `outcome` None: it failed, and that is all."""

    outcome: Outcome | None
    reason: Reason | None = None
    failing: Said | None = None
    """The leg with the CORS failure."""
    aborted: bool = False


def told(word: Word) -> Told | None:
    """What became of the request; None while that isn't told."""
    last, failing = word.last, word.failing
    if failing is not None and failing.code not in VAGUE_CODES:
        return Told("blocked", reason_of(failing.engine, failing.code), failing)
    named = BLOCKED.get(last.blocked or "") or FAILED.get(last.failed or "")
    if named is not None:
        return Told(*named)
    if last.canceled or last.failed in ABORTED:
        return Told("network-error", "aborted-by-page", aborted=True)
    if last.failed is not None or last.blocked is not None or failing is not None:
        return Told(None)
    if last.preflight_of is not None:
        return None  # of the request itself nothing is told yet
    return Told("allowed") if last.ended is not None and last.status is not None else None


def mode_told(word: Word, page: str | None) -> Credentials:
    """The credentials mode as far as CORS asks for it; "unknown" where the browser didn't tell.

    Chromium doesn't name it, but looks for cookies only where the mode lets them be sent: on a request to another
    origin, in mode "include" alone."""
    for said in word.said:
        if said.preflight_of is not None:
            continue
        if said.credentials is not None:
            return "include" if said.credentials == "include" else "omit"
        own = origin_of(said.page) if said.page else page
        if (said.cookies_sent or said.cookies_withheld) and own is not None and origin_of(said.url) != own:
            return "include"
    return "unknown"


def judge_heard(chain: Chain, word: Word, ask: Ask | None = None, ask_server: Ask | None = None) -> Call:
    """As `judge`, with what the browser said of it."""
    if word.match != "sure":
        return msgspec.structs.replace(judge(chain, None, ask, ask_server), browser=word)
    said = told(word)
    call = judge(chain, _mode(chain, word, said), ask, ask_server)
    if said is not None and call.kind == "websocket":
        opened = chain.last.exchange.status == 101
        return msgspec.structs.replace(
            call, browser=msgspec.structs.replace(word, confirmed=opened == (said.outcome == "allowed") or None)
        )
    if said is None or call.kind in _WITHOUT_CORS or chain.first.engine is None:
        return msgspec.structs.replace(call, browser=word)
    return _settled(chain, call, said, word)


def _mode(chain: Chain, word: Word, said: Told | None) -> Inferred | None:
    """The credentials mode where the wire doesn't prove it: as the browser told it, or as it alone explains what became
    of the call; None: no word of the browser shows it."""
    mode, shape = mode_told(word, chain.page), shape_of(chain)
    if shape is None:
        return _mode_of(chain, mode, said)
    failing = None if said is None or said.failing is None else (said.failing.engine, said.failing.code)
    key = shape, mode, None if said is None else (said.outcome, said.reason), failing
    if key not in _modes:
        if len(_modes) >= SHAPES:
            _modes.clear()
        _modes[key] = _mode_of(chain, mode, said)
    return _modes[key]


_modes: dict[Hashable, Inferred | None] = {}
"""By shape, and by what the browser told: as `cors_verdict` keeps verdicts."""


def _mode_of(chain: Chain, mode: Credentials, said: Told | None) -> Inferred | None:
    """`mode`: as the browser told it."""
    seen = infer(chain.hops)
    if kind_of(chain) not in ("simple", "preflighted") or (seen.mode != "unknown" and seen.proof):
        return None
    known = None if mode == "unknown" else Inferred(mode, BROWSER)
    if said is None or (known is not None and _agreement(judge_cors(chain, known).verdict, said)):
        return known
    omitted, included = Inferred("omit", BROWSER), Inferred("include", BROWSER)
    without, with_them = (_agreement(judge_cors(chain, each).verdict, said) for each in (omitted, included))
    if without == with_them:
        return known
    return omitted if without > with_them else included


def _agreement(verdict: Verdict, said: Told) -> int:
    """How far a verdict is what the browser said: 0 not at all, 1 in its outcome, 2 in its reason too."""
    if not _agrees(verdict.outcome, verdict.reason, said):
        return 0
    if said.failing is None:
        return 1
    engine = (verdict.engines or {}).get(said.failing.engine)
    return 2 if engine is not None and engine.code == said.failing.code else 1


def _agrees(outcome: Outcome, reason: Reason | None, said: Told) -> bool:
    if said.outcome == "allowed":
        return outcome in _READ
    if said.outcome is None:
        return outcome in _FAILING
    # on a redirect, a policy of the page makes a network error
    return outcome == said.outcome or (said.reason == "csp" and reason == "redirect-csp")


def _settled(chain: Chain, call: Call, said: Told, word: Word) -> Call:
    verdict = call.verdict
    if said.aborted and not (chain.last.is_preflight or chain.last.exchange.status is None):
        return msgspec.structs.replace(call, browser=word, verdict=_aborted_later(verdict))
    if _agrees(verdict.outcome, verdict.reason, said) or _failed_before(chain, verdict, said):
        others = tuple(
            other
            for other in verdict.alternatives
            if other.outcome != verdict.outcome
            and "credentials" not in other.condition
            and _agrees(other.outcome, other.reason, said)
        )
        sure = msgspec.structs.replace(verdict, certainty="depends" if others else "certain", alternatives=others)
        return _with(call, sure, word, confirmed=True)
    unanswered = chain.last.is_preflight or chain.last.exchange.status is None
    if said.outcome is None and not (unanswered and verdict.outcome not in _READ):
        # it failed after its answer had come: that says nothing of CORS
        return msgspec.structs.replace(call, browser=word)
    if verdict.outcome == "not-cors" and said.failing is None:
        return msgspec.structs.replace(call, browser=word)
    if verdict.outcome == "unknown" and verdict.reason == "failed-unexplained" and said.outcome is None:
        return msgspec.structs.replace(call, browser=word)
    ours = verdict if verdict.outcome in _DECIDED and verdict.certainty == "certain" else None
    theirs = _of_browser(chain, verdict, said, word)
    return _with(call, theirs, word, confirmed=ours is None, computed=ours)


def _aborted_later(verdict: Verdict) -> Verdict:
    """The verdict on a call that was aborted after its answer had come, as it is when a page doesn't read the answer to
    a request in mode "no-cors", or stops at a redirect: that CORS didn't refuse it is all that this says."""
    if verdict.certainty != "depends":
        return verdict
    read = [other for other in verdict.alternatives if other.outcome in _READ]
    if verdict.outcome in _READ:
        kept = tuple(other for other in read if other.outcome != verdict.outcome)
        return msgspec.structs.replace(verdict, certainty="depends" if kept else "likely", alternatives=kept)
    if not read:
        return verdict
    return Verdict(
        outcome=read[0].outcome,
        certainty="likely",
        stage=verdict.stage,
        hop=verdict.hop,
        status=verdict.status,
        engines=verdict.engines,
    )


def _failed_before(chain: Chain, verdict: Verdict, said: Told) -> bool:
    """Whether the network failed, and the browser met the proxy's own answer that says so, which CORS refuses."""
    failed = verdict.outcome == "network-error" and verdict.reason != "aborted-by-page"
    return failed and said.outcome == "blocked" and any(facts.exchange.failure is not None for facts in chain.facts())


def _of_browser(chain: Chain, verdict: Verdict, said: Told, word: Word) -> Verdict:
    """The verdict as the browser said it, in the place of one that says otherwise."""
    other = next((each for each in verdict.alternatives if _agrees(each.outcome, each.reason, said)), None)
    outcome: Outcome = said.outcome or "network-error"
    reason: Reason | None = said.reason
    if other is not None:
        outcome, reason = other.outcome, other.reason or reason
    if outcome == "blocked" and reason is None:
        reason = "failed-unexplained"
    elif outcome == "network-error" and reason is None:
        reason = "network-error"
    last = said.failing or word.last
    own = EngineVerdict(
        outcome=outcome,
        reason=reason,
        code=None if said.failing is None else said.failing.code,
        parameter=None if said.failing is None else said.failing.parameter,
    )
    return Verdict(
        outcome=outcome,
        reason=reason,
        stage="preflight" if last.preflight_of is not None else "actual",
        hop=len(chain.hops) - 1,
        status=chain.last.exchange.status,
        engines=None if verdict.engines is None else {**verdict.engines, last.engine: own},
    )


def _with(call: Call, verdict: Verdict, word: Word, *, confirmed: bool, computed: Verdict | None = None) -> Call:
    return msgspec.structs.replace(
        call,
        verdict=verdict,
        masked=call.masked if verdict.reason == call.verdict.reason else None,
        browser=msgspec.structs.replace(word, confirmed=confirmed, computed=computed),
    )
