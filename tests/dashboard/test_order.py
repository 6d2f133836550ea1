"""Sorting, grouping and folding by their keys."""

from pathlib import Path

import msgspec

from tests.dashboard.conftest import Screen, capturing, replaying
from tests.dashboard.test_app import API, blocked, gets

SLOW = [0.01, 3.0, 0.5]


def urls(screen: Screen) -> list[str]:
    """Paths in the order in which they stand."""
    book = screen.app.book
    rows = [book.rows[line >> 1] for line in book.lines if not line & 1]
    return [row.url.removeprefix(API) for row in rows if row is not None]


async def test_s_sorts_and_the_selection_stays_on_its_call(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        calls = [
            msgspec.structs.replace(each, ended=each.started + took) for each, took in zip(gets(3), SLOW, strict=True)
        ]
        await screen.put(*calls)
        await screen.press("home")
        assert screen.selected == "GET 0"
        await screen.press("s")
        assert urls(screen) == ["1", "2", "0"]
        assert screen.selected == "GET 0"
        await screen.sees("by duration")
        slower = msgspec.structs.replace(gets(1, 3)[0], ended=gets(1, 3)[0].started + 9)
        await screen.put(slower)
        assert urls(screen) == ["3", "1", "2", "0"]
        assert screen.selected == "GET 0", "what arrives above moves the selection only on the screen"
        await screen.press("s")
        await screen.sees("by status")
        await screen.press("s")
        await screen.sees("by host")
        await screen.press("s")
        assert urls(screen) == ["0", "1", "2", "3"]
        assert screen.selected == "GET 0"
        assert "by host" not in screen.text


async def test_v_groups_and_keys_go_from_call_to_call(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("home")
        selected = screen.selected
        await screen.press("v")
        await screen.sees("grouped by host", "▾ :8000")
        assert screen.selected == selected
        calls = len(urls(screen))
        await screen.press("home")
        seen = {screen.selected}
        for _ in range(calls - 1):
            await screen.press("down")
            seen.add(screen.selected)
        assert len(seen) == calls and None not in seen
        await screen.press("v")
        await screen.sees("grouped by endpoint", "▾ PUT :8000/api/tasks/*")
        await screen.press("v")
        assert "grouped" not in screen.text


async def test_a_click_on_a_groups_head_selects_its_first_call(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("v", "end")
        await screen.pilot.click("#list", offset=(2, 0))
        await screen.pilot.pause()
        first = screen.selected
        await screen.press("home")
        assert screen.selected == first


async def test_z_folds_failures_that_are_the_same(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        again = [msgspec.structs.replace(blocked("x"), id=f"x{number}") for number in range(3)]
        await screen.put(*gets(1), *again)
        await screen.press("end")
        await screen.press("z")
        await screen.sees("×3", "repeats folded")
        assert urls(screen) == ["0", "x"]
        assert screen.selected == "GET x"
        await screen.put(msgspec.structs.replace(blocked("x"), id="x3"))
        await screen.sees("×4")
        assert urls(screen) == ["0", "x"]
        await screen.press("z")
        assert urls(screen) == ["0", "x", "x", "x", "x"]
        assert screen.app.selected_call is not None and screen.app.selected_call.id == "x2"


async def test_while_sorted_the_newest_call_takes_nothing_over(tmp_path: Path) -> None:
    async with capturing(tmp_path, size=(80, 24)) as screen:
        await screen.put(*gets(60))
        await screen.press("s", "home")
        first = screen.rows[1]
        await screen.put(*gets(5, 60), blocked("late"))
        assert screen.selected is not None and screen.rows[1] == first
        await screen.press("end")
        await screen.put(*gets(3, 70))
        assert not screen.app.call_list.follow
