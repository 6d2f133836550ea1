"""Real Chromium: clicks by Playwright, the browser's own reasons by the DevTools protocol."""

from typing import Any

from playwright.async_api import Browser, CDPSession, Page, Playwright

from corsinspect.capture.proxy import Proxy
from corsinspect.demo.cases import Case
from corsinspect.demo.servers import Demo
from corsinspect.model import Stage
from tests.browser.reports import Report
from tests.browser.waiting import until

ARGUMENTS = ("--remote-debugging-port=0",)
BY_PREFLIGHT = "PreflightResponse"
"""How the codes of a refused method or header end."""


class Chromium:
    """The demo page, open in a Chromium behind the proxy."""

    engine = "chromium"

    def __init__(self, demo: Demo, browser: Browser, page: Page, cdp: CDPSession) -> None:
        self._demo = demo
        self._browser = browser
        self._page = page
        self._urls: dict[str, str] = {}
        self._failures: dict[str, dict[str, Any]] = {}
        self._statuses: dict[str, int] = {}
        cdp.on("Network.requestWillBeSent", self._on_request)
        cdp.on("Network.loadingFailed", self._on_failure)
        cdp.on("Network.responseReceivedExtraInfo", self._on_status)

    @classmethod
    async def open(cls, playwright: Playwright, proxy: Proxy, demo: Demo) -> "Chromium":
        launched = await proxy.open_browser("chromium", demo.page_url, headless=True, extra_args=ARGUMENTS)
        active = launched.profile / "DevToolsActivePort"
        await until(lambda: active.exists() and len(active.read_text().splitlines()) == 2, "Chromium's debugging port")
        port, path = active.read_text().splitlines()
        browser = await playwright.chromium.connect_over_cdp(f"ws://127.0.0.1:{port}{path}")
        context = browser.contexts[0]
        await until(lambda: any(page.url == demo.page_url for page in context.pages), "the demo page in Chromium")
        page = next(page for page in context.pages if page.url == demo.page_url)
        cdp = await context.new_cdp_session(page)
        driver = cls(demo, browser, page, cdp)
        await cdp.send("Network.enable")
        return driver

    async def click(self, case: Case) -> None:
        """Clicks the call's button and waits for what the page shows."""
        await self._page.click(f"#run-{case.id}")
        await self._page.wait_for_selector(f"#result-{case.id}[data-result]")

    async def report(self, case: Case) -> Report:
        output = self._page.locator(f"#result-{case.id}")
        seen = await output.get_attribute("data-result")
        if seen == "opaque":
            return Report("opaque")
        if seen == "allowed":
            return Report("allowed", int((await output.inner_text()).split()[-1]))
        url = self._demo.url(case)
        await until(lambda: any(self._urls.get(id) == url for id in self._failures), f"Chromium's reason for {case.id}")
        mine = [id for id in self._failures if self._urls.get(id) == url]
        for id in mine:
            if cors := self._failures[id].get("corsErrorStatus"):
                return Report("failed", code=cors["corsError"], stage=self._stage(cors["corsError"], mine))
        return Report("failed")

    async def close(self) -> None:
        await self._browser.close()

    def _stage(self, code: str, ids: list[str]) -> Stage:
        if code.startswith("Preflight") or code.endswith(BY_PREFLIGHT):
            return "preflight"
        redirected = any(300 <= self._statuses.get(id, 0) <= 399 for id in ids)
        return "redirect" if redirected else "actual"

    def _on_request(self, event: dict[str, Any]) -> None:
        self._urls.setdefault(event["requestId"], event["request"]["url"])

    def _on_failure(self, event: dict[str, Any]) -> None:
        self._failures[event["requestId"]] = event

    def _on_status(self, event: dict[str, Any]) -> None:
        self._statuses[event["requestId"]] = event["statusCode"]
