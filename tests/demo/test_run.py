"""The demo through a real proxy, by the scripted client and by a browser."""

import pytest

from corsinspect.capture.proxy import Proxy
from corsinspect.commands.demo import in_lines
from corsinspect.demo.cases import CASES
from corsinspect.demo.run import Demo, DemoError, drive, without_verdict
from corsinspect.session.reader import load
from tests.browser.conftest import demo as demo
from tests.browser.conftest import proxy as proxy


async def test_the_scripted_client_makes_every_call_once(proxy: Proxy, demo: Demo) -> None:
    visit = await drive(proxy, demo, None)
    assert (visit.name, visit.simulated) == ("simulated browser", True)
    said = await visit.done()
    await visit.stop()
    assert list(said) == [case.id for case in CASES]
    await proxy.stop()
    exchanges = load(proxy.session).exchanges
    asked = [exchange.url for exchange in exchanges if exchange.method != "OPTIONS"]
    assert sorted(asked) == sorted(_sent(demo))
    agents = {value for exchange in exchanges for name, value in exchange.request_headers if name == "User-Agent"}
    assert all("corsinspect-simulated-browser" in agent for agent in agents)


def _sent(demo: Demo) -> list[str]:
    """What must arrive: the page, its report, and each call whose preflight doesn't forbid it."""
    refused = [case for case in CASES if case.expected.stage == "preflight"]
    calls = [demo.url(case) for case in CASES if case not in refused]
    return [demo.run_all_url, f"{demo.origin}/done", *calls]


async def test_a_visitor_who_cannot_reach_the_proxy_is_reported(proxy: Proxy, demo: Demo) -> None:
    await proxy.stop()
    visit = await drive(proxy, demo, None)
    with pytest.raises(DemoError, match="simulated browser left"):
        await visit.done()
    await visit.stop()


async def test_without_calls_every_case_waits_for_its_verdict(demo: Demo) -> None:
    assert without_verdict(demo, []) == list(CASES)


async def test_what_will_not_work_in_the_browser_is_said_at_once(
    proxy: Proxy, demo: Demo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def refuse(*arguments: object) -> bool:
        return False

    monkeypatch.setattr("corsinspect.capture.firefox.profile.trusts", refuse)
    monkeypatch.setattr("corsinspect.commands.demo.VERDICT_LIMIT", 4.0)
    visit = await drive(proxy, demo, "firefox", headless=True)
    status = await in_lines(proxy, demo, visit)
    first, second, *_, last = capsys.readouterr().err.splitlines()
    assert status == 2
    assert first.startswith("Firefox 153, proxy ") and second.startswith("Firefox 153: https pages and calls fail")
    assert last == "the demo was given up; no verdict on: http against https, http against https"
