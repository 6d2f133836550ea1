"""Scenes in a real browser behind the proxy, judged while they go on, against what the page's own JavaScript saw."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from corsinspect.analysis import Tracker
from corsinspect.capture.proxy import Proxy
from corsinspect.dashboard.state.news import News
from corsinspect.dashboard.state.watch import Endpoint, Watch, endpoint
from corsinspect.model import Call, Changes, Outcome
from corsinspect.session import Follower
from tests.browser.pages import Page
from tests.browser.waiting import until
from tests.capture.wire import serving

Lines = list[tuple[str, str]]
Asked = tuple[str, str]
"""Method and path."""

STAR: Lines = [("Access-Control-Allow-Origin", "*")]
OWN: Lines = [("Access-Control-Allow-Origin", "PAGE"), ("Vary", "Origin")]
RIGHT: Lines = [*OWN, ("Access-Control-Allow-Credentials", "true")]
GRANT: Lines = [
    ("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE"),
    ("Access-Control-Allow-Headers", "content-type"),
]

FETCH = """async ([url, options]) => {
    try { await (await fetch(url, options)).text(); return 'allowed' } catch { return 'failed' }
}"""

SAW: dict[str, frozenset[Outcome]] = {
    "allowed": frozenset({"allowed"}),
    "failed": frozenset({"blocked", "network-error"}),
    "loaded": frozenset({"opaque", "not-cors"}),
    "sent": frozenset({"opaque", "allowed", "blocked"}),
}
"""By what the page saw: the outcomes that agree with it. What is only sent may be read or not: no page gets to know."""


@dataclass
class Api:
    """A server whose answers change between two clicks, as if its programmer had changed its code."""

    preflight: Lines = field(default_factory=list)
    actual: Lines = field(default_factory=list)
    page: Lines = field(default_factory=list)
    """Headers of documents."""
    received: list[Asked] = field(default_factory=list)

    async def handle(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request, _, rest = head.decode("latin-1").partition("\r\n")
        sent = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest.splitlines())}
        await reader.readexactly(int(sent.get("content-length", "0")))
        method, path = request.split(" ")[0], urlsplit(request.split(" ")[1]).path
        self.received.append((method, path))
        status, lines, body = self._answer(method, path, sent)
        page = sent.get("origin", "")
        lines = [*lines, ("Connection", "close")] if status == 204 else [*lines, ("Content-Length", str(len(body)))]
        told = "".join(f"{name}: {value.replace('PAGE', page)}\r\n" for name, value in lines)
        writer.write(f"HTTP/1.1 {status} Told\r\n{told}Connection: close\r\n\r\n".encode() + body)

    def _answer(self, method: str, path: str, sent: dict[str, str]) -> tuple[int, Lines, bytes]:
        if path == "/":
            return 200, [("Content-Type", "text/html"), *self.page], b"<!doctype html><title>page</title>"
        if method == "OPTIONS" and "access-control-request-method" in sent:
            return 204, self.preflight, b""
        if path.endswith(".gif"):
            asked = self.actual if "origin" in sent else [line for line in self.actual if line[0] not in _FOR_ASKING]
            return 200, [("Content-Type", "image/gif"), *asked], GIF
        cookie: Lines = [("Set-Cookie", "sid=1; Path=/")] if path.endswith("/login") else []
        return 200, [("Content-Type", "application/json"), *cookie, *self.actual], b"{}"


_FOR_ASKING = frozenset({"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"})
"""What many a server says only where it is asked for."""

GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


@contextlib.asynccontextmanager
async def served(api: Api, host: str = "localhost") -> AsyncIterator[str]:
    """The origin of such a server."""
    async with serving(api.handle) as port:
        yield f"http://{host}:{port}"


class Onlooker:
    """What the dashboard concludes while the session grows; a watch on each endpoint from its first call on."""

    def __init__(self, proxy: Proxy, api: str) -> None:
        self.calls: dict[str, Call] = {}
        self.news: list[News] = []
        self._api = api
        self._follower = Follower(proxy.session)
        self._tracker = Tracker()
        self._watches: dict[Endpoint, Watch] = {}

    async def look(self) -> None:
        """Follows the session until it's cancelled."""
        while True:
            self.poll()
            await asyncio.sleep(0.02)

    def poll(self) -> None:
        for exchange in self._follower.poll():
            self._take(self._tracker.feed(exchange))
        self._take(self._tracker.advance(time.time()))

    def close(self) -> None:
        """Takes what is left, and gives up waiting."""
        self.poll()
        self._take(self._tracker.close())
        self._follower.close()

    def of(self, asked: Asked) -> list[Call]:
        """The calls of this method and path, in order of time."""
        found = (call for call in self.calls.values() if (call.method, urlsplit(call.url).path) == asked)
        return sorted(found, key=lambda call: call.started)

    def _take(self, changes: Changes) -> None:
        for id in changes.withdrawn:
            self.calls.pop(id, None)
        for call in changes.changed:
            if not call.url.startswith(self._api):
                continue
            self.calls[call.id] = call
            watch = self._watches.get(endpoint(call))
            if watch is None:
                self._watches[endpoint(call)] = Watch(call)
            elif (news := watch.see([call])) is not None:
                self.news.append(news)

    @property
    def successes(self) -> list[str]:
        return [news.text for news in self.news if "allowed now" in news.text]


@dataclass
class Scene:
    """What a scene came to: what the page saw of each call, click by click, and what was concluded."""

    saw: dict[Asked, list[str]]
    look: Onlooker
    early: list[str] = field(default_factory=list)
    """Successes that the watch announced before the server was right."""

    def wrong(self, *certainties: str) -> list[str]:
        """Verdicts of these certainties that contradict what the page saw; also calls that were made one of two, or
        two of one."""
        found: list[str] = []
        for asked, saw in self.saw.items():
            calls = self.look.of(asked)
            if len(calls) != len(saw):
                found.append(f"{asked}: {len(calls)} calls, but the page made {len(saw)}")
                continue
            for click, (result, call) in enumerate(zip(saw, calls, strict=True), 1):
                verdict = call.verdict
                if verdict.certainty in certainties and verdict.outcome not in SAW[result]:
                    found.append(f"{asked}, click {click}: {verdict.outcome} ({verdict.certainty}), page saw {result}")
        return found

    def forgotten(self) -> list[str]:
        """Calls said to depend on credentials though one like them had shown that the page uses some."""
        found: list[str] = []
        for asked in self.saw:
            shown = False
            for call in self.look.of(asked):
                if shown and call.verdict.certainty == "depends":
                    found.append(f"{asked}: {call.verdict.outcome} depends, though it was shown before")
                shown = shown or call.credentials == "include"
        return found

    def count(self) -> Counter[str]:
        """The verdicts, by outcome and certainty."""
        calls = [call for asked in self.saw for call in self.look.of(asked)]
        return Counter(f"{call.verdict.outcome} {call.verdict.certainty}" for call in calls)


JSON = {"headers": {"Content-Type": "application/json"}, "body": "{}"}
CLICK: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/api/login", JSON),
    ("GET", "/api/me", {}),
    ("POST", "/api/items", JSON),
    ("PUT", "/api/items/7", JSON),
    ("DELETE", "/api/items/7", {}),
]
"""One click of a page: a login, then what needs it, all with credentials."""


async def two_clicks(proxy: Proxy, page: Page, api: Api, url: str, *, pause: float, together: bool) -> Scene:
    """`cors()` and a page that sends credentials; click; the preflight fixed, the answers not; click; all fixed; click.

    `pause`: seconds between clicks; `together`: all calls but the login are in flight at once.
    """
    look, saw = Onlooker(proxy, url), {(method, path): [] for method, path, _ in CLICK}
    early: list[str] = []

    async def click() -> None:
        calls = [(m, p, {**options, "method": m, "credentials": "include"}) for m, p, options in CLICK]

        async def one(method: str, path: str, options: dict[str, Any]) -> None:
            saw[method, path].append(await page.evaluate(FETCH, [url + path, options]))

        await one(*calls[0])
        if together:
            results = await page.evaluate(
                f"calls => Promise.all(calls.map({FETCH}))", [[url + p, options] for _, p, options in calls[1:]]
            )
            for (method, path, _), result in zip(calls[1:], results, strict=True):
                saw[method, path].append(result)
        else:
            for call in calls[1:]:
                await one(*call)

    async with looking(look):
        api.preflight, api.actual = [*STAR, *GRANT], STAR
        await click()
        await asyncio.sleep(pause)
        api.preflight = [*RIGHT, *GRANT]
        await click()
        await asyncio.sleep(pause)
        early += look.successes
        api.actual = RIGHT
        await click()
        await until(lambda: len(look.of(("DELETE", "/api/items/7"))) >= 3, "the last call in the session")
        await asyncio.sleep(0.3)
    return Scene(saw, look, early)


@contextlib.asynccontextmanager
async def looking(look: Onlooker) -> AsyncIterator[None]:
    """Has somebody look on until the block ends."""
    task = asyncio.create_task(look.look())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        look.close()


IMAGE = """url => new Promise(resolve => {
    const image = new Image();
    image.onload = () => resolve('loaded');
    image.onerror = () => resolve('failed');
    image.src = url;
})"""


async def coep(proxy: Proxy, page: Page, api: Api, url: str) -> Scene:
    """A page that demands `Cross-Origin-Resource-Policy`, and two images: one says it, one doesn't."""
    look, saw = Onlooker(proxy, url), {("GET", "/bare.gif"): [], ("GET", "/open.gif"): []}
    async with looking(look):
        for path in ("/bare.gif", "/open.gif"):
            api.actual = [("Cross-Origin-Resource-Policy", "cross-origin")] if path == "/open.gif" else []
            saw["GET", path].append(await page.evaluate(f"async url => await ({IMAGE})(url)", url + path))
        await _arrived(look, saw)
    return Scene(saw, look)


async def cached(proxy: Proxy, page: Page, api: Api, url: str) -> tuple[Scene, str]:
    """An image, cached without CORS headers, then fetched by script; and what the script saw of it."""
    api.actual = [*STAR, ("Cache-Control", "max-age=600")]
    look, saw = Onlooker(proxy, url), {("GET", "/data"): [], ("GET", "/logo.gif"): []}
    async with looking(look):
        saw["GET", "/data"].append(await page.evaluate(FETCH, [f"{url}/data", {}]))
        saw["GET", "/logo.gif"].append(await page.evaluate(f"async url => await ({IMAGE})(url)", f"{url}/logo.gif"))
        fetched = await page.evaluate(FETCH, [f"{url}/logo.gif", {}])
        if api.received.count(("GET", "/logo.gif")) > 1:
            saw["GET", "/logo.gif"].append(fetched)
        await _arrived(look, saw)
    return Scene(saw, look), fetched


BEACON = "async ([url, type]) => navigator.sendBeacon(url, new Blob(['{}'], { type }))"


async def beacons(proxy: Proxy, page: Page, api: Api, url: str) -> Scene:
    """Two beacons to a server that grants nothing: a text, which is sent, and JSON, which needs a preflight."""
    look, saw = Onlooker(proxy, url), {("POST", "/text"): ["sent"], ("POST", "/json"): ["failed"]}
    async with looking(look):
        await page.evaluate(BEACON, [f"{url}/text", "text/plain"])
        await page.evaluate(BEACON, [f"{url}/json", "application/json"])
        await until(lambda: {path for _, path in api.received} >= {"/text", "/json"}, "both beacons at the server")
        await _arrived(look, saw)
    return Scene(saw, look)


SANDBOXED = """([url]) => new Promise(resolve => {
    addEventListener('message', event => resolve(event.data), { once: true });
    const frame = document.createElement('iframe');
    frame.sandbox = 'allow-scripts';
    frame.srcdoc = `<script>
        fetch('${url}').then(r => r.text()).then(() => 'allowed', () => 'failed').then(r => parent.postMessage(r, '*'))
    </script>`;
    document.body.append(frame);
})"""


async def sandboxed(proxy: Proxy, page: Page, api: Api, url: str, allowed: str) -> Scene:
    """Fetches of a sandboxed frame, whose origin is `null`, from a server that allows the page, all, and `null`."""
    answers: dict[str, Lines] = {"/own": [(STAR[0][0], allowed)], "/all": STAR, "/null": [(STAR[0][0], "null")]}
    look, saw = Onlooker(proxy, url), {("GET", path): [] for path in answers}
    async with looking(look):
        for path, lines in answers.items():
            api.actual = lines
            saw["GET", path].append(await page.evaluate(f"async given => await ({SANDBOXED})(given)", [url + path]))
        await _arrived(look, saw)
    return Scene(saw, look)


async def _arrived(look: Onlooker, saw: dict[Asked, list[str]]) -> None:
    await until(lambda: all(len(look.of(asked)) >= len(seen) for asked, seen in saw.items()), "all calls")
    await asyncio.sleep(0.3)
