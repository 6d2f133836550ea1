"""A stand-in for the proxy's parent side: no process, but the same attributes, events and calls."""

import asyncio
from pathlib import Path

from corsinspect.dashboard.state.source import BrowserKind
from corsinspect.model import Exchange
from corsinspect.session.writer import SessionWriter


class StandInBrowser:
    """A browser that has a name, perhaps a warning, and nothing else."""

    def __init__(self, name: str, warning: str | None = None) -> None:
        self.name = name
        self.warning = warning


class StandInProxy:
    """Writes what a test hands it to a real session file and wakes whoever waits, as the proxy's child does."""

    def __init__(self, session: Path) -> None:
        self.session = session
        self.port = 8080
        self.in_place_of: str | None = None
        self.wake = asyncio.Event()
        self.died: str | None = None
        self.browsers: list[StandInBrowser] = []
        self.sent: list[tuple[object, ...]] = []
        self.failure: Exception | None = None
        self.warning: str | None = None
        self._writer = SessionWriter(session)

    def put(self, *exchanges: Exchange) -> None:
        """Appends exchanges to the session."""
        for exchange in exchanges:
            self._writer.put(exchange, None)
        self._writer.flush()
        self.wake.set()

    def die(self, reason: str) -> None:
        """Ends as a killed child does."""
        self.died = reason
        self.wake.set()

    async def turn_to(self, session: Path) -> None:
        if self.failure is not None:
            raise self.failure
        self._writer.close()
        self.session = session
        self._writer = SessionWriter(session)
        self.wake.set()

    async def restart(self) -> None:
        self.died = None
        self.wake.set()

    async def open_browser(
        self, kind: BrowserKind, url: str | None = None, profile: str | None = None, headless: bool = False
    ) -> StandInBrowser:
        if self.failure is not None:
            raise self.failure
        browser = StandInBrowser({"chromium": "Chromium 156", "firefox": "Firefox 153"}[kind], self.warning)
        self.browsers.append(browser)
        return browser

    def close_browsers(self) -> None:
        """Ends them as a person does who closes the window."""
        self.browsers.clear()
        self.wake.set()

    def send(self, command: str, *args: object) -> None:
        self.sent.append((command, *args))

    def close(self) -> None:
        self._writer.close()
