"""Text and numbers from outside, made harmless where they come in."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.model import Exchange
from corsinspect.session import SessionError, load
from corsinspect.session.border import LARGEST, LATEST, cleaned, harmless, instant, is_harmless, paired, text
from tests.proof.mutated import FORMATS, mutated
from tests.session.build import exchange


@pytest.mark.parametrize(
    ("odd", "plain"),
    [("a", "a"), ("é日", "é日"), ("\ud800", "�"), ("a\udc00b", "a�b"), ("\ud83d\ude00", "😀")],
)
def test_text_can_be_written(odd: str, plain: str) -> None:
    assert text(odd) == plain


@given(st.text(st.characters(codec=None)))
def test_any_text_can_be_written(odd: str) -> None:
    text(odd).encode()
    assert text(text(odd)) == text(odd)


@given(st.text(st.characters(codec=None)))
def test_escapes_are_paired(odd: str) -> None:
    escaped = json.dumps(odd).encode()
    plain = json.loads(paired(escaped))
    assert plain == text(plain) and plain.isascii() == (odd.isascii() and plain.isascii())
    assert (paired(escaped) == escaped) == (text(odd) == odd or json.loads(escaped) == text(odd))


@given(st.floats())
def test_any_time_can_be_shown(seconds: float) -> None:
    assert 0 <= instant(seconds) <= LATEST


@pytest.mark.parametrize("times", [(1e18, 1e18, 1e18), (-1e18, 1.0, 1.0), (5.0, 1e300, None), (5.0, 6.0, 1e11)])
def test_times_of_a_session_are_bounded(times: tuple, tmp_path: Path) -> None:
    started, answered, ended = times
    odd = exchange(started=started, answered=answered, ended=ended, status=200)
    assert not is_harmless(odd)
    assert is_harmless(cleaned(odd))
    line = {"id": "1", "url": "http://a.test/", "started": started, "answered": answered, "ended": ended}
    (tmp_path / "s.jsonl").write_text(json.dumps(line) + "\n")
    (read,) = load(tmp_path / "s.jsonl").exchanges
    assert is_harmless(read)


@pytest.mark.parametrize(
    ("field", "number", "bounded"),
    [
        ("status", 10**30, None),
        ("status", -1, None),
        ("status", 999, 999),
        ("server_status", 1000, None),
        ("request_size", 2**64, None),
        ("response_size", -5, None),
        ("count", 0, 1),
        ("count", 10**30, LARGEST),
    ],
)
def test_whole_numbers_of_a_session_are_bounded(field: str, number: int, bounded: int | None, tmp_path: Path) -> None:
    line = {"id": "1", "url": "http://a.test/", "started": 1.0, field: number}
    (tmp_path / "s.jsonl").write_text(json.dumps(line) + "\n")
    (read,) = load(tmp_path / "s.jsonl").exchanges
    assert getattr(read, field) == bounded
    assert harmless(read) is read


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("format", FORMATS)
def test_what_any_recording_holds_is_harmless(format: str, seed: int, tmp_path: Path) -> None:
    try:
        loaded = load(mutated(tmp_path, format, seed))
    except SessionError:
        return
    for read in loaded.exchanges:
        assert is_harmless(read)
        assert msgspec.convert(msgspec.to_builtins(read), Exchange) == read, "its fields have the types that they say"
        msgspec.json.encode(read)


def test_a_session_line_with_a_lone_surrogate_is_read(tmp_path: Path) -> None:
    line = {"id": "1", "url": "http://a.test/", "started": 1.0, "connection": "\udfff", "reason_phrase": "\\ud800 😀"}
    (tmp_path / "s.jsonl").write_text('{"corsinspect":1}\n' + json.dumps(line) + "\n")
    loaded = load(tmp_path / "s.jsonl")
    assert loaded.problems == []
    assert (loaded.exchanges[0].connection, loaded.exchanges[0].reason_phrase) == ("�", "\\ud800 😀")
