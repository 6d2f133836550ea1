"""The pieces of `corsinspect demo`: servers, a visitor who makes all the calls, and when there is nothing to wait for.

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
import sys
from collections.abc import Coroutine, Iterable
from typing import Any

from corsinspect.capture.browser import BrowserKind, find
from corsinspect.capture.errors import CaptureError
from corsinspect.capture.proxy import Proxy
from corsinspect.demo.cases import CASES, Case
from corsinspect.demo.servers import Demo, start_demo
from corsinspect.demo.simulated import SimulatedBrowser
from corsinspect.model import Call

__all__ = ["Demo", "DemoError", "Visit", "drive", "installed_browser", "start_demo", "without_verdict"]


class DemoError(CaptureError):
    """The demo can't go on."""


class Visit:
    """Someone at work on the demo page: a real browser or, told by `simulated`, the scripted client."""

    def __init__(self, demo: Demo, name: str, stay: Coroutine[Any, Any, object], *, simulated: bool) -> None:
        self.name = name
        """For people: "Chromium 156", or "simulated browser"."""
        self.simulated = simulated
        self._demo = demo
        self._stay = asyncio.create_task(stay)

    async def done(self) -> dict[str, str]:
        """Waits until all calls are made and returns what the page said of each, by case id.

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
            "Start the demo again, and leave its browser open.",
        )

    async def stop(self) -> None:
        """Ends the scripted client; a real browser is the proxy's to close."""
        self._stay.cancel()
        with contextlib.suppress(asyncio.CancelledError, OSError):
            await self._stay


async def drive(proxy: Proxy, demo: Demo, kind: BrowserKind | None, *, headless: bool | None = None) -> Visit:
    """Sends a visitor through the proxy to the demo page, where it makes all calls; returns when it is on its way.

    `kind` None: the scripted client. `headless` None: only where there is no display. Raises CaptureError when the
    browser can't be started.
    """
    if kind is None:
        simulated = SimulatedBrowser(demo, proxy.port, proxy.ca_pem)
        return Visit(demo, simulated.name, simulated.run(), simulated=True)
    if headless is None:
        headless = not _has_display()
    browser = await proxy.open_browser(kind, demo.run_all_url, headless=headless)
    return Visit(demo, browser.name, browser.closed.wait(), simulated=False)


def installed_browser() -> BrowserKind | None:
    """A kind of browser that is installed here, if any."""
    kinds: tuple[BrowserKind, ...] = ("chromium", "firefox")
    return next((kind for kind in kinds if find(kind)), None)


def without_verdict(demo: Demo, calls: Iterable[Call]) -> list[Case]:
    """The demo's cases that none of these Calls decides: not seen yet, or pending."""
    decided = {call.url for call in calls if call.verdict.outcome != "pending"}
    return [case for case in CASES if demo.url(case) not in decided]


def _has_display() -> bool:
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
