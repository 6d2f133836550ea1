"""Where recipes are tried: a page in real Chromium, behind our own proxy."""

import asyncio
import contextlib
import itertools
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Browser, async_playwright

from corsinspect.analysis import judge_all
from corsinspect.capture.proxy import Proxy
from corsinspect.model import Call, Exchange
from corsinspect.session import Follower
from tests.browser.waiting import until
from tests.fixes.calls import SCRIPT, PageCall, arguments

PAGE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
    b"Set-Cookie: session=1\r\n\r\n<!doctype html><title>page</title>"
)


class Visit:
    """What came of a page's calls: the status that it could read of each (None: none), and our Calls, by their id."""

    def __init__(self, read: dict[str, int | None], calls: dict[str, Call]) -> None:
        self.read = read
        self.calls = calls


class Lab(contextlib.AsyncExitStack):
    """A server for an empty page, the proxy, and a headless Chromium; a context manager."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._proxy = Proxy(folder / "session.jsonl")
        self._lines: dict[str, Exchange] = {}
        self._visits = itertools.count()

    async def __aenter__(self) -> "Lab":
        await super().__aenter__()
        try:
            server = await self.enter_async_context(await asyncio.start_server(_answer, "127.0.0.1", 0))
            self.page = f"http://localhost:{server.sockets[0].getsockname()[1]}"
            self.other = self.page.replace("localhost", "127.0.0.1")
            """The same page from another origin."""
            await self._proxy.start()
            self.push_async_callback(self._proxy.stop)
            self._follower = Follower(self._proxy.session)
            self.callback(self._follower.close)
            playwright = await self.enter_async_context(async_playwright())
            launched = await self._proxy.open_browser(
                "chromium", "about:blank", headless=True, extra_args=["--remote-debugging-port=0"]
            )
            active = launched.profile / "DevToolsActivePort"
            await until(
                lambda: active.exists() and len(active.read_text().splitlines()) == 2, "Chromium's debugging port"
            )
            port, path = active.read_text().splitlines()
            self._browser: Browser = await playwright.chromium.connect_over_cdp(f"ws://127.0.0.1:{port}{path}")
            self.push_async_callback(self._browser.close)
        except BaseException:
            await self.aclose()
            raise
        return self

    async def visit(self, api: str, calls: list[PageCall], page_url: str | None = None) -> Visit:
        """Has a new page with a cookie (or the one at `page_url`) make these calls; returns when all of them have
        verdicts."""
        earlier = {*self._lines}  # of another app, which may have had the same port
        mark = f"{self.page}/?after={next(self._visits)}"
        context = await self._browser.new_context()  # so that no preflight is cached
        try:
            page = await context.new_page()
            await page.goto(page_url or self.page)
            read = await page.evaluate(SCRIPT, arguments(api, calls))
            await page.goto(mark)
        finally:
            await context.close()

        def is_written() -> bool:
            self._lines |= {line.id: line for line in self._follower.poll()}
            return any(line.url == mark and line.status for line in self._lines.values())

        # the session has its lines in order
        await until(is_written, "the session's line for what came last")
        mine = [line for line in self._lines.values() if line.url.startswith(f"{api}/") and line.id not in earlier]
        return Visit(read, {_id(call): call for call in judge_all(mine)})


def _id(call: Call) -> str:
    return parse_qs(urlsplit(call.url).query).get("call", [""])[0]


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError):  # a connection opened in advance, and never used
        await reader.readuntil(b"\r\n\r\n")
        writer.write(PAGE)
        await writer.drain()
    writer.close()
    await writer.wait_closed()
