"""Whether a browser's calls to localhost come through: it opens one and sees."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from corsinspect.capture.browser import BrowserKind, installed
from corsinspect.capture.errors import CaptureError
from corsinspect.capture.proxy import Proxy
from corsinspect.demo.httpserver import HttpServer, Request, Response
from corsinspect.doctor.finding import Answer, Machine, fault, ok, warning
from corsinspect.session import Follower

LOAD_LIMIT = 60.0
"""Seconds for a browser to start and make the call."""
SEEN_LIMIT = 5.0
"""Seconds between a call's arrival at the server and its line in the session; it takes some milliseconds."""
CALL = "/corsinspect-doctor"

_PAGE = """<!doctype html><meta charset="utf-8"><title>corsinspect doctor</title>
<script>fetch("http://localhost:{port}{path}").catch(() => {{}})</script>
"""


def chromium(machine: Machine) -> Answer:
    """By the Chromium that `--browser chromium` opens."""
    return _by("chromium")


def firefox(machine: Machine) -> Answer:
    """By the Firefox that `--browser firefox` opens."""
    return _by("firefox")


def _by(kind: BrowserKind) -> Answer:
    if kind not in installed():
        return ok("not installed: not looked at")
    with tempfile.TemporaryDirectory(prefix="corsinspect-doctor-") as folder:
        try:
            return asyncio.run(_look(kind, Path(folder) / "session.jsonl"))
        except CaptureError as problem:
            return fault(problem.what, problem.hint)


async def _look(kind: BrowserKind, session: Path) -> Answer:
    arrived = asyncio.Event()
    async with _servers(arrived) as (page, call):
        proxy = Proxy(session, port=0)
        try:
            await proxy.start()
            browser = await proxy.open_browser(kind, page, headless=True)
            name, complaint = browser.name, browser.warning
            with suppress(TimeoutError):
                async with asyncio.timeout(LOAD_LIMIT):
                    await arrived.wait()
            seen = await _comes_through(session, call) if arrived.is_set() else False
        finally:
            await proxy.stop()
    if not arrived.is_set():
        return fault(
            f"{name} was opened, but made no call to localhost within {LOAD_LIMIT:.0f} s.",
            "Open it by hand and see whether it starts; a company's policy may forbid it to use another proxy "
            "(chrome://policy, about:policies).",
        )
    if not seen:
        return fault(
            f"{name} called a server on localhost past the proxy: such calls can't be captured.",
            "Look in chrome://policy or about:policies for a proxy setting, and at the script that starts the browser: "
            "something takes the proxy's settings away.",
        )
    if complaint:
        text = f"{name}'s call to localhost came through, but {complaint}"
        return warning(text, "Use another browser if you need that.")
    return ok(f"{name}'s call to localhost came through")


async def _comes_through(session: Path, call: str) -> bool:
    follower = Follower(session)
    try:
        end = time.monotonic() + SEEN_LIMIT
        while time.monotonic() < end:
            if any(exchange.url == call for exchange in follower.poll()):
                return True
            await asyncio.sleep(0.02)
        return False
    finally:
        follower.close()


@asynccontextmanager
async def _servers(arrived: asyncio.Event) -> AsyncIterator[tuple[str, str]]:
    """A page and, on another port, what it calls: their URLs. Both set themselves up and go with the check."""

    def answer(request: Request) -> Response:
        if request.target == CALL:
            arrived.set()
        return Response(200, (("Access-Control-Allow-Origin", "*"), ("Cache-Control", "no-store")), b"{}")

    api = HttpServer(answer)
    port = await api.start()
    html = _PAGE.format(port=port, path=CALL).encode()
    pages = HttpServer(lambda request: Response(200, (("Content-Type", "text/html"),), html))
    try:
        yield f"http://localhost:{await pages.start()}/", f"http://localhost:{port}{CALL}"
    finally:
        await pages.stop()
        await api.stop()
