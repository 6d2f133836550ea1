"""The probe against real browsers: the same verdict on each of the demo's calls, and the same lines in preflights."""

from playwright.async_api import async_playwright

from corsinspect.capture.proxy import Proxy
from corsinspect.demo.cases import CASES, Case
from corsinspect.demo.servers import Demo
from corsinspect.model import Call, HeaderList
from corsinspect.probe import probe
from corsinspect.probe.ask import Engine
from tests.browser.chromium import Chromium
from tests.browser.firefox import Firefox
from tests.browser.test_demo_calls import click_through, judged
from tests.probe.recorded import as_sent_directly
from tests.probe.test_probe import as_asked


async def test_it_comes_to_what_chromium_comes_to(proxy: Proxy, demo: Demo) -> None:
    async with async_playwright() as playwright:
        await click_through(await Chromium.open(playwright, proxy, demo))
    await proxy.stop()
    assert await disagreements("chromium", demo, judged(proxy.session)) == []


async def test_it_comes_to_what_firefox_comes_to(proxy: Proxy, demo: Demo) -> None:
    await click_through(await Firefox.open(proxy, demo))
    await proxy.stop()
    assert await disagreements("firefox", demo, judged(proxy.session)) == []


async def disagreements(engine: Engine, demo: Demo, calls: dict[str, list[Call]]) -> list[str]:
    """Where the probe and the browser's own call differ."""
    found: list[str] = []
    for case in CASES:
        (own,) = calls[case.id]
        ours = await asked(case, demo, engine)
        if verdict(own) != verdict(ours):
            found.append(f"{case.id}: {verdict(own)} in the browser, {verdict(ours)} by the probe")
        if preflight(own) != preflight(ours):
            found.append(f"{case.id}: {preflight(own)} from the browser, {preflight(ours)} by the probe")
    return found


async def asked(case: Case, demo: Demo, engine: Engine) -> Call:
    found = await probe(as_asked(case, demo.url(case), demo.origin, engine))
    assert found.call is not None
    return found.call


def verdict(call: Call) -> tuple[object, ...]:
    said = call.verdict
    return said.outcome, said.stage, said.reason, said.header, said.found, said.status


def preflight(call: Call) -> HeaderList | None:
    """What the preflight was sent with; None where there was none."""
    sent = call.hops[0].preflight
    return None if sent is None else as_sent_directly(sent.request_headers)
