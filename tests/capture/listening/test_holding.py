"""New targets wait for the listener at their start: how long at most, and what becomes of them when it dies."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from corsinspect.capture import Proxy
from corsinspect.capture.listening import chromium
from corsinspect.capture.listening.chromium import ChromiumListener
from corsinspect.capture.listening.debugging_pipe import DebuggingPipe
from tests.capture.wire import until

from .said_pages import site

RESUME, ENABLE = "Runtime.runIfWaitingForDebugger", "Network.enable"


class Timers:
    """Those that are set in the event loop: when each is due, in seconds from now, and what it does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.set: list[tuple[float, Any]] = []
        loop = asyncio.get_running_loop()
        real = loop.call_later

        def call_later(delay: float, callback: Any, *args: Any, **options: Any) -> asyncio.TimerHandle:
            self.set.append((delay, lambda: callback(*args)))
            return real(3600, callback, *args, **options)

        monkeypatch.setattr(loop, "call_later", call_later)

    def run(self, within: float) -> None:
        """Lets that much time go by for them."""
        due, self.set = [each for each in self.set if each[0] <= within], []
        for _, callback in due:
            callback()


class Browser:
    """A browser of two pipes that answers what it's told to."""

    def __init__(self) -> None:
        self._reading, writing = os.pipe()
        reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        nothing: Any = lambda *_: None  # noqa: E731
        self.listener = ChromiumListener(reading, writing, url=None, event=nothing, heard=nothing, closed=nothing)

    def say(self, message: dict[str, Any]) -> None:
        os.write(self._writing, msgspec.json.encode(message) + b"\0")

    def attach(self, kind: str) -> None:
        target = {"targetId": "T", "type": kind, "title": "", "url": "https://app.test/", "attached": True}
        params = {"sessionId": "S", "targetInfo": target, "waitingForDebugger": True}
        self.say({"method": "Target.attachedToTarget", "params": params})

    def told(self) -> list[dict[str, Any]]:
        """The commands since the last time."""
        try:
            return [msgspec.json.decode(command) for command in os.read(self._reading, 1 << 20).split(b"\0")[:-1]]
        except BlockingIOError:
            return []

    async def hear(self, method: str) -> list[dict[str, Any]]:
        """The commands until there is one of this method."""
        found: list[dict[str, Any]] = []
        while not any(command["method"] == method for command in found):
            await asyncio.sleep(0)
            found += self.told()
        return found + self.told()

    def end(self) -> None:
        self.listener.close()
        os.close(self._reading)
        os.close(self._writing)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    browser = Browser()
    yield browser
    browser.end()


@pytest.mark.parametrize("kind", ["page", "iframe"])
async def test_a_document_goes_on_as_soon_as_listening_was_acknowledged(browser: Browser, kind: str) -> None:
    browser.attach(kind)
    (asked,) = [command for command in await browser.hear(ENABLE) if command["method"] == ENABLE]
    browser.say({"id": asked["id"], "sessionId": "S", "result": {}})

    resumed = await browser.hear(RESUME)
    assert [command["sessionId"] for command in resumed if command["method"] == RESUME] == ["S"]


@pytest.mark.parametrize("kind", ["page", "iframe"])
async def test_a_document_goes_on_within_a_second_whatever_the_browser_answers(
    browser: Browser, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    timers = Timers(monkeypatch)
    browser.attach(kind)
    assert RESUME not in [command["method"] for command in await browser.hear(ENABLE)]
    timers.run(within=1.0)

    resumed = await browser.hear(RESUME)
    assert [command["sessionId"] for command in resumed if command["method"] == RESUME] == ["S"]


@pytest.mark.parametrize("kind", ["worker", "service_worker", "shared_worker"])
async def test_a_worker_is_not_held_at_all(browser: Browser, kind: str) -> None:
    browser.attach(kind)
    told = [command["method"] for command in await browser.hear(RESUME)]
    assert told.index(ENABLE) < told.index(RESUME)


async def test_what_a_dead_listener_had_half_written_does_not_keep_its_targets_waiting() -> None:
    pipe = DebuggingPipe()
    reading, writing = pipe.theirs
    os.write(pipe.writing, b'{"id":7,"method":"Network.en')
    pipe.release()
    torn, release, rest = os.read(reading, 1 << 16).split(b"\0")
    assert (torn, rest) == (b'{"id":7,"method":"Network.en', b"")
    assert msgspec.json.decode(release)["params"]["waitForDebuggerOnStart"] is False
    os.close(reading)
    os.close(writing)
    pipe.close()


DEAF = """
from pathlib import Path
from corsinspect.capture.listening import chromium

attach, known = chromium.ChromiumListener._attached, []

def attached(self, attached):
    known.append(attached)
    if attached.target_info.type != KIND or len(known) == 1:
        attach(self, attached)
    else:
        Path(ATTACHED).touch()

chromium.ChromiumListener._attached = attached
"""
"""In the proxy's process: attaches to all targets, and lets none of one kind go on but the browser's first page."""
STARTS = {
    "worker": ("new Worker('/worker.js')", "/from-worker"),
    "iframe": ("frame(OTHER + '/frame')", "/from-frame"),
    "page": ("open(OTHER + '/popup')", "/from-popup"),
}
"""By kind of target: what makes one, and the first thing it asks for once it was let go on."""


@pytest.mark.parametrize("kind", STARTS)
async def test_what_waits_for_a_killed_proxy_goes_on_at_once_and_not_only_when_it_is_started_again(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Killed between attaching and letting go on, the real processes: the first request goes past the proxy."""
    script, first = STARTS[kind]
    attached = tmp_path / "attached"
    deaf = DEAF.replace("KIND", repr(kind)).replace("ATTACHED", repr(str(attached)))
    (tmp_path / "sitecustomize.py").write_text(deaf)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    proxy = Proxy(tmp_path / "session.jsonl")
    await proxy.start()
    loop = asyncio.get_running_loop()
    try:
        async with site(script) as pages:
            servers = ";".join(url.partition("//")[2] for url in (pages.api, pages.other))
            past = (f"--proxy-bypass-list=<-loopback>;{servers}", "--disable-popup-blocking", "--site-per-process")
            await proxy.open_browser("chromium", pages.page, headless=True, extra_args=past)
            await until(attached.exists)
            assert proxy.pid is not None
            assert ("GET", first) not in pages.received
            killed = loop.time()
            os.kill(proxy.pid, signal.SIGKILL)
            await until(lambda: ("GET", first) in pages.received)
            held = loop.time() - killed
            await until(lambda: proxy.died)
    finally:
        await proxy.stop()
    with capsys.disabled():
        print(f"\n{kind}: went on {held * 1000:.0f} ms after the proxy was killed")


def test_the_longest_wait_is_below_a_second() -> None:
    assert chromium.LONGEST_HOLD < 1
