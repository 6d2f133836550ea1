"""In a browser that corsinspect opened, its own word leaves nothing open: verdicts are what the page's script saw."""

import asyncio
import json
from urllib.parse import urlsplit

import pytest

from corsinspect.analysis import judge_all
from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.proxy import Proxy
from corsinspect.model import Call
from corsinspect.session.reader import load
from tests.browser.scenes import GRANT, RIGHT, STAR, Api, Lines
from tests.browser.test_scenes import proxy as proxy
from tests.capture.listening.said_pages import CALLS, site
from tests.capture.wire import serving

STATES: list[tuple[Lines, Lines]] = [
    ([*STAR, *GRANT], STAR),  # cors(), and a page that sends credentials
    ([*RIGHT, *GRANT], STAR),  # the fix pasted where only preflights get it
    ([*RIGHT, *GRANT], RIGHT),  # pasted rightly
]
CLICKS = """<!doctype html><meta charset=utf-8><title>clicks</title><script>
const saw = [];
async function one(method, path) {
  const options = { method, credentials: 'include' };
  if (method !== 'GET') Object.assign(options, { headers: { 'Content-Type': 'application/json' }, body: '{}' });
  try { await (await fetch('API' + path, options)).text(); saw.push([method, path, 'allowed']) }
  catch { saw.push([method, path, 'failed']) }
}
(async () => {
  for (const state of [0, 1, 2]) {
    await fetch('/turn?to=' + state);
    await one('POST', '/api/login');
    await Promise.all([one('GET', '/api/me'), one('POST', '/api/items'), one('PUT', '/api/items/7')]);
    await one('GET', '/api/me');
  }
  await fetch('/results', { method: 'POST', body: JSON.stringify(saw) });
})();
</script>"""


async def concluded(proxy: Proxy) -> list[Call]:
    """The Calls of the session, once the browser was closed and has told all."""
    await asyncio.sleep(0.5)
    await asyncio.gather(*(browser.close() for browser in list(proxy.browsers)))
    await proxy.stop()
    loaded = load(proxy.session)
    return judge_all(loaded.exchanges, loaded.saids)


def open_ends(calls: list[Call]) -> list[str]:
    """Of calls that pages made: those that the browser's word left as they were."""
    return [
        f"{call.method} {call.url}: {call.verdict.outcome} {call.verdict.certainty}"
        for call in calls
        if call.kind in ("simple", "preflighted", "no-cors")
        and not call.background
        and (call.browser is None or call.browser.match != "sure" or call.verdict.certainty == "depends")
    ]


@pytest.fixture(params=["chromium", "firefox"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> BrowserKind:
    monkeypatch.setattr("corsinspect.capture.proxy.SOCKET_LIMIT", 90.0)  # a busy machine starts Firefox slowly
    return request.param


@pytest.mark.parametrize("run", range(2))
async def test_clicks_between_which_the_server_is_fixed(proxy: Proxy, kind: BrowserKind, run: int) -> None:
    api, results = Api(), asyncio.get_running_loop().create_future()

    async def page(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = head.decode("latin-1").split(" ")[1]
        body = b"ok"
        if target == "/":
            body = CLICKS.replace("API", api_origin).encode()
        elif target.startswith("/turn"):
            api.preflight, api.actual = STATES[int(target[-1])]
        elif target == "/results":
            size = next(line for line in head.decode("latin-1").lower().split("\r\n") if line.startswith("content-le"))
            results.set_result(await reader.readexactly(int(size.partition(":")[2])))
        type = "text/html" if target == "/" else "text/plain"
        lines = f"Content-Type: {type}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
        writer.write(f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode() + body)

    async with serving(api.handle) as api_port, serving(page) as page_port:
        api_origin = f"http://localhost:{api_port}"
        await proxy.open_browser(kind, f"http://localhost:{page_port}/", headless=True)
        async with asyncio.timeout(60):
            saw = json.loads(await results)
        calls = await concluded(proxy)

    made = sorted((call for call in calls if call.url.startswith(api_origin)), key=lambda call: call.started)
    assert len(made) == len(saw) == 15
    assert open_ends(made) == []
    for method, path in {(method, path) for method, path, _ in saw}:
        mine = [call for call in made if (call.method, urlsplit(call.url).path) == (method, path)]
        seen = [result for *asked, result in saw if asked == [method, path]]
        assert ["allowed" if call.verdict.outcome == "allowed" else "failed" for call in mine] == seen, (method, path)
    assert all(call.browser is not None and call.browser.confirmed for call in made)


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
