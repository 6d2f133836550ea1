"""What a person adds to a session is kept beside it and read again, whatever else is in the file."""

from pathlib import Path

import pytest

from corsinspect.session.notes import Notes
from tests.analysis.build import PAGE, exchange, only


def test_what_was_added_is_there_again_and_the_last_word_wins(tmp_path: Path) -> None:
    session = tmp_path / "s.jsonl"
    notes = Notes(session)
    notes.mark("a", True)
    notes.mark("b", True)
    notes.mark("b", False)
    notes.note("a", "ask Ada")
    notes.note("a", "ask Grace – ✓")
    notes.note("b", "gone")
    notes.note("b", "")
    notes.assume("include", call="a")
    notes.assume("omit", origin=PAGE)
    again = Notes(session)
    assert again.marks == {"a"}
    assert again.notes == {"a": "ask Grace – ✓"}
    assert (again.assumed_calls, again.assumed_origins) == ({"a": "include"}, {PAGE: "omit"})
    assert (tmp_path / "s.jsonl.notes.jsonl").stat().st_mode & 0o777 == 0o600
    assert not session.exists()


def test_a_call_s_own_assumption_goes_before_its_origin_s(tmp_path: Path) -> None:
    notes = Notes(tmp_path / "s.jsonl")
    call = only(exchange())
    assert notes.assumed(call) == "unknown"
    notes.assume("omit", origin=PAGE)
    assert notes.assumed(call) == "omit"
    notes.assume("include", call=call.id)
    assert notes.assumed(call) == "include"
    notes.assume("unknown", call=call.id)
    assert notes.assumed(call) == "omit"


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(b"not json", id="text"),
        pytest.param(b'{"call": 5, "mark": true}', id="wrong-type"),
        pytest.param(b'{"call": "a", "assume": "perhaps"}', id="unknown-mode"),
        pytest.param(b'{"call": "a", "note": "\xff"}', id="not-utf-8"),
        pytest.param(b"[" * 50_000, id="deep"),
        pytest.param(b'{"call": "a", "note": "to', id="torn"),
    ],
)
def test_a_line_that_cannot_be_read_is_skipped(tmp_path: Path, odd: bytes) -> None:
    path = tmp_path / "s.jsonl.notes.jsonl"
    path.write_bytes(b'{"call": "a", "mark": true}\n' + odd)
    notes = Notes(tmp_path / "s.jsonl")
    assert (notes.marks, notes.skipped) == ({"a"}, 1)
    notes.note("a", "after it")
    assert Notes(tmp_path / "s.jsonl").notes == {"a": "after it"}


def test_what_a_later_version_says_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl.notes.jsonl").write_text('{"call": "a", "colour": "red", "mark": true}\n')
    notes = Notes(tmp_path / "s.jsonl")
    assert (notes.marks, notes.skipped) == ({"a"}, 0)


def test_several_sessions_keep_their_own_notes(tmp_path: Path) -> None:
    one, other = tmp_path / "one.jsonl", tmp_path / "other.jsonl"
    Notes(other).mark("x", True)
    both = Notes(one, other)
    assert both.marks == {"2:x"}
    both.note("1:y", "here")
    both.assume("include", origin=PAGE)
    assert Notes(one).notes == {"y": "here"}
    assert Notes(other).notes == {}
    assert Notes(one).assumed_origins == Notes(other).assumed_origins == {PAGE: "include"}


def test_a_place_that_takes_nothing_is_told_and_the_note_holds_for_now(tmp_path: Path) -> None:
    notes = Notes(tmp_path / "none" / "s.jsonl")
    told = notes.mark("a", True)
    assert told is not None and "can't be written" in told
    assert notes.marks == {"a"}
