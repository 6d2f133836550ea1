"""Keys that take a person somewhere, the palette that names them, and what is told unasked."""

from pathlib import Path

from corsinspect.dashboard import Dashboard, LiveSource
from tests.analysis.build import exchange
from tests.dashboard.conftest import Screen, capturing, replaying
from tests.dashboard.standin import StandInBrowser, StandInProxy


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


async def test_what_will_not_work_in_a_browser_that_was_open_before_is_told(tmp_path: Path) -> None:
    proxy = StandInProxy(tmp_path / "live.jsonl")
    proxy.browsers.append(StandInBrowser("Firefox 153", "https pages and calls fail."))
    app = Dashboard(LiveSource(proxy))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await Screen(app, pilot, proxy).sees("https pages and calls fail.")
    proxy.close()


async def test_a_session_file_that_was_moved_is_told(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        screen.proxy.session.rename(tmp_path / "elsewhere.jsonl")
        await screen.sees("was moved or deleted")


async def test_dropped_is_told_at_every_width_while_live(tmp_path: Path) -> None:
    async with capturing(tmp_path, size=(40, 15)) as screen:
        await screen.sees("0 dropped")


async def test_an_empty_list_knows_that_a_browser_is_open_and_what_is_said_takes_no_room_from_others(
    tmp_path: Path,
) -> None:
    async with capturing(tmp_path, size=(80, 24)) as screen:
        await screen.press("f")
        await screen.sees("Firefox 153 is open and ready.", "Load your page there")
        assert "Two ways to start" not in screen.text


async def test_what_is_said_stands_on_lines_of_its_own_and_ends_when_it_is_done(tmp_path: Path) -> None:
    async with capturing(tmp_path, size=(80, 24)) as screen:
        await screen.put(
            exchange(url="http://localhost:8000/a", got={}), exchange(url="http://localhost:8000/b", got={})
        )
        await screen.press("d")
        await screen.sees("Now select the other call")
        said = next(y for y, line in enumerate(screen.lines) if "Now select" in line)
        assert screen.app.query_one("#body").region.bottom <= said
        await screen.press("up", "d")
        await screen.until(lambda: "Now select the other call" not in screen.text)
