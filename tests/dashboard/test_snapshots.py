"""Whole screens, compared with what was looked at and found good. After a wanted change: pytest --snapshot-update.

Every time and path on them is made up; a running capture's rate isn't shown.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from corsinspect.dashboard.app import Dashboard
from corsinspect.dashboard.look.themes import HIGH_CONTRAST
from corsinspect.dashboard.state.source import FileSource, LiveSource
from corsinspect.dashboard.timeline.timeline import TimeLine
from tests.dashboard.conftest import until
from tests.dashboard.standin import StandInProxy
from tests.dashboard.story import afternoon, session


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dashboard:
    """A replay of the afternoon, whose path says nothing about this machine."""
    monkeypatch.chdir(tmp_path)
    return Dashboard(FileSource(session(Path("afternoon.jsonl"), afternoon())))


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Dashboard, StandInProxy]]:
    """A dashboard over a proxy that a test speaks for; its rate is always the same."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Dashboard, "_rate", lambda _: 2.0)
    proxy = StandInProxy(Path("live.jsonl"))
    yield Dashboard(LiveSource(proxy)), proxy
    proxy.close()


def pressed(*keys: str):
    """Waits for the file to be read, then presses."""

    async def run(pilot: Pilot) -> None:
        app = pilot.app
        assert isinstance(app, Dashboard)
        await until(pilot, lambda: app.feed.progress is None and not app._drawing)
        app.query_one(Input).cursor_blink = False
        time_line = app.query_one(TimeLine)
        for key in keys:
            await pilot.press(key)
            await until(pilot, lambda: not time_line.opened or time_line.times is not None)
        await until(pilot, lambda: not app._drawing and not app.screen.query(".-counting"))

    return run


@pytest.mark.parametrize(
    ("size", "keys"),
    [
        pytest.param((120, 40), (), id="trailing-slash"),
        pytest.param((120, 40), ("home",), id="allowed"),
        pytest.param((120, 40), ("home", "down", "down"), id="blocked-preflight"),
        pytest.param((120, 40), ("home", "down", "down", "down", "down"), id="wildcard-with-credentials"),
        pytest.param((120, 40), ("home", *["down"] * 6), id="server-down"),
        pytest.param((80, 24), (), id="narrow"),
        pytest.param((80, 24), ("enter",), id="narrow-detail"),
        pytest.param((80, 24), ("slash", *"put"), id="filter"),
        pytest.param((80, 24), ("slash", *"method:PUT statsu:4"), id="filter-error"),
        pytest.param((80, 24), ("f1",), id="help"),
        pytest.param((120, 40), ("home", "down", "down", "question_mark"), id="reason"),
        pytest.param((120, 40), ("home", "down", "down", "6"), id="fix"),
        pytest.param((120, 40), ("home", "down", "down", "d", "down", "d"), id="comparison"),
        pytest.param((120, 40), ("m",), id="matrix"),
        pytest.param((60, 15), ("m", "down"), id="matrix-smallest"),
        pytest.param((120, 40), ("F",), id="findings"),
        pytest.param((60, 15), ("F", "j"), id="findings-smallest"),
        pytest.param((60, 15), ("b",), id="smallest"),
        pytest.param((200, 60), ("n",), id="largest"),
        pytest.param((120, 40), ("L", "J", *"0:02", "enter"), id="time-line"),
        pytest.param((60, 15), ("L", "less_than_sign"), id="time-line-smallest"),
        pytest.param((120, 40), ("home", "v", "v", "s", "z"), id="grouped-by-endpoint"),
    ],
)
def test_screen(snap_compare, app: Dashboard, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=pressed(*keys))


@pytest.mark.parametrize("size", [pytest.param((120, 40), id="wide"), pytest.param((60, 15), id="smallest")])
def test_empty(snap_compare, live: tuple[Dashboard, StandInProxy], size: tuple[int, int]) -> None:
    app, _ = live
    assert snap_compare(app, terminal_size=size)


@pytest.mark.parametrize("keys", [pytest.param(("f",), id="running"), pytest.param(("f", "t", "P"), id="paused")])
def test_live(snap_compare, live: tuple[Dashboard, StandInProxy], keys: tuple[str, ...]) -> None:
    app, proxy = live

    async def run(pilot: Pilot) -> None:
        # the last second of an afternoon that is over is no live one: its pending call would be given up by the clock
        proxy.put(*[exchange for exchange in afternoon() if exchange.answered or exchange.failure])
        await until(pilot, lambda: app.book.total > 10 and not app._drawing)
        await pilot.press(*keys)
        await until(pilot, lambda: bool(app._facts.browsers))
        app.clear_notifications()
        proxy.put(*[exchange for exchange in afternoon() if not exchange.answered and not exchange.failure])
        await until(pilot, lambda: app.book.outcomes["pending"] == 1 or app.feed.held)
        await until(pilot, lambda: not app._drawing)

    assert snap_compare(app, terminal_size=(120, 40), run_before=run)


@pytest.mark.parametrize("keys", [pytest.param((), id="list"), pytest.param(("m",), id="matrix")])
def test_high_contrast(snap_compare, app: Dashboard, keys: tuple[str, ...]) -> None:
    async def run(pilot: Pilot) -> None:
        app.theme = HIGH_CONTRAST.name
        await pressed(*keys)(pilot)

    assert snap_compare(app, terminal_size=(120, 40), run_before=run)
