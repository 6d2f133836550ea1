"""P holds the list still, says so and how much waits; nothing is lost."""

from pathlib import Path

import msgspec

from corsinspect.dashboard.app import Dashboard
from corsinspect.dashboard.state.source import FileSource
from tests.dashboard.conftest import Screen, capturing, replaying
from tests.dashboard.story import Story, grant, session
from tests.dashboard.test_app import API, WHATEVER, blocked, gets


async def test_the_list_holds_still_until_p_again_takes_in_what_came(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await screen.put(*gets(2))
        await screen.press("P")
        await screen.sees("PAUSED", "0 exchanges waiting (P: resume)", "P Resume")
        screen.proxy.put(*gets(1, first=2), blocked("late"))
        await screen.sees("2 exchanges waiting", "✓ 2 allowed")
        assert "late" not in screen.text
        await screen.press("P")
        await screen.sees(":8000/late", "✗ 1 blocked  ✓ 3 allowed")
        assert "PAUSED" not in screen.text


async def test_states_of_one_exchange_wait_as_one(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        answered = gets(1)[0]
        pending = msgspec.structs.replace(answered, status=None, response_headers=(), answered=None, ended=None)
        await screen.put(pending)
        await screen.press("P")
        screen.proxy.put(pending)
        screen.proxy.put(answered)
        await screen.sees("1 exchange waiting", "◌ 1 pending")
        await screen.press("P")
        await screen.sees("✓ 1 allowed")


async def test_a_preflight_is_not_given_up_while_its_request_waits(tmp_path: Path) -> None:
    story = Story()
    story.preflighted("PUT", API + "x", (204, grant("PUT")), (200, WHATEVER))
    preflight, actual = story.exchanges
    async with capturing(tmp_path) as screen:
        await screen.put(msgspec.structs.replace(preflight, status=None, answered=None, ended=None))
        await screen.press("P")
        screen.app._second()  # long after its three seconds
        screen.proxy.put(preflight, actual)
        await screen.sees("2 exchanges waiting", "◌ 1 pending")
        await screen.press("P")
        await screen.sees("✓ 1 allowed")


async def test_death_and_simulation_are_told_beside_it(tmp_path: Path) -> None:
    async with capturing(tmp_path, size=(80, 24)) as screen:
        await screen.put(*gets(1), blocked("no"))
        await screen.press("t", "P")
        await screen.sees("PAUSED", "SIMULATED")
        screen.proxy.die("killed by SIGKILL")
        await screen.sees("PAUSED", "The proxy has stopped", "Press R")


async def test_a_followed_file_is_held_too_and_a_saved_one_is_not(tmp_path: Path, recorded: Path) -> None:
    path = session(tmp_path / "growing.jsonl", gets(1))
    async with Dashboard(FileSource(path, follow=True)).run_test(size=(80, 24)) as pilot:
        assert isinstance(pilot.app, Dashboard)
        screen = Screen(pilot.app, pilot)
        await screen.sees(":8000/0")
        await screen.press("P")
        session(path, [blocked("late")])
        await screen.sees("1 exchange waiting")
        assert "late" not in screen.text
        await screen.press("P")
        await screen.sees(":8000/late")
    async with replaying(recorded) as screen:
        await screen.press("P")
        assert "PAUSED" not in screen.text
