"""Where another engine would have left a Call's way before the place where this one's engine stopped.

Each engine's verdict on one and the same answer is `per_engine`'s; here is what asks for another answer, or for none:
requests that one engine sends and another doesn't, or sends in another mode.
"""

from corsinspect.fetch.check import cors_check, headers_check
from corsinspect.fetch.engines import ENGINES, Engine
from corsinspect.fetch.redirect import is_mixed_content
from corsinspect.fetch.safelist import unsafe_names
from corsinspect.model import EngineName, EngineVerdict

from .chain import Chain
from .classify import Facts
from .pairing import needs_preflight
from .steps import Stop

NOT_ASKED = EngineVerdict(outcome="unknown", reason="no-actual-seen")
"""For an engine that would have asked for something else: what it would have got, nobody saw."""

_MIXED = EngineVerdict(outcome="network-error", reason="mixed-content")
_FONT = EngineVerdict(outcome="opaque")
_NOBODY: dict[EngineName, EngineVerdict] = {}


def elsewhere(chain: Chain, stop: Stop) -> dict[EngineName, EngineVerdict]:
    """The verdicts of the engines that would have left the way of this Call's engine, up to its stop."""
    if not _may_differ(chain):
        return _NOBODY
    found: dict[EngineName, EngineVerdict] = {}
    for name, engine in ENGINES.items():
        verdict = None if name == chain.first.engine else _leaves(chain, stop, engine)
        if verdict is not None:
            found[name] = verdict
    return found


def _may_differ(chain: Chain) -> bool:
    """Whether it's worth looking: most Calls show at once that it isn't."""
    first, page = chain.first, chain.page
    if first.dest == "font" or (len(chain.hops) > 1 and first.target == page):
        return True
    secure = page is not None and page.startswith("https:")
    for preflight, request in chain.hops:
        facts = request or preflight
        if facts is not None and (facts.hints or (secure and facts.target.startswith("http:"))):
            return True
    return False


def _leaves(chain: Chain, stop: Stop, engine: Engine) -> EngineVerdict | None:
    for number, (preflight, request) in enumerate(chain.hops[: stop.hop + 1]):
        first = preflight or request
        if first is not None and is_mixed_content(chain.page, first.target, engine):
            return _MIXED
        if request is None or request.target == chain.page:
            continue
        if request.hints and _asks_more(preflight, request, engine):
            return NOT_ASKED
        if engine.own_redirect_needs_credentials and number < stop.hop and chain.first.target == chain.page:
            failed = cors_check(request.origin or "", True, request.answer)
            if failed is not None:
                return EngineVerdict(outcome="blocked", reason=failed.reason)
    if engine.fonts_without_cors and chain.first.dest == "font" and stop.outcome in ("allowed", "blocked"):
        return _FONT
    return None


def _asks_more(preflight: Facts | None, request: Facts, engine: Engine) -> bool:
    """Whether this engine would have asked for request headers that nobody was asked for, or that weren't granted."""
    names = set(unsafe_names(request.exchange.request_headers, engine)) - engine.no_preflight_for
    if preflight is None:
        return bool(names) and not needs_preflight(request)
    more = tuple(sorted(names.difference(preflight.asked_names)))
    return headers_check(more, False, preflight.answer.allow_headers) is not None
