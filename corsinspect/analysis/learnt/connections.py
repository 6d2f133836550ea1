"""What a client's connection shows about the credentials mode of the requests on it.

Theory of operation
===================

Browsers keep requests with credentials and requests without them on separate connections, also to a proxy (Chromium's
privacy mode, Gecko's anonymous flag). So one request that shows its mode shows it for all that share its connection:
a cookie, Sec-Fetch-Storage-Access on a request in cors mode (Firefox sends it on preflights as well, Chromium on images
of credentialless documents) and a page's load were sent with credentials, a preflight never is.

- Which engines keep them apart, and over which versions of HTTP, is `Engine.apart_by_credentials`. A connection that
  any other client used, or two engines, tells nothing; neither does one whose signs contradict each other.
- What it shows is likely, never certain. An intermediary may have put the requests of several connections on one. With
  third-party cookies blocked Chromium sends requests in mode "include" on the connections without credentials (but
  says so with Sec-Fetch-Storage-Access, which goes before this).
- That holds for the browser that corsinspect launched, too. A connection is its own, with nothing in between, where a
  Said surely belongs to an exchange on it; but its cookie policy isn't known: in its window a person can open an
  incognito one or change the settings, and a kept profile or a company's policy may have others. There is little to
  gain: its calls are settled by its own word, all but the few that no Said surely belongs to.
- Credentials mode "same-origin" counts as "include" until the first hop at another origin, and as "omit" from there on.
  So a connection with credentials tells nothing of a hop at the page's own origin.
- A sign that comes later holds for earlier requests as well, so those are judged again (`take`).
- Memory ends with the exchanges: a connection is forgotten with the last one that is held.
"""

from collections.abc import Collection

from corsinspect.fetch.engines import ENGINES

from ..chain import Chain
from ..classify import Connection, Facts
from ..credentials import Inferred

_COOKIE, _STORAGE_ACCESS, _NAVIGATION, _PREFLIGHT, _UNTOLD = 1, 2, 4, 8, 16
_INCLUDE = _COOKIE | _STORAGE_ACCESS | _NAVIGATION

SIGNALS = {
    "connection-cookie": Inferred("include", "connection-cookie", proof=False),
    "connection-storage-access": Inferred("include", "connection-storage-access", proof=False),
    "connection-navigation": Inferred("include", "connection-navigation", proof=False),
    "connection-preflight": Inferred("omit", "connection-preflight", proof=False),
}
"""By signal, what a connection shows; of several signs the first one here is named."""

_BITS = (_COOKIE, _STORAGE_ACCESS, _NAVIGATION, _PREFLIGHT)


def _shown_by(signs: int) -> str | None:
    if signs & _UNTOLD or bool(signs & _INCLUDE) == bool(signs & _PREFLIGHT):
        return None
    return next(shown for bit, shown in zip(_BITS, SIGNALS, strict=True) if signs & bit)


_SHOWN = tuple(_shown_by(signs) for signs in range(2 * _UNTOLD))
"""By all signs of a connection together, so that their order can't matter."""


def _learns(connection: Connection, signs: int) -> bool:
    """Whether what it shows changes with these signs."""
    connection.signs = signs
    before, connection.shown = connection.shown, _SHOWN[signs]
    return connection.shown != before


class Connections:
    """All connections of a session on which exchanges are held."""

    def __init__(self) -> None:
        self._held: dict[str, Connection] = {}

    def take(self, facts: Facts) -> Collection[Facts]:
        """Takes in a new exchange; gives those on its connection of which that tells something new."""
        exchange, engine = facts.exchange, facts.engine
        id = exchange.connection
        if id is None or exchange.method is None:
            return ()  # a connection that failed before any request says nothing of who it was
        connection = self._held.get(id)
        if connection is None:
            connection = self._held[id] = Connection(id, engine)
        facts.connection = connection
        connection.held += 1
        if facts.preflight_method is None and (facts.mode == "cors" or not facts.mode_known):
            connection.concerned[exchange.id] = facts
        signs = connection.signs | (_sign(facts) if engine == connection.engine else _UNTOLD)
        if signs == connection.signs or not _learns(connection, signs):
            return ()
        return [other for other in connection.concerned.values() if other.asks_connection]

    def drop(self, facts: Facts) -> None:
        """Forgets an exchange. What its connection showed last stays with it."""
        connection = facts.connection
        if connection is None:
            return
        connection.concerned.pop(facts.exchange.id, None)
        connection.held -= 1
        if not connection.held:
            del self._held[connection.id]


def _sign(facts: Facts) -> int:
    """The sign that one exchange is, as a bit; 0 for none."""
    engine = facts.engine
    if (
        engine is None
        or facts.engine_assumed
        or facts.exchange.http_version not in ENGINES[engine].apart_by_credentials
    ):
        return _UNTOLD
    if facts.preflight_method is not None:
        return _PREFLIGHT
    if facts.cookie:
        return _COOKIE
    if not facts.mode_known:
        return 0
    if facts.mode == "cors":
        return _STORAGE_ACCESS if facts.storage_access else 0
    # a frame of another site may be without cookies where those of third parties are blocked
    return _NAVIGATION if facts.mode == "navigate" and (facts.dest == "document" or facts.site != "cross-site") else 0


def connection_shown(chain: Chain) -> Inferred | None:
    """The credentials mode that the connections of a Call's requests show; None where they show none, or several.

    Asked where a Call's own traffic leaves it open: such a Call is judged again when its connections show more."""
    if chain.connection_signal is not None:
        return SIGNALS[chain.connection_signal]
    found: Inferred | None = None
    crossed = False
    for preflight, request in chain.hops:
        first = preflight or request
        assert first is not None
        crossed = crossed or first.target != chain.page or first.origin not in (None, first.target)
        if request is None or request.connection is None:
            continue
        request.asks_connection = True
        shown = SIGNALS.get(request.connection.shown or "")
        if shown is None or not (crossed or shown.mode == "omit"):
            continue
        if found is not None and found.mode != shown.mode:
            return None
        found = found or shown
    return found
