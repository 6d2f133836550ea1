"""How a row of a table recognises an answer: what `refusals` and `gates` have in common."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Generic, Literal, NamedTuple, Protocol, TypeVar

from corsinspect.fetch.headers import by_name

Lines = Sequence[tuple[str, str]]

Where = Literal["", "preflight", "actual"]
"""On which answers a row holds; "" for both."""


class Row(Protocol):
    """What an answer has to have; a header's pattern is case-insensitive, and None, "" or () matches any."""

    @property
    def statuses(self) -> tuple[int, ...]: ...
    @property
    def header(self) -> tuple[str, str] | None: ...
    @property
    def error_page(self) -> str | None: ...
    @property
    def lacks(self) -> tuple[str, ...]: ...
    @property
    def address(self) -> str: ...
    @property
    def where(self) -> Where: ...


R = TypeVar("R", bound=Row)


class Rows(NamedTuple, Generic[R]):
    """The rows that an answer with some status can be: a third of them at most."""

    rows: tuple[R, ...]
    headers: frozenset[str] | None
    """An answer that isn't a known error page has one of these, or it's none of the rows; None: it may be all the
    same."""


def by_status(rows: Sequence[R]) -> Callable[[int | None], Rows[R]]:
    """Gives the rows that an answer with a status can be."""

    @lru_cache(maxsize=1024)
    def of(status: int | None) -> Rows[R]:
        found = tuple(row for row in rows if not row.statuses or status in row.statuses)
        headers = frozenset(row.header[0] for row in found if row.header is not None)
        unsigned = any(row.header is None and row.error_page is None for row in found)
        return Rows(found, None if unsigned else headers)

    return of


def holding(rows: Rows[R], headers: Lines, error_page: str | None, url: str, *, preflight: bool) -> Iterator[R]:
    """Those of these rows, for the answer's status, whose signs are those of the answer. `url`: the address that was
    called."""
    names = by_name(headers).keys()
    if error_page is None and rows.headers is not None and names.isdisjoint(rows.headers):
        return  # nearly all answers: two thirds less than to ask each row
    for row in rows.rows:
        if (
            (not row.where or preflight == (row.where == "preflight"))
            and (row.error_page is None or row.error_page == error_page)
            and (row.header is None or (row.header[0] in names and has(headers, *row.header)))
            and names.isdisjoint(row.lacks)
            and (not row.address or re.search(row.address, _address(url)) is not None)
        ):
            yield row


def has(headers: Lines, name: str, pattern: str) -> bool:
    """Whether a line of this name (lower-case) has a value with this pattern."""
    for each, value in headers:
        if len(each) == len(name) and each.lower() == name and _compiled(pattern).search(value.strip()):
            return True
    return False


@cache  # those of the tables: re's own cache takes several times as long, as it must look at the flags
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I)


def _address(url: str) -> str:
    """Host, port and path."""
    return re.sub(r"^[a-z]+://", "", url).partition("?")[0].partition("#")[0]
