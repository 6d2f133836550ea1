"""The parts of `corsinspect demo`: servers, a visitor that makes all the calls, and the test whether all are judged.

demo = await start_demo()
visit = await drive(proxy, demo, installed_browser())
await visit.done()
... until not without_verdict(demo, calls) ...
await visit.stop()
await demo.stop()
"""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any

from corsinspect.capture.browser import BrowserKind, has_display, installed
from corsinspect.capture.errors import CaptureError
from corsinspect.capture.proxy import Proxy
from corsinspect.demo.cases import CASES, Case
from corsinspect.demo.servers import Demo, start_demo
from corsinspect.demo.simulated import SimulatedBrowser
from corsinspect.model import Call

__all__ = [
    "Caller",
    "Demo",
    "DemoError",
    "Visit",
    "caller",
    "drive",
    "installed_browser",
    "start_demo",
    "without_verdict",
]


class DemoError(CaptureError):
    """The demo can't go on."""


class Visit:
    """A visitor of the demo page: a real browser or, if `simulated`, the scripted client."""

    def __init__(
        self, demo: Demo, name: str, stay: Coroutine[Any, Any, object], *, simulated: bool, warning: str | None = None
    ) -> None:
        self.name = name
        """For display: "Chromium 156", or "simulated browser"."""
        self.warning = warning
        """What won't work, as of a Browser."""
        self.simulated = simulated
        self._demo = demo
        self._stay = asyncio.create_task(stay)

    async def done(self) -> dict[str, str]:
        """Waits until all calls are made and returns what the page said about each, by case id.

        Raises DemoError when the visitor leaves before that.
        """
        report = asyncio.create_task(self._demo.wait_done())
        try:
            await asyncio.wait({report, self._stay}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            report.cancel()
        if self._demo.is_done:
            return self._demo.results
        problem = None if self._stay.cancelled() else self._stay.exception()
        why = f": {problem}" if problem else ""
        raise DemoError(
            f"The {self.name} left before all calls were made{why}.",
            "Start the demo again, and keep its browser open.",
        )

    async def stop(self) -> None:
        """Ends the scripted client; the proxy closes a real browser."""
        self._stay.cancel()
        with contextlib.suppress(asyncio.CancelledError, OSError):
            await self._stay


async def drive(proxy: Proxy, demo: Demo, kind: BrowserKind | None, *, headless: bool | None = None) -> Visit:
    """Sends a visitor through the proxy to the demo page, where it makes all calls; returns once it has started.

    `kind` None: the scripted client. `headless` None: only if there is no display. Raises CaptureError if the browser
    can't be started.
    """
    if kind is None:
        simulated = SimulatedBrowser(demo, proxy.port, proxy.ca_pem)
        return Visit(demo, simulated.name, simulated.run(), simulated=True)
    if headless is None:
        headless = not has_display(os.environ)
    browser = await proxy.open_browser(kind, demo.run_all_url, headless=headless)
    return Visit(demo, browser.name, browser.closed.wait(), simulated=False, warning=browser.warning)


class Caller:
    """Makes the demo's calls one by one, when it's asked to: a page in a real browser, or the scripted client."""

    def __init__(
        self, name: str, call: Callable[[Case], Awaitable[str]], closed: asyncio.Event, warning: str | None = None
    ) -> None:
        self.name = name
        """For display."""
        self.warning = warning
        """What won't work, as of a Browser."""
        self._call = call
        self._closed = closed

    async def call(self, case: Case) -> str:
        """Makes the call and gives what the page said of it. Raises DemoError when the browser was closed."""
        made, gone = asyncio.ensure_future(self._call(case)), asyncio.create_task(self._closed.wait())
        try:
            await asyncio.wait({made, gone}, return_when=asyncio.FIRST_COMPLETED)
            if made.done():
                return made.result()
        finally:
            made.cancel()
            gone.cancel()
        raise DemoError(f"The {self.name} was closed.", "Start again, and keep the browser open.")


async def caller(proxy: Proxy, demo: Demo, kind: BrowserKind | None, *, headless: bool | None = None) -> Caller:
    """Opens the demo's page behind the proxy. `kind` and `headless` as of `drive`, and what it raises."""
    if kind is None:
        simulated = SimulatedBrowser(demo, proxy.port, proxy.ca_pem)
        await simulated.open_page()
        return Caller(simulated.name, simulated.fetch, asyncio.Event())
    headless = not has_display(os.environ) if headless is None else headless
    browser = await proxy.open_browser(kind, demo.run_asked_url, headless=headless)
    return Caller(browser.name, demo.ask, browser.closed, browser.warning)


def installed_browser() -> BrowserKind | None:
    """A kind of browser that is installed here, if any."""
    return next(iter(installed()), None)


def without_verdict(demo: Demo, calls: Iterable[Call]) -> list[Case]:
    """The demo's cases without a verdict among these Calls: not seen yet, or pending."""
    decided = {call.url for call in calls if call.verdict.outcome != "pending"}
    return [case for case in CASES if demo.url(case) not in decided]
