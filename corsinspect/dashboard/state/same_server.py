"""From one call to the others in the Book that went to the same server, read back from the newest."""

from collections import Counter

from corsinspect.advice.evidence.elsewhere import is_beside
from corsinspect.advice.solution import server_of
from corsinspect.dashboard.state.book import Book
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call

MOST = 120
"""Each may have to be read from disk: 0.1 ms."""
ALIKE = 8
FAR = 20_000
"""Rows looked at, from the newest back: 5 ms."""
RECENT = 1000
"""Rows among which a page's own servers are looked for."""
MOST_SERVERS = 3


class SameServer:
    """Finds them, and keeps what it found last: whoever goes from failure to failure stays with one server (and one
    page, whose own servers are asked for as well)."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._found: dict[str, tuple[int, list[Call]]] = {}

    def of(self, call: Call) -> list[Call]:
        """In order, at most the latest `MOST`; so that they differ, no more than `ALIKE` of a kind are among them."""
        return self.to(server_of(call))

    def to(self, server: str) -> list[Call]:
        """The same for a server's origin."""
        rows = len(self._book.rows)
        if server not in self._found or self._found[server][0] != rows:
            kept = list(self._found.items())[-MOST_SERVERS:]
            self._found = {**dict(kept), server: (rows, self._look(server))}
        return self._found[server][1]

    def own(self, page: str) -> list[Call]:
        """Those to a page's own origin, and to the servers beside it that the page calls."""
        recent = self._book.rows[-RECENT:]
        beside = dict.fromkeys(origin_of(row.url) for row in recent if row is not None and row.page == page)
        servers = [page, *(server for server in beside if server != page and is_beside(server))]
        return [call for server in servers[:MOST_SERVERS] for call in self.to(server)]

    def _look(self, server: str) -> list[Call]:
        found: list[Call] = []
        seen: Counter[tuple[object, ...]] = Counter()
        for row in reversed(self._book.rows[-FAR:]):
            if row is None or not row.url.startswith(server) or row.background or origin_of(row.url) != server:
                continue
            kind = (row.method, row.url, row.page, row.outcome, row.preflight, row.reason)
            seen[kind] += 1
            if seen[kind] > ALIKE or (other := self._book.call_at(row.position)) is None:
                continue
            found.append(other)
            if len(found) == MOST:
                break
        return found[::-1]
