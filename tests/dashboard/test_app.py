"""The dashboard by its keys, and what is then on the screen."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from corsinspect.capture.errors import CaptureError
from corsinspect.dashboard.app import Dashboard
from corsinspect.dashboard.state.source import FileSource, LiveSource
from corsinspect.model import Exchange, Failure, HeaderList
from corsinspect.session.reader import SessionError
from tests.dashboard.conftest import Screen, capturing, replaying
from tests.dashboard.standin import StandInProxy
from tests.dashboard.story import PAGE, START, WHATEVER, Story, afternoon, grant, session

API = "http://localhost:8000/"


def gets(number: int, first: int = 0, status: int | None = 200, *, answer: HeaderList = WHATEVER) -> list[Exchange]:
    """So many allowed GETs, numbered."""
    story = Story()
    for index in range(first, first + number):
        story.add("GET", f"{API}{index}", status, answer)
    return [
        msgspec.structs.replace(exchange, id=f"g{first + index}", started=START + first + index)
        for index, exchange in enumerate(story.exchanges)
    ]


def blocked(name: str) -> Exchange:
    """A GET without CORS headers."""
    return msgspec.structs.replace(gets(1)[0], id=name, url=API + name, started=START + 10_000, response_headers=())


async def test_the_newest_problem_is_explained_without_a_key(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        assert screen.selected == "GET api/profile"
        await screen.sees("Blocked: the page may not read the answer", "trailing slash", "must answer with exactly")


async def test_the_detail_compares_and_stops_where_the_browser_stopped(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("home", "down", "down")
        assert screen.selected == "PUT api/tasks/7"
        await screen.sees("Your data did not change.", "server sent", "add PUT", "stopped here")


async def test_a_pending_row_is_updated_in_place(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        first, second = gets(2)
        await screen.put(msgspec.structs.replace(first, status=None, response_headers=(), answered=None, ended=None))
        await screen.sees("◌ 1 pending")
        await screen.put(second)
        await screen.put(first)
        await screen.sees("✓ 2 allowed")
        assert [row.url for row in screen.app.book.rows if row] == [API + "0", API + "1"]


async def test_the_list_follows_until_the_person_moves_and_again_after_end(tmp_path: Path) -> None:
    async with capturing(tmp_path, size=(80, 24)) as screen:
        await screen.put(*gets(60))
        await screen.sees(":8000/59")
        await screen.press("home")
        await screen.put(*gets(5, first=60))
        await screen.sees(":8000/0 ", "5 new ↓ end")
        assert ":8000/64" not in screen.text
        await screen.press("end")
        await screen.sees(":8000/64")
        await screen.put(*gets(5, first=65))
        await screen.sees(":8000/69")
        assert screen.selected == "GET 69"


async def test_the_selection_and_the_view_stay_while_calls_arrive(tmp_path: Path) -> None:
    async with capturing(tmp_path, size=(80, 24)) as screen:
        await screen.put(*gets(60))
        await screen.press("up", "up", "up")
        chosen, before = screen.selected, screen.rows
        await screen.put(*gets(50, first=60), blocked("no"))
        assert screen.selected == chosen
        assert screen.rows == before


async def test_the_view_stays_when_a_row_above_it_grows(tmp_path: Path) -> None:
    async with capturing(tmp_path, size=(80, 24)) as screen:
        calls = gets(60)
        waiting = msgspec.structs.replace(calls[0], status=None, response_headers=(), answered=None, ended=None)
        await screen.put(waiting, *calls[1:])
        await screen.press("up")
        before = screen.rows
        await screen.put(msgspec.structs.replace(calls[0], response_headers=()))
        await screen.sees("✗ 1 blocked")
        assert screen.rows == before


async def test_the_selection_stays_on_its_call_through_a_filter(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("home", "down", "down", "down")
        assert screen.selected == "POST api/login"
        await screen.press("slash", *"delete")
        await screen.sees("1 of 16")
        assert screen.selected == "DELETE api/tasks/7"
        await screen.press("escape")
        assert screen.selected == "POST api/login"
        await screen.sees(":8000/api/login")


async def test_a_filter_needs_all_its_words_and_esc_clears_it(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("slash", *"blocked tasks", "enter")
        await screen.sees("blocked tasks", "2 of 16 shown", "PUT", "DELETE")
        assert "login" not in screen.text
        await screen.press("escape")
        await screen.sees("login")
        assert "shown" not in screen.lines[1]


async def test_a_filter_that_finds_nothing_says_so(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("slash", *"nonsense")
        await screen.sees("No calls match.")
        await screen.press("escape")
        await screen.sees(":8000/api/login")


async def test_blocked_only_keeps_network_errors_too(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("b")
        await screen.sees("/ blocked or network", "7 of 16 shown", "server not running (not CORS)")
        assert "login" not in screen.text
        await screen.press("b")
        await screen.sees("login")


async def test_what_is_not_cors_is_hidden_until_asked_for(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.sees("2 non-CORS calls hidden (n)")
        assert "main.js" not in screen.text
        await screen.press("n")
        await screen.sees("main.js", "2 non-CORS calls shown (n)")


async def test_the_browsers_own_traffic_is_hidden_until_asked_for(tmp_path: Path) -> None:
    story = Story()
    story.add("GET", "https://update.googleapis.com/service/update2/json", 200, page=None, mode="no-cors", site="none")
    async with replaying(session(tmp_path / "own.jsonl", story.exchanges)) as screen:
        await screen.sees(
            "Only the browser's background requests so far (1)", "1 browser background request hidden (B)"
        )
        await screen.press("B")
        await screen.sees("update.googleapis.com")


async def test_the_empty_screen_says_how_to_point_a_browser_here(tmp_path: Path) -> None:
    for size in ((120, 40), (80, 24), (60, 15)):
        async with capturing(tmp_path, size=size) as screen:
            await screen.sees(
                "Nothing captured yet.",
                "open Chromium",
                "127.0.0.1 port 8080",
                "corsinspect ca",
                "--proxy-bypass-list='<-loopback>'",
                "network.proxy.allow_hijacking_localhost",
            )


async def test_keys_reach_the_list_after_the_empty_screen(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        screen.app.set_focus(None)  # what a terminal that draws before the focus is set ends in: the list is hidden
        await screen.put(*gets(3))
        await screen.until(lambda: screen.app.focused is not None)
        await screen.press("up", "up")
        assert screen.selected == "GET 0"
        await screen.sees("⏎ Open")


async def test_calls_of_which_none_is_cross_origin_say_so(tmp_path: Path) -> None:
    async with capturing(tmp_path, size=(80, 24)) as screen:
        await screen.put(*afternoon()[:2])
        await screen.sees("2 calls, none of them cross-origin: CORS doesn't apply", "may bypass the proxy")


async def test_narrow_terminals_open_the_detail_full_screen(recorded: Path) -> None:
    async with replaying(recorded, size=(80, 24)) as screen:
        assert "must answer" not in screen.text
        await screen.press("enter")
        await screen.sees("must answer with exactly")
        assert "login" not in screen.text
        await screen.press("escape")
        await screen.sees("login")
        assert screen.selected == "GET api/profile"


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40), (200, 60), (20, 5), (1, 1)])
async def test_every_size_draws(recorded: Path, size: tuple[int, int]) -> None:
    async with replaying(recorded, size=size) as screen:
        await screen.press("up", "enter", "escape", "n", "question_mark", "escape", "slash", "x", "escape", "end")
        if size[0] >= 60:
            await screen.sees("Allow-Origin: trailing slash")


async def test_resizing_while_calls_arrive_keeps_the_selection(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await screen.put(*gets(50), blocked("no"))
        await screen.press("up")
        chosen = screen.selected
        for number, size in enumerate([(80, 24), (1, 1), (200, 60), (60, 15), (120, 40)]):
            screen.proxy.put(*gets(20, first=100 + 20 * number))
            await screen.pilot.resize_terminal(*size)
            await screen.pilot.pause()
        await screen.sees("✓ 150 allowed")
        assert screen.selected == chosen
        await screen.sees(f"GET {API}{chosen.split()[1] if chosen else ''}")


async def test_help_opens_and_closes(recorded: Path) -> None:
    async with replaying(recorded, size=(80, 24)) as screen:
        await screen.press("f1")
        await screen.sees("filter by words", "its details as large as the terminal")
        await screen.press("q")
        await screen.sees("✗ 6 blocked", "GET")
        assert screen.app.is_running


async def test_q_quits(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("q")
        await screen.until(lambda: screen.app._exit)


async def test_keys_open_a_browser_and_the_status_names_it(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await screen.sees("no browser yet", "c Chromium", "f Firefox")
        await screen.press("f")
        await screen.sees("127.0.0.1:8080 · Firefox 153")


async def test_the_status_names_a_visitor_that_is_no_browser_of_ours(tmp_path: Path) -> None:
    proxy = StandInProxy(tmp_path / "live.jsonl")
    app = Dashboard(LiveSource(proxy, visitor="simulated browser"))
    async with app.run_test(size=(120, 40)) as pilot:
        await Screen(app, pilot).sees("127.0.0.1:8080 · simulated browser")
    proxy.close()


async def test_nothing_draws_before_the_screen_is_there_nor_while_it_is_taken_down(tmp_path: Path) -> None:
    proxy = StandInProxy(tmp_path / "live.jsonl")
    app = Dashboard(LiveSource(proxy))
    failures: list[Exception] = []

    async def hammer() -> None:
        """What timers and workers do, at every moment that the loop leaves to them."""
        while True:
            try:
                app._drawing = False
                app.show_arrivals()
                app._frame()
                app._second()
                app._list_is_back()
            except Exception as error:
                failures.append(error)
            await asyncio.sleep(0)

    hammering = asyncio.create_task(hammer())
    await asyncio.sleep(0)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        proxy.put(*gets(3))
    await asyncio.sleep(0)
    hammering.cancel()
    proxy.close()
    assert not failures, failures[0]


async def test_a_browser_that_is_missing_is_told_with_the_mend(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        screen.proxy.failure = CaptureError("No Firefox was found.", "apt install firefox-esr [/b]")
        await screen.press("f")
        await screen.sees("No Firefox was found.", "apt install", "[/b]")


async def test_a_proxy_that_died_is_told_and_restarted(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await screen.put(*gets(1))
        assert "Restart" not in screen.lines[-1]
        screen.proxy.die("killed by SIGKILL")
        await screen.sees("The proxy has stopped: killed by SIGKILL. Press R", "R Restart proxy")
        await screen.press("R")
        await screen.sees("The proxy is running again")
        assert "has stopped" not in screen.text
        await screen.put(*gets(1, first=1))
        await screen.sees(":8000/1")


async def test_t_trusts_the_certificate_of_the_selected_call(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        bad = Exchange(
            id="1",
            url="https://api.test:8443/x",
            started=START,
            method="GET",
            request_headers=(("Origin", PAGE), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Site", "cross-site")),
            ended=START,
            failure=Failure(kind="tls", text="certificate verify failed"),
            untrusted_certificate="self-signed",
        )
        await screen.put(*gets(1))
        assert "t Trust" not in screen.lines[-1]
        await screen.put(bad)
        await screen.sees("is not trusted: self-signed.", "Press T to trust it", "T Trust")
        await screen.press("T")
        assert screen.proxy.sent == [("trust", "api.test:8443")]


async def test_a_replay_offers_no_live_keys(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        assert "Chromium" not in screen.lines[-1] and "Restart" not in screen.lines[-1]
        await screen.press("c", "R", "t")
        await screen.sees("trailing slash")


async def test_a_file_that_is_no_session_ends_the_dashboard_with_its_error(tmp_path: Path) -> None:
    app = Dashboard(FileSource(tmp_path / "nothing.jsonl"))
    async with app.run_test():
        pass
    assert isinstance(app.return_value, SessionError)
    assert app.return_value.hint


def tear(path: Path) -> None:
    """Takes the end of the last line away."""
    path.write_bytes(path.read_bytes()[:-40])


async def test_a_torn_last_line_is_told(recorded: Path) -> None:
    tear(recorded)
    async with replaying(recorded) as screen:
        await screen.sees("the last line was torn", "DELETE")


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark", "ansi-light", "nord", "solarized-light"])
async def test_every_kind_of_theme_draws(recorded: Path, theme: str) -> None:
    async with replaying(recorded, size=(80, 24)) as screen:
        screen.app.theme = theme
        await screen.press("up", "enter")
        await screen.sees("Cannot tell")


async def test_attach_follows_a_file_that_grows(tmp_path: Path) -> None:
    path = session(tmp_path / "growing.jsonl", gets(1))
    app = Dashboard(FileSource(path, follow=True))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = Screen(app, pilot)
        await screen.sees(":8000/0")
        session(path, [blocked("late")])
        await screen.sees(":8000/late", "no Allow-Origin header")


async def test_several_files_are_shown_together(tmp_path: Path) -> None:
    one = session(tmp_path / "one.jsonl", gets(1))
    other = session(tmp_path / "two.jsonl", gets(1))
    app = Dashboard(FileSource(one, other))
    async with app.run_test(size=(80, 24)) as pilot:
        await Screen(app, pilot).sees("✓ 2 allowed")


async def test_a_large_file_is_judged_between_frames_with_its_progress_shown(tmp_path: Path) -> None:
    path = session(tmp_path / "large.jsonl", [*gets(6000), blocked("last")])
    app = Dashboard(FileSource(path))
    async with app.run_test(size=(100, 24)) as pilot:
        screen = Screen(app, pilot)
        while app.feed.progress is None or not app.feed.progress.done:
            await asyncio.sleep(0)
        assert "MB judged" in screen.text
        app.simulate_key("home")  # not `press`, which waits until the app has nothing left to do
        while screen.selected != "GET 0":
            await asyncio.sleep(0)
        assert app.feed.progress is not None, "the key was answered only after the end"
        await screen.sees("✗ 1 blocked  ✓ 6000 allowed")
        assert screen.selected == "GET 0"
        assert "judged" not in screen.text


async def test_a_late_pairing_withdraws_the_other_row(tmp_path: Path) -> None:
    story = Story()
    story.preflighted("PUT", API + "x", (204, grant("PUT")), (200, WHATEVER))
    preflight, actual = story.exchanges
    async with capturing(tmp_path) as screen:
        await screen.put(actual)
        await screen.put(preflight)
        await screen.until(lambda: screen.app.book.total == 1)
        await screen.sees("✓ 1 allowed")
        assert screen.selected == "PUT x"


async def test_no_color_leaves_every_state_readable(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with replaying(recorded) as screen:
        assert screen.app.no_color
        await screen.sees(
            "✗ 6 blocked", "↯ 1 network", "✓ 3 allowed", "✓? 2 depend on credentials", "◐ 1 opaque", "trailing slash"
        )


@pytest.mark.parametrize(
    ("colours", "theme"), [("0;15", "textual-light"), ("15;0", "textual-dark"), ("", "textual-dark")]
)
def test_a_light_terminal_gets_the_light_theme(
    recorded: Path, monkeypatch: pytest.MonkeyPatch, colours: str, theme: str
) -> None:
    monkeypatch.setenv("COLORFGBG", colours)
    assert Dashboard(FileSource(recorded)).theme == theme
