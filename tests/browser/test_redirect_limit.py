"""How often real browsers follow a server that redirects to itself, and the calls that become of a page's retries."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from corsinspect.analysis import judge_all
from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.proxy import Proxy
from corsinspect.fetch.redirect import MAX_REDIRECTS
from corsinspect.session import load
from tests.browser.pages import open_page
from tests.browser.scenes import Api, served
from tests.capture.wire import Handler, serving

TRIES = 4
RETRY = """async ([url, options, tries]) => {
    const saw = [];
    for (let left = tries; left; left--) {
        try { await fetch(url, options); saw.push('allowed') } catch { saw.push('failed') }
    }
    return saw;
}"""
GRANT = (
    "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: *\r\nAccess-Control-Allow-Headers: *\r\n"
    "Access-Control-Max-Age: 0\r\nCache-Control: no-store\r\n"
)
PUT = {"method": "PUT", "headers": {"X-Page": "1"}}


def redirecting(paths: tuple[str, ...], asked: list[str]) -> Handler:
    """A server that grants everything, and redirects each of these paths to the next, and the last to the first."""
    following = dict(zip(paths, (*paths[1:], paths[0]), strict=True))

    async def answer(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, path, _ = head.decode("latin-1").split(" ", 2)
        asked.append(method)
        status = "204 No Content" if method == "OPTIONS" else f"307 Again\r\nLocation: {following[path]}"
        writer.write(f"HTTP/1.1 {status}\r\n{GRANT}Connection: close\r\n\r\n".encode())

    return answer


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    running = Proxy(tmp_path / "session.jsonl")
    await running.start()
    yield running
    await running.stop()


@pytest.mark.parametrize(
    ("paths", "options"),
    [(("/loop",), {}), (("/loop",), {"mode": "no-cors"}), (("/a", "/b"), PUT)],
    ids=["simple", "no-cors", "preflighted, by two addresses"],
)
@pytest.mark.parametrize("kind", ["chromium", "firefox"])
async def test_a_page_that_retries_a_redirect_loop(
    proxy: Proxy, kind: BrowserKind, paths: tuple[str, ...], options: dict[str, str]
) -> None:
    asked: list[str] = []
    async with (
        served(Api()) as origin,
        serving(redirecting(paths, asked)) as port,
        open_page(kind, proxy, f"{origin}/") as page,
    ):
        url = f"http://127.0.0.1:{port}{paths[0]}"
        assert await page.evaluate(RETRY, [url, options, TRIES]) == ["failed"] * TRIES
    requests = sum(method != "OPTIONS" for method in asked)
    assert requests == TRIES * (1 + MAX_REDIRECTS), asked
    await proxy.stop()
    calls = [call for call in judge_all(load(proxy.session).exchanges) if f":{port}/" in call.url]
    assert [len(call.hops) for call in calls] == [1 + MAX_REDIRECTS] * TRIES
    assert {(call.verdict.outcome, call.verdict.reason, call.verdict.certainty) for call in calls} == {
        ("network-error", "redirect-limit", "certain")
    }
