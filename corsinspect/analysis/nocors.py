"""No-cors requests: sent, unreadable, and sometimes withheld by rules that aren't CORS."""

from corsinspect.fetch.check import cors_check
from corsinspect.fetch.engines import ENGINES
from corsinspect.fetch.headers import combined
from corsinspect.fetch.safelist import media_type
from corsinspect.model import Certainty, EngineName, EngineVerdict, Outcome, Reason, Verdict

from .chain import Chain
from .classify import Facts
from .script_type import is_refused_by_type
from .site import is_same_site
from .steps import unanswered

POLICY = "Cross-Origin-Resource-Policy"

_NEVER_MEDIA = frozenset({"application/json", "text/json", "text/html", "text/xml", "application/xml"})
_ORB_DESTINATIONS = frozenset({"image", "audio", "video", "track", "script", "style"})
_JSON = frozenset({"application/json", "text/json"})

_NOT_ASKED = EngineVerdict(outcome="unknown", reason="no-actual-seen")
"""For an engine that would have asked in cors mode: a server may answer otherwise where it's told the Origin."""


def judge_opaque(chain: Chain) -> Verdict:
    """The verdict on a no-cors request: opaque, unless it failed or a resource policy withholds the response."""
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
    for index, (_, request) in enumerate(chain.hops):
        if request is None or chain.page is None:
            continue
        found = combined(request.exchange.response_headers, POLICY.lower())
        if found is not None and not _policy_allows(found, request, chain.page):
            return _verdict("blocked", certainty, "corp", index, request, "cross-origin", found)
    if facts.engine == "chromium" and _is_withheld_by_orb(facts):
        return _verdict("blocked", "likely", "orb", number, facts)
    if is_refused_by_type(facts):
        return _verdict("network-error", certainty, "mime", number, facts)
    return _verdict("opaque", certainty, None, number, facts)


def _policy_allows(found: str, facts: Facts, page: str) -> bool:
    """Fetch, "cross-origin resource policy internal check", for a page without an embedder policy of its own."""
    if found == "same-origin":
        return facts.target == page
    if found == "same-site":
        if facts.target.startswith("https:") and page.startswith("http:"):
            return False
        return is_same_site(facts.target.replace("http:", "https:", 1), page.replace("http:", "https:", 1))
    return True


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
        stage="redirect" if reason == "corp" and facts.location is not None else "actual",
        hop=number,
        header=POLICY if reason == "corp" else None,
        expected=expected,
        found=found,
        status=facts.exchange.status,
        engines=engines,
    )
