"""The calls beside one call, in the state that they have by now."""

import pytest

from corsinspect.dashboard.state.book import Book
from corsinspect.dashboard.state.same_server import SameServer
from corsinspect.model import Changes
from tests.dashboard.test_book import call


def test_what_has_changed_since_is_found_in_its_new_state() -> None:
    book = Book()
    book.apply(Changes([call("1"), call("2", "pending", url="http://a.test/2")], []))
    beside = SameServer(book)
    assert [each.verdict.outcome for each in beside.to("http://a.test")] == ["allowed", "pending"]
    book.apply(Changes([call("2", "blocked", url="http://a.test/2"), call("3", url="http://a.test/3")], ["1"]))
    assert [(each.id, each.verdict.outcome) for each in beside.to("http://a.test")] == [
        ("2", "blocked"),
        ("3", "allowed"),
    ]


def test_only_what_is_new_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    book = Book()
    book.apply(Changes([call(str(number), url=f"http://a.test/{number}") for number in range(50)], []))
    beside = SameServer(book)
    beside.to("http://a.test")
    read: list[int | None] = []
    at = book.call_at
    monkeypatch.setattr(book, "call_at", lambda position: [read.append(position), at(position)][1])
    book.apply(Changes([call("new", url="http://a.test/new")], []))
    assert len(beside.to("http://a.test")) == 51
    assert read == [50]
