"""A tried fix in real Chromium: every mendable kind of blocked call passes while it's on, and not a moment longer."""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.async_api import Page, async_playwright

from corsinspect.advice.fix import MENDABLE
from corsinspect.analysis import by_server, judge_all
from corsinspect.capture.proxy import Proxy
from corsinspect.dashboard.source import LiveSource
from corsinspect.dashboard.trying import Trying
from corsinspect.model import Call
from corsinspect.session.reader import load
from tests.browser.chromium import ARGUMENTS
from tests.browser.waiting import until
from tests.capture.wire import serving

ORIGIN, CREDENTIALS = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"
METHODS, HEADERS = "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"

RUN = """cases => Promise.all(cases.map(async ([url, options]) => {
    try { await (await fetch(url, options)).text(); return 'allowed' } catch { return 'failed' }
}))"""


@dataclass(frozen=True)
class Case:
    """A call and what the server answers to it; PAGE in a value stands for the page's origin."""

    reason: str
    options: dict[str, Any] = field(default_factory=dict)
    preflight: tuple[int, list[tuple[str, str]]] = (204, [])
    actual: list[tuple[str, str]] = field(default_factory=list)

    def url(self, api: str, number: int) -> str:
        answers = {"preflight": self.preflight, "actual": self.actual}
        return f"{api}/{number}?answers={quote(json.dumps(answers))}"


ALLOW = [(ORIGIN, "PAGE")]
GRANT = [*ALLOW, (METHODS, "PUT, PATCH"), (HEADERS, "x-a")]
INCLUDE = {"credentials": "include"}


def with_origin(reason: str, *lines: list[str]) -> list[Case]:
    """The same trouble with Access-Control-Allow-Origin on simple requests, on preflights and after them."""
    found = []
    for values in lines:
        broken = [(ORIGIN, value) for value in values]
        put = {"method": "PUT"}
        found += [
            Case(reason, actual=broken),
            Case(reason, put, (204, [*broken, (METHODS, "PUT")]), ALLOW),
            Case(reason, put, (204, GRANT), broken),
        ]
    return found


def cases() -> list[Case]:
    star = [(ORIGIN, "*"), (CREDENTIALS, "true")]
    false = [[*ALLOW], [*ALLOW, (CREDENTIALS, "false")], [*ALLOW, (CREDENTIALS, "True")]]
    named = {"headers": {"X-A": "1", "X-B": "2"}}
    lists = ("GET; PUT", "PUT PATCH", '"PUT"', "PUT,@", "[PUT]")
    return [
        *with_origin("origin-missing", [], []),
        *with_origin("origin-multiple", ["PAGE", "PAGE"], ["PAGE, *"]),
        *with_origin("origin-invalid", ["localhost"], ["*.test"]),
        *with_origin("origin-mismatch", ["http://localhost:1"], ["PAGE/"]),
        *(Case("origin-wildcard-with-credentials", INCLUDE | {"headers": {"Accept": f"x/{n}"}}, actual=star)
          for n in range(3)),
        *(Case("origin-wildcard-with-credentials", INCLUDE | {"method": method}, (204, [*GRANT, (CREDENTIALS, "true")]),
               star) for method in ("PUT", "PATCH")),
        *(Case("credentials-not-true", INCLUDE, actual=own) for own in false),
        *(Case("credentials-not-true", INCLUDE | {"method": "PUT"}, (204, [*GRANT, (CREDENTIALS, "true")]), own)
          for own in false),
        *(Case("preflight-status", {"method": "PUT"}, (status, GRANT), ALLOW) for status in (401, 403, 404, 405, 500)),
        *(Case("allow-methods-invalid", {"method": "PUT"}, (204, [*ALLOW, (METHODS, value)]), ALLOW)
          for value in lists),
        *(Case("allow-headers-invalid", {"method": "PUT"}, (204, [*GRANT[:2], (HEADERS, value)]), ALLOW)
          for value in lists),
        *(Case("method-not-allowed", {"method": method}, (204, [*ALLOW, (METHODS, "GET, POST")]), ALLOW)
          for method in ("PUT", "PATCH", "DELETE", "patch", "QUERY")),
        *(Case("header-not-allowed", {"method": method, **named}, (204, [*ALLOW, (METHODS, "*"), (HEADERS, "x-a")]),
               ALLOW) for method in ("GET", "POST", "PUT", "PATCH", "DELETE")),
    ]  # fmt: skip


async def page_and_api(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A page, and an API that answers what the query says; what may be kept, a browser is asked to keep."""
    request, _, rest = head.decode("latin-1").partition("\r\n")
    target = request.split(" ")[1]
    sent = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest.splitlines())}
    answers = json.loads(parse_qs(urlsplit(target).query).get("answers", ["null"])[0])
    status, lines, body = 200, [("Content-Type", "text/html")], b"<title>page</title>"
    if answers is not None and "access-control-request-method" in sent:
        status, lines = answers["preflight"]
        lines, body = [*lines, ("Access-Control-Max-Age", "600")], b"" if status == 204 else b"refused"
    elif answers is not None:
        lines, body = [*answers["actual"], ("ETag", '"1"'), ("Cache-Control", "no-cache")], b"done"
        if sent.get("if-none-match"):
            status, body = 304, b""
    if body:
        lines = [*lines, ("Content-Length", str(len(body)))]
    elif status != 204 and status != 304:
        lines = [*lines, ("Content-Length", "0")]
    page = sent.get("origin", "")
    told = "".join(f"{name}: {value.replace('PAGE', page)}\r\n" for name, value in lines)
    writer.write(f"HTTP/1.1 {status} Told\r\n{told}Connection: close\r\n\r\n".encode() + body)


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    running = Proxy(tmp_path / "session.jsonl")
    await running.start()
    yield running
    await running.stop()


@contextlib.asynccontextmanager
async def open_page(proxy: Proxy, url: str) -> AsyncIterator[Page]:
    """A page in a Chromium behind the proxy."""
    async with async_playwright() as playwright:
        launched = await proxy.open_browser("chromium", url, headless=True, extra_args=ARGUMENTS)
        active = launched.profile / "DevToolsActivePort"
        await until(lambda: active.exists() and len(active.read_text().splitlines()) == 2, "Chromium's debugging port")
        port, path = active.read_text().splitlines()
        browser = await playwright.chromium.connect_over_cdp(f"ws://127.0.0.1:{port}{path}")
        context = browser.contexts[0]
        await until(lambda: any(page.url == url for page in context.pages), "the page in Chromium")
        yield next(page for page in context.pages if page.url == url)
        await browser.close()


def by_case(session: Path) -> list[dict[int, Call]]:
    """The calls of each round, by the case's number."""
    rounds: list[dict[int, Call]] = [{}, {}, {}]
    for call in judge_all(load(session).exchanges):
        name = urlsplit(call.url).path[1:]
        if name.isdigit() and call.kind in ("simple", "preflighted"):
            next(seen for seen in rounds if int(name) not in seen)[int(name)] = call
    return rounds


async def test_each_mendable_reason_passes_while_a_fix_is_tried_and_blocks_again(proxy: Proxy) -> None:
    async with serving(page_and_api) as page_port, serving(page_and_api) as api_port:
        api, all_cases = f"http://localhost:{api_port}", cases()
        calls = [[case.url(api, number), case.options] for number, case in enumerate(all_cases)]
        probe = [[Case("", actual=[]).url(f"{api}/probe", 0), {}]]
        trying = Trying(LiveSource(proxy))
        async with open_page(proxy, f"http://localhost:{page_port}/") as page:
            await page.evaluate("document.cookie = 'sid=1'")  # the server's, too: cookies don't mind ports

            async def reached(result: str) -> None:
                async with asyncio.timeout(60):
                    while await page.evaluate(RUN, probe) != [result]:
                        await asyncio.sleep(0.02)

            blocked = await page.evaluate(RUN, calls)
            await until(lambda: len(by_case(proxy.session)[0]) == len(calls), "all calls in the session")
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
    assert [before[number].verdict.reason for number in range(len(calls))] == reasons
    assert {during[number].verdict.outcome for number in range(len(calls))} == {"simulated"}
    assert [by_server(during[number]).verdict.reason for number in range(len(calls))] == reasons
    assert [after[number].verdict.reason for number in range(len(calls))] == reasons
    counted = Counter(reasons)
    assert set(counted) == MENDABLE and min(counted.values()) >= 5
