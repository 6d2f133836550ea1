"""From one call to the others in the Book that went to the same server, read back from the newest."""

from collections import Counter

from corsinspect.advice.solution import server_of
from corsinspect.dashboard.state.book import Book
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call

MOST = 120
"""Each may have to be read from disk: 0.1 ms."""
ALIKE = 8
FAR = 20_000
"""Rows looked at, from the newest back: 5 ms."""


class SameServer:
    """Finds them, and keeps what it found last: whoever goes from failure to failure stays with one server (and one
    page, whose own server is asked for as well)."""

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
            kept = list(self._found.items())[-1:]
            self._found = {**dict(kept), server: (rows, self._look(server))}
        return self._found[server][1]

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
