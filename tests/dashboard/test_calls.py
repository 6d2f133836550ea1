import tempfile
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.analysis import judge_all
from corsinspect.dashboard.state.call_store import AT_ONCE, Calls
from corsinspect.model import Call
from corsinspect.session import load
from tests.corpus import NAMES, recording
from tests.dashboard.test_book import call


@pytest.fixture
def keeping() -> Iterator[Callable[[int], Calls]]:
    """Makes Calls that hold so many, and closes them."""
    made: list[Calls] = []

    def make(held: int) -> Calls:
        made.append(Calls(held=held))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def judged() -> list[Call]:
    """Every call of the corpus."""
    return [call for name in NAMES for call in judge_all(load(recording(name)).exchanges)]


def test_what_went_to_the_file_comes_back_as_it_was(judged: list[Call], keeping) -> None:
    kept = keeping(10)
    assert [kept.put(call) for call in judged] == list(range(len(judged)))
    assert len(judged) > 2 * AT_ONCE
    assert list(kept.values()) == judged
    assert [kept.at(position) for position in range(len(judged))] == judged


def test_a_newer_state_replaces_the_one_in_the_file(keeping) -> None:
    kept = keeping(0)
    for number in range(AT_ONCE):
        kept.put(call(str(number), "pending"))
    assert kept.put(call("0", "blocked")) == 0
    found = kept.at(0)
    assert found is not None and found.verdict.outcome == "blocked"
    assert kept["1"].verdict.outcome == "pending"


def test_what_no_file_can_hold_stays_in_memory(keeping) -> None:
    odd = Call(
        id="odd",
        url="http://\udce9.test/",
        method="GET",
        started=1.0,
        kind="simple",
        hops=(),
        verdict=call("0").verdict,
    )
    kept = keeping(0)
    kept.put(odd)
    for number in range(3 * AT_ONCE):
        kept.put(call(str(number)))
    assert kept["odd"] is odd
    assert len(list(kept.values())) == 3 * AT_ONCE + 1


def test_without_room_for_a_file_nothing_is_lost(monkeypatch: pytest.MonkeyPatch, keeping) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    kept = keeping(0)
    made = [call(str(number)) for number in range(3 * AT_ONCE)]
    for each in made:
        kept.put(each)
    assert list(kept.values()) == made


change = st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["allowed", "blocked", "withdrawn"]))


@given(changes=st.lists(change, max_size=40))
def test_calls_are_those_of_a_dict_with_a_position_each_for_good(changes) -> None:
    kept, plain, positions = Calls(held=2, at_once=1), dict[str, Call](), dict[str, int]()
    given = 0
    for id, outcome in changes:
        if outcome == "withdrawn":
            assert kept.drop(id) == positions.pop(id, None)
            plain.pop(id, None)
        else:
            plain[id] = call(id, outcome)
            positions[id] = positions.get(id, given)
            given += positions[id] == given
            assert kept.put(plain[id]) == positions[id] == kept.position(id)
    assert dict(kept) == plain
    assert all(kept.at(position) == plain.get(id) for id, position in positions.items())
    kept.close()
