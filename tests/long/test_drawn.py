"""Random calls to a server that answers at random: the word of real Chromium and Firefox against ours, call by call.

DRAWN_SEED and DRAWN_CALLS choose others than the usual ones.
"""

import asyncio
import os
import random
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import async_playwright

from corsinspect.analysis import judge_all
from corsinspect.capture.proxy import Proxy
from corsinspect.model import Call, EngineName
from corsinspect.session.reader import load
from tests.browser import chromium, firefox
from tests.browser.waiting import LIMIT, until
from tests.long.drawn import Drawn, Server, draw

SEED = int(os.environ.get("DRAWN_SEED", "1"))
CALLS = int(os.environ.get("DRAWN_CALLS", "1000"))

FETCH = """
  try {
    const answer = await fetch(url, JSON.parse(options));
    await answer.text();
    return answer.type === 'opaque' ? 'opaque' : 'allowed';
  } catch (error) { return 'failed'; }
"""

Told = dict[int, tuple[str, str | None]]
"""By the case's number: what the page got, and the browser's own code of the failure if it named one."""


async def in_chromium(proxy: Proxy, page_url: str, urls: dict[str, Drawn]) -> Told:
    codes: dict[int, str] = {}
    numbers: dict[str, int] = {}

    def on_request(event: dict[str, Any]) -> None:
        if (number := number_of(event["request"]["url"])) is not None:
            numbers.setdefault(event["requestId"], number)

    def on_failure(event: dict[str, Any]) -> None:
        if (cors := event.get("corsErrorStatus")) and event["requestId"] in numbers:
            codes[numbers[event["requestId"]]] = cors["corsError"]

    async with async_playwright() as playwright:
        launched = await proxy.open_browser("chromium", page_url, headless=True, extra_args=chromium.ARGUMENTS)
        active = launched.profile / "DevToolsActivePort"
        await until(lambda: active.exists() and len(active.read_text().splitlines()) == 2, "the debugging port")
        port, path = active.read_text().splitlines()
        browser = await playwright.chromium.connect_over_cdp(f"ws://127.0.0.1:{port}{path}")
        context = browser.contexts[0]
        await until(lambda: any(page.url.startswith(page_url) for page in context.pages), "the page")
        page = next(page for page in context.pages if page.url.startswith(page_url))
        cdp = await context.new_cdp_session(page)
        cdp.on("Network.requestWillBeSent", on_request)
        cdp.on("Network.loadingFailed", on_failure)
        await cdp.send("Network.enable")
        script = f"async ([url, options]) => {{ {FETCH} }}"
        seen = {drawn.number: await page.evaluate(script, [url, drawn.script]) for url, drawn in urls.items()}
        await browser.close()
    return {number: (got, codes.get(number)) for number, got in seen.items()}


async def in_firefox(proxy: Proxy, page_url: str, urls: dict[str, Drawn]) -> Told:
    launched = await proxy.open_browser(
        "firefox", None, headless=True, extra_args=firefox.ARGUMENTS, extra_prefs=firefox.PREFERENCES
    )
    active = launched.profile / "MarionetteActivePort"
    await until(lambda: active.exists() and active.read_text().strip().isdigit(), "Marionette's port")
    return await asyncio.to_thread(by_marionette, int(active.read_text()), page_url, urls)


def by_marionette(port: int, page_url: str, urls: dict[str, Drawn]) -> Told:
    marionette: Any = firefox.Marionette(host="127.0.0.1", port=port, socket_timeout=LIMIT)
    marionette.start_session()
    with marionette.using_context("chrome"):
        marionette.execute_script(firefox.LISTEN, sandbox="system")
    marionette.navigate(page_url)
    script = f"const [url, options, done] = arguments; (async () => {{ {FETCH} }})().then(done);"
    seen = {drawn.number: marionette.execute_async_script(script, [url, drawn.script]) for url, drawn in urls.items()}
    with marionette.using_context("chrome"):
        heard = marionette.execute_script(firefox.READ, sandbox="system")["console"]
    marionette.delete_session()
    codes: dict[int, str] = {}
    for entry in heard:
        named = re.search(r"\bat ‘?(http[^’ ]*?)’?\. ", entry["text"])
        number = number_of(named.group(1)) if named and entry["category"].startswith("CORS") else None
        if number is not None:  # a vague second message follows most
            codes.setdefault(number, entry["category"])
    return {number: (got, codes.get(number)) for number, got in seen.items()}


def number_of(url: str) -> int | None:
    part = urlsplit(url).path.split("/")[1:2]
    return int(part[0]) if part and part[0].isdigit() else None


BROWSERS: dict[EngineName, Callable[[Proxy, str, dict[str, Drawn]], Awaitable[Told]]] = {
    "chromium": in_chromium,
    "firefox": in_firefox,
}


@pytest.mark.parametrize("engine", BROWSERS)
async def test_random_calls_are_judged_as_the_browser_did(engine: EngineName, tmp_path: Path) -> None:
    server, proxy = Server(), Proxy(tmp_path / "drawn.jsonl")
    await server.start()
    await proxy.start()
    page = f"http://localhost:{server.port}"
    servers = [f"http://127.0.0.1:{server.port}", f"http://api.localhost:{server.port}", page]
    chance = random.Random(SEED)
    server.cases = {number: draw(chance, number, page, servers) for number in range(CALLS)}
    urls = {f"{servers[0]}/{drawn.number}/0": drawn for drawn in server.cases.values()}
    try:
        told = await BROWSERS[engine](proxy, page, urls)
    finally:
        await proxy.stop()
        await server.stop()
    calls: dict[int | None, list[Call]] = {}
    for call in judge_all(load(proxy.session).exchanges):
        calls.setdefault(number_of(call.url), []).append(call)
    wrong = [
        text
        for number, (got, code) in told.items()
        if (text := difference(server.cases[number], calls.get(number, []), engine, got, code))
    ]
    print(f"{len(told)} calls, {len(wrong)} judged otherwise than by {engine} (seed {SEED})")
    assert not wrong, "\n".join(wrong)


def difference(drawn: Drawn, calls: list[Call], engine: EngineName, got: str, code: str | None) -> str | None:
    """How our verdict differs from the browser's; None where it doesn't."""
    if len(calls) != 1:
        return f"{drawn}: {len(calls)} calls"
    call = calls[0]
    verdict = call.verdict
    outcomes = {"allowed": {"allowed", "not-cors"}, "opaque": {"opaque"}}.get(got, {"blocked", "network-error"})
    alternatives = {other.outcome for other in verdict.alternatives}
    right = verdict.outcome in outcomes or (verdict.certainty == "depends" and alternatives & outcomes)
    ours = verdict.engines[engine].code if verdict.engines else None
    # where nothing shows the credentials mode, which of two failed checks the browser came to first can't be known
    untold = verdict.certainty == "depends" or (call.credentials == "unknown" and drawn.credentials == "include")
    if right and (code is None or ours == code or untold):
        return None
    return f"{got} {code}, ours {verdict.outcome} {verdict.certainty} {verdict.reason} {ours}: {drawn}"
