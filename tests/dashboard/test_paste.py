"""A console message pasted into the dashboard: decoded in two columns, and its call selected."""

from pathlib import Path

from textual import events

from tests.dashboard.conftest import replaying
from tests.dashboard.story import afternoon, session

SLASH = (
    "Access to fetch at 'http://localhost:8000/api/profile' from origin 'http://localhost:3000' has been blocked by "
    "CORS policy: The 'Access-Control-Allow-Origin' header has a value 'http://localhost:3000/' that is not equal to "
    "the supplied origin. Have the server send the header with a valid value.\n"
    "GET http://localhost:8000/api/profile net::ERR_FAILED 200 (OK)"
)


async def test_a_pasted_message_is_explained_and_its_call_selected(tmp_path: Path) -> None:
    async with replaying(session(tmp_path / "x.jsonl", afternoon()), size=(120, 40)) as screen:
        await screen.press("home")
        assert screen.selected != "GET api/profile"
        await screen.press("X")
        screen.app.screen.focused.post_message(events.Paste(SLASH))  # type: ignore[union-attr]
        await screen.sees("What the message says", "What it means", "Captured", "must answer with exactly")
        await screen.press("escape")
        assert screen.selected == "GET api/profile"


async def test_a_message_of_another_call_selects_nothing(tmp_path: Path) -> None:
    async with replaying(session(tmp_path / "x.jsonl", afternoon()), size=(80, 24)) as screen:
        await screen.press("home")
        before = screen.selected
        await screen.press("X")
        screen.app.screen.focused.post_message(events.Paste(SLASH.replace("8000", "4321")))  # type: ignore[union-attr]
        await screen.sees("origin-mismatch")
        assert "Captured" not in screen.text
        await screen.press("escape")
        assert screen.selected == before


async def test_pasted_escapes_and_markup_are_text(tmp_path: Path) -> None:
    async with replaying(session(tmp_path / "x.jsonl", afternoon()), size=(120, 40)) as screen:
        await screen.press("X")
        planted = SLASH.replace("profile", "[bold]x\x1b]0;PWNED\x07\u202e")
        screen.app.screen.focused.post_message(events.Paste(planted))  # type: ignore[union-attr]
        await screen.sees("[bold]x")
        assert all(line.isprintable() for line in screen.lines)


async def test_what_is_no_message_is_said_to_be_none(tmp_path: Path) -> None:
    async with replaying(session(tmp_path / "x.jsonl", afternoon()), size=(80, 24)) as screen:
        await screen.press("X", *"hello")
        await screen.sees("a console message that corsinspect knows")
        await screen.press("escape", "q")
