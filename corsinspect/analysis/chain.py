"""A Call before it is judged: its exchanges in order, as pairing linked them, and what kind of call that is."""

from collections.abc import Callable, Iterator

import msgspec

from corsinspect.fetch.check import Failed
from corsinspect.fetch.csp import forbidding
from corsinspect.fetch.origin import OPAQUE
from corsinspect.fetch.redirect import Target, follow
from corsinspect.model import Call, Exchange, Kind, PagePolicies, Shown

from .classify import Facts
from .learnt.documents import Documents
from .pairing import needs_preflight
from .request_signs import Mode

Hops = list[tuple[Facts | None, Facts | None]]
"""Preflight and request of each hop; None where it wasn't seen."""


class Chain(msgspec.Struct, frozen=True, gc=False):
    """A Call's exchanges with what pairing knows of them. `closed`: nothing more is expected to come."""

    first: Facts
    hops: Hops
    page: str | None
    mode: Mode | None
    """The request mode: all hops share it, so one that shows it tells for all."""
    mode_known: bool
    closed: bool
    withheld: bool
    """Whether the recording leaves out an Origin or an answer's headers, which may have decided."""
    shown: Shown | None = None
    """What the page had shown about its credentials before, where that was asked for already."""
    policies: PagePolicies | None = None
    """What the page's documents declared; None: none was seen."""
    server_shown: Shown | None = None
    """What any call of the page to this server proved, where that was asked for already."""
    connection_signal: str | None = None
    """What its connections showed about its credentials, where that was found out already."""

    @property
    def last(self) -> Facts:
        return _last(self.hops)

    def origin_of(self, request: Facts) -> str:
        """The Origin of a CORS request; where the recording leaves it out, the page's."""
        return request.origin or (self.page if request.origin_withheld else None) or ""

    def facts(self) -> Iterator[Facts]:
        """All of its exchanges, in order."""
        for preflight, request in self.hops:
            if preflight is not None:
                yield preflight
            if request is not None:
                yield request

    def simulated(self) -> bool:
        """Whether a fix was tried on any of its answers."""
        for preflight, request in self.hops:
            if preflight is not None and preflight.exchange.server_headers is not None:
                return True
            if request is not None and request.exchange.server_headers is not None:
                return True
        return False


def _last(hops: Hops) -> Facts:
    preflight, request = hops[-1]
    facts = request or preflight
    assert facts is not None
    return facts


def chain_of(root: Facts, closed: bool, documents: Documents | None = None) -> Chain:
    """The chain that starts with this exchange. `documents`: those that its page may be."""
    if root.child is root.preflight_method is None and (root.mode == "cors" or documents is None) and not root.location:
        # two of three, at less cost: one request, and nothing about it depends on its page's documents
        withheld = root.origin_withheld or root.exchange.answer_withheld
        return Chain(root, [(None, root)], root.page, root.mode, root.mode_known, closed, withheld)
    if (request := root.request) is not None and request.child is request.location is None and root.page != OPAQUE:
        # most of the others: a preflight and its request
        withheld = root.origin_withheld or root.exchange.answer_withheld
        withheld = withheld or request.origin_withheld or request.exchange.answer_withheld
        return Chain(root, [(root, request)], root.page or request.page, "cors", True, closed, withheld)
    hops: Hops = []
    current: Facts | None = root
    page = None
    mode, mode_known = root.mode, root.mode_known
    withheld = False
    while current is not None:
        preflight, request = (current, current.request) if current.is_preflight else (None, current)
        hops.append((preflight, request))
        for facts in (preflight, request):
            if facts is not None:
                withheld = withheld or facts.origin_withheld or facts.exchange.answer_withheld
                if facts.mode_known and not mode_known:
                    mode, mode_known = facts.mode, True
        if page is None or page == "null":
            page = current.page or page
        current = request.child if request is not None else None
    policies = None
    if documents is not None and (mode != "cors" or _last(hops).location is not None):
        # nothing else that's loaded with CORS depends on them
        policies = documents.before(page, root)
    return Chain(root, hops, page, mode, mode_known, closed, withheld, policies=policies)


def chain_of_call(call: Call, answer: Callable[[Exchange], Exchange] = lambda exchange: exchange) -> Chain:
    """The chain that a Call was judged from, each exchange as `answer` gives it.

    It had been given up unless it was still waited for.
    """
    hops: Hops = []
    mode, mode_known, withheld = None, False, False
    for hop in call.hops:
        preflight = None if hop.preflight is None else Facts(answer(hop.preflight))
        request = None if hop.request is None else Facts(answer(hop.request))
        if request is not None:
            request.stored, request.browser_sends = hop.stored, call.browser_sends
        hops.append((preflight, request))
        for facts in (preflight, request):
            if facts is not None:
                withheld = withheld or facts.origin_withheld or facts.exchange.answer_withheld
                if not mode_known:
                    mode, mode_known = facts.mode, facts.mode_known
    first = hops[0][0] or hops[0][1]
    assert first is not None
    closed = call.verdict.outcome != "pending"
    return Chain(
        first,
        hops,
        call.page_origin,
        mode,
        mode_known,
        closed,
        withheld,
        call.shown,
        call.policies,
        call.server_shown,
        call.connection_signal,
    )


def kind_of(chain: Chain) -> Kind | None:
    """What the page asked for; None for a connection that never carried a request."""
    first = chain.first
    if first.exchange.method is None:
        return None
    mode = chain.mode
    if mode == "websocket":
        return "websocket"
    if first.engine is None:
        return "non-browser"
    if mode == "navigate":
        return "navigation"
    if not _leaves_origin(chain):
        if mode == "same-origin" or not _leaves_unfollowed(chain):
            return "same-origin"
        return "no-cors" if mode == "no-cors" and chain.mode_known else "simple"
    if mode in ("no-cors", "same-origin"):
        return mode
    for preflight, request in chain.hops:
        if preflight is not None or (request is not None and needs_preflight(request)):
            return "preflighted"
    return "simple"


def _leaves_origin(chain: Chain) -> bool:
    """Whether any of its exchanges was cross-origin."""
    for hop in chain.hops:
        for facts in hop:
            if facts is not None and _is_cross(facts, chain):
                return True
    return False


def _leaves_unfollowed(chain: Chain) -> bool:
    """Whether a same-origin chain ends in a redirect to another origin that the browser must have refused: by a rule,
    by the page's own policy, or because no page can ask in no-cors mode not to follow it."""
    _, request = chain.hops[-1]
    if request is None or request.location is None or chain.page is None:
        return False
    exchange = request.exchange
    target = follow(
        exchange.url, request.location, exchange.status or 0, exchange.method or "", chain.page, False, False
    )
    if isinstance(target, Failed):
        return target.reason != "redirect-invalid-location"
    if chain.mode == "no-cors":
        return chain.mode_known and target.url.origin != chain.page
    return forbidden_redirect(chain, request, target) is not None


def forbidden_redirect(chain: Chain, request: Facts, target: Target) -> Failed | None:
    """That the page's own Content-Security-Policy forbids where a redirect leads. A browser checks it before it goes
    there: Fetch, "main fetch", step 7."""
    if chain.policies is None or chain.page is None:
        return None
    directive = forbidding(chain.policies.contents, request.dest, chain.page, target.url)
    if directive is None:
        return None
    return Failed("location", "redirect-csp", "Location", str(directive), request.location)


def _is_cross(facts: Facts, chain: Chain) -> bool:
    if facts.site is not None:
        return facts.site != "same-origin"
    if chain.page is None:
        # without Origin, Referer and Sec-Fetch-* it's the page's own server or a no-cors load: one that leaves is that,
        # and so may be any whose Origin wasn't recorded
        leaves = facts.target != chain.first.target
        return facts.mode == "no-cors" and (facts.mode_known or facts.origin_withheld or leaves)
    return facts.target != chain.page or (facts.mode == "cors" and facts.origin not in (None, facts.target))
