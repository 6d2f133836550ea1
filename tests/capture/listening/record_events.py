"""Records what the installed Chromium says of one call of each kind, for the tests of what is made of it; only events
and fields that are decoded. Run it with `python -m tests.capture.listening.record_events`."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from corsinspect.capture.browser import launch
from corsinspect.capture.ca import ca_paths
from corsinspect.capture.listening import chromium_said
from corsinspect.capture.listening.chromium import ChromiumListener
from corsinspect.capture.proxy import Proxy

from .said_pages import CALLS, site

RECORDED = Path(__file__).parent / "recorded" / "chromium.jsonl"


async def record() -> None:
    lines: list[bytes] = []

    def event(session: str, method: str, params: msgspec.Raw) -> None:
        if (decode := chromium_said._DECODE.get(method)) is not None:  # pyright: ignore[reportPrivateUsage]
            kept: Any = msgspec.to_builtins(decode(params))
            lines.append(msgspec.json.encode([session[:8], method, kept]) + b"\n")

    with tempfile.TemporaryDirectory() as folder:
        for kind in ("DATA", "CACHE", "STATE"):
            os.environ[f"XDG_{kind}_HOME"] = folder
        proxy = Proxy(Path(folder) / "session.jsonl", ask_browser=False)
        await proxy.start()
        async with site(CALLS) as pages:
            browser = await launch("chromium", proxy.port, ca_paths(), headless=True, listened_to=True)
            assert browser.pipe is not None
            reading, writing = map(os.dup, browser.pipe.descriptors)
            nothing = lambda: None  # noqa: E731
            listener = ChromiumListener(reading, writing, url=pages.page, event=event, heard=nothing, closed=nothing)
            async with asyncio.timeout(60):
                print((await pages.results).decode())
            await asyncio.sleep(1)
            listener.close()
            await browser.close()
            api, page, other = (url.rstrip("/") for url in (pages.api, pages.page, pages.other))
        await proxy.stop()
    data = b"".join(lines)
    for url, name in (
        (api, "http://localhost:8001"),
        (page, "http://localhost:8000"),
        (other, "http://127.0.0.1:8001"),
    ):
        data = data.replace(url.partition("//")[2].encode(), name.partition("//")[2].encode())
    RECORDED.parent.mkdir(exist_ok=True)
    RECORDED.write_bytes(data)


if __name__ == "__main__":
    sys.exit(asyncio.run(record()))
