"""The dashboard over a port in a server's place says so, and what that changes."""

from pathlib import Path

from corsinspect.dashboard import Dashboard, LiveSource
from tests.dashboard.conftest import Screen
from tests.dashboard.standin import StandInProxy


async def test_it_says_what_to_open_and_that_a_page_there_has_another_origin(tmp_path: Path) -> None:
    proxy = StandInProxy(tmp_path / "live.jsonl")
    proxy.in_place_of = "http://localhost:8000"
    try:
        async with Dashboard(LiveSource(proxy)).run_test(size=(120, 40)) as pilot:
            screen = Screen(pilot.app, pilot)  # type: ignore[arg-type]
            await screen.sees("127.0.0.1:8080 in place of http://localhost:8000")
            await screen.sees("http://localhost:8080")
            await screen.sees("a page of another origin")
    finally:
        proxy.close()
