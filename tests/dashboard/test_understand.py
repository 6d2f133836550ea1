"""Copying, comparing, and the screens that explain."""

from pathlib import Path

import msgspec
import pytest
from textual.widgets import TextArea

from corsinspect.dashboard.screens import copying
from tests.dashboard.conftest import capturing, replaying
from tests.dashboard.story import OWN, Story, session
from tests.dashboard.test_hostile import hostile_exchanges


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("TMUX", raising=False)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("u", "http://localhost:8000/api/tasks/7"),
        ("c", "curl -i --globoff"),
        ("f", "Access-Control-Allow-Methods: PUT"),
        ("k", "Access-Control-Allow-Methods: PUT"),
        ("p", "Reason: `method-not-allowed`"),
        ("j", '"method": "OPTIONS"'),
    ],
)
async def test_two_keys_copy_and_show_and_keep_it(recorded: Path, key: str, words: str) -> None:
    async with replaying(recorded) as screen:
        await screen.press("home", "down", "down", "y")
        await screen.sees("curl commands, with the preflight")
        await screen.press(key)
        await screen.sees("Copied:", "also in", "copied.txt")
        text = screen.app.screen.query_one(TextArea).text
        assert words in text
        assert screen.app.clipboard == text
        path = copying.sessions_dir().parent / "copied.txt"
        assert path.read_text() == text + "\n"
        assert path.stat().st_mode & 0o777 == 0o600
        await screen.press("escape")
        assert screen.selected == "PUT api/tasks/7"


async def test_copied_json_is_the_exchanges(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("home", "down", "down", "y", "j")
        await screen.sees("Copied:")
        (exchange,) = msgspec.json.decode(screen.app.clipboard)
        assert exchange["url"] == "http://localhost:8000/api/tasks/7"


def test_the_file_is_written_anew_and_never_through_a_link(tmp_path: Path) -> None:
    path = copying.keep("one")
    other = tmp_path / "other"
    other.write_text("precious")
    path.unlink()
    path.symlink_to(other)
    assert copying.keep("two") == path
    assert other.read_text() == "precious"
    assert path.read_text() == "two\n" and not path.is_symlink()


async def test_a_file_that_cannot_be_written_does_not_keep_the_text_away(recorded: Path, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    async with replaying(recorded) as screen:
        await screen.press("y", "u")
        await screen.sees("no file could be written", "http://localhost:8000/api/profile")


async def test_hostile_text_is_copied_as_harmless_text(tmp_path: Path) -> None:
    async with replaying(session(tmp_path / "hostile.jsonl", hostile_exchanges())) as screen:
        for key in ("u", "c", "f", "k", "p", "j"):
            await screen.press("home", "y", key)
            await screen.pilot.pause()
            assert all(line.isprintable() for line in screen.lines)
            assert all(line.isprintable() for line in screen.app.clipboard.split("\n"))
            await screen.press("escape")
        for key in ("question_mark", "a", "f1"):
            await screen.press(key)
            assert all(line.isprintable() for line in screen.lines)
            await screen.press("escape")
        await screen.press("n", "home", "d", "down", "d")
        await screen.sees("Two calls compared", "The calls")
        assert all(line.isprintable() for line in screen.lines)


async def test_the_reason_is_explained_with_a_wrong_and_a_right_header(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("home", "down", "down", "question_mark")
        await screen.sees(
            "method-not-allowed",
            "✗ Access-Control-Allow-Methods: GET, POST",
            "✓ Access-Control-Allow-Methods: GET, POST, PUT",
            "MethodDisallowedByPreflightResponse",
        )
        await screen.press("escape", "f1")
        await screen.sees("filter by words")


async def test_a_call_without_a_reason_gets_the_general_help(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("home", "question_mark")
        await screen.sees("filter by words")


async def test_two_calls_are_compared_header_by_header(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("home", "down", "down", "d")
        await screen.sees("Now select the other call")
        await screen.press("down", "d")
        await screen.sees(
            "Why did one call pass and the other fail?", "The requests differ: method.", "≠ method", "PUT"
        )
        await screen.press("escape")
        assert screen.selected == "POST api/login"


async def test_answers_that_differ_are_told(tmp_path: Path) -> None:
    story = Story()
    story.add("GET", "http://localhost:8000/a", 200, OWN)
    story.add("GET", "http://localhost:8000/b", 200)
    async with replaying(session(tmp_path / "two.jsonl", story.exchanges)) as screen:
        await screen.press("home", "d", "down", "d")
        await screen.sees("answered them differently: Access-Control-Allow-Origin", "(missing)")


async def test_p_goes_from_the_preflight_to_the_request_and_back(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("home", "down", "down", "down", "p")
        await screen.sees("> OPTIONS http://localhost:8000/api/login")
        await screen.press("p")
        await screen.sees("> POST http://localhost:8000/api/login")


async def test_what_a_proxy_cannot_see_is_listed_also_before_the_first_call(tmp_path: Path) -> None:
    async with capturing(tmp_path, size=(120, 40)) as screen:
        await screen.sees("if it doesn't show up here")
        await screen.press("a")
        await screen.sees("My call isn't here", "mixed content", "Content Security Policy", "ad blocker", "to check")
        await screen.press("end")
        await screen.sees("QUIC")
