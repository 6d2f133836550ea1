"""Which exchanges belong together: preflights with the requests they were for, redirect hops with the next.

Theory of operation
===================

Nothing on the wire says that two exchanges belong to one call: no id, no referrer, and a browser makes many calls to
one URL at once, over any of its connections. But the Fetch standard leaves few ways to go on, so each link can be told
from what must be the same:

    preflight ──granted──► request ──redirect──► preflight or request ──► …        one hop a URL, at most 21 of them

1. *A preflight and its request* ask the same URL for the same page (Origin) from the same engine. The request has the
   method and carries all the headers that the preflight asked for, and needs a preflight for no others. The preflight
   came first and was answered: its answer grants the request in some credentials mode that the request's own signs
   (cookie, Sec-Fetch-Storage-Access) leave possible.
2. *A redirect and the next hop* are linked by Location: the next exchange, a preflight or the request itself, asks that
   URL, with the method that the redirect's status leaves, the same mode and destination, and the page's origin or
   "null". A redirect that no browser follows (it fails the CORS check, leads a CORS request to a user name, or is the
   21st of its call) has no next hop: what asks that URL then is the page's next try.
3. *A request without a preflight of its own* may go out by a stored grant: the preflight cache, judged by the rules of
   its engine (`fetch.cache`). That is no link, only the reason why there is none.
4. *A 304* is checked together with the stored answer that it refreshes: the latest whole one to the same engine.

When several fit, the latest is taken, because a browser goes on at once: what nothing followed so far was mostly
followed by nothing. Three things overrule that. Redirects that were in flight together go on in the order in which they
were answered, and one whose page-set headers, or whose connection, is the same goes first. A preflight that refuses
credentials, and that the page asked anew since, is the last choice: a page that sends credentials explains both its
silence and the second question. And each preflight and each redirect is spent by what it led to.

Order of arrival. All that can belong together asks one URL, or is redirected to it. So there is one Group a URL, with
http or https (a browser may ask https where a redirect says http), which holds its exchanges in order of their start,
and the redirects that lead there. Links follow from the Group's content alone: an exchange that arrives late, or is
answered late, has the Group linked anew, unless it can be seen to change nobody's links but its own. Stamps are those
of the recording: two of one process may be `SLACK` out of order.

What is let go. After `PATIENCE` a preflight or a redirect isn't followed any more. Of a URL that is asked all the time
the newest `GROUP_LIMIT` exchanges are kept. The Tracker drops the oldest exchanges of all; links that were made stay.
Circles can't be: before two are linked, it's asked whether one led to the other.
"""

import bisect
from collections.abc import Callable, Iterator

from corsinspect.fetch.cache import Entry, covers, entry, is_remembered
from corsinspect.fetch.check import Asked, Failed, cors_check, preflight_failures
from corsinspect.fetch.engines import ENGINES, Engine
from corsinspect.fetch.origin import OPAQUE
from corsinspect.fetch.redirect import MAX_REDIRECTS, follow, method_after
from corsinspect.fetch.safelist import SAFELISTED_METHODS
from corsinspect.model import Exchange

from .classify import Facts

SLACK = 0.005
"""Seconds by which two stamps of one process may be out of order."""

PATIENCE = 30.0
"""Seconds after its answer in which a preflight or a redirect may still be followed: a browser queues requests."""

UPGRADE_PATIENCE = 0.5
"""Seconds in which a redirect to http is followed by https without another sign that the two belong together."""

GROUP_LIMIT = 512
"""Exchanges kept of one URL; of a URL that is asked all the time, the newest."""

GRANTS_KEPT = 32
"""Granted preflights of one URL of which one may still be in a browser's cache."""

_EXPECTATION, _EXCHANGE = 0, 1
Event = tuple[float, int, str, Facts]


class Group:
    """All that concerns one URL, in order of time."""

    __slots__ = ("conditional", "events", "expected", "grants", "preflights", "redirected")

    def __init__(self, events: list[Event]) -> None:
        self.events = events
        self.redirected = False  # whether a redirect ever led here
        self.forget()

    def forget(self) -> None:
        """Drops what was concluded, not what was seen."""
        self.preflights: list[Facts] = []  # not yet followed by their request
        self.expected: list[Facts] = []  # redirected here, next hop not yet seen
        self.grants: list[Facts] = []  # preflights whose answer may be cached
        self.conditional = False  # whether somebody asked if what is stored still holds


def _group_of(event: Event) -> Group:
    """The Group of a URL that one request alone has asked so far."""
    group = Group([event])
    group.conditional = event[3].conditional
    return group


class Pairing:
    """Links Facts as they come."""

    def __init__(self) -> None:
        self._groups: dict[str, Group | Event] = {}
        """What concerns each URL; where that's one request alone, as it mostly is, its event: there's nothing to link,
        and a Group is six objects more."""
        self.touched: list[Facts] = []
        """Those whose links changed; `take_touched` empties it."""

    def take_touched(self) -> list[Facts]:
        """Those whose links changed since the last call."""
        touched, self.touched = self.touched, []
        return touched

    def add(self, facts: Facts) -> None:
        """Takes in a new exchange."""
        exchange = facts.exchange
        facts.place = place = _place(exchange.url)
        self._insert(place, (exchange.started, _EXCHANGE, exchange.id, facts))
        if facts.leads_to:
            self._expect(facts)

    def update(self, facts: Facts, was_done: bool) -> None:
        """Takes in that an exchange got its response or failure; `was_done`: whether it had one before."""
        group = self._groups.get(facts.place)
        if was_done:
            if isinstance(group, Group) and group.conditional:
                self._renew_stored(group, facts.exchange)
            return
        if facts.leads_to:
            self._expect(facts)
        if not isinstance(group, Group):
            return
        matters = facts.is_preflight or (facts.exchange.status == 200 and group.conditional)
        if matters and group.events[-1][0] >= _answered(facts) - SLACK:
            # what it may have been for is here already
            self._relink(group)

    def _renew_stored(self, group: Group, exchange: Exchange) -> None:
        """Gives those who took this exchange for the stored response its later state."""
        for other in _exchanges(group):
            if other.stored is not None and other.stored.id == exchange.id:
                other.stored = exchange
                self.touched.append(other)

    def drop(self, facts: Facts) -> None:
        """Forgets an exchange; its links stay."""
        self._drop_from(facts.place, facts)
        if facts.leads_to:
            self._drop_from(_place(facts.leads_to), facts)

    def _drop_from(self, place: str, facts: Facts) -> None:
        group = self._groups.get(place)
        if group is None:
            return
        if not isinstance(group, Group):
            if group[3] is facts:
                del self._groups[place]
            return
        events = group.events
        if len(events) == 1 and events[0][3] is facts:
            del self._groups[place]
            return
        if events[0][3] is facts and not facts.leads_to:
            del events[0]  # the oldest is nearly always the one that's let go of
        else:
            group.events = [event for event in events if event[3] is not facts]
        for kept in (group.preflights, group.expected, group.grants):
            if facts in kept:
                kept.remove(facts)
        if not group.events:
            del self._groups[place]

    def _expect(self, source: Facts) -> None:
        """Waits for what follows this redirect."""
        self._insert(_place(source.leads_to), (_answered(source), _EXPECTATION, source.exchange.id, source))

    def _insert(self, place: str, event: Event) -> None:
        group = self._groups.get(place)
        if group is None:
            if event[1] == _EXCHANGE and not event[3].is_preflight:
                self._groups[place] = event  # there is nothing to link it to
                return
            group = self._groups[place] = Group([])
        elif not isinstance(group, Group):
            group = self._groups[place] = _group_of(group)
        events = group.events
        in_order = not events or events[-1][:3] < event[:3]
        if in_order:
            events.append(event)
        else:
            bisect.insort(events, event, key=lambda item: item[:3])
        if in_order or self._is_alone(group, event):
            self._link(group, event)
        else:
            self._relink(group)
        if len(events) > GROUP_LIMIT:
            del events[: GROUP_LIMIT // 2]
            self._relink_lists(group)

    def _is_alone(self, group: Group, event: Event) -> bool:
        """Whether an event that comes late changes nobody's links but its own. Parallel calls to one URL are answered
        out of order all the time, and linking the whole Group anew costs some 400 µs."""
        _, kind, _, facts = event
        if kind == _EXPECTATION or group.redirected or facts.conditional:
            return False
        if facts.is_preflight:
            # nobody can have wanted it who started before it was answered
            return not facts.done or group.events[-1][0] < _answered(facts) - SLACK
        started = facts.exchange.started
        wanted = [
            other
            for other in _exchanges(group)
            if other.is_preflight and (other.request is None or other.request.exchange.started > started)
        ]
        best = _find(wanted, facts, _is_preflight_of)
        return best is None or best.request is None

    def _relink(self, group: Group) -> None:
        """Links the whole Group anew; only what comes out different counts as touched."""
        before = {id(facts): (facts, _links(facts)) for facts in _exchanges(group)}
        for facts, _ in before.values():
            _unlink(facts)
        touched = len(self.touched)
        group.forget()
        for event in group.events:
            self._link(group, event)
        del self.touched[touched:]
        for facts, links in before.values():
            if _links(facts) != links:
                self.touched += [facts, *(other for other in links if isinstance(other, Facts))]

    def _relink_lists(self, group: Group) -> None:
        kept = {id(event[3]) for event in group.events}
        for name in ("preflights", "expected", "grants"):
            setattr(group, name, [facts for facts in getattr(group, name) if id(facts) in kept])

    def _link(self, group: Group, event: Event) -> None:
        _, kind, _, facts = event
        if kind == _EXPECTATION:
            group.expected.append(facts)
            group.redirected = True
        elif facts.is_preflight:
            self._join_redirect(group, facts)
            _insert_by_start(group.preflights, facts)
            _insert_by_start(group.grants, facts)
            if len(group.grants) > GRANTS_KEPT:
                del group.grants[0]
        else:
            self._link_request(group, facts)

    def _link_request(self, group: Group, facts: Facts) -> None:
        if facts.conditional:
            group.conditional = True
            facts.stored = _stored_response(group, facts)
        if facts.may_be_preflighted:
            preflight = _find(group.preflights, facts, _is_preflight_of)
            if preflight is None and facts.authorization:
                preflight = _find(group.preflights, facts, _is_preflight_before_login)
            if preflight is not None and not _is_covered_better(group, preflight, facts):
                group.preflights.remove(preflight)
                preflight.request, facts.preflight = facts, preflight
                if preflight.asks_condition:
                    # cache mode "no-store": the 304 is the page's own. Fetch, "HTTP-network-or-cache fetch", step 8.14
                    facts.stored = None
                self.touched += [preflight, facts]
                return
        self._join_redirect(group, facts)
        if facts.mode == "cors" and facts.origin not in (None, facts.target) and needs_preflight(facts):
            facts.cached = _cached_grant(group, facts)

    def _join_redirect(self, group: Group, facts: Facts) -> None:
        if not group.expected:
            return
        source = _source_of(group.expected, facts, _leads_to) or _source_of(group.expected, facts, _leads_upgraded)
        if source is not None:
            group.expected.remove(source)
            source.child, facts.parent = facts, source
            self.touched += [source, facts]


def _insert_by_start(sorted_facts: list[Facts], facts: Facts) -> None:
    bisect.insort(sorted_facts, facts, key=lambda other: (other.exchange.started, other.exchange.id))


def _find(candidates: list[Facts], facts: Facts, fits: Callable[[Facts, Facts], bool]) -> Facts | None:
    """The latest that fits: a browser goes on at once, so an older one that nothing followed was followed by nothing
    (a page that tries again with another credentials mode asks the same preflight again)."""
    for candidate in reversed(candidates):
        if fits(candidate, facts):
            return candidate
    return None


def _source_of(expected: list[Facts], facts: Facts, leads: Callable[[Facts, Facts], bool]) -> Facts | None:
    """The redirect that led here, of all that fit: a browser goes on at once, so it's one of those that were in flight
    together with the latest. Of these the one with the same headers of the page's, on the same connection, answered
    first."""
    fitting = [source for source in expected if leads(source, facts)]
    if not fitting:
        return None
    rivals, since = [fitting[-1]], fitting[-1].exchange.started
    for source in reversed(fitting[:-1]):
        if _answered(source) <= since:
            break
        rivals.append(source)
        since = min(since, source.exchange.started)
    if len(rivals) == 1:
        return rivals[0]

    def rank(source: Facts) -> tuple[bool, bool, float, str]:
        exchange = source.exchange
        connected = exchange.connection is not None and exchange.connection == facts.exchange.connection
        return not _same_headers(source, facts), not connected, _answered(source), exchange.id

    return min(rivals, key=rank)


_DROPPED_BY_REDIRECTS = frozenset(
    "authorization content-encoding content-language content-location content-type".split()
)
"""Header names that a page sets and a redirect may take away: those of a body, and a login at another origin.
Fetch, "HTTP-redirect fetch", steps 12 and 13."""


def _same_headers(source: Facts, facts: Facts) -> bool:
    """Whether both requests carry the same headers of the page's; of a preflight only their names are known."""
    if facts.is_preflight:
        return {*source.unsafe_names} - _DROPPED_BY_REDIRECTS == {*facts.asked_names} - _DROPPED_BY_REDIRECTS
    return _page_set(source) == _page_set(facts)


def _page_set(facts: Facts) -> set[tuple[str, str]]:
    names = {*facts.unsafe_names} - _DROPPED_BY_REDIRECTS
    return {(name.lower(), value) for name, value in facts.exchange.request_headers if name.lower() in names}


def _is_covered_better(group: Group, preflight: Facts, facts: Facts) -> bool:
    """Whether this request rather went out by a stored grant than by this preflight.

    The page has asked again since this preflight was answered, and nothing had followed it: a page that sends
    credentials, which this answer refuses, explains both. So the preflight is the last choice, if a stored grant that
    allows credentials covers the request as well.
    """
    if not grant_failures(preflight, True):
        return False
    if not _is_asked_anew(group, preflight):
        return False
    grant = _cached_grant(group, facts)
    return grant is not None and grant is not preflight and not grant_failures(grant, True)


def _is_asked_anew(group: Group, preflight: Facts) -> bool:
    """Whether the page has sent another preflight to this server since this one was answered."""
    answered = _answered(preflight)
    for other in reversed(group.grants):
        if other.exchange.started <= answered:
            return False  # they are in order of their start
        if (other.origin, other.target) == (preflight.origin, preflight.target):
            return True
    return False


def _exchanges(group: Group) -> Iterator[Facts]:
    for _, kind, _, facts in group.events:
        if kind == _EXCHANGE:
            yield facts


def _links(facts: Facts) -> tuple[Facts | Exchange | None, ...]:
    return facts.parent, facts.preflight, facts.cached, facts.stored


def _unlink(facts: Facts) -> None:
    if facts.parent is not None:
        facts.parent.child = None
    if facts.preflight is not None:
        facts.preflight.request = None
    facts.parent = facts.preflight = facts.cached = facts.stored = None


def _stored_response(group: Group, facts: Facts) -> Exchange | None:
    """The latest whole response to the same engine that a 304 may refresh."""
    for other in reversed(list(_exchanges(group))):
        whole = other.exchange.status == 200 and not other.is_preflight and other.exchange.url == facts.exchange.url
        if whole and other.engine == facts.engine and _answered(other) <= facts.exchange.started + SLACK:
            return other.exchange
    return None


def _place(url: str) -> str:
    """The URL without its scheme: a browser may ask https where http was said (HSTS, upgrade-insecure-requests)."""
    return url[url.find("://") + 1 :]


def needs_preflight(facts: Facts) -> bool:
    """Whether a cross-origin CORS request with this method and these headers has to be asked for first."""
    return facts.exchange.method not in SAFELISTED_METHODS or bool(facts.unsafe_names)


def _answered(facts: Facts) -> float:
    """When the response headers came; where a recording doesn't say, the start is the best that is known."""
    answered = facts.exchange.answered
    return facts.exchange.started if answered is None else answered


def _in_time(earlier: Facts, later: Facts) -> bool:
    waited = later.exchange.started - _answered(earlier)
    return earlier.done and -SLACK <= waited <= PATIENCE and _may_lead_to(earlier, later)


def _may_lead_to(facts: Facts, other: Facts) -> bool:
    """Whether `other` isn't one of the exchanges that led to this one, or this one itself, and the two make no chain of
    more redirects than a browser follows. Where stamps are coarse or missing, two that redirect to each other's URL
    could each be the other's next hop: a chain without an end."""
    redirects = 0 if facts.is_preflight else 1
    hop: Facts | None = facts
    while hop is not None:
        if hop is other:
            return False
        if hop.preflight is not None:
            hop = hop.preflight
        else:
            redirects += hop.parent is not None
            hop = hop.parent
    hop = other  # what follows it is known already where it arrives late
    while (following := hop.request or hop.child) is not None:
        redirects += hop.request is None
        hop = following
    return redirects <= MAX_REDIRECTS


def _is_preflight_of(preflight: Facts, facts: Facts) -> bool:
    """Whether this request may be the one that the preflight was for: same method, origin and names, and granted."""
    return set(facts.unsafe_names) <= set(preflight.asked_names) and _may_follow(preflight, facts)


def _is_preflight_before_login(preflight: Facts, facts: Facts) -> bool:
    """The same for a request to which the browser itself added a login that it knows: a preflight never asks for it."""
    own = set(facts.unsafe_names) - {"authorization"}
    return own <= set(preflight.asked_names) and _may_follow(preflight, facts)


def _may_follow(preflight: Facts, facts: Facts) -> bool:
    engine = ENGINES[preflight.engine or "chromium"]
    tainted = facts.origin == OPAQUE and engine.tainted_preflight_origin
    return (
        preflight.preflight_method == facts.exchange.method
        and preflight.target == facts.target
        and _in_time(preflight, facts)
        and (preflight.engine == facts.engine or "user-agent" in preflight.asked_names)
        and (preflight.storage_access == facts.storage_access or tainted or not engine.storage_access_on_preflight)
        and (preflight.origin == facts.origin or tainted or _withholds(facts, preflight.origin))
        and _has_all(facts, _names_to_come(preflight, engine))
        and _may_grant(preflight, facts.cookie or facts.storage_access)
    )


def _names_to_come(preflight: Facts, engine: Engine) -> tuple[str, ...]:
    """The names that the request will carry: all that were asked for, but an Authorization that a redirect dropped."""
    names = preflight.asked_names
    if "authorization" in names and engine.asks_for_dropped_authorization and _left_origin(preflight):
        return tuple(name for name in names if name != "authorization")
    return names


def _left_origin(facts: Facts) -> bool:
    """Whether a redirect on the way here led to another origin."""
    hop: Facts | None = facts
    while hop is not None:
        before = hop.preflight or hop.parent
        if before is not None and before.target != hop.target:
            return True
        hop = before
    return False


def _withholds(facts: Facts, origin: str | None) -> bool:
    """Whether this request may have had this Origin, which the recording leaves out."""
    return facts.origin_withheld and facts.page in (origin, None)


def _has_all(facts: Facts, names: tuple[str, ...]) -> bool:
    return all(map(facts.exchange.lacks, lacking(facts, names)))


def lacking(facts: Facts, names: tuple[str, ...]) -> list[str]:
    """Those of these names that the request, as recorded, doesn't have."""
    if not names or facts.unsafe_names == names:
        return []
    present = {name.lower() for name, _ in facts.exchange.request_headers}
    return [name for name in names if name not in present]


def _may_grant(preflight: Facts, include: bool) -> bool:
    """Whether the preflight's answer lets a request go, one with credentials if `include`; or may have, where its
    headers weren't recorded."""
    if preflight.exchange.answer_withheld:
        return preflight.location is None and 200 <= (preflight.exchange.status or 0) <= 299
    return preflight.exchange.status is not None and not grant_failures(preflight, include)


def grant_failures(preflight: Facts, include: bool) -> dict[str, Failed]:
    """The checks that a preflight's answer fails; found once for each credentials mode."""
    if preflight.refusals is None:
        preflight.refusals = {}
    failures = preflight.refusals.get(include)
    if failures is None:
        assert preflight.preflight_method is not None and preflight.origin is not None
        asked = Asked(preflight.origin, preflight.preflight_method, preflight.asked_names)
        status = preflight.exchange.status
        assert status is not None
        failures = preflight_failures(asked, include, status, preflight.location, preflight.answer)
        preflight.refusals[include] = failures
    return failures


def _leads_to(source: Facts, facts: Facts) -> bool:
    """Whether this exchange may be the next hop of a redirect: where it leads, and it goes on as it must."""
    return source.leads_to == facts.exchange.url and _goes_on(source, facts)


def _leads_upgraded(source: Facts, facts: Facts) -> bool:
    """The same where the redirect says http and the browser asked https. A call that the page made itself looks alike:
    what follows at once, or has lost its origin on the way, is the redirect's."""
    waited = facts.exchange.started - _answered(source)
    at_once = waited <= UPGRADE_PATIENCE or facts.origin == OPAQUE
    return at_once and source.leads_to.startswith("http:") and _goes_on(source, facts)


def _goes_on(source: Facts, facts: Facts) -> bool:
    """Whether method, page, engine and kind of a redirect's next hop are as they must be."""
    status, method = source.exchange.status, source.exchange.method
    if status is None or method is None or source.child is not None or not _in_time(source, facts):
        return False
    asked = facts.preflight_method or facts.exchange.method
    if asked != method_after(status, method) or source.engine != facts.engine:
        return False
    if facts.is_preflight:
        guessed = source.mode == "no-cors" and not source.mode_known
        if (source.mode != "cors" and not guessed) or not set(facts.asked_names) <= _names_so_far(source) | {
            "authorization"
        }:
            return False
    elif _differ(source, facts):
        return False
    fits = facts.origin in (source.origin, source.page, OPAQUE, None) or source.page is None
    return fits and not _is_refused(source)


def _is_refused(source: Facts) -> bool:
    """Whether no browser follows this redirect: it fails the CORS check in every credentials mode still possible, or
    leads a CORS request to an address with a user name in it."""
    if source.mode != "cors" or not source.mode_known or source.origin is None or source.location is None:
        return False
    exchange, cross = source.exchange, source.origin != source.target
    if cross and cors_check(source.origin, source.cookie or source.storage_access, source.answer) is not None:
        return True
    if "@" not in source.location:
        return False
    target = follow(
        exchange.url, source.location, exchange.status or 0, exchange.method or "", source.page, False, cross
    )
    return isinstance(target, Failed) and target.reason == "redirect-credentials"


def _names_so_far(source: Facts) -> set[str]:
    """The CORS-unsafe names of this request and of the hops before it: where a 303 makes a GET, Firefox leaves
    Content-Type out of the next request, and sends it again with the one after that."""
    names: set[str] = set()
    hop: Facts | None = source
    while hop is not None:
        names.update(hop.unsafe_names)
        first = hop.preflight or hop
        hop = first.parent
    return names


def _differ(source: Facts, facts: Facts) -> bool:
    """Whether two requests can't be hops of one Call: a redirect changes neither mode nor destination."""
    if source.mode_known and facts.mode_known and source.mode != facts.mode:
        return True
    return source.dest is not None and facts.dest is not None and source.dest != facts.dest


def _cached_grant(group: Group, facts: Facts) -> Facts | None:
    """The latest preflight whose answer still covers this request in its engine."""
    engine = ENGINES[facts.engine or "chromium"]
    if facts.bypasses_cache and engine.cache_modes_bypass:
        return None
    include = True if facts.cookie or facts.storage_access else None
    asked = Asked(facts.origin or "", facts.exchange.method or "", facts.unsafe_names)
    for preflight in reversed(group.grants):
        answered = preflight.exchange.answered
        if answered is None or answered > facts.exchange.started + SLACK:
            continue
        if preflight.origin != facts.origin or preflight.target != facts.target:
            continue
        stored = _stored_answer(preflight, answered, engine)
        if stored is not None and covers(stored, asked, include, facts.exchange.started + SLACK, engine):
            return preflight
        if engine.uncovered_drops_entry or (stored is not None and engine.replaces_entry):
            return None  # what was stored before this one is forgotten
    return None


def _stored_answer(preflight: Facts, answered: float, engine: Engine) -> Entry | None:
    """What the engine remembers of a preflight's answer."""
    if preflight.exchange.status is None or not is_remembered(grant_failures(preflight, False), engine):
        return None
    made_for = Asked(preflight.origin or "", preflight.preflight_method or "", preflight.asked_names)
    return entry(made_for, None, preflight.answer, answered, preflight.exchange.id, engine)
