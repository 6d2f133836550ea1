"""Pages in real browsers behind the proxy, for scripts of the tests' own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Protocol

from playwright.async_api import async_playwright

from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.proxy import Proxy
from tests.browser.chromium import ARGUMENTS
from tests.browser.firefox import open_marionette
from tests.browser.waiting import until

IN_FIREFOX = """
const [argument, resolve] = arguments;
(SCRIPT)(argument).then(resolve, problem => resolve(String(problem)));
"""


class Page(Protocol):
    """What the tests do with a page."""

    async def evaluate(self, expression: str, arg: Any = None) -> Any:
        """What an asynchronous function of the page resolves to."""
        ...


@contextlib.asynccontextmanager
async def open_page(kind: BrowserKind, proxy: Proxy, url: str) -> AsyncIterator[Page]:
    """A page in a browser of this kind."""
    async with _in_chromium(proxy, url) if kind == "chromium" else _in_firefox(proxy, url) as page:
        yield page


@contextlib.asynccontextmanager
async def _in_chromium(proxy: Proxy, url: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        launched = await proxy.open_browser("chromium", url, headless=True, extra_args=ARGUMENTS)
        active = launched.profile / "DevToolsActivePort"
        await until(lambda: active.exists() and len(active.read_text().splitlines()) == 2, "Chromium's debugging port")
        port, path = active.read_text().splitlines()
        browser = await playwright.chromium.connect_over_cdp(f"ws://127.0.0.1:{port}{path}")
        context = browser.contexts[0]
        await until(lambda: any(page.url == url for page in context.pages), "the page in Chromium")
        page = next(page for page in context.pages if page.url == url)
        await page.wait_for_load_state("domcontentloaded")  # its scripts have run then
        yield page
        await browser.close()


class _FirefoxPage:
    def __init__(self, marionette: Any) -> None:
        self._marionette = marionette

    async def evaluate(self, expression: str, arg: Any = None) -> Any:
        return await asyncio.to_thread(
            self._marionette.execute_async_script,
            IN_FIREFOX.replace("SCRIPT", expression),
            script_args=[arg],
            script_timeout=60_000,
        )


@contextlib.asynccontextmanager
async def _in_firefox(proxy: Proxy, url: str) -> AsyncIterator[Page]:
    marionette = await open_marionette(proxy)
    await asyncio.to_thread(marionette.start_session)
    await asyncio.to_thread(marionette.navigate, url)
    yield _FirefoxPage(marionette)
    await asyncio.to_thread(marionette.delete_session)
