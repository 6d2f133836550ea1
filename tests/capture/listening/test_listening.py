"""Real Chromium, listened to: what it says is complete, redacted and costs the page nothing that it could notice."""

import asyncio
import contextlib
import json
import os
import re
import signal
import stat
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from corsinspect.capture import Browser, Proxy
from corsinspect.capture import proxy as module
from corsinspect.capture.browser import find, launch
from corsinspect.capture.ca import ca_paths
from corsinspect.capture.listening.chromium import ChromiumListener
from corsinspect.capture.processes import is_alive
from corsinspect.model import Exchange
from corsinspect.said import Said
from corsinspect.session.reader import load
from corsinspect.session.sidecar import load_saids, sidecar_of
from tests.capture.wire import serving, until
from tests.sockets import grouped, listened_on, sockets_of, unix_sockets

from .said_pages import CALLS, COOKIE, ROWS, TOKEN, Site, site


async def visited(proxy: Proxy, pages: Site, *extra_args: str) -> tuple[Browser, dict[str, Any]]:
    """The browser that was sent to the page, and what the page saw."""
    browser = await proxy.open_browser("chromium", pages.page, headless=True, extra_args=extra_args)
    async with asyncio.timeout(60):
        return browser, json.loads(await pages.results)


async def said_and_exchanged(proxy: Proxy) -> tuple[list[Said], list[Exchange]]:
    """All of both, once the browser was closed: then nothing is left to say."""
    await asyncio.sleep(0.3)
    await asyncio.gather(*(browser.close() for browser in list(proxy.browsers)))
    sent = await until(lambda: [said for said in load_saids(proxy.session) if said.url.endswith("/results")])
    await until(lambda: sent[0].ended)
    return load_saids(proxy.session), load(proxy.session).exchanges


async def test_each_call_of_a_page_is_told_and_no_secret_is(proxy: Proxy) -> None:
    async with site(CALLS) as pages:
        browser, saw = await visited(proxy, pages)
        saids, exchanges = await said_and_exchanged(proxy)

    assert browser.warning is None
    assert (saw["webdriver"], saw["history"], saw.get("error")) == (False, 1, None)
    text = sidecar_of(proxy.session).read_text()
    assert COOKIE not in text and TOKEN not in text
    assert sidecar_of(proxy.session).stat().st_mode & 0o777 == 0o600
    assert {said.browser for said in saids} == {browser.name}

    # What was on the wire was told, with the very tokens that the session has in the secrets' places.
    told = {(said.method, said.url) for said in saids}
    asked = {(each.method, each.url) for each in exchanges if urlsplit(each.url).hostname in ("localhost", "127.0.0.1")}
    assert asked <= told
    (exchange,) = [each for each in exchanges if "access_token" in each.url]
    (said,) = [each for each in saids if each.url == exchange.url]
    assert sorted(line for line in exchange.request_headers if line[0] == "Cookie") == [
        line for line in said.request_headers or () if line[0] == "Cookie"
    ]

    # What wasn't was told, too.
    unsent = {urlsplit(said.url).path: said for said in saids if said.sent is None}
    assert {"/forbidden", "/forbidden.gif", "/made-up", "/cached.gif"} <= set(unsent)
    assert not {path for path in ("/forbidden", "/forbidden.gif", "/made-up") if ("GET", path) in pages.received}
    assert {said.page for said in saids if said.url.endswith("/from-worker")} == {pages.page + "worker.js"}
    assert {said.page for said in saids if said.url.endswith("/from-frame")} == {
        f"{origin}/frame" for origin in (pages.page.rstrip("/"), pages.other)
    }


async def test_https_pages_and_mixed_content(proxy: Proxy, tmp_path: Path) -> None:
    script = "await call('mixed', 'http://api.test/mixed'); await call('own', '/own');"
    async with site(script, https=tmp_path) as pages:
        _, saw = await visited(proxy, pages)
        saids, exchanges = await said_and_exchanged(proxy)

    (mixed,) = [said for said in saids if said.url == "http://api.test/mixed"]
    assert saw["mixed"] == "failed"
    assert (mixed.blocked, mixed.sent, mixed.kind) == ("mixed-content", None, "fetch")
    assert not [exchange for exchange in exchanges if "mixed" in exchange.url]
    (own,) = [said for said in saids if urlsplit(said.url).path == "/own"]
    assert (own.status, own.sent is not None) == (200, True)


async def test_popups_are_listened_to_from_their_start_and_downloads_arrive(proxy: Proxy) -> None:
    script = """
      window.open('/popup');
      results.popup = await once(window, 'message');
      const link = document.createElement('a');
      link.href = '/download';
      link.download = 'x.txt';
      link.click();
    """
    async with site(script) as pages:
        _, saw = await visited(proxy, pages, "--disable-popup-blocking")
        await until(lambda: ("GET", "/download") in pages.received)
        saids, _ = await said_and_exchanged(proxy)

    assert saw["popup"] == "allowed"
    assert [said.page for said in saids if said.url.endswith("/from-popup")] == [pages.page + "popup"]


Visit = Callable[[Proxy, Site], Awaitable[tuple[Browser, dict[str, Any]]]]


async def what_a_page_gets(proxy: Proxy, visit: Visit) -> tuple[Any, ...]:
    """Its answers to what it can ask about its browser, the requests that servers get, and a navigation's headers."""
    script = """
      results.own = Object.keys(navigator).concat(Object.getOwnPropertyNames(window)).sort();
      results.frames = [window.opener, document.referrer, document.visibilityState, window.name];
      await call('a', API + '/ok', { method: 'PUT', headers: { 'X-Own': '1' } });
      await frame('/frame');
    """
    async with site(script) as pages:
        _, saw = await visit(proxy, pages)
        await until(lambda: ("GET", "/favicon.ico") in pages.received)
        navigation = next(one for one in load(proxy.session).exchanges if one.url == pages.page)
        sent = [line for line in navigation.request_headers if line[0] != "Host"]
        return saw, sorted(pages.received), sent


async def test_a_page_gets_the_same_with_and_without(proxy: Proxy, tmp_path: Path) -> None:
    silent = Proxy(tmp_path / "silent.jsonl", ask_browser=False)
    await silent.start()
    assert await what_a_page_gets(proxy, visited) == await what_a_page_gets(silent, visited)
    await silent.stop()

    assert not sidecar_of(silent.session).exists()


@contextlib.contextmanager
def another_user() -> Iterator[None]:
    """This process is somebody else's for a while; only root's can be."""
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def is_pipe(path: str) -> bool:
    return stat.S_ISFIFO(Path(path).stat().st_mode)


def mode_of(path: str) -> int:
    return Path(path).stat().st_mode & 0o777


async def test_nothing_listens_but_the_proxy(proxy: Proxy) -> None:
    async with site("await call('a', API + '/ok')") as pages:
        browser, _ = await visited(proxy, pages)
        assert proxy.pid is not None

        assert listened_on(sockets_of(grouped(browser.pid, proxy.pid))) == [f"0100007F:{proxy.port:04X}"]


async def test_no_other_user_can_get_at_the_pipe(proxy: Proxy) -> None:
    """It has no name; what /proc shows of it is for its owner."""
    browser = await proxy.open_browser("chromium", headless=True)
    assert browser.pipe is not None

    assert all(stat.S_ISFIFO(os.fstat(fd).st_mode) for fd in browser.pipe.descriptors)
    assert mode_of(f"/proc/{browser.pid}/fd") == mode_of(f"/proc/{proxy.pid}/fd") == 0o500
    assert mode_of(str(browser.profile)) == 0o700
    if os.geteuid() == 0:
        ends = [f"/proc/{browser.pid}/fd/{number}" for number in (3, 4)]
        ends += [f"/proc/{os.getpid()}/fd/{number}" for number in browser.pipe.descriptors]
        for end in ends:
            assert is_pipe(end)
            with another_user(), pytest.raises(PermissionError):
                os.open(end, os.O_RDWR)


async def test_the_socket_over_which_orders_go_has_no_name(proxy: Proxy) -> None:
    """What has none can't be connected to."""
    assert proxy.pid is not None
    held = unix_sockets(sockets_of(grouped(proxy.pid)))
    assert held and not any(held.values())


async def test_what_is_said_goes_on_in_the_session_that_the_capture_turned_to(proxy: Proxy, tmp_path: Path) -> None:
    first, second = proxy.session, tmp_path / "second.jsonl"
    script = (
        "await call('a', API + '/before'); await new Promise(r => setTimeout(r, 2000)); await call('b', API + '/b');"
    )
    async with site(script) as pages:
        opening = asyncio.create_task(visited(proxy, pages))
        await until(lambda: any(said.url.endswith("/before") and said.ended for said in load_saids(first)))
        second.touch()
        await proxy.turn_to(second)
        await opening
        await until(lambda: any(said.url.endswith("/results") for said in load_saids(second)))

    assert not any(said.url.endswith("/b") for said in load_saids(first))
    assert any(said.url.endswith("/b") for said in load_saids(second))


async def test_a_restarted_proxy_listens_on_and_the_browser_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Proxy(tmp_path / "session.jsonl")
    await proxy.start()
    monkeypatch.setitem(ROWS, "/go", (200, [], b"not yet"))
    script = """
      await call('a', API + '/before');
      for (;;) {
        try { if ((await (await fetch('/go')).text()) === 'go') break } catch {}
        await new Promise(r => setTimeout(r, 50));
      }
      results.worker = await once(new Worker('/worker.js'), 'message');
      await frame('/frame');
    """
    async with site(script) as pages:
        browser = await proxy.open_browser("chromium", pages.page, headless=True)
        await until(lambda: any(said.url.endswith("/before") and said.ended for said in load_saids(proxy.session)))
        assert proxy.pid is not None
        os.kill(proxy.pid, signal.SIGKILL)
        await until(lambda: proxy.died)
        before = len(load_saids(proxy.session))
        await proxy.restart()
        # what the page asks between the old listener's end and the new one's start isn't told
        await until(lambda: len(load_saids(proxy.session)) > before + 1)
        ROWS["/go"] = (200, [], b"go")
        async with asyncio.timeout(60):
            saw = json.loads(await pages.results)
        await until(lambda: any(said.url.endswith("/results") for said in load_saids(proxy.session)))
        assert is_alive(browser.pid)
    await proxy.stop()

    assert (saw["worker"], saw["frame /frame"]) == ("allowed", "allowed")
    saids = load_saids(proxy.session)
    assert {urlsplit(said.url).path for said in saids} >= {"/before", "/from-worker", "/from-frame"}
    assert len({said.id.partition(":")[0] for said in saids}) == 1


async def test_a_page_that_is_slow_to_answer_is_waited_for(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """It's the browser that has to speak soon, not the page's server."""
    answer = asyncio.Event()

    async def slow(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answer.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")

    async with serving(slow) as port:
        async with asyncio.timeout(25):
            browser = await proxy.open_browser("chromium", f"http://localhost:{port}/", headless=True)
        answer.set()
        await until(lambda: any(said.status == 200 for said in load_saids(proxy.session)))

    assert browser.warning is None


WORKER = """
  results.worker = await once(new Worker('/worker.js'), 'message');
  for (let n = 0; n < 20; n++) {
    await call('later', API + '/ok');
    await new Promise(r => setTimeout(r, 50));
  }
"""


class Deaf(ChromiumListener):
    """Attaches to targets, and is killed before it has let them go on."""

    attached = 0

    def _attached(self, attached: Any) -> None:
        self.attached += 1
        if attached.target_info.url == "about:blank":
            super()._attached(attached)


async def test_a_target_that_waits_for_a_dead_listener_is_let_go_of_by_the_next(proxy: Proxy) -> None:
    async with site(WORKER) as pages:
        browser = await launch("chromium", proxy.port, ca_paths(), headless=True, listened_to=True)
        assert browser.pipe is not None
        nothing: Any = lambda *_: None  # noqa: E731
        reading, writing = map(os.dup, browser.pipe.descriptors)
        deaf = Deaf(reading, writing, url=pages.page, event=nothing, heard=nothing, closed=nothing)
        await until(lambda: deaf.attached >= 2)
        await asyncio.sleep(1)
        deaf.close()
        assert ("POST", "/results") not in pages.received

        heard: list[str] = []
        reading, writing = map(os.dup, browser.pipe.descriptors)
        listener = ChromiumListener(
            reading, writing, url=None, event=lambda _, method, __: heard.append(method), heard=nothing, closed=nothing
        )
        async with asyncio.timeout(30):
            saw = json.loads(await pages.results)
        listener.close()
        await browser.close()

    assert saw["worker"] == "allowed"
    assert "Network.requestWillBeSent" in heard


async def test_a_target_that_waits_for_a_dead_listener_is_let_go_of_by_the_parent(proxy: Proxy) -> None:
    async with site(WORKER) as pages:
        browser = await launch("chromium", proxy.port, ca_paths(), headless=True, listened_to=True)
        assert browser.pipe is not None
        nothing: Any = lambda *_: None  # noqa: E731
        reading, writing = map(os.dup, browser.pipe.descriptors)
        deaf = Deaf(reading, writing, url=pages.page, event=nothing, heard=nothing, closed=nothing)
        await until(lambda: deaf.attached >= 2)
        deaf.close()
        assert ("GET", "/from-worker") not in pages.received
        browser.pipe.release()
        async with asyncio.timeout(30):
            await pages.results
        await browser.close()


WRAPPERS = {
    "the descriptors are closed": 'exec "$REAL" "$@" 3<&- 4>&-',
    "somebody holds them": 'sleep 30 & for a; do shift; [ "$a" = --remote-debugging-pipe ] || set -- "$@" "$a"; done\n'
    'exec "$REAL" "$@" 3<&- 4>&-',
}
"""What a snap or a Flatpak may do to the pipe."""


@pytest.mark.parametrize("wrapper", WRAPPERS.values(), ids=WRAPPERS)
async def test_a_browser_that_does_not_speak_is_started_again_without_the_pipe(
    wrapper: str, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = find("chromium")
    script = tmp_path / "google-chrome"
    script.write_text(f'#!/bin/sh\nREAL={real}\ncase "$*" in *--version*) exec $REAL --version;; esac\n{wrapper}\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(module, "ANSWER_LIMIT", 3.0)

    async with site("await call('a', API + '/ok')") as pages:
        browser, saw = await visited(proxy, pages)

    assert saw["a"] == "allowed"
    assert browser.warning == module.NO_ANSWER
    assert browser.pipe is None
    assert proxy.browsers == [browser]
    assert not sidecar_of(proxy.session).exists()


async def test_devtools_works_beside_it(proxy: Proxy) -> None:
    """A second client of the protocol, as DevTools is one, sees the same and holds nothing up."""
    async with site("await frame('/frame'); results.worker = await once(new Worker('/worker.js'), 'message')") as pages:
        browser, saw = await visited(proxy, pages, "--remote-debugging-port=0")
        active = browser.profile / "DevToolsActivePort"
        assert re.match(r"\d+\n/devtools/browser/", active.read_text())
        saids, _ = await said_and_exchanged(proxy)

    assert (saw["worker"], saw["frame /frame"]) == ("allowed", "allowed")
    assert {urlsplit(said.url).path for said in saids} >= {"/from-worker", "/from-frame"}
