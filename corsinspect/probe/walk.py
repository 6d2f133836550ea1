"""From a call to its requests, one after the other, as a browser makes them: no I/O, no clock.

Whether a preflight grants the request, and a redirect is followed, isn't decided here: the Tracker judges what came so
far, as it judges what a browser did, and as long as the call is pending the browser goes on.
"""

from collections.abc import Generator, Sequence
from typing import NamedTuple

from corsinspect.analysis import Tracker
from corsinspect.analysis.assume import told
from corsinspect.fetch.check import Failed
from corsinspect.fetch.engines import ENGINES
from corsinspect.fetch.headers import combined
from corsinspect.fetch.origin import OPAQUE
from corsinspect.fetch.redirect import follow, location
from corsinspect.fetch.safelist import SAFELISTED_METHODS, unsafe_names
from corsinspect.fetch.url import Url
from corsinspect.model import Call, Exchange, HeaderList
from corsinspect.probe.ask import READS_ONLY, Ask, Engine
from corsinspect.probe.browsers import BODY, Leg, site_between

NOT_SENT = "not-sent"
"""Why a walk ended before its request: that might change something, and nobody said to send it."""

_ASKS_AGAIN = frozenset({"firefox"})
"""Engines that preflight after a redirect, too, what needed it before, and doesn't any more. Seen (redirects group)."""
_KEEPS_REPEATED = frozenset({"firefox"})
"""Engines that judge each line of a repeated header by itself, and name it as often. Seen (methods_headers group)."""
_ENDED = ("allowed", "blocked", "network-error", "simulated", "unknown")


class Walked(NamedTuple):
    """What came of it."""

    exchanges: tuple[Exchange, ...]
    unsent: str | None = None
    """NOT_SENT, where the request itself didn't go out."""


class _Hop(NamedTuple):
    number: int
    url: Url
    method: str
    headers: HeaderList
    cookie: str | None
    tainted: bool
    crossed: bool
    """Whether the call has left the page's origin, here or before."""
    site: str


def walk(ask: Ask) -> Generator[Leg, Exchange, Walked]:
    """Yields each request, takes in each answer; ends where a browser would, or must not go on unasked."""
    exchanges: list[Exchange] = []
    hop = _first(ask)
    unsafe = hop.method not in SAFELISTED_METHODS or bool(_names(ask.engine, hop.headers))
    while True:
        names = _names(ask.engine, hop.headers)
        if _asks_first(ask, hop, names, unsafe=unsafe):
            exchanges.append((yield _preflight(ask, hop, names)))
            if judged(ask, exchanges).verdict.outcome != "pending":
                return Walked(tuple(exchanges))
        if ask.only_preflight or (hop.method not in READS_ONLY and not ask.send):
            return Walked(tuple(exchanges), NOT_SENT)
        answered = yield _request(ask, hop)
        exchanges.append(answered)
        further = _further(ask, hop, answered)
        if further is None or judged(ask, exchanges).verdict.outcome in _ENDED:
            return Walked(tuple(exchanges))
        hop = further


def judged(ask: Ask, exchanges: Sequence[Exchange]) -> Call:
    """The Call that these are so far, as the Tracker judges it, for the page that was played: what it wanted is known,
    and not a matter of signs."""
    tracker = Tracker()
    calls: dict[str, Call] = {}
    for exchange in exchanges:
        tracker.feed(exchange).apply_to(calls)
    return told(calls[exchanges[0].id], ask.mode, "include" if ask.credentials else "omit")


def _first(ask: Ask) -> _Hop:
    dropped = ENGINES[ask.engine].no_preflight_for
    headers = tuple((name, value) for name, value in ask.headers if name.lower() not in dropped)
    if ask.engine not in _KEEPS_REPEATED:
        joined = {name.lower(): (name, combined(headers, name.lower()) or "") for name, _ in reversed(headers)}
        headers = tuple(reversed(joined.values()))
    site = site_between(ask.engine, ask.origin, ask.url)
    return _Hop(0, ask.url, ask.method, headers, ask.cookie, False, ask.crosses, site)


def _names(engine: Engine, headers: HeaderList) -> tuple[str, ...]:
    """The header names that a preflight asks for."""
    unsafe = unsafe_names(headers, ENGINES[engine], by_page=True)
    if engine not in _KEEPS_REPEATED:
        return unsafe
    return tuple(sorted(name.lower() for name, _ in headers if name.lower() in unsafe))


def _asks_first(ask: Ask, hop: _Hop, names: tuple[str, ...], *, unsafe: bool) -> bool:
    """Whether a preflight goes before this request; `unsafe`: whether the call's first request is one to ask for."""
    if ask.mode != "cors" or not hop.crossed:
        return False
    return hop.method not in SAFELISTED_METHODS or bool(names) or (unsafe and ask.engine in _ASKS_AGAIN)


def _preflight(ask: Ask, hop: _Hop, names: tuple[str, ...]) -> Leg:
    keeps = ENGINES[ask.engine].tainted_preflight_origin
    return Leg(
        url=hop.url,
        method="OPTIONS",
        page=ask.origin,
        origin=ask.origin if keeps or not hop.tainted else OPAQUE,
        site=hop.site,
        include=ask.credentials,
        mode="cors",
        asks_method=hop.method,
        asks_names=names,
        redirected=hop.number > 0,
    )


def _request(ask: Ask, hop: _Hop) -> Leg:
    return Leg(
        url=hop.url,
        method=hop.method,
        page=ask.origin,
        origin=_origin(ask, hop),
        site=hop.site,
        include=ask.credentials,
        mode=ask.mode,
        headers=hop.headers,
        cookie=hop.cookie,
        redirected=hop.number > 0,
    )


def _origin(ask: Ask, hop: _Hop) -> str | None:
    """Fetch, "append a request `Origin` header": with CORS tainting, and on whatever isn't GET or HEAD."""
    sends = (ask.mode == "cors" and hop.crossed) or hop.method not in READS_ONLY
    return (OPAQUE if hop.tainted else ask.origin) if sends else None


def _further(ask: Ask, hop: _Hop, answered: Exchange) -> _Hop | None:
    """Where a redirect leads; None where this is none, or one that no browser follows. Fetch, "HTTP-redirect fetch"."""
    engine = ENGINES[ask.engine]
    where = location(answered.status, answered.response_headers)
    if where is None or (where == "" and not engine.empty_location_redirects):
        return None
    cors = ask.mode == "cors" and hop.crossed
    target = follow(hop.url.href, where, answered.status or 0, hop.method, ask.origin, hop.tainted, cors, engine=engine)
    if isinstance(target, Failed):
        return None
    leaves = target.url.origin != hop.url.origin
    headers = hop.headers
    if target.method != hop.method:
        headers = tuple(line for line in headers if line[0].lower() not in BODY)
    if leaves:
        headers = tuple(line for line in headers if line[0].lower() != "authorization")
    return _Hop(
        number=hop.number + 1,
        url=target.url,
        method=target.method,
        headers=headers,
        cookie=None if leaves else hop.cookie,
        tainted=target.tainted,
        crossed=hop.crossed or target.url.origin != ask.origin,
        site=site_between(ask.engine, ask.origin, target.url, hop.site),
    )
