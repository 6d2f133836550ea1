import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.dashboard.state.arrangement import GROUPINGS, SORTS, Arrangement, endpoint
from corsinspect.dashboard.state.book import Book, Shown
from corsinspect.listing.rows import PROBLEMS, CallRow, Common
from corsinspect.model import Call, Changes, Exchange, Hop, Outcome, Reason, Verdict

HOSTS = ("a.test", "b.test:8443")
OUTCOMES: list[Outcome] = ["allowed", "blocked", "pending", "not-cors", "network-error"]


def call(id: str, outcome: Outcome, host: str = "a.test", status: int = 200, took: float = 1.0) -> Call:
    exchange = Exchange(id=id, url=f"https://{host}/x", started=1.0, method="GET", status=status, ended=1.0 + took)
    reasons: dict[str, Reason] = {"blocked": "origin-missing", "network-error": "refused"}
    return Call(
        id=id,
        url=exchange.url,
        method="GET",
        started=1.0,
        kind="simple",
        hops=(Hop(request=exchange),),
        verdict=Verdict(outcome=outcome, reason=reasons.get(outcome), status=status),
    )


def book(arrangement: Arrangement, *calls: Call) -> Book:
    made = Book()
    made.arrange(arrangement)
    made.apply(Changes(list(calls), []))
    return made


def told(made: Book) -> list[str]:
    """The ids of rows in order, and the heads of groups."""
    lines = []
    for line in made.lines:
        if (head := made.heading(line)) is not None:
            lines.append(f"{head.name}: {head.calls} {head.problems}")
        elif not line & 1:
            row = made.rows[line >> 1]
            lines.append("gone" if row is None else row.id + (f" ×{many}" if (many := made.repeats(row)) > 1 else ""))
    return lines


def test_slow_ones_come_first() -> None:
    made = book(
        Arrangement(sort="duration"),
        *(call(str(number), "allowed", took=took) for number, took in enumerate((1, 3, 2))),
    )
    assert told(made) == ["1", "2", "0"]


def test_high_statuses_come_first_and_none_before_them() -> None:
    waiting = call("waiting", "pending")
    made = book(Arrangement(sort="status"), call("ok", "allowed"), call("bad", "blocked", status=500), waiting)
    assert told(made) == ["bad", "ok", "waiting"]
    refused = Call(
        id="refused",
        url="https://a.test/",
        method="GET",
        started=1.0,
        kind=None,
        hops=(),
        verdict=Verdict(outcome="network-error", reason="refused"),
    )
    made.apply(Changes([refused], []))
    assert told(made)[0] == "refused"


def test_groups_say_how_many_calls_they_have() -> None:
    made = book(
        Arrangement(group="host"),
        call("0", "allowed", "b.test"),
        call("1", "blocked"),
        call("2", "allowed"),
        call("3", "blocked", "b.test"),
    )
    assert told(made) == ["a.test: 2 1", "1", "2", "b.test: 2 1", "0", "3"]
    made.apply(Changes([], ["1", "2"]))
    assert told(made) == ["b.test: 2 1", "0", "3"]


def test_the_same_failure_again_is_counted_on_the_first_row() -> None:
    made = book(Arrangement(fold=True), call("0", "blocked"), call("1", "allowed"), call("2", "blocked"))
    assert told(made) == ["0 ×2", "1"]
    assert made.apply(Changes([call("3", "blocked")], [])) == {0, 3}, "the first row is drawn anew"
    assert told(made) == ["0 ×3", "1"]
    made.apply(Changes([], ["0"]))
    assert told(made) == ["1", "2 ×2"]
    made.apply(Changes([call("2", "allowed")], []))
    assert told(made) == ["1", "2", "3"]
    made.arrange(Arrangement())
    assert told(made) == ["1", "2", "3"]


def test_allowed_calls_and_other_reasons_are_never_folded() -> None:
    made = book(
        Arrangement(fold=True),
        call("0", "allowed"),
        call("1", "allowed"),
        call("2", "blocked"),
        call("3", "network-error"),
        call("4", "blocked", "b.test"),
        call("5", "blocked", status=500),
    )
    assert told(made) == ["0", "1", "2", "3", "4", "5"]


def test_what_a_folded_call_is_shown_as() -> None:
    made = book(Arrangement(fold=True), call("0", "blocked"), call("1", "allowed"), call("2", "blocked"))
    assert [made.nearest(position) for position in range(3)] == [0, 1, 0]
    assert made.stands_for(2) == 0


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.test/orders/17/items?x=1", "GET api.test/orders/*/items"),
        ("http://localhost:8000/u/6f1f0b9e-8a52-4a53-9c3b-3c2a1b0c9d8e", "GET :8000/u/*"),
        ("https://api.test", "GET api.test/"),
        ("https://api.test/v2/face", "GET api.test/v2/face"),
    ],
)
def test_an_endpoint_leaves_out_which_thing_it_was_about(url: str, name: str) -> None:
    common = Common("allowed", "certain", "GET", None, "–", "", False)
    assert endpoint(CallRow(0, common, url, 1.0, 1.0)) == name


change = st.tuples(
    st.sampled_from("abcdefghij"),
    st.sampled_from([*OUTCOMES, "withdrawn"]),
    st.sampled_from(HOSTS),
    st.sampled_from([200, 403]),
    st.integers(0, 3),
)
arrangements = st.builds(Arrangement, st.sampled_from(SORTS), st.sampled_from(GROUPINGS), st.booleans())


@pytest.mark.parametrize("tall", [True, False])
@given(changes=st.lists(change, max_size=40), how=arrangements, wanted=st.builds(Shown, not_cors=st.booleans()))
def test_an_order_kept_up_to_date_is_the_order_made_anew(tall: bool, changes, how: Arrangement, wanted: Shown) -> None:
    made = Book()
    made.show(wanted, tall=tall)
    made.arrange(how)
    for id, outcome, host, status, took in changes:
        if outcome == "withdrawn":
            made.apply(Changes([], [id]))
        else:
            made.apply(Changes([call(id, outcome, host, status, took)], []))
    kept, lines = told(made), [line for line in made.lines if line >= 0]
    made.show(wanted)
    assert (kept, lines) == (told(made), [line for line in made.lines if line >= 0])
    _holds(made)


def _holds(made: Book) -> None:
    """What must be so of any order."""
    shown = [row for row in made.rows if row is not None and row in made.shown]
    first_lines = [line >> 1 for line in made.lines if not line & 1]
    assert len(set(first_lines)) == len(first_lines)
    assert {made.stands_for(row.position) for row in shown} == set(first_lines)
    assert sum(made.repeats(row) for row in map(made.rows.__getitem__, first_lines) if row) == len(shown)
    heads = [head for line in made.lines if (head := made.heading(line)) is not None]
    if made.arrangement.group:
        assert sum(head.calls for head in heads) == len(shown)
        assert sum(head.problems for head in heads) == sum(row.outcome in PROBLEMS for row in shown)
        assert [head.name for head in heads] == sorted({head.name for head in heads})
    for index, line in enumerate(made.lines):
        assert made.index_of_line(line) == index
        position = made.row_at(index)
        assert position is not None and made.nearest(position) == position
    for position in first_lines:
        assert made.lines[made.index_of(position)] == position << 1
        assert made.neighbour(position, 0) == position
