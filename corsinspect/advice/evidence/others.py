"""The session's other calls, and what they show of the server that a call went to."""

import math
import re
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from corsinspect.fetch.check import ALLOW_ORIGIN
from corsinspect.fetch.headers import by_name, combined
from corsinspect.fetch.url import origin_of
from corsinspect.fingerprints import GRANTING
from corsinspect.model import Call, Exchange

_ALLOW_ORIGIN = ALLOW_ORIGIN.lower()


class Others:
    """Some calls, and what they show of one server: each found when it's first asked for."""

    def __init__(self, calls: Collection[Call], server: str) -> None:
        self.server = server
        self._calls = calls

    @cached_property
    def answers(self) -> list[Exchange]:
        """This server's answers."""
        return [
            each
            for other in self._calls
            for each in other.exchanges
            if each.status is not None and not each.by_proxy and origin_of(each.url) == self.server
        ]

    @cached_property
    def to_requests(self) -> list[Exchange]:
        """Those that aren't to preflights."""
        return [each for each in self.answers if each.method != "OPTIONS"]

    @cached_property
    def good(self) -> list[Exchange]:
        """Those of these that have Access-Control-Allow-Origin."""
        return [each for each in self.to_requests if has(each, _ALLOW_ORIGIN)]

    @cached_property
    def allowed(self) -> frozenset[str | None]:
        """The pages that these allow, as they write them."""
        return frozenset([combined(each.response_headers, _ALLOW_ORIGIN) for each in self.good])

    @cached_property
    def working(self) -> frozenset[str]:
        """The paths at which a request was answered without an error."""
        return frozenset([path_of(each) for each in self.to_requests if (each.status or 0) < 400])

    @cached_property
    def knows_cors(self) -> bool:
        """Whether any answer has an Access-Control header."""
        return any(grants(each) for each in self.answers)

    @cached_property
    def demands_https(self) -> bool:
        """Whether any answer has Strict-Transport-Security."""
        return any(has(each, "strict-transport-security") for each in self.answers)

    @cached_property
    def sets_cookies(self) -> bool:
        """Whether any answer, of another server too, sets a cookie that this server gets."""
        host = host_of(self.server)
        return any(sets_cookie(each, host) for other in self._calls for each in other.exchanges)

    def worked_before(self, call: Call) -> bool:
        """Whether the same call was allowed before, with a good answer."""
        return self._worked.get(_sort_of(call), math.inf) < call.started

    @cached_property
    def _worked(self) -> dict[tuple[str | None, ...], float]:
        """When each sort of call was first allowed, with a good answer."""
        found: dict[tuple[str | None, ...], float] = {}
        for other in self._calls:
            if other.verdict.outcome == "allowed" and (other.verdict.status or 0) < 400:
                sort = _sort_of(other)
                if other.started < found.get(sort, math.inf):
                    found[sort] = other.started
        return found


class Common:
    """Calls that stand beside very many others: what they show is found once for all of those."""

    def __init__(self, calls: dict[str, Call]) -> None:
        """`calls`: by their ids."""
        self.calls = calls
        self._others: Others | None = None

    def about(self, server: str) -> Others:
        """What they show of a server, which is mostly the one that was asked for last."""
        if self._others is None or self._others.server != server:
            self._others = Others(self.calls.values(), server)
        return self._others


class Near(list[Call]):
    """The calls beside one: those that it shares with others, and then some of its own."""

    def __init__(self, common: Common, own: Iterable[Call]) -> None:
        super().__init__(common.calls.values())
        self.common = common
        self.own = [call for call in own if call.id not in common.calls]
        self += self.own


def beside(call: Call, near: Collection[Call], server: str) -> Sequence[Others]:
    """What the calls near this one, without itself, show of a server."""
    if not isinstance(near, Near) or call.id in near.common.calls:
        return (Others([other for other in near if other.id != call.id], server),)
    own = [other for other in near.own if other.id != call.id]
    common = near.common.about(server)
    return (common, Others(own, server)) if own else (common,)


def has(exchange: Exchange, *names: str) -> bool:
    """Whether an answer has any of these (lower-case) headers."""
    return not by_name(exchange.response_headers).keys().isdisjoint(names)


def grants(exchange: Exchange) -> bool:
    """Whether an answer has any Access-Control header that CORS code sends."""
    return has(exchange, _ALLOW_ORIGIN, *GRANTING)


def sets_cookie(exchange: Exchange, host: str) -> bool:
    """Whether this answer sets a cookie that goes to `host`. RFC 6265, 5.1.3 and 8.5: ports and schemes don't count."""
    own = host_of(origin_of(exchange.url))
    for name, value in exchange.response_headers:
        if name.lower() == "set-cookie":
            wider = re.search(r";\s*domain=\.?([^;\s]+)", value, re.I)
            domain = own if wider is None else wider[1].lower()
            if host == domain or (wider is not None and host.endswith(f".{domain}")):
                return True
    return False


def host_of(origin: str) -> str:
    """The host in an origin."""
    return re.sub(r"^[a-z]+://|:[0-9]+$", "", origin).lower()


def path_of(exchange: Exchange | None) -> str:
    """The path in an exchange's address; "" for none."""
    return "" if exchange is None else without_origin(exchange.url)


def without_origin(url: str) -> str:
    """The path of an address that may have an origin."""
    return re.sub(r"^[a-z]+://[^/?#]*", "", url).partition("?")[0].partition("#")[0]


def _sort_of(call: Call) -> tuple[str | None, ...]:
    return call.method, call.page_origin, call.url.partition("?")[0]
