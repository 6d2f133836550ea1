"""Real Firefox, listened to: what it says is right and redacted, and costs the page nothing that it could notice."""

import asyncio
import json
import os
import signal
import socket
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from corsinspect.analysis import judge_all
from corsinspect.capture import Browser, Proxy
from corsinspect.capture import proxy as module
from corsinspect.capture.firefox import profile as firefox
from corsinspect.capture.listening import listeners
from corsinspect.capture.processes import is_alive
from corsinspect.model import Exchange
from corsinspect.said import Said
from corsinspect.session.reader import load
from corsinspect.session.sidecar import load_saids, sidecar_of
from tests.capture.wire import until
from tests.sockets import grouped, listened_on, sockets_of

from .said_pages import CALLS, COOKIE, TOKEN, Site, site
from .test_listening import another_user, mode_of, what_a_page_gets

PATIENCE = 90.0
"""Seconds; a busy machine starts Firefox slowly."""


@pytest.fixture(autouse=True)
def much_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corsinspect.capture.proxy.SOCKET_LIMIT", PATIENCE)


async def visited(proxy: Proxy, pages: Site, **options: Any) -> tuple[Browser, dict[str, Any]]:
    """The browser that was sent to the page, and what the page saw."""
    browser = await proxy.open_browser("firefox", pages.page, headless=True, **options)
    async with asyncio.timeout(PATIENCE):
        return browser, json.loads(await pages.results)


async def said_and_exchanged(proxy: Proxy) -> tuple[list[Said], list[Exchange]]:
    """All of both, once the browser was closed: then nothing is left to say."""
    await until(lambda: [said for said in load_saids(proxy.session) if said.url.endswith("/results") and said.ended])
    await asyncio.gather(*(browser.close() for browser in list(proxy.browsers)))
    await asyncio.sleep(0.3)
    return load_saids(proxy.session), load(proxy.session).exchanges


def one(saids: list[Said], path: str, method: str = "GET") -> Said:
    (found,) = [said for said in saids if urlsplit(said.url).path == path and said.method == method]
    return found


async def test_each_call_of_a_page_is_told_and_no_secret_is(proxy: Proxy) -> None:
    async with site(CALLS) as pages:
        browser, saw = await visited(proxy, pages)
        saids, exchanges = await said_and_exchanged(proxy)

    assert browser.warning is None
    assert (saw["webdriver"], saw["history"], saw.get("error")) == (False, 1, None)
    text = sidecar_of(proxy.session).read_text()
    assert COOKIE not in text and TOKEN not in text
    assert mode_of(str(sidecar_of(proxy.session))) == 0o600
    assert {(said.engine, said.browser) for said in saids} == {("firefox", browser.name)}

    told = {(said.method, said.url) for said in saids}
    asked = {(each.method, each.url) for each in exchanges if urlsplit(each.url).hostname in ("localhost", "127.0.0.1")}
    assert asked <= told

    unsent = {urlsplit(said.url).path for said in saids if said.sent is None}
    assert {"/forbidden", "/forbidden.gif", "/made-up"} <= unsent
    assert not {path for path in ("/forbidden", "/forbidden.gif", "/made-up") if ("GET", path) in pages.received}
    assert {said.page for said in saids if said.url.endswith("/from-worker")} == {pages.page + "worker.js"}
    assert {said.page for said in saids if said.url.endswith("/from-frame")} == {
        f"{origin}/frame" for origin in (pages.page.rstrip("/"), pages.other)
    }


async def test_modes_refusals_preflights_redirects_and_lines_are_told(proxy: Proxy) -> None:
    script = """
      await call('default', API + '/default');
      for (const credentials of ['include', 'same-origin', 'omit'])
        await call(credentials, API + '/' + credentials, { credentials });
      await call('preflighted', API + '/preflighted', { method: 'PUT', headers: { 'X-Own': '1' } });
      await call('unlisted', API + '/unlisted', { method: 'PUT', headers: { 'X-Other': '1' } });
      await call('refused', API + '/refused');
      await call('redirected', API + '/redirect');
    """
    async with site(script) as pages:
        _, saw = await visited(proxy, pages)
        saids, _ = await said_and_exchanged(proxy)

    assert [name for name, result in saw.items() if result == "failed"] == ["unlisted", "refused"]
    modes = {path: one(saids, path).credentials for path in ("/default", "/include", "/same-origin", "/omit")}
    assert modes == {"/default": "same-origin", "/include": "include", "/same-origin": "same-origin", "/omit": "omit"}
    caller = one(saids, "/default").caller
    assert caller is not None and (caller.url, caller.line, caller.function) == (pages.page, 5, "call")

    refused, unlisted = one(saids, "/refused"), one(saids, "/unlisted", "PUT")
    assert (refused.code, refused.status) == ("CORSMissingAllowOrigin2", 200)
    assert refused.console is not None and pages.api + "/refused" in refused.console
    assert (unlisted.code, unlisted.status, unlisted.sent) == ("CORSMissingAllowHeaderFromPreflight2", None, None)
    for path in ("/preflighted", "/unlisted"):
        preflight = one(saids, path, "OPTIONS")
        assert (preflight.kind, preflight.preflight_of) == ("preflight", one(saids, path, "PUT").id)
    first, second = one(saids, "/redirect"), one(saids, "/ok")
    assert (second.id, first.hop, second.hop, first.status) == (first.id, 0, 1, 302)


async def test_https_pages_and_mixed_content(proxy: Proxy, tmp_path: Path) -> None:
    script = "await call('mixed', 'http://api.test/mixed'); await call('own', '/own');"
    async with site(script, https=tmp_path) as pages:
        _, saw = await visited(proxy, pages)
        saids, exchanges = await said_and_exchanged(proxy)

    mixed, own = one(saids, "/mixed"), one(saids, "/own")
    assert saw["mixed"] == "failed"
    assert (mixed.blocked, mixed.sent, mixed.kind) == ("mixed-content", None, "fetch")
    assert not [exchange for exchange in exchanges if "mixed" in exchange.url]
    assert (own.status, own.sent is not None) == (200, True)


MANY = """
  let seed = 7;
  const chance = n => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  const saw = results.saw = {};
  async function one() {
    const path = ['/ok', '/refused', '/redirect'][chance(3)];
    const credentials = ['include', 'same-origin', 'omit'][chance(3)];
    const [method, headers] = [['GET', {}], ['PUT', { 'X-Own': '1' }], ['PUT', { 'X-Other': '1' }]][chance(3)];
    let result = 'allowed';
    try { await (await fetch(API + path, { method, headers, credentials })).text() } catch { result = 'failed' }
    const key = [method, path, credentials, result].join(' ');
    saw[key] = (saw[key] || 0) + 1;
  }
  for (let round = 0; round < 4; round++) await Promise.all(Array.from({ length: 30 }, one));
"""


async def test_of_many_equal_calls_at_once_each_is_told_as_it_was_and_none_is_judged_wrongly(proxy: Proxy) -> None:
    async with site(MANY) as pages:
        _, saw = await visited(proxy, pages)
        saids, exchanges = await said_and_exchanged(proxy)

    requests: dict[str, list[Said]] = {}
    for said in saids:
        if said.url.startswith(pages.api) and said.preflight_of is None:
            requests.setdefault(said.id, []).append(said)
    told = Counter[str]()
    for legs in requests.values():
        first = min(legs, key=lambda said: said.hop)
        result = "failed" if any(said.code or said.failed for said in legs) else "allowed"
        told[" ".join((first.method, urlsplit(first.url).path, first.credentials or "", result))] += 1
    # Which of two calls that fail at the same moment a line of the console is about, it doesn't say.
    assert (Counter(saw["saw"]) - told).total() <= 2

    judged = Counter(
        f"{call.method} {urlsplit(call.url).path} {'allowed' if call.verdict.outcome == 'allowed' else 'failed'}"
        for call in judge_all(exchanges, saids)
        if call.url.startswith(pages.api) and call.kind in ("simple", "preflighted")
    )
    seen = Counter[str]()
    for key, count in saw["saw"].items():
        method, path, _, result = key.split()
        seen[f"{method} {path} {result}"] += count
    assert judged == seen


async def test_nobody_else_can_get_at_the_socket_and_nothing_listens_but_the_proxy(proxy: Proxy) -> None:
    async with site("await call('a', API + '/ok')") as pages:
        browser, _ = await visited(proxy, pages)
        assert proxy.pid is not None and browser.socket is not None

        assert browser.socket.is_socket()
        assert mode_of(str(browser.profile)) == 0o700
        assert listened_on(sockets_of(grouped(browser.pid, proxy.pid))) == [f"0100007F:{proxy.port:04X}"]
        with socket.socket(socket.AF_UNIX) as end:
            end.connect(str(browser.socket))
        if os.geteuid() == 0:
            with socket.socket(socket.AF_UNIX) as end, another_user(), pytest.raises(PermissionError):
                end.connect(str(browser.socket))


async def test_without_asking_there_is_no_socket_and_no_sidecar(tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "session.jsonl", ask_browser=False)
    await proxy.start()
    async with site("await call('a', API + '/ok')") as pages:
        browser, saw = await visited(proxy, pages)
        assert not (browser.profile / firefox.SOCKET).exists()
    await proxy.stop()

    assert saw["a"] == "allowed"
    assert not sidecar_of(proxy.session).exists()


async def test_a_page_gets_the_same_with_and_without(proxy: Proxy, tmp_path: Path) -> None:
    silent = Proxy(tmp_path / "silent.jsonl", ask_browser=False)
    await silent.start()
    (saw, received, sent), (same, likewise, alone) = [await what_a_page_gets(each, visited) for each in (proxy, silent)]
    await silent.stop()

    assert (saw, received) == (same, likewise)
    # only the first page is opened by us instead of by its command line, which counts as a person's own act
    assert [line for line in alone if line not in sent] == [("Sec-Fetch-User", "?1")]
    assert [line for line in sent if line not in alone] == []
    assert not sidecar_of(silent.session).exists()


async def test_a_restarted_proxy_listens_on(tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "session.jsonl")
    await proxy.start()
    script = """
      await call('a', API + '/before');
      for (let n = 0; n < 4; )
        try { n += (await (await fetch('/ok')).text()) === 'ok'; await new Promise(r => setTimeout(r, 400)) }
        catch { await new Promise(r => setTimeout(r, 50)) }
      await call('b', API + '/after', { credentials: 'include' });
    """
    async with site(script) as pages:
        browser = await proxy.open_browser("firefox", pages.page, headless=True)
        await until(lambda: any(said.url.endswith("/before") and said.ended for said in load_saids(proxy.session)))
        assert proxy.pid is not None
        os.kill(proxy.pid, signal.SIGKILL)
        await until(lambda: proxy.died)
        await proxy.restart()
        async with asyncio.timeout(PATIENCE):
            await pages.results
        await until(lambda: any(said.url.endswith("/after") for said in load_saids(proxy.session)))
        assert is_alive(browser.pid)
    await proxy.stop()

    saids = load_saids(proxy.session)
    assert one(saids, "/after").credentials == "include"
    assert len({said.id.partition(":")[0] for said in saids}) == 1


async def test_a_firefox_that_does_not_speak_is_started_again_without(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one whose DevTools server isn't let out."""
    monkeypatch.setattr("corsinspect.capture.proxy.SOCKET_LIMIT", 3.0)
    monkeypatch.setattr(firefox, "LISTENED_TO", {"devtools.debugger.remote-enabled": False})
    async with site("await call('a', API + '/ok')") as pages:
        browser, saw = await visited(proxy, pages)

    assert saw["a"] == "allowed"
    assert (browser.warning, browser.socket, proxy.browsers) == (module.NO_PROTOCOL, None, [browser])
    assert not sidecar_of(proxy.session).exists()


async def test_a_profile_whose_path_is_too_long_for_a_socket_is_opened_without(
    proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ("x" * 100)))
    async with site("await call('a', API + '/ok')") as pages:
        browser, saw = await visited(proxy, pages)

    assert saw["a"] == "allowed"
    assert (browser.warning, browser.socket) == (module.NO_SOCKET, None)


def test_both_families_have_a_listener() -> None:
    assert set(listeners.LISTENERS) == {"chromium", "firefox"}
