"""Keys that take a person somewhere, the palette that names them, and what is told unasked."""

from pathlib import Path

from tests.dashboard.conftest import capturing, replaying


async def test_brackets_go_from_blocked_call_to_blocked_call(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("home")
        reached = [screen.selected]
        for _ in range(9):
            await screen.press("right_square_bracket")
            reached.append(screen.selected)
        assert reached[1:8] == [
            "GET api/me",
            "PUT api/tasks/7",
            "GET api/cart",
            "GET api/report",
            "GET health",
            "DELETE api/tasks/7",
            "GET api/profile",
        ]
        await screen.sees("No more blocked calls below.")
        await screen.press("left_square_bracket")
        assert screen.selected == "DELETE api/tasks/7"


async def test_the_palette_names_every_key_that_works_now_and_runs_it(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("colon", *"blocked")
        await screen.sees("Next blocked (])", "Previous blocked ([)", "Shows blocked calls and network errors only")
        await screen.press(*" (b", "enter")
        await screen.sees("/ blocked or network", "7 of 16 shown")
        await screen.press("colon", *"proxy")
        await screen.sees("No matches")


async def test_a_browser_that_was_closed_is_told(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        screen.proxy.warning = "certutil isn't installed: https pages will warn."
        await screen.press("f")
        await screen.sees("Firefox 153 is open", "certutil isn't installed")
        screen.proxy.close_browsers()
        await screen.sees("Firefox 153 was closed.", "no browser yet")


async def test_a_session_file_that_was_moved_is_told(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        screen.proxy.session.rename(tmp_path / "elsewhere.jsonl")
        await screen.sees("was moved or deleted")


async def test_dropped_is_told_at_every_width_while_live(tmp_path: Path) -> None:
    async with capturing(tmp_path, size=(40, 15)) as screen:
        await screen.sees("0 dropped")
