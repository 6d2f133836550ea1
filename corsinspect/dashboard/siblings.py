"""The other calls of a session that bear on one: those to the same server."""

from corsinspect.advice.remedy import server_of
from corsinspect.dashboard.book import Book
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call

MOST = 400
FAR = 50_000
"""Rows looked at, from the newest back: 15 ms."""


def calls_to_the_same_server(book: Book, call: Call) -> list[Call]:
    """In order, at most the latest `MOST`; so that they differ, no more than a few of each kind are among them."""
    server = server_of(call)
    found: list[Call] = []
    seen: dict[tuple[object, ...], int] = {}
    for row in reversed(book.rows[-FAR:]):
        if row is None or not row.url.startswith(server) or row.background or origin_of(row.url) != server:
            continue
        kind = (row.method, row.url, row.page, row.outcome, row.preflight, row.reason)
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] > 20 or (other := book.call_at(row.position)) is None:
            continue
        found.append(other)
        if len(found) == MOST:
            break
    return found[::-1]
