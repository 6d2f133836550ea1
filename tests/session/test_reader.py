import os
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.session import Follower, Redactor, SessionError, SessionWriter, load
from corsinspect.session.border import is_harmless
from corsinspect.session.lines import LineReader
from corsinspect.session.reader import Ahead, is_session
from tests.session.build import BLOCKED, annotations, answered, exchange


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "s.jsonl"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory) -> bytes:
    return write(tmp_path_factory.mktemp("recorded") / "s", exchange("a"), answered(exchange("b")), exchange("c"))


def write(path: Path, *exchanges) -> bytes:
    writer = SessionWriter(path)
    for each in exchanges:
        writer.put(each, BLOCKED if each.id == "e1" else None)
        writer.flush()
    writer.close()
    return path.read_bytes()


def test_facts_come_back_unchanged_sorted_by_start(path):
    first, second = answered(exchange("b", started=1.0)), answered(exchange("a", started=2.0, method="pAtch"))
    write(path, second, exchange("b", started=1.0), first)
    loaded = load(path)
    assert loaded.exchanges == [first, second]
    assert loaded.format == "session" and loaded.problems == []


def test_annotations_stand_beside_the_facts_whatever_is_in_them(path):
    write(path, exchange())
    assert load(path).exchanges == [exchange()]
    assert annotations(path) == {"e1": BLOCKED}
    path.write_bytes(path.read_bytes().replace(b'"annotation":{', b'"annotation":{"outcome":7,'))
    assert load(path).exchanges == [exchange()]


def test_a_broken_line_is_skipped_and_named(path):
    data = write(path, exchange("a"), exchange("b"), exchange("c"))
    path.write_bytes(data.replace(b'{"id":"b"', b'{"id":\xff"b"'))
    loaded = load(path)
    assert [each.id for each in loaded.exchanges] == ["a", "c"]
    assert [problem.line for problem in loaded.problems] == [3]


@given(st.data())
def test_a_session_cut_anywhere_gives_all_whole_lines(tmp_path_factory, recorded, data):
    path = tmp_path_factory.mktemp("cut") / "s.jsonl"
    whole = recorded
    header = whole.index(b"\n") + 1
    cut = data.draw(st.integers(header, len(whole)))
    path.write_bytes(whole[:cut])
    loaded = load(path)
    assert len(loaded.exchanges) == whole[:cut].count(b"\n") - 1
    torn = whole[cut - 1 : cut] != b"\n"
    assert [("torn" in problem.text) for problem in loaded.problems] == [True] * torn
    follower = Follower(path)
    assert [line.id for line in follower.poll()] == [each.id for each in loaded.exchanges]
    assert follower.torn is torn
    path.write_bytes(whole)
    assert len(follower.poll()) == 3 - len(loaded.exchanges)
    assert not follower.torn and not follower.problems
    follower.close()


@given(st.data())
def test_no_damage_raises_anything_but_a_session_error(tmp_path_factory, recorded, data):
    path = tmp_path_factory.mktemp("damaged") / "s.jsonl"
    damaged = bytearray(recorded)
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(damaged)
    with suppress(SessionError):
        load(path)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_session_or_a_clear_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "s"
    path.write_bytes(data)
    try:
        load(path)
    except SessionError as error:
        assert str(path) in str(error) and error.what and error.hint
    follower = Follower(path)
    follower.poll()
    follower.close()


def test_what_cannot_be_read_at_all_is_a_clear_error(tmp_path):
    for name, content in {"empty": b"", "text": b"hello\n", "json": b'{"a": 1}\n', "zip": b"PK\x03\x04"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SessionError, match=r"is empty|is no recorded traffic"):
            load(tmp_path / name)
    with pytest.raises(SessionError, match="is a directory"):
        load(tmp_path)
    with pytest.raises(SessionError, match="doesn't exist"):
        load(tmp_path / "missing")
    with pytest.raises(SessionError, match="not a regular file"):
        load(Path("/dev/zero"))


def test_no_permission_is_a_clear_error(path):
    write(path, exchange())
    path.chmod(0)
    if os.geteuid() == 0:  # root may read everything: ask as somebody else
        child = os.fork()
        if child == 0:
            os.setegid(65534)
            os.seteuid(65534)
            try:
                load(path)
            except SessionError as error:
                os._exit(0 if "no permission" in error.what else 1)
            os._exit(2)
        assert os.waitpid(child, 0)[1] == 0
    else:
        with pytest.raises(SessionError, match="no permission"):
            load(path)


def test_redacted_lines_are_taken_as_they_are_and_others_are_redacted(path):
    secret = exchange("a", request_headers=(("Authorization", "Bearer s3cret"),))
    redacted = Redactor(b"k").exchange(secret)
    write(path, redacted)
    assert load(path, redactor=Redactor(b"other")).exchanges == [redacted]
    path.write_bytes(msgspec.json.encode(secret) + b"\n")
    assert load(path, redactor=Redactor(b"k")).exchanges == [redacted]
    assert b"s3cret" not in msgspec.json.encode(load(path).exchanges)


def test_headers_are_accepted_anywhere_and_a_newer_format_is_said(path):
    data = write(path, exchange("a"))
    newer = b'{"rules": 9, "corsinspect": 2, "version": "9.0", "redacted": true, "more": {}}\n'
    path.write_bytes(data + newer + data.replace(b'"a"', b'"b"'))
    loaded = load(path)
    assert [each.id for each in loaded.exchanges] == ["a", "b"]
    assert "newer corsinspect (9.0)" in loaded.problems[0].text


def test_keys_of_a_later_version_do_no_harm(path):
    path.write_bytes(b'{"id": "a", "url": "http://a.test/", "started": 1, "colour": "blue"}\n')
    assert [each.url for each in load(path).exchanges] == ["http://a.test/"]
    assert load(path).problems == []


def test_a_line_longer_than_a_read_is_followed(path):
    long = exchange("long", request_headers=(("X-Long", "x" * 3_000_000),))
    write(path, exchange("a"), long, exchange("b"))
    follower = Follower(path)
    assert [line.id for line in follower.poll()] == ["a", "long", "b"]
    follower.close()


def test_what_lies_ahead_is_counted_by_exchange_and_in_whole_lines_only(path):
    data = write(path, exchange("a"))
    ahead = Ahead(path, len(data))
    assert ahead.count() == 0
    write(path, exchange("b"), answered(exchange("b")), exchange("c"))
    with path.open("ab") as file:
        file.write(b'not ours\n{"id":"torn')
    assert [ahead.count(), ahead.count()] == [2, 2]
    with path.open("ab") as file:
        file.write(b'"}\n')
    assert ahead.count() == 3
    path.unlink()
    assert ahead.count() == 3


def test_following_a_directory_is_a_clear_error(tmp_path):
    with pytest.raises(SessionError, match="directory"):
        Follower(tmp_path).poll()


@given(st.integers(1, 3000))
def test_pieces_of_any_size_hold_all_lines(tmp_path_factory, size):
    path = tmp_path_factory.mktemp("pieces") / "s.jsonl"
    exchanges = [exchange(f"e{number}", request_headers=(("X", "x" * 37 * number),)) for number in range(12)]
    write(path, *exchanges)
    follower = Follower(path)
    lines = []
    while piece := follower.piece(size):
        lines += piece
    assert [line.id for line in lines] == [each.id for each in exchanges]
    assert follower.read == follower.size == path.stat().st_size
    follower.close()


def test_only_a_regular_file_of_ours_can_be_read_in_pieces(path, tmp_path):
    write(path, exchange())
    (tmp_path / "other").write_bytes(b"PK")
    os.mkfifo(tmp_path / "pipe")
    assert [is_session(path), is_session(tmp_path / "other"), is_session(tmp_path), is_session(tmp_path / "no")] == [
        True,
        False,
        False,
        False,
    ]
    assert not is_session(tmp_path / "pipe")


def test_equal_header_lines_are_one_object_and_any_number_of_others_come_back_whole(path):
    common = (("Accept", "*/*"), ("X-Long", "x" * 600))
    exchanges = [exchange(f"e{number:04}", request_headers=(*common, ("X-Id", str(number)))) for number in range(3_000)]
    write(path, *exchanges)
    read = load(path).exchanges
    assert read == exchanges
    assert read[0].request_headers[0] is read[1].request_headers[0]
    assert read[0].request_headers[1] is not read[1].request_headers[1]


def test_lists_known_as_they_are_written_are_what_they_say(recorded):
    headers, *lines = recorded.split(b"\n")[:-1]
    odd = (
        b'{"id":"x","url":"http://a.test/","started":1.0,"request_headers":[["A","\\u00e9\\"]"]],"response_headers":[]}'
    )
    for line in [*lines, odd, odd.replace(b"[]", b'[["b",""]]'), *lines, odd]:
        reader, held = LineReader(Redactor(), held=False), LineReader(Redactor())
        (known,), (whole,) = reader.read([headers, line]), held.read([headers, line])
        assert msgspec.structs.astuple(known) == msgspec.structs.astuple(whole)


@pytest.mark.parametrize("field", ["started", "answered", "ended", "status", "server_status", "request_size", "count"])
@pytest.mark.parametrize("number", ["-1", "0", "1", "1000", "1e3", "1.5", "9007199254740993", "32503680001", "1e400"])
def test_odd_numbers_are_read_alike(field, number):
    line = b'{"id":"x","url":"http://a.test/","started":1.0,"%s":%s}' % (field.encode(), number.encode())
    reader, held = LineReader(Redactor(), held=False), LineReader(Redactor())
    known, whole = reader.read([line]), held.read([line])
    assert [msgspec.structs.asdict(each) for each in known] == [msgspec.structs.asdict(each) for each in whole]
    assert reader.problems == held.problems and all(map(is_harmless, known))


@pytest.mark.parametrize(
    "lists",
    [b"5", b'[["a"]]', b'[["a",5]]', b'[["a","\xff"]]', b'[["a","b"]', b'["a","b"]', b"null", b'[["a","\\ud800"]]'],
)
def test_what_is_wrong_with_a_list_is_said_alike(lists):
    lines = [b'{"id":"x","url":"http://a.test/","started":1.0,"request_headers":%s}' % lists]
    reader, held = LineReader(Redactor(), held=False), LineReader(Redactor())
    assert len(reader.read(lines)) == len(held.read(lines))
    assert reader.problems == held.problems
