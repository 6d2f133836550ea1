"""A call that a person waits for: whether its endpoint, asked by the same page, has turned from blocked to allowed, or
from dead to answered.

What counts is what the server itself says: a fix that is only tried in the proxy doesn't, nor does a call that is
allowed only if the page sends no credentials; one that was blocked at its preflight needs a preflight asked anew.
"""

from collections.abc import Iterable

from corsinspect import advice
from corsinspect.advice import is_open
from corsinspect.analysis import by_server
from corsinspect.dashboard.look.times import in_words
from corsinspect.dashboard.state.news import News
from corsinspect.fetch.url import origin_of
from corsinspect.listing.rows import PROBLEMS
from corsinspect.model import Call, Outcome

ANSWERED: frozenset[Outcome] = frozenset({"allowed", "not-cors", "opaque"})
"""Outcomes that show that the server is up and CORS isn't in the way."""

Endpoint = tuple[str | None, str, str | None]


def endpoint(call: Call) -> Endpoint:
    """Method, address without its query, and the page's origin."""
    return call.method, call.url.partition("#")[0].partition("?")[0], call.page_origin


class Watch:
    """One endpoint, from the state of a call on."""

    def __init__(self, call: Call) -> None:
        self.endpoint = endpoint(call)
        self.latest = by_server(call)
        self._since = call.started
        self._blocked_at: float | None = None
        """When the first call began that was blocked, since the endpoint last passed."""
        self._problem: Call | None = None
        """The last one of those."""
        self.passed: float | None = None
        self._take(self.latest)

    def see(self, calls: Iterable[Call]) -> News | None:
        """Takes the calls that changed; what to tell, where the endpoint has turned."""
        news = None
        for call in calls:
            if call.started < self._since or not self._is_watched(call):
                continue
            own = by_server(call)
            news = (self._take(own) if call.started >= self.latest.started else self._take_late(own)) or news
        return news

    def _is_watched(self, call: Call) -> bool:
        """Whether it's a call to the endpoint; to any of its server's where no more than a connection was tried."""
        if self.endpoint[0] is None:
            return origin_of(call.url) == origin_of(self.endpoint[1])
        return endpoint(call) == self.endpoint

    def _take(self, call: Call) -> News | None:
        self.latest, before = call, self.latest
        if call.verdict.outcome in PROBLEMS:
            again, answers = self.passed is not None, self._was_down and call.verdict.outcome == "blocked"
            if self._blocked_at is None or again:
                self._blocked_at, self.passed = call.started, None
            self._problem = call
            if answers and not again:
                return News(f"{self._name} is answered again, and blocked: {advice.short_reason(call)}.", "warning")
            failed = "fails" if self._was_down else "is blocked"
            return News(f"{self._name} {failed} again.", "warning") if again else None
        if self._proves_nothing(call):
            # what stands open is the latest all the same: whoever watches sees what it depends on
            self.latest = call if self._blocked_at is None or is_open(call) else before
            return None
        return self._turned()

    def _take_late(self, call: Call) -> News | None:
        """A call before the latest, of which it shows only now that it was blocked: silence takes its time."""
        if call.verdict.outcome not in PROBLEMS or self.passed is not None:
            return None
        if self._problem is None or call.started >= self._problem.started:
            self._problem = call
        self._blocked_at = call.started if self._blocked_at is None else min(self._blocked_at, call.started)
        return None if self._proves_nothing(self.latest) else self._turned()

    @property
    def _was_down(self) -> bool:
        """Whether what went wrong last was that no answer came."""
        return self._problem is not None and self._problem.verdict.outcome == "network-error"

    def _proves_nothing(self, call: Call) -> bool:
        if self._was_down:  # CORS was no part of it: any answer of the server ends it
            return call.verdict.outcome not in ANSWERED
        if call.verdict.outcome != "allowed" or call.verdict.certainty == "depends":
            return True
        asks_first = self._problem is not None and self._problem.verdict.stage == "preflight"
        return asks_first and call.preflight in ("cached", "missing")

    def _turned(self) -> News | None:
        if self._blocked_at is None or self.passed is not None:
            return None
        self.passed = self.latest.started - self._blocked_at
        if self._was_down:
            return News(f"{self._name} is answered again, {in_words(self.passed)} after it failed.")
        return News(f"{self._name} is allowed now, {in_words(self.passed)} after it was blocked.")

    @property
    def _name(self) -> str:
        method, url, _ = self.endpoint
        return f"{method} {url}" if method is not None else url
