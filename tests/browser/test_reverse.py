"""In a server's place, a real browser with no proxy: what it may read, and that the verdicts are the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import async_playwright

from corsinspect.analysis import judge_all
from corsinspect.capture.browser import find
from corsinspect.capture.proxy import Proxy
from corsinspect.capture.routes import Route
from corsinspect.demo.httpserver import HttpServer, Request, Response
from corsinspect.session import load

READ = """async ([url, options]) => {
  try { return (await fetch(url, options)).status } catch { return "blocked" }
}"""
PUT = {"method": "PUT", "headers": {"content-type": "application/json"}, "body": "{}"}


@asynccontextmanager
async def serving(origin: list[str]) -> AsyncIterator[int]:
    """A server that allows calls of this one origin, which may be named later, and serves a page."""

    def answer(request: Request) -> Response:
        granted = {
            "Access-Control-Allow-Origin": "".join(origin),
            "Access-Control-Allow-Methods": "PUT",
            "Access-Control-Allow-Headers": "content-type",
        }
        return Response(200, (*(granted.items() if origin else ()), ("Content-Type", "text/html")), b"<!doctype html>")

    server = HttpServer(answer)
    port = await server.start()
    try:
        yield port
    finally:
        await server.stop()


@asynccontextmanager
async def in_place_of(port: int, session: Path) -> AsyncIterator[str]:
    """The address that stands for a server on this machine."""
    proxy = Proxy(session, port=0, route=Route(reverse=f"http://localhost:{port}"))
    await proxy.start()
    try:
        yield f"http://localhost:{proxy.port}"
    finally:
        await proxy.stop()


@asynccontextmanager
async def page_at(url: str):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find("chromium"), args=["--no-sandbox"])
        page = await browser.new_page()
        await page.goto(url)
        yield page
        await browser.close()


async def test_before_an_api_nothing_changes_for_the_page(tmp_path: Path) -> None:
    """The call through our port gets what the direct call gets, and the verdict is that."""
    outcomes: dict[bool, str] = {True: "allowed", False: "blocked"}
    for allowed in (True, False):
        granted: list[str] = []
        session = tmp_path / f"{allowed}.jsonl"
        async with serving([]) as pages, serving(granted) as api, in_place_of(api, session) as own:
            if allowed:
                granted.append(f"http://localhost:{pages}")
            async with page_at(f"http://localhost:{pages}/") as page:
                seen = [
                    await page.evaluate(READ, [f"{base}/items", options])
                    for base in (f"http://localhost:{api}", own)
                    for options in ({}, PUT)
                ]
        assert seen == [200 if allowed else "blocked"] * 4
        calls = [call for call in judge_all(load(session).exchanges) if call.url == f"{own}/items"]
        assert [call.verdict.outcome for call in calls] == [outcomes[allowed]] * 2
        assert {call.page_origin for call in calls} == {f"http://localhost:{pages}"}


async def test_a_page_that_is_opened_there_has_another_origin(tmp_path: Path) -> None:
    """As the documentation says: an API that allows the page's own address refuses it now."""
    granted: list[str] = []
    async with serving([]) as pages, serving(granted) as api, in_place_of(pages, tmp_path / "s.jsonl") as own:
        granted.append(f"http://localhost:{pages}")
        async with page_at(f"{own}/") as page:
            origin = await page.evaluate("async () => location.origin")
            refused = await page.evaluate(READ, [f"http://localhost:{api}/items", {}])
            same = await page.evaluate(READ, [f"{own}/items", {}])
        async with page_at(f"http://localhost:{pages}/") as page:
            direct = await page.evaluate(READ, [f"http://localhost:{api}/items", {}])
    assert (origin, refused, same, direct) == (own, "blocked", 200, 200)
    calls = judge_all(load(tmp_path / "s.jsonl").exchanges)
    assert {call.verdict.outcome for call in calls if call.url == f"{own}/items"} == {"not-cors"}
    assert all(not call.url.startswith(f"http://localhost:{api}") for call in calls)


async def test_redirects_of_a_server_on_this_machine_stay_on_the_port(tmp_path: Path) -> None:
    def answer(request: Request) -> Response:
        if request.target == "/from":
            return Response(302, (("Location", f"http://{request.headers['host']}/to"),), b"")
        return Response(200, (("Content-Type", "text/html"),), b"<!doctype html>")

    server = HttpServer(answer)
    async with in_place_of(await server.start(), tmp_path / "s.jsonl") as own, page_at(f"{own}/from") as page:
        assert page.url == f"{own}/to"
    await asyncio.wait_for(server.stop(), 20)
