import os
import resource
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import msgspec
import pytest

from corsinspect.session import Follower, SessionError, SessionWriter, load
from tests.session.build import BLOCKED, annotations, answered, exchange


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "s.jsonl"


def test_a_file_begins_with_a_header_line(path):
    SessionWriter(path).close()
    header = msgspec.json.decode(path.read_bytes())
    assert {"corsinspect": 1, "redacted": True}.items() <= header.items()
    assert {"version", "rules", "started"} <= header.keys()


def test_a_line_holds_the_facts_and_the_annotation_side_by_side(path):
    writer = SessionWriter(path)
    writer.put(exchange("a"), BLOCKED)
    writer.put(answered(exchange("b")))
    assert writer.flush() == 2
    with_note, without = map(msgspec.json.decode, path.read_bytes().splitlines()[1:])
    assert with_note["id"] == "a" and with_note["annotation"]["outcome"] == "blocked"
    assert "annotation" not in without and without["response_headers"][1] == ["X-Odd", "\xe9\x00\x7f"]
    writer.close()


def test_a_state_superseded_before_the_flush_is_not_written(path):
    writer = SessionWriter(path)
    writer.put(exchange())
    writer.put(answered(exchange()))
    assert writer.flush() == 1
    assert writer.flush() == 0
    writer.put(exchange())
    assert writer.flush() == 1
    writer.close()
    assert len(path.read_bytes().splitlines()) == 3


@pytest.mark.parametrize("umask", [0, 0o022, 0o777])
def test_the_file_is_its_owners_from_the_first_moment(path, umask):
    before = os.umask(umask)
    try:
        SessionWriter(path).close()
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o077 == 0


def test_a_wider_mode_of_an_old_file_is_narrowed(path):
    path.touch(0o644)
    SessionWriter(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_torn_last_line_is_mended_by_the_next_writer(path):
    writer = SessionWriter(path)
    writer.put(exchange("a"))
    writer.close()
    with path.open("ab") as file:
        file.write(b'{"id":"b","ur')
    writer = SessionWriter(path)
    writer.put(exchange("c"))
    writer.close()
    loaded = load(path)
    assert [each.id for each in loaded.exchanges] == ["a", "c"]
    assert [problem.line for problem in loaded.problems] == [3]
    assert path.read_bytes().splitlines()[3].startswith(b'{"corsinspect"')


def test_odd_text_is_written_nevertheless(path):
    writer = SessionWriter(path)
    writer.put(exchange("a", reason_phrase="\ud800!", request_headers=(("X", "\udcff"),)), BLOCKED)
    writer.close()
    (read,) = load(path).exchanges
    assert read.reason_phrase == "?!"


@pytest.mark.parametrize("content", [b"PK\x03\x04 and more", b"120:9:websocket;0:~", b"hello\n"])
def test_another_file_is_not_appended_to(path, content):
    path.write_bytes(content)
    with pytest.raises(SessionError, match="isn't a session"):
        SessionWriter(path)
    assert path.read_bytes() == content


def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path):
    with pytest.raises(SessionError, match="can't be written"):
        SessionWriter(tmp_path)
    with pytest.raises(SessionError, match="can't be written"):
        SessionWriter(tmp_path / "missing" / "s.jsonl")


def test_a_full_device_is_a_clear_error():
    with pytest.raises(SessionError, match="No space left"):
        SessionWriter(Path("/dev/full"))


def test_what_did_not_fit_is_neither_lost_nor_left_torn(path):
    """A limit on the size of files stands in for a full disk: write(2) behaves alike, a part and then an error."""
    writer = SessionWriter(path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        writer.put(exchange("a"))
        writer.flush()
        size = path.stat().st_size
        for name in "bcd":
            writer.put(exchange(name))
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 150, limits[1]))
        with pytest.raises(SessionError, match="can't be written any more"):
            writer.flush()
        assert [each.id for each in load(path).exchanges] == ["a", "b"]
        assert load(path).problems == []
        with pytest.raises(SessionError):
            writer.flush()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    writer.close()
    assert [each.id for each in load(path).exchanges] == ["a", "b", "c", "d"]
    assert load(path).problems == []


WRITE_FOREVER = """
    import itertools, sys
    from pathlib import Path
    from corsinspect.model import Exchange
    from corsinspect.session import SessionWriter
    writer = SessionWriter(Path(sys.argv[1]))
    for number in itertools.count():
        writer.put(Exchange(id=str(number), url="http://api.test/" + "x" * (number % 3000), started=float(number)))
        if number % 7 == 0:
            writer.flush()
            print(number, flush=True)
"""


@pytest.mark.parametrize("rounds", [20, 300])
def test_whatever_was_written_before_kill_9_is_readable(path, rounds):
    for _ in range(2):  # the second writer takes up the file of the first
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WRITE_FOREVER), str(path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        with process, process.stdout as flushed:
            last = [int(flushed.readline()) for _ in range(rounds)][-1]
            process.kill()
        loaded = load(path)
        assert {str(number) for number in range(last + 1)} <= {each.id for each in loaded.exchanges}
        assert all("torn" in problem.text or problem.line for problem in loaded.problems)
        follower = Follower(path)
        assert {line.id for line in follower.poll()} == {each.id for each in loaded.exchanges}
        follower.close()


def test_a_follower_sees_each_flush_at_once(path):
    follower = Follower(path)
    assert follower.poll() == []
    writer = SessionWriter(path)
    assert follower.poll() == []
    writer.put(exchange(), BLOCKED)
    assert follower.poll() == []
    writer.flush()
    (line,) = follower.poll()
    assert line == exchange()
    assert annotations(path) == {"e1": BLOCKED}
    writer.put(answered(exchange()))
    writer.close()
    assert [line.status for line in follower.poll()] == [200]
    assert follower.poll() == []
    assert not follower.problems and not follower.torn
    follower.close()
