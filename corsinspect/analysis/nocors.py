"""What is withheld by rules that aren't CORS: from no-cors requests, which are unreadable anyway, and from frames."""

from corsinspect.fetch.check import Failed, cors_check
from corsinspect.fetch.csp import upgrades_insecure
from corsinspect.fetch.embedder import (
    EMBEDDER_POLICY,
    RESOURCE_POLICY,
    EmbedderPolicy,
    effective_resource_policy,
    embedder_policy,
)
from corsinspect.fetch.engines import ENGINES
from corsinspect.fetch.headers import combined
from corsinspect.fetch.origin import OPAQUE, potentially_trustworthy
from corsinspect.fetch.redirect import follow
from corsinspect.fetch.safelist import media_type
from corsinspect.model import Certainty, EngineName, EngineVerdict, Outcome, Reason, Verdict

from .chain import Chain, forbidden_redirect
from .classify import Facts
from .learnt.documents import NESTED
from .script_type import is_refused_by_type
from .site import is_same_site
from .steps import is_one_too_many, unanswered

_NEVER_MEDIA = frozenset({"application/json", "text/json", "text/html", "text/xml", "application/xml"})
_ORB_DESTINATIONS = frozenset({"image", "audio", "video", "track", "script", "style"})
_JSON = frozenset({"application/json", "text/json"})

_NOT_ASKED = EngineVerdict(outcome="unknown", reason="no-actual-seen")
"""For an engine that would have asked in cors mode: a server may answer otherwise where it's told the Origin."""


def judge_opaque(chain: Chain) -> Verdict:
    """The verdict on a no-cors request: opaque, unless it failed, a policy withholds the response, or a redirect was
    not followed. Every hop but the last one was followed, so no policy stood in its way."""
    number, facts = len(chain.hops) - 1, chain.last
    if facts.exchange.status is None:
        stop = unanswered(facts.exchange, facts, number)
        if stop.waiting is not None and chain.closed:
            return _verdict("unknown", "likely", "no-response-seen", number, facts)
        if stop.reason == "failed-unexplained":
            if not facts.mode_known:
                return _verdict("unknown", "likely", stop.reason, number, facts)
            return _verdict("network-error", "likely", "network-error", number, facts)
        return _verdict(stop.outcome, "certain", stop.reason, number, facts)
    if chain.page is None and not facts.mode_known and facts.origin_withheld:
        return _verdict("unknown", "likely", "page-not-recorded", number, facts)
    certainty: Certainty = "certain" if facts.mode_known and not facts.exchange.answer_withheld else "likely"
    if (withheld := _withheld_by_policy(chain, facts)) is not None:
        found, sure = withheld
        return _verdict("blocked", certainty if sure else "likely", "corp", number, facts, "cross-origin", found)
    if is_one_too_many(facts, number):
        return _verdict("network-error", certainty, "redirect-limit", number, facts)
    if facts.location is not None:
        return _judge_redirect(chain, facts, number)
    if facts.engine == "chromium" and _is_withheld_by_orb(facts):
        return _verdict("blocked", "likely", "orb", number, facts)
    if is_refused_by_type(facts):
        return _verdict("network-error", certainty, "mime", number, facts)
    if not _is_surely_open(chain, facts):
        certainty = "likely"
    return _verdict("opaque", certainty, None, number, facts)


def _judge_redirect(chain: Chain, facts: Facts, number: int) -> Verdict:
    """A redirect that nothing follows: no page can ask for that in no-cors mode (Fetch, "main fetch", step 12)."""
    exchange, location = facts.exchange, facts.location or ""
    upgrade = chain.policies is not None and upgrades_insecure(chain.policies.contents)
    target = follow(
        exchange.url, location, exchange.status or 0, exchange.method or "", chain.page, False, False, upgrade=upgrade
    )
    failed = target if isinstance(target, Failed) else forbidden_redirect(chain, facts, target)
    if failed is not None and failed.reason != "redirect-credentials":
        return _verdict("network-error", "likely", failed.reason, number, facts, failed.expected, failed.found)
    if not chain.closed:
        return _verdict("pending", "certain", None, number, facts)
    return _verdict("network-error", "likely", "redirect-not-followed", number, facts, None, location)


def _withheld_by_policy(chain: Chain, facts: Facts, *, navigation: bool = False) -> tuple[str | None, bool] | None:
    """The Cross-Origin-Resource-Policy (None: absent) by which the page may not have this response, and whether the
    page is sure to object; None where it may. Fetch, "cross-origin resource policy check"."""
    page = chain.page
    if page is None:
        return None
    found = combined(facts.exchange.response_headers, RESOURCE_POLICY.lower())
    if not navigation and not _policy_allows(effective_resource_policy(found, None), facts, page):
        return found, True
    embedder = _embedder_of(chain)
    policy = effective_resource_policy(found, embedder, navigation=navigation)
    if embedder is None or _policy_allows(policy, facts, page):
        return None
    return found, chain.policies is not None and chain.policies.agreed


def _embedder_of(chain: Chain) -> EmbedderPolicy | None:
    """The embedder policy that the page has, as far as its documents were seen. It asks for a secure context."""
    if chain.policies is None or not potentially_trustworthy(chain.page or ""):
        return None
    return chain.policies.embedder


def _policy_allows(policy: str | None, facts: Facts, page: str) -> bool:
    """Fetch, "cross-origin resource policy internal check", step 5."""
    if policy == "same-origin":
        return facts.target == page
    if policy == "same-site":
        if facts.target.startswith("https:") and page.startswith("http:"):
            return False
        return is_same_site(facts.target.replace("http:", "https:", 1), page.replace("http:", "https:", 1))
    return True


def _is_surely_open(chain: Chain, facts: Facts) -> bool:
    """Whether no embedder policy that the page may have had would have withheld the response."""
    if chain.page is not None and chain.page != OPAQUE and not potentially_trustworthy(chain.page):
        return True
    if chain.policies is not None and chain.policies.agreed:
        return True
    found = combined(facts.exchange.response_headers, RESOURCE_POLICY.lower())
    strictest = effective_resource_policy(found, "require-corp")
    return chain.page is not None and _policy_allows(strictest, facts, chain.page)


def judge_framed(chain: Chain, facts: Facts, number: int) -> Verdict | None:
    """The verdict on a document that its frame doesn't show; None where it does. HTML, "Check a navigation response's
    adherence to its embedder policy"; Fetch, "cross-origin resource policy check" for a navigation.

    The page that asked is taken for the one that holds the frame: `certain` where it's in no frame itself.
    """
    exchange = facts.exchange
    embedder = _embedder_of(chain)
    if embedder is None or not _is_frame(chain, facts):
        return None
    reason: Reason
    own = combined(exchange.response_headers, EMBEDDER_POLICY.lower())
    if embedder_policy(own) is None:
        reason, header, expected, found = "coep", EMBEDDER_POLICY, "require-corp", own
    elif (withheld := _withheld_by_policy(chain, facts, navigation=True)) is not None:
        reason, header, expected, found = "corp", RESOURCE_POLICY, "cross-origin", withheld[0]
    else:
        return None
    verdict = EngineVerdict(outcome="blocked", reason=reason)
    engines: dict[EngineName, EngineVerdict] = dict.fromkeys(ENGINES, verdict)
    if embedder == "credentialless":
        engines["webkit"] = EngineVerdict(outcome="not-cors")  # doesn't know that policy
    return Verdict(
        outcome="blocked",
        certainty=_frame_certainty(chain, facts),
        reason=reason,
        stage="actual",
        hop=number,
        header=header,
        expected=expected,
        found=found,
        status=exchange.status,
        engines=engines,
    )


def may_be_kept_from_frame(chain: Chain, facts: Facts) -> bool:
    """Whether this is a frame's document, and the page that holds it may have an embedder policy that wasn't seen."""
    if not _is_frame(chain, facts):
        return False
    own = combined(facts.exchange.response_headers, EMBEDDER_POLICY.lower())
    return embedder_policy(own) is None and not _is_surely_open(chain, facts)


def _is_frame(chain: Chain, facts: Facts) -> bool:
    """Whether this answer is a document for a frame: none with these statuses is."""
    framed = chain.mode == "navigate" and facts.dest in NESTED and facts.location is None
    return framed and facts.exchange.status not in (204, 205, 304)


def _frame_certainty(chain: Chain, facts: Facts) -> Certainty:
    policies = chain.policies
    if policies is None or not policies.agreed or policies.framed:
        return "likely"
    # Chromium's <iframe credentialless> is exempt, and sends no cookies
    return "certain" if facts.cookie or facts.engine != "chromium" else "likely"


def _is_withheld_by_orb(facts: Facts) -> bool:
    """Opaque Response Blocking, as far as headers tell: documents and data given to an element that can't use them."""
    headers = facts.exchange.response_headers
    essence = media_type(combined(headers, "content-type") or "")
    if facts.dest not in _ORB_DESTINATIONS or essence is None:
        return False
    if essence in _JSON or essence.endswith("+json"):
        return True
    return essence in _NEVER_MEDIA and (combined(headers, "x-content-type-options") or "").lower() == "nosniff"


def _verdict(
    outcome: Outcome,
    certainty: Certainty,
    reason: Reason | None,
    number: int,
    facts: Facts,
    expected: str | None = None,
    found: str | None = None,
) -> Verdict:
    verdict = EngineVerdict(outcome=outcome, reason=reason)
    engines: dict[EngineName, EngineVerdict] = dict.fromkeys(ENGINES, verdict)
    if reason == "orb":  # Chromium's alone in this form
        engines["firefox"] = engines["webkit"] = EngineVerdict(outcome="opaque")
    if outcome == "opaque" and facts.dest == "font":
        checked = cors_check(facts.page or "", False, facts.answer) is None
        passed = EngineVerdict(outcome="allowed") if checked else _NOT_ASKED
        engines |= {name: passed for name, engine in ENGINES.items() if not engine.fonts_without_cors}
    return Verdict(
        outcome=outcome,
        certainty=certainty,
        reason=reason,
        stage="actual" if facts.location is None else "redirect",
        hop=number,
        header=RESOURCE_POLICY if reason == "corp" else "Location" if facts.location is not None else None,
        expected=expected,
        found=found,
        status=facts.exchange.status,
        engines=engines,
    )
