"""Real Firefox: clicks by Marionette, the browser's own reasons from its console and its network observers."""

import asyncio
import re
import warnings
from typing import Any

from corsinspect.capture.proxy import Proxy
from corsinspect.demo.cases import Case
from corsinspect.demo.servers import Demo
from corsinspect.model import Stage
from tests.browser.reports import Report
from tests.browser.waiting import LIMIT, until

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # mozinfo, as it looks what system this is
    from marionette_driver.by import By
    from marionette_driver.marionette import Marionette
    from marionette_driver.wait import Wait

ARGUMENTS = ("-marionette", "-remote-allow-system-access")
PREFERENCES = {"marionette.port": 0, "remote.prefs.recommended": True}

# Runs with the browser's own rights. The category of a console message is the name of its reason, and stays the same in
# every language; the observer sees each answer before CORS is checked.
LISTEN = """
const shared = Cu.getGlobalForObject(Services);
shared.demoConsole = [];
shared.demoAnswers = [];
Services.console.registerListener({ observe(message) {
  try { message.QueryInterface(Ci.nsIScriptError); } catch { return; }
  shared.demoConsole.push({ category: message.category, text: message.errorMessage });
}});
Services.obs.addObserver({ observe(subject) {
  const channel = subject.QueryInterface(Ci.nsIHttpChannel);
  shared.demoAnswers.push({ url: channel.URI.spec, method: channel.requestMethod, status: channel.responseStatus });
}}, "http-on-examine-response");
"""
READ = """
const shared = Cu.getGlobalForObject(Services);
return { console: shared.demoConsole, answers: shared.demoAnswers };
"""


async def open_marionette(proxy: Proxy) -> Any:
    """The remote control of a Firefox behind the proxy, with no session yet. It blocks: it's for threads."""
    launched = await proxy.open_browser("firefox", None, headless=True, extra_args=ARGUMENTS, extra_prefs=PREFERENCES)
    active = launched.profile / "MarionetteActivePort"
    await until(lambda: active.exists() and active.read_text().strip().isdigit(), "Marionette's port")
    return Marionette(host="127.0.0.1", port=int(active.read_text()), socket_timeout=LIMIT)


class Firefox:
    """The demo page, open in a Firefox behind the proxy. Marionette's client blocks, so it runs in a thread."""

    engine = "firefox"

    def __init__(self, demo: Demo, marionette: Any) -> None:  # what its finders return is typed too widely to be used
        self._demo = demo
        self._marionette = marionette
        self._console: list[dict[str, Any]] = []
        self._answers: list[dict[str, Any]] = []

    @classmethod
    async def open(cls, proxy: Proxy, demo: Demo) -> "Firefox":
        driver = cls(demo, await open_marionette(proxy))
        await asyncio.to_thread(driver._begin)
        return driver

    async def click(self, case: Case) -> None:
        """Clicks the call's button and waits for what the page shows."""
        await asyncio.to_thread(self._click, case)

    async def report(self, case: Case) -> Report:
        return await asyncio.to_thread(self._report, case)

    async def close(self) -> None:
        await asyncio.to_thread(self._marionette.delete_session)

    def _begin(self) -> None:
        self._marionette.start_session()
        with self._marionette.using_context("chrome"):
            self._marionette.execute_script(LISTEN, sandbox="system")
        self._marionette.navigate(self._demo.page_url)

    def _click(self, case: Case) -> None:
        self._marionette.find_element(By.ID, f"run-{case.id}").click()
        Wait(self._marionette, timeout=LIMIT).until(lambda _: self._result(case) is not None)

    def _result(self, case: Case) -> str | None:
        return self._output(case).get_attribute("data-result")

    def _output(self, case: Case) -> Any:
        return self._marionette.find_element(By.ID, f"result-{case.id}")

    def _report(self, case: Case) -> Report:
        seen = self._result(case)
        if seen == "opaque":
            return Report("opaque")
        if seen == "allowed":
            return Report("allowed", int(self._output(case).text.split()[-1]))
        code = Wait(self._marionette, timeout=LIMIT).until(
            lambda _: self._category(case), message=f"Firefox's reason for {case.id}"
        )
        return Report("failed", code=code, stage=self._stage(case))

    def _category(self, case: Case) -> str | None:
        """Of the first message for this URL: a vague second one follows most."""
        with self._marionette.using_context("chrome"):
            heard = self._marionette.execute_script(READ, sandbox="system")
        self._console, self._answers = heard["console"], heard["answers"]
        named = re.compile(rf"\bat ‘?{re.escape(self._demo.url(case))}’?\. ")
        cors = (entry for entry in self._console if entry["category"].startswith("CORS"))
        return next((entry["category"] for entry in cors if named.search(entry["text"])), None)

    def _stage(self, case: Case) -> Stage:
        last = [answer for answer in self._answers if answer["url"] == self._demo.url(case)][-1]
        if last["method"] == "OPTIONS":
            return "preflight"
        return "redirect" if 300 <= last["status"] <= 399 else "actual"
