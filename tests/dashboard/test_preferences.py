"""Preferences: kept, private, and never a reason not to start."""

import json
from pathlib import Path

import pytest

from corsinspect.dashboard.state.preferences import Preferences, PreferencesFile
from tests.dashboard.conftest import replaying


def hold(path: Path, text: str) -> None:
    """Puts this there, as an earlier run or a text editor did."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def held(path: Path) -> str:
    """What is there; "" where nothing is."""
    return path.read_text() if path.exists() else ""


def test_what_was_changed_is_there_the_next_time(nobodys_preferences: Path) -> None:
    kept = PreferencesFile()
    assert kept.value == Preferences()
    assert kept.change(theme="nord", filters={"mine": "blocked host:api"}) is None
    again = PreferencesFile()
    assert again.path == nobodys_preferences
    assert again.notice is None
    assert again.value == Preferences(theme="nord", filters={"mine": "blocked host:api"})


def test_the_file_is_its_owners_only(tmp_path: Path) -> None:
    kept = PreferencesFile(tmp_path / "new" / "dashboard.json")
    kept.change(bell=True)
    assert kept.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in kept.path.parent.iterdir()] == ["dashboard.json"]


def test_two_dashboards_keep_each_others_changes(tmp_path: Path) -> None:
    one, other = PreferencesFile(tmp_path / "p.json"), PreferencesFile(tmp_path / "p.json")
    one.change(theme="nord")
    other.change(bell=True)
    assert PreferencesFile(tmp_path / "p.json").value == Preferences(theme="nord", bell=True)


def test_what_a_later_version_added_stays(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text('{"columns": ["url"], "bell": true}')
    kept = PreferencesFile(path)
    assert kept.notice is None
    kept.change(theme="nord")
    assert json.loads(path.read_text()) | {"theme": "nord", "bell": True, "columns": ["url"]} == json.loads(
        path.read_text()
    )


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"theme": "no', id="torn"),
        pytest.param(b"[]", id="not-an-object"),
        pytest.param(b'{"bell": "loud"}', id="wrong-type"),
        pytest.param(b'{"theme": "\xff"}', id="not-utf-8"),
        pytest.param(b"[" * 100_000, id="deep"),
    ],
)
def test_a_damaged_file_is_told_left_out_and_kept_beside_the_new_one(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(damage)
    kept = PreferencesFile(path)
    assert kept.value == Preferences()
    assert kept.notice is not None and str(path) in kept.notice
    kept.change(bell=True)
    assert PreferencesFile(path).value == Preferences(bell=True)
    assert PreferencesFile(path).notice is None
    assert (tmp_path / "p.damaged.json").read_bytes() == damage


def test_a_place_that_takes_nothing_is_told_and_the_change_holds_for_now(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = PreferencesFile(tmp_path / "file" / "p.json")
    told = kept.change(theme="nord")
    assert told is not None and "can't be written" in told
    assert kept.value.theme == "nord"


async def test_the_theme_and_what_is_shown_are_remembered(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("n")
        screen.app.theme = "gruvbox"
        await screen.until(lambda: PreferencesFile().value.theme == "gruvbox")
    async with replaying(recorded) as screen:
        assert screen.app.theme == "gruvbox"
        await screen.sees("main.js", "2 non-CORS calls shown (n)")


async def test_nothing_is_written_before_something_was_chosen(recorded: Path, nobodys_preferences: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("b", "down", "enter")
    assert not held(nobodys_preferences)


async def test_damaged_preferences_are_told_on_screen(recorded: Path, nobodys_preferences: Path) -> None:
    hold(nobodys_preferences, "[/]\x1b]0;PWNED\x07")
    async with replaying(recorded) as screen:
        await screen.sees("Your preferences can't be read", "GET")
        assert screen.app.theme == "textual-dark"


async def test_a_theme_that_is_no_more_is_left_out(recorded: Path, nobodys_preferences: Path) -> None:
    hold(nobodys_preferences, '{"theme": "gone"}')
    async with replaying(recorded) as screen:
        assert screen.app.theme == "textual-dark"
