"""A page, an API and what else it takes for a browser to say all that it can; every answer is a row."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.capture.wire import self_signed, serving

Lines = list[tuple[str, str]]

GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
COOKIE, TOKEN = "planted-cookie-c8f1e2d4a6", "planted-token-7b3e9a1d5f"
"""Secrets of a page's: they must be found nowhere."""

PAGE = """<!doctype html><meta charset=utf-8><title>said</title><script>
const API = '%(api)s', OTHER = '%(other)s';
const results = {};
async function call(name, url, options) {
  try { await (await fetch(url, options)).text(); results[name] = 'allowed' } catch { results[name] = 'failed' }
}
const image = url => new Promise(done => { const i = new Image(); i.onload = i.onerror = done; i.src = url });
const once = (target, event) => new Promise(done => target.addEventListener(event, e => done(e.data), { once: true }));
async function frame(url) {
  const frame = document.createElement('iframe');
  frame.src = url;
  document.body.append(frame);
  results['frame ' + new URL(url, location).pathname] = await once(window, 'message');
}
async function main() {
%(script)s
}
addEventListener('DOMContentLoaded', async () => {
  try { await main() } catch (error) { results.error = String(error) }
  results.webdriver = navigator.webdriver;
  results.history = history.length;
  await fetch('/results', { method: 'POST', body: JSON.stringify(results) });
});
</script><body>"""

ROWS: dict[str, tuple[int, Lines, bytes]] = {
    "/worker.js": (
        200,
        [("Content-Type", "text/javascript")],
        b"fetch('API/from-worker').then(() => 'allowed', () => 'failed').then(r => postMessage(r))",
    ),
    "/service-worker.js": (
        200,
        [("Content-Type", "text/javascript")],
        b"oninstall = () => skipWaiting(); onactivate = e => e.waitUntil(clients.claim());"
        b"onfetch = e => { if (e.request.url.endsWith('/made-up')) e.respondWith(new Response('hi')) }",
    ),
    "/frame": (
        200,
        [("Content-Type", "text/html")],
        b"<script>fetch('API/from-frame').then(() => 'allowed', () => 'failed').then(r => parent.postMessage(r, '*'))"
        b"</script>",
    ),
    "/policy": (
        200,
        [("Content-Type", "text/html"), ("Content-Security-Policy", "connect-src 'self'; img-src 'self'")],
        b"<script>\n(async () => {\nawait fetch('API/forbidden').catch(() => 0);\n"
        b"await fetch('/redirect-to-api').catch(() => 0);\n"
        b"await new Promise(r => { const i = new Image(); i.onerror = r; i.src = 'API/forbidden.gif' });\n"
        b"parent.postMessage('done', '*') })()</script>",
    ),
    "/popup": (
        200,
        [("Content-Type", "text/html")],
        b"<script>fetch('API/from-popup').then(() => 'allowed', () => 'failed').then(r => opener.postMessage(r, '*'))"
        b"</script>",
    ),
    "/redirect-to-api": (302, [("Location", "API/ok")], b""),
    "/download": (200, [("Content-Disposition", "attachment; filename=x.txt")], b"content"),
    "/cached.gif": (200, [("Content-Type", "image/gif"), ("Cache-Control", "max-age=600")], GIF),
    "/refused": (200, [], b"x"),
    "/favicon.ico": (200, [("Content-Type", "image/gif")], GIF),
}
GRANTED = ("Access-Control-Allow-Credentials", "true"), ("Access-Control-Allow-Methods", "PUT")


@dataclass
class Site:
    """A page whose script is given, and an API on another port; both are known by two names."""

    script: str
    page: str = ""
    api: str = ""
    other: str = ""
    """The API by an address that is another site's."""
    received: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of each request, those of the page's server, too."""
    results: asyncio.Future[bytes] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """What the page says when it's done."""

    async def handle(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request, _, rest = head.decode("latin-1").partition("\r\n")
        method, target, _ = request.split(" ")
        sent = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest.splitlines())}
        body = await reader.readexactly(int(sent.get("content-length", "0")))
        path = target.partition("?")[0]
        self.received.append((method, path))
        if path == "/results" and not self.results.done():
            self.results.set_result(body)
        status, lines, answer = self._answer(path, sent)
        lines = [*lines, ("Content-Length", str(len(answer))), ("Connection", "close")]
        head_lines = "".join(f"{name}: {value}\r\n" for name, value in lines)
        writer.write(f"HTTP/1.1 {status} Said\r\n{head_lines}\r\n".encode("latin-1") + answer)

    def _answer(self, path: str, sent: dict[str, str]) -> tuple[int, Lines, bytes]:
        if path == "/":
            lines = [("Content-Type", "text/html"), ("Set-Cookie", f"session={COOKIE}; Path=/; SameSite=Lax")]
            return 200, lines, (PAGE % {"api": self.api, "other": self.other, "script": self.script}).encode()
        granted = [("Access-Control-Allow-Origin", sent.get("origin", "*")), *GRANTED]
        if path == "/redirect":
            return 302, [*granted, ("Location", "/ok")], b""
        if path in ROWS:
            status, lines, body = ROWS[path]
            lines = [(name, value.replace("API", self.api)) for name, value in lines]
            return status, lines, body.replace(b"API", self.api.encode())
        return 200, [*granted, ("Access-Control-Allow-Headers", "x-own")], b"ok"


@contextlib.asynccontextmanager
async def site(script: str, *, https: Path | None = None) -> AsyncIterator[Site]:
    """Both servers; `https`: a folder for the certificate of the page's, which then speaks TLS."""
    made = Site(script)
    async with (
        serving(made.handle, tls=self_signed(https, "localhost") if https is not None else None) as page,
        serving(made.handle) as api,
    ):
        made.page = f"http{'s' if https is not None else ''}://localhost:{page}/"
        made.api, made.other = f"http://localhost:{api}", f"http://127.0.0.1:{api}"
        yield made


CALLS = f"""
  await call('ok', API + '/ok');
  await call('with cookies', API + '/ok?access_token={TOKEN}', {{ credentials: 'include' }});
  await call('to another site', OTHER + '/ok', {{ credentials: 'include' }});
  await call('preflighted', API + '/ok', {{ method: 'PUT', headers: {{ 'X-Own': '{TOKEN}' }} }});
  await call('refused', API + '/refused');
  await call('preflight refused', API + '/ok', {{ method: 'PUT', headers: {{ 'X-Other': '1' }} }});
  await call('redirected', API + '/redirect');
  await image(API + '/cached.gif');
  await call('cached image', API + '/cached.gif');
  await call('bad port', 'http://localhost:6000/');
  const abort = new AbortController();
  setTimeout(() => abort.abort());
  await call('aborted', API + '/ok?slow', {{ signal: abort.signal }});
  results.worker = await once(new Worker('/worker.js'), 'message');
  await frame('/frame');
  await frame(OTHER + '/frame');
  await frame('/policy');
  const taken = once(navigator.serviceWorker, 'controllerchange');
  await navigator.serviceWorker.register('/service-worker.js');
  await taken;
  await call('made up', '/made-up');
  navigator.sendBeacon(API + '/beacon', 'x');
"""
"""One of each kind of call."""
