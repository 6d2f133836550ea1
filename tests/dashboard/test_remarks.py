"""Marks, notes, and credentials that a person knows of: on screen at once, and there again the next time."""

from pathlib import Path

from corsinspect.session.notes import SUFFIX, Notes
from tests.dashboard.conftest import Screen, capturing, replaying
from tests.dashboard.story import Story, session

STAR = (("Access-Control-Allow-Origin", "*"),)


def open_session(path: Path) -> Path:
    """Two calls that a wildcard lets through unless they carried credentials, and one of another page."""
    story = Story()
    story.add("GET", "http://localhost:8000/one", 200, STAR)
    story.add("GET", "http://localhost:8000/two", 200, STAR)
    story.add("GET", "http://localhost:8000/three", 200, STAR, page="http://localhost:4000")
    return session(path, story.exchanges)


def outcomes(screen: Screen) -> list[str]:
    return [row.outcome for row in screen.app.book.rows if row is not None]


async def test_i_says_that_credentials_were_sent_and_the_call_is_judged_on_the_spot(tmp_path: Path) -> None:
    path = open_session(tmp_path / "s.jsonl")
    async with replaying(path) as screen:
        await screen.press("home")
        await screen.sees("depends on credentials")
        await screen.press("i")
        await screen.sees("✗ 1 blocked", "assumed by you", "credentials included, as you said")
        assert outcomes(screen) == ["blocked", "allowed", "allowed"]
        await screen.press("i")
        await screen.sees("✓ 1 allowed", "✓? 2 depend on credentials", "no credentials, as you said")
        await screen.press("i")
        await screen.sees("depends on credentials")
        assert "assumed" not in screen.text
        await screen.press("i")
    async with replaying(path) as screen:
        assert outcomes(screen) == ["blocked", "allowed", "allowed"]


async def test_shift_i_says_it_for_all_calls_of_the_page_and_those_to_come(tmp_path: Path) -> None:
    story = Story()
    for number in range(3):
        story.add("GET", f"http://localhost:8000/{number}", 200, STAR)
    async with capturing(tmp_path) as screen:
        await screen.put(*story.exchanges[:2])
        await screen.press("I")
        await screen.sees("✗ 2 blocked", "for all calls from http://localhost:3000")
        await screen.put(story.exchanges[2])
        await screen.sees("✗ 3 blocked")
        await screen.press("I", "I")
        await screen.sees("✓? 3 depend on credentials", "depends on credentials")


async def test_where_the_traffic_shows_the_credentials_nothing_is_assumed(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("home", *["down"] * 4)
        assert screen.selected == "GET api/cart"
        assert "i Credentials" not in screen.text
        await screen.press("i")
        await screen.sees("✗ 6 blocked", "certain")


async def test_a_mark_and_a_note_stand_beside_the_call_and_are_kept(tmp_path: Path) -> None:
    path = open_session(tmp_path / "s.jsonl")
    async with replaying(path, size=(100, 24)) as screen:
        await screen.press("home", "x")
        await screen.sees("★ marked", "✓? ★")
        await screen.press("down", "N", *"ask Ada", "enter")
        await screen.sees("✎ ask Ada", "✓? ✎")
    assert path.with_name(path.name + SUFFIX).stat().st_mode & 0o777 == 0o600
    async with replaying(path, size=(100, 24)) as screen:
        await screen.press("home")
        await screen.sees("★ marked")
        await screen.press("x", "down")
        await screen.sees("✎ ask Ada")
        assert "★" not in screen.text
        await screen.press("N", *["backspace"] * 7, "enter")
        await screen.until(lambda: "✎" not in screen.text)
    assert (Notes(path).marks, Notes(path).notes) == (set(), {})


async def test_escape_leaves_a_note_as_it_was(tmp_path: Path) -> None:
    path = open_session(tmp_path / "s.jsonl")
    async with replaying(path) as screen:
        await screen.press("N", *"never mind", "escape")
        await screen.until(lambda: len(screen.app.screen_stack) == 1)
        assert "✎" not in screen.text
    assert not Notes(path).notes


async def test_a_folder_that_takes_no_notes_is_told_and_the_mark_holds(tmp_path: Path) -> None:
    path = open_session(tmp_path / "s.jsonl")
    path.with_name(path.name + SUFFIX).mkdir()
    async with replaying(path) as screen:
        await screen.press("x")
        await screen.sees("★ marked", "This applies only until you quit")


async def test_several_files_are_shown_in_order_of_time(tmp_path: Path) -> None:
    story = Story()
    for number in range(4):
        story.add("GET", f"http://localhost:8000/{number}", 200, STAR)
    one = session(tmp_path / "one.jsonl", story.exchanges[1::2])
    other = session(tmp_path / "other.jsonl", story.exchanges[::2])
    async with replaying(one, other) as screen:
        assert [row.url[-1] for row in screen.app.book.rows if row is not None] == ["0", "1", "2", "3"]
        await screen.press("home", "x")
    assert Notes(other).marks == {"0000"}
