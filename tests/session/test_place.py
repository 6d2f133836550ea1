import pytest

from corsinspect.session import SessionWriter, notes, place, sidecar
from tests.session.build import exchange


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))


def old(number: int):
    path = place.sessions_dir() / f"2026-01-{number:02}T120000.jsonl"
    path.write_bytes(b"{}\n")
    return path


def test_folder_and_file_are_their_owners(tmp_path):
    path = place.new_session_path()
    assert tmp_path in path.parents
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600


def test_two_runs_in_one_second_have_two_files():
    assert len({place.new_session_path() for _ in range(5)}) == 5


def test_the_last_twenty_are_kept_and_other_files_left_alone():
    sessions = [old(number) for number in range(1, 29)]
    notes = sessions[0].with_name(sessions[0].name + ".notes.jsonl")
    notes.touch()
    other = place.sessions_dir() / "mine.jsonl"
    other.touch()
    new = place.new_session_path()
    assert [path for path in sessions if path.exists()] == sessions[-19:]
    assert new.exists() and other.exists() and not notes.exists()


@pytest.mark.parametrize("suffixes", [(notes.SUFFIX,), (sidecar.SUFFIX,), (notes.SUFFIX, sidecar.SUFFIX)])
def test_what_belongs_to_a_session_goes_with_it(suffixes: tuple[str, ...]):
    sessions = [old(number) for number in range(1, 21)]
    companions = [sessions[0].with_name(sessions[0].name + suffix) for suffix in suffixes]
    for companion in companions:
        companion.touch()
    place.new_session_path()
    assert not any(path.exists() for path in [sessions[0], *companions])


def test_a_session_that_is_being_written_is_never_deleted():
    first = place.new_session_path()
    held = first.rename(first.with_name("2025-01-01T000000.jsonl"))
    writer = SessionWriter(held)
    for number in range(1, 29):
        old(number)
    place.new_session_path()
    assert place.is_held(held) and held.exists()
    writer.close()
    place.new_session_path()
    assert not held.exists()


def test_newest_is_the_one_started_last():
    assert place.newest() is None
    for number in (3, 5, 4):
        old(number)
    newest = place.newest()
    assert newest is not None and newest.name.startswith("2026-01-05")
    path = place.new_session_path()
    assert place.newest() == newest  # nothing was written to it yet
    writer = SessionWriter(path)
    writer.put(exchange())
    writer.close()
    assert place.newest() == path


@pytest.mark.parametrize(
    ("session", "following"),
    [("a.jsonl", "a.2.jsonl"), ("a.2.jsonl", "a.3.jsonl"), ("a.b.jsonl", "a.b.2.jsonl"), ("plain", "plain.2")],
)
def test_a_session_is_followed_by_the_next_number(session, following, tmp_path):
    assert place.following_path(tmp_path / session) == tmp_path / following
    assert (tmp_path / following).stat().st_mode & 0o077 == 0


def test_one_of_our_folder_is_followed_by_one_of_its_kind(tmp_path):
    first = place.session_path_in(tmp_path)
    assert place.session_path_in(tmp_path).name[:10] == place.following_path(first).name[:10] == first.name[:10]
