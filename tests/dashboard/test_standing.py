"""Other rows and other orders of very many calls: brought beside what goes on, and right whatever comes meanwhile."""

from pathlib import Path

import pytest

from corsinspect.dashboard.list import call_list
from corsinspect.dashboard.state.arrangement import Arrangement
from corsinspect.dashboard.state.book import Book, Shown
from corsinspect.listing.query import Query, parse
from corsinspect.model import Changes
from tests.analysis.build import OPEN, exchange, only
from tests.dashboard.conftest import capturing, replaying


def query(text: str) -> Query:
    parsed = parse(text)
    assert isinstance(parsed, Query)
    return parsed


def book(calls: int) -> Book:
    made = Book()
    made.apply(Changes([only(exchange(at=number, got=OPEN if number % 2 else {})) for number in range(calls)], []))
    return made


def positions(book: Book) -> list[int]:
    return [line >> 1 for line in book.lines if line >= 0 and not line & 1]


def test_lines_stay_until_the_rows_are_adopted() -> None:
    made = book(6)
    made.want(Shown(query=query("blocked")), Arrangement(sort="duration"))
    standing = made.stand()
    assert positions(made) == list(range(6))
    assert made.adopt(standing)
    assert positions(made) == [0, 2, 4]


def test_what_was_wanted_before_is_not_adopted() -> None:
    made = book(6)
    made.want(Shown(query=query("blocked")))
    standing = made.stand()
    made.want(Shown(query=query("allowed")))
    assert not made.adopt(standing)
    assert made.adopt(made.stand())
    assert positions(made) == [1, 3, 5]


def test_rows_that_change_meanwhile_make_it_outdated_and_are_shown_as_before() -> None:
    made = book(3)
    made.want(Shown(query=query("blocked")))
    standing = made.stand()
    made.apply(Changes([only(exchange(at=9, got={}))], []))
    assert not made.adopt(standing)
    assert positions(made) == [0, 1, 2, 3]
    assert made.adopt(made.stand())
    assert positions(made) == [0, 2, 3]


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list counts as a long one."""
    monkeypatch.setattr(call_list, "AT_ONCE", 0)


@pytest.mark.usefixtures("beside")
async def test_filters_and_orders_come_as_those_of_few_calls_do(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("b")
        await screen.sees("7 of 16 shown")
        await screen.press("b", "v", "s")
        await screen.sees("by duration, grouped by host", "▾ :8000")


@pytest.mark.usefixtures("beside")
async def test_the_last_of_several_filters_counts(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("slash", *"method:put")
        await screen.sees("1 of 16 shown", ":8000/api/tasks/7")


@pytest.mark.usefixtures("beside")
async def test_calls_that_come_meanwhile_are_not_lost(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await screen.put(exchange(url="http://localhost:8000/one", got={}))
        await screen.pilot.press("b")
        await screen.put(exchange(url="http://localhost:8000/two", got={}))
        await screen.put(exchange(url="http://localhost:8000/three", got=OPEN))
        await screen.sees("2 of 3 shown", "/one", "/two")
