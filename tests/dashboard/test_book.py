import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.dashboard.state.book import Book, Shown
from corsinspect.listing.query import Query, parse
from corsinspect.listing.rows import EXPLAINED
from corsinspect.model import Call, Changes, Exchange, Hop, Outcome, Reason, Verdict

OUTCOMES: list[Outcome] = ["allowed", "blocked", "pending", "not-cors", "unknown", "opaque", "network-error"]


def call(id: str, outcome: Outcome = "allowed", *, background: bool = False, url: str = "http://a.test/") -> Call:
    exchange = Exchange(id=id, url=url, started=1.0, method="GET", status=200, ended=2.0)
    reasons: dict[str, Reason] = {
        "blocked": "origin-missing",
        "unknown": "no-actual-seen",
        "network-error": "refused",
    }
    return Call(
        id=id,
        url=url,
        method="GET",
        started=1.0,
        kind="simple",
        hops=(Hop(request=exchange),),
        verdict=Verdict(outcome=outcome, reason=reasons.get(outcome)),
        background=background,
    )


def query(text: str) -> Query:
    read = parse(text)
    assert isinstance(read, Query)
    return read


def book(*calls: Call) -> Book:
    made = Book()
    made.apply(Changes(list(calls), []))
    return made


def shown(made: Book) -> list[int]:
    return [line >> 1 for line in made.lines if not line & 1]


def test_a_problem_has_a_second_line_for_its_reason() -> None:
    assert list(book(call("1"), call("2", "blocked")).lines) == [0, 2, 3]


def test_a_pending_row_becomes_its_outcome_in_place() -> None:
    made = book(call("1"), call("2", "pending"), call("3"))
    assert made.apply(Changes([call("2", "blocked")], [])) == {1}
    assert list(made.lines) == [0, 2, 3, 4]
    assert made.outcomes["pending"] == 0 and made.outcomes["blocked"] == 1


def test_a_withdrawn_call_vanishes_and_the_others_keep_their_place() -> None:
    made = book(call("1"), call("2", "blocked"), call("3"))
    made.apply(Changes([], ["2"]))
    assert shown(made) == [0, 2]
    assert made.total == 2
    assert made.call_at(1) is None
    third = made.call_at(2)
    assert third is not None and third.id == "3"


def test_the_newest_problem_is_one_that_is_still_there() -> None:
    made = book(call("1", "blocked"), call("2"), call("3", "network-error"))
    assert made.newest_problem == 2
    made.apply(Changes([], ["3"]))
    assert made.newest_problem == 0
    made.apply(Changes([call("1", "allowed")], []))
    assert made.newest_problem is None


def test_withdrawing_what_was_never_there_is_nothing() -> None:
    assert book(call("1")).apply(Changes([], ["x"])) == set()


def test_background_and_not_cors_are_counted_and_hidden() -> None:
    made = book(call("1"), call("2", "not-cors"), call("3", background=True))
    assert shown(made) == [0]
    assert (made.outcomes["not-cors"], made.background, made.total) == (1, 1, 2)
    made.show(Shown(not_cors=True))
    assert shown(made) == [0, 1]
    made.show(Shown(background=True))
    assert shown(made) == [0, 2]


def test_every_word_of_a_filter_must_be_found() -> None:
    made = book(call("1", url="http://a.test/Users"), call("2", "blocked", url="http://a.test/users"), call("3"))
    made.show(Shown(query=query("users")))
    assert shown(made) == [0, 1]
    made.show(Shown(query=query('users "blocked" get')))
    assert shown(made) == [1]
    made.show(Shown(query=query("allow-origin")))
    assert shown(made) == [1]


def test_the_neighbour_is_a_row_not_a_line() -> None:
    made = book(call("1", "blocked"), call("2", "blocked"), call("3"))
    assert [made.neighbour(0, 1), made.neighbour(1, 1), made.neighbour(2, 1)] == [1, 2, 2]
    assert [made.neighbour(2, -1), made.neighbour(1, -1), made.neighbour(0, -1)] == [1, 0, 0]
    assert Book().neighbour(0, 1) is None


def test_the_nearest_row_stands_in_for_a_hidden_one() -> None:
    made = book(call("1"), call("2"), call("3", "blocked"), call("4"))
    made.show(Shown(query=query("blocked or network")))
    assert [made.nearest(position) for position in range(4)] == [2, 2, 2, 2]
    made.show(Shown(query=query("nothing")))
    assert made.nearest(0) is None


change = st.tuples(st.sampled_from("abcdef"), st.sampled_from([*OUTCOMES, "withdrawn"]), st.booleans())


@pytest.mark.parametrize("tall", [True, False])
@given(
    changes=st.lists(change, max_size=30),
    wanted=st.builds(Shown, query=st.sampled_from(["", "blocked or network"]).map(query), not_cors=st.booleans()),
)
def test_lines_kept_up_to_date_are_the_lines_made_anew(tall: bool, changes, wanted: Shown) -> None:
    made = Book()
    made.show(wanted, tall=tall)
    for id, outcome, background in changes:
        if outcome == "withdrawn":
            made.apply(Changes([], [id]))
        else:
            made.apply(Changes([call(id, outcome, background=background)], []))
    kept = list(made.lines)
    made.show(wanted)
    assert kept == list(made.lines)
    present = [row for row in made.rows if row is not None]
    assert made.total + made.background == len(present) == len(made.calls)
    assert all((row.outcome in EXPLAINED) or (row.position * 2 + 1) not in kept for row in present)
