"""A tried fix in real browsers, over HTTP/1.1 and HTTP/2: every fixable kind of blocked call passes while it's on, and
not a moment longer."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from corsinspect.advice.fix import FIXABLE
from corsinspect.analysis import by_server, judge_all
from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.proxy import Proxy
from corsinspect.dashboard.state.source import LiveSource
from corsinspect.model import Call
from corsinspect.session.reader import load
from corsinspect.simulation import Simulation
from tests.browser.fixable import Case, cases, over_http1, over_http2
from tests.browser.pages import open_page
from tests.browser.waiting import until
from tests.capture.wire import self_signed, serving
from tests.session.build import recorded

RUN = """cases => Promise.all(cases.map(async ([url, options]) => {
    try { await (await fetch(url, options)).text(); return 'allowed' } catch { return 'failed' }
}))"""
SET_COOKIE = "async cookie => { document.cookie = cookie }"


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    running = Proxy(tmp_path / "session.jsonl")
    await running.start()
    yield running
    await running.stop()


@contextlib.asynccontextmanager
async def an_origin(version: str, folder: Path) -> AsyncIterator[str]:
    if version == "HTTP/1.1":
        async with serving(over_http1) as port:
            yield f"http://localhost:{port}"
    else:
        async with serving(over_http2, tls=self_signed(folder, "localhost", alpn=["h2"])) as port:
            yield f"https://localhost:{port}"


def by_case(session: Path) -> list[dict[int, Call]]:
    """The calls of each round, by the case's number."""
    rounds: list[dict[int, Call]] = [{}, {}, {}]
    for call in judge_all(load(session).exchanges):
        name = urlsplit(call.url).path[1:]
        if name.isdigit() and call.kind in ("simple", "preflighted"):
            next(seen for seen in rounds if int(name) not in seen)[int(name)] = call
    return rounds


def answered(calls: dict[int, Call]) -> int:
    return sum(call.verdict.outcome != "unknown" for call in calls.values())


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/2.0"])
@pytest.mark.parametrize("kind", ["chromium", "firefox"])
async def test_each_mendable_reason_passes_while_a_fix_is_tried_and_blocks_again(
    proxy: Proxy, tmp_path: Path, kind: BrowserKind, version: str
) -> None:
    async with an_origin(version, tmp_path) as origin, an_origin(version, tmp_path) as api:
        all_cases = cases()
        calls = [[case.url(api, number), case.options] for number, case in enumerate(all_cases)]
        probe = [[Case("", actual=[]).url(f"{api}/probe", 0), {}]]
        trying = Simulation(LiveSource(proxy))
        async with open_page(kind, proxy, f"{origin}/") as page:
            await page.evaluate(SET_COOKIE, "sid=1")  # the server's, too: cookies don't mind ports

            async def reached(result: str) -> None:
                async with asyncio.timeout(60):
                    while await page.evaluate(RUN, probe) != [result]:
                        await asyncio.sleep(0.02)

            blocked = await page.evaluate(RUN, calls)
            await until(lambda: answered(by_case(proxy.session)[0]) == len(calls), "all answers in the session")
            first = list(by_case(proxy.session)[0].values())
            assert [why for call in first if (why := trying.start(call, first)) is not None] == []
            await reached("allowed")
            tried = await page.evaluate(RUN, calls)
            trying.stop()
            await reached("failed")
            blocked_again = await page.evaluate(RUN, calls)
    await proxy.stop()

    before, during, after = by_case(proxy.session)
    reasons = [case.reason for case in all_cases]
    assert blocked == blocked_again == ["failed"] * len(calls)
    assert [(case, result) for case, result in zip(all_cases, tried, strict=True) if result != "allowed"] == []
    assert {line.http_version for line in recorded(proxy.session) if line.url.startswith(api)} == {version}
    assert [before[number].verdict.reason for number in range(len(calls))] == reasons
    assert {during[number].verdict.outcome for number in range(len(calls))} == {"simulated"}
    assert [by_server(during[number]).verdict.reason for number in range(len(calls))] == reasons
    assert [after[number].verdict.reason for number in range(len(calls))] == reasons
    counted = Counter(reasons)
    assert set(counted) == FIXABLE and min(counted.values()) >= 5
