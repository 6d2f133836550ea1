"""The time line of a saved session by its keys, and what is then on the screen."""

import asyncio
from pathlib import Path

import pytest

from corsinspect.dashboard.app import Dashboard
from corsinspect.dashboard.look.times import elapsed
from corsinspect.dashboard.screens.jump import moment_of
from corsinspect.dashboard.state.source import FileSource
from corsinspect.dashboard.timeline import player
from corsinspect.dashboard.timeline.timeline import TimeLine
from tests.dashboard.conftest import LIMIT, Screen, capturing, replaying
from tests.dashboard.story import START, session
from tests.dashboard.test_app import blocked, gets


async def opened(screen: Screen) -> TimeLine:
    await screen.press("L")
    await screen.sees("■ stopped")
    return screen.app.query_one(TimeLine)


async def test_it_shows_where_one_is_and_where_calls_were_blocked(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await opened(screen)
        await screen.sees("1×", "0:04.2 of 0:04.2", "11:00:04.262", "18 of 18 exchanges", "✗ 7 of 7")
        marks, line = screen.lines[-3], screen.lines[-2]
        assert marks.count("✗") == 6 and marks.count("↯") == 1
        assert line.rstrip().endswith("━●")


async def test_steps_back_and_on_show_what_was_known_then(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await opened(screen)
        await screen.press("less_than_sign")
        await screen.sees("◌ 2 pending", "✗ 5 blocked")
        await screen.press("less_than_sign")
        await screen.sees("17 of 18 exchanges", "◌ 1 pending")
        assert "api/profile" not in screen.text
        await screen.press("greater_than_sign", "greater_than_sign", "greater_than_sign")
        await screen.sees("✗ 6 blocked", "trailing slash")


async def test_home_and_end_on_the_line_and_keys_for_the_list_beside(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await opened(screen)
        await screen.press("home")
        await screen.sees("0:00.0 of 0:04.2", "1 of 18 exchanges", "◌ 1 pending")
        await screen.press("end")
        await screen.sees("✗ 6 blocked")
        await screen.press("k")
        assert screen.selected == "GET api/stream"
        await screen.press("escape", "home")
        assert screen.selected == "GET api/tasks"
        await screen.sees("0:04.2 of 0:04.2")


async def test_j_jumps_to_a_time_and_says_what_is_none(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await opened(screen)
        await screen.press("J", *"soon", "enter")
        await screen.sees("Not a time.", "1:23 from the start")
        await screen.press(*["backspace"] * 4, *"0:01", "enter")
        await screen.sees("0:01.0 of 0:04.2", "5 of 18 exchanges", "✗ 1 blocked")
        await screen.press("J", *"+1.5s", "enter")
        await screen.sees("0:02.5 of 0:04.2", "11 of 18 exchanges")
        await screen.press("J", "escape")
        await screen.sees("0:02.5 of 0:04.2")


async def test_a_click_on_the_line_goes_there(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await opened(screen)
        await screen.pilot.click(TimeLine, offset=(59, 2))
        await screen.sees("0:02.1 of 0:04.2", "9 of 18 exchanges")


async def test_it_plays_from_the_start_at_the_speed_that_is_chosen_and_stops(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await opened(screen)
        await screen.press("space")
        await screen.sees("▶ playing", "of 18 exchanges")
        await screen.press("space")
        await screen.sees("■ stopped")
        assert "18 of 18" not in screen.text
        await screen.press("right_curly_bracket", "right_curly_bracket", "left_curly_bracket", "right_curly_bracket")
        await screen.sees("100×")
        await screen.press("space")
        await screen.sees("■ stopped", "18 of 18 exchanges", "✗ 6 blocked")


async def test_the_chosen_call_stays_chosen_and_comes_back(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("home", "down", "down", "down", "x")
        assert screen.selected == "POST api/login"
        await opened(screen)
        await screen.press("home")
        await screen.sees("1 of 18 exchanges")
        await screen.press("J", *"3s", "enter")
        await screen.sees("0:03.0", "★", ":8000/api/login")
        assert screen.selected == "POST api/login"


async def test_closing_it_shows_the_whole_session_again(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        before = screen.rows
        await opened(screen)
        await screen.press("J", *"0:01", "enter")
        await screen.sees("✗ 1 blocked")
        await screen.press("L")
        await screen.sees("✗ 6 blocked")
        await screen.until(lambda: "exchanges" not in screen.text)
        assert screen.rows == before
        await screen.press("less_than_sign", "space", "J")
        assert screen.rows == before


async def test_a_long_way_back_leaves_the_keys_alive_and_says_what_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player, "SLICE", 0.0)  # a way that is long on every machine
    path = session(tmp_path / "large.jsonl", [*gets(6000), blocked("last")])
    app = Dashboard(FileSource(path))
    async with app.run_test(size=(120, 24)) as pilot:
        screen = Screen(app, pilot)
        await screen.sees("✗ 1 blocked  ✓ 6000 allowed")
        await opened(screen)
        app.simulate_key("less_than_sign")
        async with asyncio.timeout(LIMIT):
            while "judging up to" not in screen.text:
                await asyncio.sleep(0)
            app.simulate_key("slash")
            while "text to find" not in screen.text:
                await asyncio.sleep(0)
            assert "judging up to" in screen.text, "the key was answered only after the end"
        monkeypatch.undo()
        await screen.press("escape")
        await screen.sees("✓ 6000 allowed", "6,000 of 6,001 exchanges", "■ stopped")


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (20, 5)])
async def test_every_size_draws(recorded: Path, size: tuple[int, int]) -> None:
    async with replaying(recorded, size=size) as screen:
        await screen.press("L", "home", "greater_than_sign", "space", "space", "J", "escape", "L")


async def test_a_live_session_has_none(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await screen.put(*gets(2))
        await screen.press("L", "space")
        assert "exchanges" not in screen.text and "Time line" not in screen.text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1:23", 83.0),
        ("1:02:03", 3723.0),
        ("90", 90.0),
        (" 2 min", 120.0),
        ("+30s", 130.0),
        ("-1:00", 40.0),
        ("-10m", 0.0),
        ("50%", 3600.0),
        ("9h", 7200.0),
        ("@11:01", 60.0),
        ("@11:01:30.5", 90.5),
        ("@9:00", 0.0),
        ("soon", None),
        ("", None),
        ("1:2", None),
        ("@", None),
    ],
)
def test_times_are_read(text: str, seconds: float | None) -> None:
    found = moment_of(text, START, START + 7200, START + 100)
    assert found == (None if seconds is None else START + seconds)


def test_a_clock_time_after_midnight_is_found() -> None:
    late = START + 12.5 * 3600
    assert moment_of("@0:10", late, late + 7200, late) == START + 13 * 3600 + 600


def test_whiles_are_told_as_on_a_player() -> None:
    assert [elapsed(seconds) for seconds in (0, 4.25, 83, 3723.5)] == ["0:00.0", "0:04.2", "1:23.0", "1:02:03"]
