"""Real browsers click through the demo page; each verdict of ours is held against what the browser itself reported."""

from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from playwright.async_api import async_playwright

from corsinspect.analysis import judge_all
from corsinspect.capture.proxy import Proxy
from corsinspect.demo.cases import BY_PATH, CASES, Case
from corsinspect.demo.servers import Demo
from corsinspect.model import Call, EngineName
from corsinspect.session.reader import load
from tests.browser.chromium import Chromium
from tests.browser.firefox import Firefox
from tests.browser.reports import Report, disagreements


class Driver(Protocol):
    async def click(self, case: Case) -> None: ...
    async def report(self, case: Case) -> Report: ...
    async def close(self) -> None: ...


async def test_every_call_is_judged_as_chromium_did(proxy: Proxy, demo: Demo) -> None:
    async with async_playwright() as playwright:
        reports = await click_through(await Chromium.open(playwright, proxy, demo))
    await proxy.stop()
    assert_agreement("chromium", reports, judged(proxy.session))


async def test_every_call_is_judged_as_firefox_did(proxy: Proxy, demo: Demo) -> None:
    reports = await click_through(await Firefox.open(proxy, demo))
    await proxy.stop()
    assert_agreement("firefox", reports, judged(proxy.session))


async def click_through(driver: Driver) -> dict[str, Report]:
    """What the browser says of each case, by its id."""
    for case in CASES:
        await driver.click(case)
    reports = {case.id: await driver.report(case) for case in CASES}
    await driver.close()
    return reports


def judged(session: Path) -> dict[str, list[Call]]:
    """The Calls of a session file, by the demo's case."""
    by_case: dict[str, list[Call]] = {}
    for call in judge_all(load(session).exchanges):
        if case := BY_PATH.get(urlsplit(call.url).path):
            by_case.setdefault(case.id, []).append(call)
    return by_case


def assert_agreement(engine: EngineName, reports: dict[str, Report], calls: dict[str, list[Call]]) -> None:
    """Fails with a table of all cases where our verdict, the browser's report and the demo's own text aren't one."""
    wrong: list[str] = []
    for case in CASES:
        of_case = calls.get(case.id, [])
        if len(of_case) != 1:
            wrong.append(f"{case.id}: {len(of_case)} calls in the session")
            continue
        call = of_case[0]
        differences = disagreements(case, call, engine, reports[case.id])
        verdict = call.verdict
        ours = (verdict.outcome, verdict.stage, verdict.reason)
        expected = (case.expected.outcome, case.expected.stage, case.expected.reason)
        if ours != expected:
            differences.append(f"verdict: {ours}, but the demo's page says {expected}")
        wrong += [f"{case.id}: {difference}" for difference in differences]
    assert not wrong, f"{engine} disagrees:\n" + "\n".join(wrong)
