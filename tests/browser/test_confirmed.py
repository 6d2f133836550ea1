"""In a browser that corsinspect opened, its own word leaves nothing open: verdicts are what the page's script saw."""

import asyncio
import json
from urllib.parse import urlsplit

import pytest

from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.proxy import Proxy
from tests.browser.clicks import clicks, concluded, open_ends
from tests.browser.test_scenes import proxy as proxy
from tests.capture.listening.said_pages import CALLS, site


@pytest.fixture(params=["chromium", "firefox"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> BrowserKind:
    monkeypatch.setattr("corsinspect.capture.proxy.SOCKET_LIMIT", 90.0)  # a busy machine starts Firefox slowly
    return request.param


@pytest.mark.parametrize("run", range(2))
async def test_clicks_between_which_the_server_is_fixed(proxy: Proxy, kind: BrowserKind, run: int) -> None:
    clicked = await clicks(proxy, kind)

    assert len(clicked.calls) == len(clicked.saw) == 15
    assert clicked.faults() == []


async def test_one_call_of_each_kind(proxy: Proxy, kind: BrowserKind) -> None:
    async with site(CALLS) as pages:
        await proxy.open_browser(kind, pages.page, headless=True)
        async with asyncio.timeout(60):
            saw = json.loads(await pages.results)
        calls = await concluded(proxy)

    assert saw.get("error") is None
    assert open_ends(calls) == []
    outcomes = {urlsplit(call.url).path: (call.verdict.outcome, call.verdict.reason) for call in calls if not call.hops}
    assert outcomes["/forbidden"] == ("blocked", "csp")
    if kind == "chromium":  # Firefox asks the server once more
        assert outcomes["/cached.gif"] == ("blocked", "cached-without-cors")
    assert {call.url for call in calls if call.verdict.reason == "bad-port"} == {"http://localhost:6000/"}
    script = [call for call in calls if call.url.startswith(pages.api) and call.browser is not None]
    told = [said for call in script if call.browser is not None for said in call.browser.said]
    lines = {said.caller.url for said in told if said.caller is not None}
    assert pages.page in lines
