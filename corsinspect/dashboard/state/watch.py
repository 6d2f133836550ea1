"""A call that a person waits for: whether its endpoint, asked by the same page, has turned from blocked to allowed.

What counts is what the server itself says: a fix that is only tried in the proxy doesn't, and a call that was blocked
at its preflight needs a preflight that was asked anew.
"""

from collections.abc import Iterable

from corsinspect import advice
from corsinspect.analysis import by_server
from corsinspect.dashboard.look.times import in_words
from corsinspect.dashboard.state.news import News
from corsinspect.dashboard.state.rows import PROBLEMS
from corsinspect.model import Call

Endpoint = tuple[str | None, str, str | None]


def endpoint(call: Call) -> Endpoint:
    """Method, address without its query, and the page's origin."""
    return call.method, call.url.partition("#")[0].partition("?")[0], call.page_origin


class Watch:
    """One endpoint, from the state of a call on."""

    def __init__(self, call: Call) -> None:
        self.endpoint = endpoint(call)
        self.latest = by_server(call)
        self._blocked_at: float | None = None
        self._asks_first = False
        self.passed: float | None = None
        self._take(self.latest)

    def see(self, calls: Iterable[Call]) -> News | None:
        """Takes the calls that changed; what to tell, where the endpoint has turned."""
        news = None
        for call in calls:
            if endpoint(call) == self.endpoint and call.started >= self.latest.started:
                news = self._take(by_server(call)) or news
        return news

    def _take(self, call: Call) -> News | None:
        outcome = call.verdict.outcome
        if outcome in PROBLEMS:
            again = self.passed is not None
            if self._blocked_at is None or again:
                self._blocked_at, self.passed = call.started, None
            self._asks_first = call.verdict.stage == "preflight"
            self.latest = call
            return News(f"{self._name} is blocked again.", "warning") if again else None
        if outcome != "allowed" or (self._asks_first and call.preflight in ("cached", "missing")):
            self.latest = call if self._blocked_at is None else self.latest
            return None
        self.latest = call
        if self._blocked_at is None or self.passed is not None:
            return None
        self.passed = call.started - self._blocked_at
        sure = f" ({advice.certainty(call)})" if call.verdict.certainty == "depends" else ""
        return News(f"{self._name} is allowed now{sure}, {in_words(self.passed)} after it was blocked.")

    @property
    def _name(self) -> str:
        return f"{self.endpoint[0] or 'CONNECT'} {self.endpoint[1]}"
