"""Records what an installed browser says of one call of each kind, for the tests of what is made of it; only events and
fields that are decoded. Run it with `python -m tests.capture.listening.record_events chromium` (or `firefox`)."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec

from corsinspect.capture.browser import Browser, Family, launch
from corsinspect.capture.ca import ca_paths
from corsinspect.capture.listening import chromium_said
from corsinspect.capture.listening import firefox_events as events
from corsinspect.capture.listening.chromium import ChromiumListener
from corsinspect.capture.listening.firefox import FirefoxListener
from corsinspect.capture.listening.listeners import Listener
from corsinspect.capture.listening.rdp import Packet
from corsinspect.capture.proxy import Proxy

from .said_pages import CALLS, site

FOLDER = Path(__file__).parent / "recorded"
NAMES: dict[type, str] = {
    events.Request: "network-event",
    events.Updated: "network-event",
    events.Stacktrace: "network-event-stacktrace",
    events.ErrorMessage: "error-message",
}
Note = Callable[[Any], None]


def _nothing() -> None:
    pass


def listen_to_chromium(browser: Browser, url: str, note: Note) -> Listener:
    def event(session: str, method: str, params: msgspec.Raw) -> None:
        if (decode := chromium_said._DECODE.get(method)) is not None:  # pyright: ignore[reportPrivateUsage]
            note([session[:8], method, msgspec.to_builtins(decode(params))])

    assert browser.pipe is not None
    reading, writing = map(os.dup, browser.pipe.descriptors)
    return ChromiumListener(reading, writing, url=url, event=event, heard=_nothing, closed=_nothing)


def listen_to_firefox(browser: Browser, url: str, note: Note) -> Listener:
    def event(packet: Packet) -> None:
        if (type := packet.type or "") not in ("resources-available-array", "resources-updated-array"):
            return
        kept = [
            (NAMES[each.__class__], [_filled(msgspec.to_builtins(each))])
            for each in events.resources(type, packet.array)
            if not isinstance(each, events.Request) or (each.url.startswith("http") and not each.chrome_context)
        ]
        if kept:
            note([round(time.time(), 3), type, kept])

    assert browser.socket is not None
    return FirefoxListener(browser.socket, url=url, event=event, heard=_nothing, closed=_nothing)


LISTEN: dict[Family, Callable[[Browser, str, Note], Listener]] = {
    "chromium": listen_to_chromium,
    "firefox": listen_to_firefox,
}


async def record(family: Family) -> None:
    lines: list[bytes] = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("DATA", "CACHE", "STATE"):
            os.environ[f"XDG_{kind}_HOME"] = folder
        proxy = Proxy(Path(folder) / "session.jsonl", ask_browser=False)
        await proxy.start()
        async with site(CALLS) as pages:
            browser = await launch(family, proxy.port, ca_paths(), headless=True, listened_to=True)
            listener = LISTEN[family](browser, pages.page, lambda said: lines.append(msgspec.json.encode(said) + b"\n"))
            async with asyncio.timeout(60):
                print((await pages.results).decode())
            await asyncio.sleep(1)
            listener.close()
            await browser.close()
            servers = (pages.api, "localhost:8001"), (pages.page, "localhost:8000"), (pages.other, "127.0.0.1:8001")
        await proxy.stop()
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{family}.jsonl").write_bytes(b"".join(_renamed(lines, servers)))


def _renamed(lines: Iterable[bytes], servers: Iterable[tuple[str, str]]) -> Iterable[bytes]:
    """The same, the servers' addresses as in every recording."""
    for line in lines:
        for url, name in servers:
            line = line.replace(url.rstrip("/").partition("//")[2].encode(), name.encode())
        yield line


def _filled(part: Any) -> Any:
    """Without what is None: absent means the same."""
    if isinstance(part, dict):
        return {name: _filled(value) for name, value in part.items() if value is not None}
    return part


if __name__ == "__main__":
    for family in LISTEN:
        if family in sys.argv[1:]:
            asyncio.run(record(family))
