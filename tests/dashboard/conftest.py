"""What screens need to look the same every time."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from corsinspect.dashboard.app import Dashboard
from corsinspect.dashboard.state.source import FileSource, LiveSource
from corsinspect.model import Exchange
from tests.dashboard.standin import StandInProxy
from tests.dashboard.story import afternoon, session

LIMIT = 20.0
"""Seconds after which a condition counts as never met."""


@pytest.fixture(autouse=True)
def same_everywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One time zone, one theme, all colours and signs."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name in ("COLORFGBG", "LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


async def until(pilot: Pilot[Exception | None], condition: Callable[[], bool]) -> None:
    """Lets the app run until `condition` holds, and then until it has drawn that."""
    async with asyncio.timeout(LIMIT):
        while not condition():
            await pilot.pause(0.01)
    await pilot.pause()


class Screen:
    """A dashboard under test and what a person sees of it."""

    def __init__(self, app: Dashboard, pilot: Pilot[Exception | None], proxy: StandInProxy | None = None) -> None:
        self.app = app
        self.pilot = pilot
        self._proxy = proxy

    @property
    def proxy(self) -> StandInProxy:
        assert self._proxy is not None
        return self._proxy

    @property
    def lines(self) -> list[str]:
        """The screen's text, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def rows(self) -> list[str]:
        """The lines of the list at full width, without its scrollbar."""
        return [line[: self.app.size.width - 1].rstrip() for line in self.lines[3:-1]]

    @property
    def selected(self) -> str | None:
        """Method and path of the selected call."""
        call = self.app.selected_call
        return None if call is None else f"{call.method} {call.url.partition('://')[2].partition('/')[2]}"

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], bool]) -> None:
        await until(self.pilot, condition)

    async def sees(self, *texts: str) -> None:
        """Waits until all these texts are on screen."""
        try:
            await self.until(lambda: all(text in self.text for text in texts))
        except TimeoutError:
            raise AssertionError(f"{texts} not all on screen:\n{self.text}") from None

    async def put(self, *exchanges: Exchange) -> None:
        """Captures these, and waits until they are judged and shown."""
        self.proxy.put(*exchanges)

        def shown() -> bool:
            calls = self.app.book.calls.values()
            known = {exchange.id: exchange.status for call in calls for exchange in call.exchanges}
            return all(known.get(exchange.id, -1) == exchange.status for exchange in exchanges)

        await self.until(shown)


@asynccontextmanager
async def replaying(*paths: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Screen]:
    """A dashboard that has read its files to their end."""
    app = Dashboard(FileSource(*paths))
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = Screen(app, pilot)
        await screen.until(lambda: app.feed.progress is None and not app._drawing)
        yield screen


@asynccontextmanager
async def capturing(tmp_path: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Screen]:
    """A dashboard over a proxy that a test speaks for."""
    proxy = StandInProxy(tmp_path / "live.jsonl")
    app = Dashboard(LiveSource(proxy))
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            yield Screen(app, pilot, proxy)
    finally:
        proxy.close()


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """The afternoon as a file."""
    return session(tmp_path / "afternoon.jsonl", afternoon())
