"""From one call to the others in the Book that went to the same server, read back from the newest."""

from collections import Counter
from collections.abc import Mapping

from corsinspect.advice.evidence.elsewhere import is_beside
from corsinspect.advice.solution import server_of
from corsinspect.dashboard.state.book import Book
from corsinspect.fetch.url import origin_of
from corsinspect.listing.rows import CallRow
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
        self._found: dict[str, tuple[int, dict[int, tuple[CallRow, Call]]]] = {}
        """By server: how many rows there were, and its calls by their position, each with its row."""

    def of(self, call: Call) -> list[Call]:
        """In order, at most the latest `MOST`; so that they differ, no more than `ALIKE` of a kind are among them."""
        return self.to(server_of(call))

    def to(self, server: str) -> list[Call]:
        """The same for a server's origin."""
        rows = len(self._book.rows)
        at, found = self._found.get(server, (-1, {}))
        if at != rows:
            found = self._look(server, found)
            kept = list(self._found.items())[-MOST_SERVERS:]
            self._found = {**dict(kept), server: (rows, found)}
        return [call for _, call in found.values()]

    def own(self, page: str) -> list[Call]:
        """Those to a page's own origin, and to the servers beside it that the page calls."""
        recent = self._book.rows[-RECENT:]
        beside = dict.fromkeys(origin_of(row.url) for row in recent if row is not None and row.page == page)
        servers = [page, *(server for server in beside if server != page and is_beside(server))]
        return [call for server in servers[:MOST_SERVERS] for call in self.to(server)]

    def _look(self, server: str, before: Mapping[int, tuple[CallRow, Call]]) -> dict[int, tuple[CallRow, Call]]:
        """By position, in order. `before`: what was found last, of which only what has changed is read again."""
        found: dict[int, tuple[CallRow, Call]] = {}
        seen: Counter[tuple[object, ...]] = Counter()
        for row in reversed(self._book.rows[-FAR:]):
            if row is None or not row.url.startswith(server) or row.background or origin_of(row.url) != server:
                continue
            kind = (row.method, row.url, row.page, row.outcome, row.preflight, row.reason)
            seen[kind] += 1
            if seen[kind] > ALIKE:
                continue
            known, other = before.get(row.position, (None, None))
            if known is not row:  # another state of a call has another row
                other = self._book.call_at(row.position)
            if other is not None:
                found[row.position] = row, other
            if len(found) == MOST:
                break
        return dict(reversed(found.items()))
