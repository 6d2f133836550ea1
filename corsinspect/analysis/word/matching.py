"""Which Said belongs to which exchange: what the browser told of its own requests, joined with the wire.

Theory of operation
===================

Nothing that both sides see names a request, so a Said and an exchange belong together where all that both know is the
same. Each group, the exchanges and Saids of one method and one URL, is settled on its own:

1. *Candidates.* The request's header lines are equal, secrets left out, and so are the status and the answer's lines
   where both are there. The proxy saw the request after the browser sent it (0 to 51 ms were measured), and answered
   before the browser was answered, or failed it by CORS. Where the browser told no header lines (Firefox), the page's
   origin must be that of the Origin header, and the kind fit Sec-Fetch-Dest.
2. *What is forced.* A Said with one candidate has it, unless another Said has that one alone as well.
3. *Connections*, where that leaves something open. The browser numbers its connections, the proxy too. Pairs that were
   forced say which is which, one to one; a connection of which they disagree says nothing. Where the browser doesn't
   number them (Firefox), a connection over HTTP/1.1 carries requests with credentials or without, never both.
4. *By order.* What is left goes by time. That is likely, and sure all the same where it makes no difference: all the
   requests that it may be have the same facts, and each exchange has one of them.

The result follows from what is known, never from the order in which it came: each step looks at all of a group, and
what groups show of connections they show without knowing any. So an exchange or a Said that comes late may change what
was said before. Bounded: exchanges as the Tracker holds them, `SAID_LIMIT` Saids, `GROUP_LIMIT` of either in one group.
"""

import bisect
import math
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from corsinspect.analysis.classify import Facts
from corsinspect.fetch.headers import once_a_list
from corsinspect.fetch.origin import OPAQUE
from corsinspect.fetch.url import origin_of
from corsinspect.model import Exchange, HeaderList, Word
from corsinspect.said import Said

EARLY = 0.004
"""Seconds by which the proxy's stamp may lie before the browser's: two clocks' readings of one moment."""
LATE = 3.0
"""Seconds by which it may lie after it: a busy proxy, or a request that the browser queued before it was sent."""
LATE_WORD = 0.5
"""Seconds by which the browser's stamp of a WebSocket's handshake may be late; its key tells it from all others."""
SAID_LIMIT = 20_000
GROUP_LIMIT = 256

_UNCOMPARED = frozenset(
    """connection content-length cookie authorization host keep-alive proxy-authorization proxy-connection set-cookie te
    transfer-encoding""".split()
)
"""Headers that belong to one connection only, or that are secret and therefore not told alike on both sides."""
_DESTINATIONS = {"fetch": "empty", "xhr": "empty", "image": "image", "script": "script", "font": "font"}
"""By `Said.kind`: the Sec-Fetch-Dest of such a request, where it has one and no other is possible."""
_SECRET = "\u2039redacted:"

Key = tuple[str, str]
"""Method and URL."""
Leg = tuple[str, int]
"""A Said's id and hop."""
How = Literal["order", "same", "forced"]
"""By time alone; by time, where it makes no difference; because nothing else is possible."""
Lines = tuple[tuple[str, str | None], ...]
Pair = tuple[Leg, How]
Pairs = dict[str, Pair]
"""By the exchange's id."""


class _Seen:
    """An exchange, with what is known of its request."""

    __slots__ = ("dest", "engine", "exchange")

    def __init__(self, facts: Facts) -> None:
        self.exchange = facts.exchange
        self.engine = facts.engine
        self.dest = facts.dest


class _Told:
    """A Said, with what is compared of it."""

    __slots__ = ("page", "said", "start")

    def __init__(self, said: Said) -> None:
        self.said = said
        self.start = said.called if said.sent is None else said.sent
        if said.kind == "websocket":
            self.start -= LATE_WORD
        self.page = origin_of(said.page) if said.page and said.page.startswith("http") else None


class _Group:
    """The exchanges and Saids of one method and URL. `links`: what its forced pairs show of connections."""

    __slots__ = ("links", "pairs", "seen", "told")

    def __init__(self) -> None:
        self.seen: dict[str, _Seen] = {}
        self.told: dict[Leg, _Told] = {}
        self.links: dict[Link, int] = {}
        self.pairs: Pairs = {}


class Link(NamedTuple):
    """What a pair shows: which connection is which, or which credentials go over one. `told` is the browser's number,
    or the class."""

    here: str
    told: str
    numbered: bool


class _Links:
    """Which two things go together, counted; only what never contradicted itself counts."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, int]] = {}

    def count(self, one: str, other: str, by: int) -> None:
        counts = self._of.setdefault(one, {})
        counts[other] = counts.get(other, 0) + by
        if not counts[other]:
            del counts[other]
            if not counts:
                del self._of[one]

    def get(self, one: str) -> str | None:
        """The other one; None where that isn't known, or there are several."""
        counts = self._of.get(one)
        return next(iter(counts)) if counts is not None and len(counts) == 1 else None


class Request(NamedTuple):
    """What the browser told of one request: all of its legs, in order."""

    id: str
    legs: tuple[Said, ...]
    reached: bool
    """Whether any of them was found on the wire."""


class Settled(NamedTuple):
    """What `settle` changed: exchanges by id, and requests by theirs."""

    exchanges: set[str]
    requests: set[str]


class Matching:
    """Takes exchanges and Saids as they come; `settle` draws the conclusions from all that came since."""

    def __init__(self) -> None:
        self._groups: dict[Key, _Group] = {}
        self._said: OrderedDict[Leg, _Told] = OrderedDict()
        self._requests: dict[str, list[Leg]] = {}
        self._reached: dict[str, set[str]] = {}
        """Request -> the exchanges that are its legs, also when those are let go of."""
        self._kept: dict[str, Pair] = {}
        """Pairs of exchanges that the Tracker holds and their groups don't any more."""
        self._stale: dict[Key, None] = {}
        self._open: dict[Key, None] = {}
        """Groups of which the forced pairs leave something open."""
        self._heard: set[str] = set()
        self._here = _Links()
        self._told = _Links()
        self._classes = _Links()

    @property
    def stale(self) -> bool:
        """Whether there is something to settle."""
        return bool(self._stale or self._heard)

    def see(self, facts: Facts) -> None:
        """Takes in an exchange, or its newer state."""
        exchange = facts.exchange
        if exchange.method is None or exchange.id in self._kept:
            return
        self._group(_key(exchange.method, exchange.url)).seen[exchange.id] = _Seen(facts)

    def hear(self, said: Said) -> None:
        """Takes in what the browser said of a leg, or a newer state of it."""
        leg, key, request = (said.id, said.hop), _key(said.method, said.url), request_of(said)
        known = self._said.get(leg)
        if known is not None and (_key(known.said.method, known.said.url), request_of(known.said)) != (key, request):
            self._forget(request_of(known.said))
        group = self._group(key)
        self._said[leg] = group.told[leg] = _Told(said)
        legs = self._requests.setdefault(request, [])
        if leg not in legs:
            bisect.insort(legs, leg, key=self._place)
        self._heard.add(request)
        if len(legs) > 1:  # what is known of one leg is a fact of them all
            for other in legs:
                self._group(self._key_of(other))
        if len(self._said) > SAID_LIMIT:
            self._forget(request_of(next(iter(self._said.values())).said))

    def drop(self, facts: Facts) -> None:
        """Lets go of an exchange; what was concluded of it stays as it is."""
        exchange = facts.exchange
        if exchange.method is not None:
            self._keep(_key(exchange.method, exchange.url), exchange.id)
            self._kept.pop(exchange.id, None)

    def settle(self) -> Settled:
        """Draws the conclusions; says for which exchanges and requests something changed."""
        changed = Settled(set(), set())
        again = dict(self._stale)
        self._stale.clear()
        forced = {key: self._learn(key, self._groups[key]) for key in again}
        if any(moved for _, moved in forced.values()):
            again |= self._open
        for key in again:
            pairs = forced[key][0] if key in forced else None
            self._conclude(key, self._groups[key], pairs, changed)
        for key in again:
            group = self._groups[key]
            if len(group.seen) > GROUP_LIMIT or len(group.told) > GROUP_LIMIT:
                self._trim(key, group)
            if not group.seen and not group.told:
                del self._groups[key]
                self._stale.pop(key, None)
        changed.requests.update(self._heard)
        for request in self._heard:
            changed.exchanges.update(self._reached.get(request, ()))
        self._heard.clear()
        return changed

    def word(self, exchanges: Iterable[Exchange]) -> Word | None:
        """What the browser said of the Call that these exchanges are; None: nothing, as far as known."""
        found: list[tuple[str, How]] = []
        for exchange in exchanges:
            group = self._groups.get(_key(exchange.method or "", exchange.url))
            pair = (group.pairs.get(exchange.id) if group is not None else None) or self._kept.get(exchange.id)
            if pair is not None and (told := self._said.get(pair[0])) is not None:
                found.append((request_of(told.said), pair[1]))
        if not found:
            return None
        if len(found) == 1:  # nearly always
            request, how = found[0]
            return Word(match="likely" if how == "order" else "sure", said=self._legs(request))
        forced = list(dict.fromkeys(request for request, how in found if how == "forced"))
        sure = forced or [request for request, how in found if how == "same"]
        request = sure[-1] if sure else found[-1][0]
        # equal calls at once: which of them went on with which is a guess, and makes no difference
        agreed = len(forced) < 2 or len({self._facts_of(each) for each in forced}) == 1
        return Word(match="sure" if sure and agreed else "likely", said=self._legs(request))

    def request(self, id: str) -> Request | None:
        """All that is held of a request."""
        legs = self._legs(id)
        return Request(id, legs, bool(self._reached.get(id))) if legs else None

    def answered_before(self, said: Said) -> Exchange | None:
        """The latest answer from the wire to the same GET before this leg: what the browser's cache may hold."""
        group = self._groups.get(_key(said.method, said.url))
        before = [
            seen.exchange
            for seen in (group.seen.values() if group is not None else ())
            if seen.exchange.status == 200 and seen.exchange.started < said.called
        ]
        return max(before, key=lambda exchange: (exchange.started, exchange.id), default=None)

    # what is held

    def _group(self, key: Key) -> _Group:
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group()
        self._stale[key] = None
        return group

    def _key_of(self, leg: Leg) -> Key:
        said = self._said[leg].said
        return _key(said.method, said.url)

    def _place(self, leg: Leg) -> tuple[int, bool, float, str]:
        said = self._said[leg].said
        return said.hop, said.preflight_of is None, said.called, said.id

    def _legs(self, request: str) -> tuple[Said, ...]:
        return tuple(self._said[leg].said for leg in self._requests.get(request, ()))

    def _trim(self, key: Key, group: _Group) -> None:
        """Takes the oldest out of a group that is too large."""
        oldest = sorted(group.seen, key=lambda id: group.seen[id].exchange.started)
        for id in oldest[: max(0, len(oldest) - GROUP_LIMIT)]:
            self._keep(key, id)
        first = sorted(group.told, key=lambda leg: group.told[leg].start)
        for leg in first[: max(0, len(first) - GROUP_LIMIT)]:
            self._retire(key, leg)

    def _keep(self, key: Key, id: str) -> None:
        """Takes an exchange out of its group, and the leg with it that is its own."""
        group = self._groups.get(key)
        if group is None or group.seen.pop(id, None) is None:
            return
        self._stale[key] = None
        pair = group.pairs.pop(id, None)
        if pair is not None:
            group.told.pop(pair[0], None)
            self._kept[id] = pair

    def _retire(self, key: Key, leg: Leg) -> None:
        """Takes a leg out of its group, and the exchange with it that is its own."""
        group = self._group(key)
        group.told.pop(leg, None)
        for id in [id for id, pair in group.pairs.items() if pair[0] == leg]:
            self._keep(key, id)

    def _forget(self, request: str) -> None:
        """Forgets a request, with all its legs."""
        for leg in self._requests.pop(request):
            self._retire(self._key_of(leg), leg)
            del self._said[leg]
        self._reached.pop(request, None)
        self._heard.add(request)

    # what follows

    def _learn(self, key: Key, group: _Group) -> tuple[Pairs | None, bool]:
        """The pairs of a group where all are forced, else None, and whether what is known of connections changed."""
        edges = self._edges(group)
        if not edges and not group.links:  # half of them: nothing is told of these yet, or all was let go of
            self._open.pop(key, None)
            return {}, False
        pairs = _forced(edges)
        links: dict[Link, int] = {}
        for id, (leg, _) in pairs.items():
            if (link := self._link(group.seen[id].exchange, leg)) is not None:
                links[link] = links.get(link, 0) + 1
        before, group.links = group.links, links
        moved = before != links
        for link in before.keys() | links.keys() if moved else ():
            by = links.get(link, 0) - before.get(link, 0)
            if link.numbered:
                self._told.count(link.here, link.told, by)
                self._here.count(link.told, link.here, by)
            else:
                self._classes.count(link.here, link.told, by)
        taken = {leg for leg, _ in pairs.values()}
        if len(pairs) < len(edges) and any(
            leg not in taken and any(id not in pairs for id in ids) for leg, ids in edges.items()
        ):
            self._open[key] = None
            return None, moved
        self._open.pop(key, None)
        return pairs, moved

    def _link(self, exchange: Exchange, leg: Leg) -> Link | None:
        said, here = self._said[leg].said, exchange.connection
        if here is None:
            return None
        if said.connection is not None:
            return Link(here, _number(said), True)
        mode = _class(said) if exchange.http_version.startswith("HTTP/1") else None
        return None if mode is None else Link(here, mode, False)

    def _conclude(self, key: Key, group: _Group, forced: Pairs | None, changed: Settled) -> None:
        before, group.pairs = group.pairs, self._narrowed(group) if forced is None else forced
        for id in before.keys() | group.pairs.keys() if before != group.pairs else ():
            if before.get(id) == group.pairs.get(id):
                continue
            changed.exchanges.add(id)
            for pairs, mark in ((before, set[str].discard), (group.pairs, set[str].add)):
                if id in pairs and pairs[id][0] in self._said:
                    request = request_of(self._said[pairs[id][0]].said)
                    mark(self._reached.setdefault(request, set()), id)
                    changed.requests.add(request)
        # what was answered before on the wire may be what the cache answered
        changed.requests.update(request_of(told.said) for told in group.told.values() if told.said.sent is None)

    def _edges(self, group: _Group) -> dict[Leg, list[str]]:
        """The candidates of each leg that has any, in order of time."""
        edges: dict[Leg, list[str]] = {}
        if not group.seen or not group.told:
            return edges
        if len(group.seen) == len(group.told) == 1:  # nearly always: there is nothing to sort or to look for
            ((leg, told),), (only,) = group.told.items(), group.seen.values()
            first, last = _window(told)
            if first <= only.exchange.started <= last and _may_be(told, only):
                edges[leg] = [only.exchange.id]
            return edges
        seen = sorted(group.seen.values(), key=lambda each: (each.exchange.started, each.exchange.id))
        starts = [each.exchange.started for each in seen]
        for leg in sorted(group.told, key=lambda leg: _order(group.told[leg].said)):
            told = group.told[leg]
            first, last = _window(told)
            candidates = seen[bisect.bisect_left(starts, first) : bisect.bisect_right(starts, last)]
            if found := [each.exchange.id for each in candidates if _may_be(told, each)]:
                edges[leg] = found
        return edges

    def _narrowed(self, group: _Group) -> Pairs:
        """The pairs of a group, by what all groups show of connections as well, and the rest by order."""
        edges: dict[Leg, list[str]] = {}
        for leg, ids in self._edges(group).items():
            said = self._said[leg].said
            if found := [id for id in ids if self._connections_agree(said, group.seen[id].exchange)]:
                edges[leg] = found
        pairs = _forced(edges)
        taken = {leg for leg, _ in pairs.values()}
        rest = {leg: [id for id in ids if id not in pairs] for leg, ids in edges.items() if leg not in taken}
        return pairs | self._by_order({leg: ids for leg, ids in rest.items() if ids})

    def _connections_agree(self, said: Said, exchange: Exchange) -> bool:
        here = exchange.connection
        if here is None:
            return True
        if said.connection is None:
            mode, shown = _class(said), self._classes.get(here)
            return mode is None or shown is None or mode == shown
        number = _number(said)
        own, other = self._here.get(number), self._told.get(here)
        # which is which is known only where each has but one
        own = own if own is not None and self._told.get(own) == number else None
        other = other if other is not None and self._here.get(other) == here else None
        return own in (None, here) and other in (None, number)

    def _by_order(self, edges: dict[Leg, list[str]]) -> Pairs:
        pairs: Pairs = {}
        for legs, ids in _parts(edges):
            same = len(ids) <= len(legs) and len({self._facts(leg) for leg in legs}) == 1
            for leg in legs:
                free = next((id for id in edges[leg] if id not in pairs), None)
                if free is not None:
                    pairs[free] = leg, "same" if same else "order"
        return pairs

    def _facts(self, leg: Leg) -> tuple[object, ...]:
        """What the browser told of a leg's request, but for what tells two equal ones apart."""
        return self._facts_of(request_of(self._said[leg].said))

    def _facts_of(self, request: str) -> tuple[object, ...]:
        return tuple(map(_telling, self._legs(request)))


def request_of(said: Said) -> str:
    """The id of the request that a leg, or a preflight, belongs to."""
    return said.preflight_of or said.id


def _key(method: str, url: str) -> Key:
    if url.startswith("ws"):  # on the wire a WebSocket's handshake is a request for http or https
        url = "http" + url[2:]
    return method, url.partition("#")[0]


def _number(said: Said) -> str:
    """The browser's number of the connection; two launches may have the same."""
    return f"{said.id.rpartition(':')[0]}\0{said.connection}"


def _order(said: Said) -> tuple[float, float, int, str, int]:
    number = said.id.rpartition(".")[2]
    time = said.called if said.sent is None else said.sent
    return time, said.called, int(number) if number.isdecimal() else 0, said.id, said.hop


def _window(told: _Told) -> tuple[float, float]:
    """Between which moments the proxy must have seen the request; none are, where it was never sent."""
    said = told.said
    if said.sent is None and (said.from_cache or said.by_service_worker):
        return math.inf, -math.inf
    return told.start - EARLY, min(told.start + LATE, _over(said) + EARLY)


def _over(said: Said) -> float:
    """From when on a new request can't be this one: it was answered, or CORS failed it, by its answer or unsent. Where
    Firefox refused one, it doesn't tell when: its end is the call's beginning."""
    if said.answered is not None:
        return said.answered
    failed = said.code is not None and said.engine == "chromium"
    return said.ended if said.ended is not None and failed else math.inf


def _class(said: Said) -> str | None:
    """Whether this goes over a connection with credentials or without; None where that wasn't told."""
    if said.preflight_of is not None:
        return "omit"
    if said.credentials != "same-origin":
        return said.credentials
    return "include" if said.page and origin_of(said.page) == origin_of(said.url) else "omit"


@once_a_list
def _compared(headers: HeaderList) -> Lines:
    """Header lines as they're compared: in no order, without what isn't told alike; None for a secret."""
    lines: list[tuple[str, str | None]] = []
    for name, value in headers:
        lower = name.lower()
        if lower in _UNCOMPARED or lower.startswith(":"):
            continue
        lines += [(lower, None if _SECRET in value else piece.strip()) for piece in value.split("\n")]
    return tuple(sorted(lines, key=_place_of_line))


def _place_of_line(line: tuple[str, str | None]) -> tuple[str, str]:
    return line[0], line[1] or ""


def _alike(told: HeaderList, seen: HeaderList) -> bool:
    """Whether these may be the same header lines."""
    one, other = _compared(told), _compared(seen)
    if one == other:
        return True
    if len(one) != len(other):
        return False
    return all(
        left[0] == right[0] and (left[1] == right[1] or left[1] is None or right[1] is None)
        for left, right in zip(one, other, strict=True)
    )


def _may_be(told: _Told, seen: _Seen) -> bool:
    said, exchange = told.said, seen.exchange
    if said.answered is not None and exchange.answered is not None and exchange.answered > said.answered + EARLY:
        return False
    if said.request_headers is not None:
        if not _alike(said.request_headers, exchange.request_headers):
            return False
    elif not _may_be_of(told, seen):
        return False
    if exchange.status is None or said.status is None or exchange.status == 304:
        return True  # to a page, a 304 is the stored answer
    if said.status != exchange.status:
        return False
    return said.response_headers is None or _alike(said.response_headers, exchange.response_headers)


def _may_be_of(told: _Told, seen: _Seen) -> bool:
    """The same where the browser told no header lines: by the engine, the kind and the page."""
    if seen.engine is not None and seen.engine != told.said.engine:
        return False
    wanted = _DESTINATIONS.get(told.said.kind)
    if wanted is not None and seen.dest is not None and seen.dest != wanted:
        return False
    if told.page is None or told.said.hop:
        return True
    origin = next((value for name, value in seen.exchange.request_headers if name.lower() == "origin"), None)
    return origin in (None, OPAQUE, told.page)


def _forced(edges: dict[Leg, list[str]]) -> Pairs:
    """What follows from each Said's candidates alone, in rounds: what one settles, the next takes as given."""
    pairs: Pairs = {}
    if len(edges) == 1:  # nearly always
        ((leg, ids),) = edges.items()
        return {ids[0]: (leg, "forced")} if len(ids) == 1 else pairs
    free = {leg: set(ids) for leg, ids in edges.items()}
    wanted: dict[str, list[Leg]] = {}
    for leg, ids in edges.items():
        for id in ids:
            wanted.setdefault(id, []).append(leg)
    claims: dict[str, list[Leg]] = {}
    single = [leg for leg, ids in free.items() if len(ids) == 1]
    while single:
        for leg in single:
            claims.setdefault(next(iter(free[leg])), []).append(leg)
        touched = dict.fromkeys(next(iter(free[leg])) for leg in single)
        settled = {id: claims[id][0] for id in touched if len(claims[id]) == 1}
        for id, leg in settled.items():
            pairs[id] = leg, "forced"
        fewer: dict[Leg, None] = {}
        for id, leg in settled.items():
            for other in wanted[id]:
                if other != leg and id in free[other]:
                    free[other].discard(id)
                    fewer[other] = None
        single = [leg for leg in fewer if len(free[leg]) == 1]
    return pairs


def _parts(edges: dict[Leg, list[str]]) -> Iterable[tuple[Sequence[Leg], set[str]]]:
    """The Saids that have to do with each other through their candidates, in their order, and those."""
    of: dict[str, list[Leg]] = {}
    for leg, candidates in edges.items():
        for id in candidates:
            of.setdefault(id, []).append(leg)
    left = list(edges)
    while left:
        found, reached = [left[0]], {left[0]}
        ids: set[str] = set()
        while found:
            for id in edges[found.pop()]:
                if id not in ids:
                    ids.add(id)
                    new = [leg for leg in of[id] if leg not in reached]
                    reached.update(new)
                    found += new
        yield [leg for leg in left if leg in reached], ids
        left = [leg for leg in left if leg not in reached]


def _telling(said: Said) -> tuple[object, ...]:
    return (
        said.hop,
        said.preflight_of is not None,
        said.method,
        said.url,
        said.kind,
        said.status,
        said.credentials,
        said.cookies_sent,
        said.cookies_withheld,
        said.code,
        said.parameter,
        said.blocked,
        said.directive,
        said.failed,
        said.canceled,
        said.from_cache,
        said.by_service_worker,
        said.ended is None,
        said.page,
        said.caller,
        said.stack,
        said.console,
    )
