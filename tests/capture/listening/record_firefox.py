"""Records what the installed Firefox says of one call of each kind, for the tests of what is made of it; only events
and fields that are decoded. Run it with `python -m tests.capture.listening.record_firefox`."""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from corsinspect.capture.browser import launch
from corsinspect.capture.ca import ca_paths
from corsinspect.capture.listening import firefox_events as events
from corsinspect.capture.listening.firefox import FirefoxListener
from corsinspect.capture.listening.rdp import Packet
from corsinspect.capture.proxy import Proxy

from .said_pages import CALLS, site

RECORDED = Path(__file__).parent / "recorded" / "firefox.jsonl"
NAMES: dict[type, str] = {
    events.Request: "network-event",
    events.Updated: "network-event",
    events.Stacktrace: "network-event-stacktrace",
    events.ErrorMessage: "error-message",
}


async def record() -> None:
    lines: list[bytes] = []

    def event(packet: Packet) -> None:
        if (type := packet.type or "") not in ("resources-available-array", "resources-updated-array"):
            return
        found = events.resources(type, packet.array)
        kept: list[Any] = [
            (NAMES[each.__class__], [_filled(msgspec.to_builtins(each))])
            for each in found
            if not isinstance(each, events.Request) or (each.url.startswith("http") and not each.chrome_context)
        ]
        if kept:
            lines.append(msgspec.json.encode([round(time.time(), 3), type, kept]) + b"\n")

    with tempfile.TemporaryDirectory() as folder:
        for kind in ("DATA", "CACHE", "STATE"):
            os.environ[f"XDG_{kind}_HOME"] = folder
        proxy = Proxy(Path(folder) / "session.jsonl", ask_browser=False)
        await proxy.start()
        async with site(CALLS) as pages:
            browser = await launch("firefox", proxy.port, ca_paths(), headless=True, listened_to=True)
            assert browser.socket is not None
            nothing = lambda: None  # noqa: E731
            listener = FirefoxListener(browser.socket, url=pages.page, event=event, heard=nothing, closed=nothing)
            async with asyncio.timeout(60):
                print((await pages.results).decode())
            await asyncio.sleep(1)
            listener.close()
            await browser.close()
            api, page, other = (url.rstrip("/") for url in (pages.api, pages.page, pages.other))
        await proxy.stop()
    data = b"".join(lines)
    for url, name in ((api, "localhost:8001"), (page, "localhost:8000"), (other, "127.0.0.1:8001")):
        data = data.replace(url.partition("//")[2].encode(), name.encode())
    RECORDED.write_bytes(data)


def _filled(part: Any) -> Any:
    """Without what is None: absent means the same."""
    if isinstance(part, dict):
        return {name: _filled(value) for name, value in part.items() if value is not None}
    return part


if __name__ == "__main__":
    sys.exit(asyncio.run(record()))
