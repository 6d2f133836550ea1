"""The line with the keys: what's in it, and that a click on a key presses it."""

from pathlib import Path

import pytest

from tests.analysis.build import exchange
from tests.dashboard.conftest import capturing, replaying


async def test_a_click_on_a_key_presses_it(recorded: Path) -> None:
    async with replaying(recorded, size=(120, 40)) as screen:
        await screen.sees("b Blocked")
        keys = screen.lines[-1]
        await screen.pilot.click(offset=(keys.index("b Blocked") + 3, len(screen.lines) - 1))
        await screen.sees("blocked or network")


async def test_help_and_quit_stay_where_not_all_keys_fit(recorded: Path) -> None:
    async with replaying(recorded, size=(60, 15)) as screen:
        await screen.sees("⏎ Open", "f1 Help", "q Quit")
        assert ": Commands" not in screen.lines[-1]


async def test_keys_follow_what_is_possible(recorded: Path) -> None:
    async with replaying(recorded, size=(160, 40)) as screen:
        await screen.sees("q Quit")
        assert "Back" not in screen.lines[-1]
        await screen.press("b")  # a filter, to go back from
        await screen.until(lambda: "esc Back" in screen.lines[-1])


async def test_the_way_back_stays_where_not_all_keys_fit(recorded: Path) -> None:
    async with replaying(recorded, size=(80, 24)) as screen:
        await screen.press("enter")
        await screen.until(lambda: "esc Back" in screen.lines[-1])
        assert "f1 Help  q Quit" in screen.lines[-1]


async def test_details_can_be_selected_with_the_mouse_and_scrolled(recorded: Path) -> None:
    async with replaying(recorded, size=(120, 24)) as screen:
        await screen.sees("from http://localhost:3000")
        y = next(y for y, line in enumerate(screen.lines) if "from http://localhost:3000" in line)
        x = screen.lines[y].index("from http://")
        await screen.pilot.mouse_down(offset=(x, y))
        await screen.pilot.hover(offset=(x + 26, y))
        await screen.pilot.mouse_up(offset=(x + 26, y))
        assert screen.app.screen.get_selected_text() == "from http://localhost:3000"
        await screen.press("l", "G")
        await screen.sees("Usual cause")
        assert "from http://localhost:3000" not in screen.text


@pytest.mark.parametrize("width", [100, 120])
async def test_what_is_used_most_comes_before_what_is_used_rarely(tmp_path: Path, width: int) -> None:
    async with capturing(tmp_path, size=(width, 30)) as screen:
        await screen.put(exchange(url="http://localhost:8000/cart", got={}))
        await screen.sees("t Try the fix", "/ Filter", "? Why", "y Copy", "d Compare", "w Watch", "f1 Help", "q Quit")
