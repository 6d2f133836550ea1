"""A page that clicks while its server is fixed wrongly, then rightly, in a browser that corsinspect opened."""

import asyncio
import json
from typing import NamedTuple
from urllib.parse import urlsplit

from corsinspect.analysis import judge_all
from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.proxy import Proxy
from corsinspect.model import Call
from corsinspect.session.reader import load
from tests.browser.scenes import GRANT, RIGHT, STAR, Api, Lines
from tests.capture.wire import serving

STATES: list[tuple[Lines, Lines]] = [
    ([*STAR, *GRANT], STAR),  # cors(), and a page that sends credentials
    ([*RIGHT, *GRANT], STAR),  # the fix pasted where only preflights get it
    ([*RIGHT, *GRANT], RIGHT),  # pasted rightly
]
PAGE = """<!doctype html><meta charset=utf-8><title>clicks</title><script>
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


class Clicked(NamedTuple):
    """What the page's script saw of each call (method, path, "allowed" or "failed"), and the Calls, both in order."""

    saw: list[tuple[str, str, str]]
    calls: list[Call]

    def faults(self) -> list[str]:
        """Calls of which the verdict isn't what the page saw, or which the browser's word left open."""
        found = open_ends(self.calls)
        if len(self.calls) != len(self.saw):
            found.append(f"{len(self.calls)} calls for {len(self.saw)}")
        for method, path in sorted({(method, path) for method, path, _ in self.saw}):
            mine = [call for call in self.calls if (call.method, urlsplit(call.url).path) == (method, path)]
            judged = ["allowed" if call.verdict.outcome == "allowed" else "failed" for call in mine]
            seen = [result for *asked, result in self.saw if asked == [method, path]]
            if judged != seen:
                found.append(f"{method} {path}: {judged}, page saw {seen}")
        unconfirmed = [call for call in self.calls if call.browser is None or not call.browser.confirmed]
        return found + [f"{call.method} {call.url}: not confirmed" for call in unconfirmed]


async def clicks(proxy: Proxy, kind: BrowserKind) -> Clicked:
    """Three clicks of five calls each: see STATES for what the server answers meanwhile."""
    api, results = Api(), asyncio.get_running_loop().create_future()

    async def page(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = head.decode("latin-1").split(" ")[1]
        body = b"ok"
        if target == "/":
            body = PAGE.replace("API", api_origin).encode()
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
            saw = [(method, path, result) for method, path, result in json.loads(await results)]
        calls = await concluded(proxy)
    made = sorted((call for call in calls if call.url.startswith(api_origin)), key=lambda call: call.started)
    return Clicked(saw, made)


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
