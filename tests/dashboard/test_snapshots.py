"""Whole screens, compared with what was looked at and found good. After a wanted change: pytest --snapshot-update.

Every time and path on them is made up; a running capture's rate isn't shown.
"""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from corsinspect.dashboard.app import Dashboard
from corsinspect.dashboard.source import FileSource
from corsinspect.dashboard.timeline import TimeLine
from tests.dashboard.conftest import until
from tests.dashboard.story import afternoon, session


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dashboard:
    """A replay of the afternoon, whose path says nothing about this machine."""
    monkeypatch.chdir(tmp_path)
    return Dashboard(FileSource(session(Path("afternoon.jsonl"), afternoon())))


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
        await until(pilot, lambda: not app._drawing and not app.screen.query("#overview-cost.-counting"))

    return run


@pytest.mark.parametrize(
    ("size", "keys"),
    [
        pytest.param((120, 40), (), id="trailing-slash"),
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
