"""A call that a person waits for: whether its endpoint, asked by the same page, has turned from blocked to allowed.

What counts is what the server itself says: a fix that is only tried in the proxy doesn't, and a call that was blocked
at its preflight needs a preflight that was asked anew.
"""

import time
from collections.abc import Iterable

from textual.content import Content

from corsinspect import advice
from corsinspect.analysis import by_server
from corsinspect.dashboard.news import News
from corsinspect.dashboard.rows import PROBLEMS
from corsinspect.dashboard.shorten import short_url
from corsinspect.dashboard.signs import OUTCOMES
from corsinspect.model import Call
from corsinspect.printable import printable

Endpoint = tuple[str | None, str, str | None]


def endpoint(call: Call) -> Endpoint:
    """Method, address without its query, and the page's origin."""
    return call.method, call.url.partition("#")[0].partition("?")[0], call.page_origin


class Watch:
    """One endpoint, from the state of a call on."""

    def __init__(self, call: Call) -> None:
        self.endpoint = endpoint(call)
        self._latest = by_server(call)
        self._blocked_at: float | None = None
        self._asks_first = False
        self._passed: float | None = None
        self._take(self._latest)

    def see(self, calls: Iterable[Call]) -> News | None:
        """Takes the calls that changed; what to tell, where the endpoint has turned."""
        told = None
        for call in calls:
            if endpoint(call) == self.endpoint and call.started >= self._latest.started:
                told = self._take(by_server(call)) or told
        return told

    def line(self) -> Content:
        """How it stands, for a line of its own."""
        sign = OUTCOMES[self._latest.verdict.outcome]
        at = time.strftime("%H:%M:%S", time.localtime(self._latest.started))
        took = "" if self._passed is None else f"it took {duration(self._passed)}"
        parts = [f"{sign.word} at {at}", took, printable(advice.short_reason(self._latest))]
        method, url, page = self.endpoint
        named = f"{method or 'CONNECT'} {short_url(url)} from {page or 'an unknown page'}"
        return Content.assemble(
            (" ◉ watching ", "bold $text-accent"),
            printable(named),
            (f"   {sign.sign} ", sign.style),
            " · ".join(part for part in parts if part),
            ("   w ends it", "$foreground-muted"),
        )

    def _take(self, call: Call) -> News | None:
        outcome = call.verdict.outcome
        if outcome in PROBLEMS:
            again = self._passed is not None
            if self._blocked_at is None or again:
                self._blocked_at, self._passed = call.started, None
            self._asks_first = call.verdict.stage == "preflight"
            self._latest = call
            return News(f"{self._name} is blocked again.", "warning") if again else None
        if outcome != "allowed" or (self._asks_first and call.preflight in ("cached", "missing")):
            self._latest = call if self._blocked_at is None else self._latest
            return None
        self._latest = call
        if self._blocked_at is None or self._passed is not None:
            return None
        self._passed = call.started - self._blocked_at
        sure = f" ({advice.certainty(call)})" if call.verdict.certainty == "depends" else ""
        return News(f"{self._name} is allowed now{sure}, {duration(self._passed)} after it was blocked.")

    @property
    def _name(self) -> str:
        return f"{self.endpoint[0] or 'CONNECT'} {self.endpoint[1]}"


def duration(seconds: float) -> str:
    """A while in words: 42 s, 3 min 5 s, 2 h 4 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"
