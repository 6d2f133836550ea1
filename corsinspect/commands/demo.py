"""`demo`: broken and fixed APIs on this machine, called through the real thing."""

import asyncio
import contextlib
import sys
from pathlib import Path

from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.proxy import Proxy
from corsinspect.commands.record import CallLines, Recording
from corsinspect.demo.run import Demo, Visit, drive, start_demo, without_verdict
from corsinspect.report import text
from corsinspect.terminal import wants_colour

DEMO_LIMIT = 120.0
"""Seconds in which the demo's calls must be made; they take about 5."""
VERDICT_LIMIT = 20.0
"""Seconds in which they must have their verdicts then; a preflight that nothing follows takes 3."""
WORD_LIMIT = 2.0
"""Seconds in which a browser that is listened to has told of its calls."""


async def demo(session: Path, port: int | None, kind: BrowserKind | None, dashboard: bool) -> int:
    """The demo's calls through the real thing: in the dashboard, or as lines where there is no terminal."""
    servers = await start_demo()
    proxy = Proxy(session, port=port)
    try:
        await proxy.start()
        visit = await drive(proxy, servers, kind)
        try:
            if dashboard:
                from corsinspect.commands.live import farewell, show
                from corsinspect.dashboard import Dashboard, LiveSource

                visitor = visit.name if visit.simulated else None
                source = LiveSource(proxy, url=servers.page_url, visitor=visitor)
                app = Dashboard(source)
                status = await show(app)
                farewell(source.written, app.counted)
                return status
            return await in_lines(proxy, servers, visit)
        finally:
            await visit.stop()
    finally:
        await proxy.stop()
        await servers.stop()


async def _hear_browser_out(recording: Recording) -> None:
    """Waits for what the browser itself says of the last calls, which comes a little later than their answers."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(WORD_LIMIT):
            while any(call.verdict.certainty == "depends" for call in recording.lines.calls.values()):
                await asyncio.sleep(0.05)


async def in_lines(proxy: Proxy, servers: Demo, visit: Visit) -> int:
    """A line per call, and the exit status."""
    print(f"{visit.name}, proxy 127.0.0.1:{proxy.port}, page {servers.page_url}", file=sys.stderr)
    if visit.warning is not None:
        print(f"{visit.name}: {visit.warning}", file=sys.stderr)
    recording = Recording(proxy, CallLines(print, colour=wants_colour()))
    following = asyncio.create_task(recording.follow())
    try:
        async with asyncio.timeout(DEMO_LIMIT) as limit:
            await visit.done()
            limit.reschedule(asyncio.get_running_loop().time() + VERDICT_LIMIT)
            # a preflight is given up by the clock, which is no event
            while without_verdict(servers, recording.lines.calls.values()) and not following.done():
                await asyncio.sleep(0.1)
        await _hear_browser_out(recording)
    except TimeoutError:
        missing = ", ".join(case.title for case in without_verdict(servers, recording.lines.calls.values()))
        print(f"the demo was given up; no verdict on: {missing or 'nothing'}", file=sys.stderr)
        return 2
    finally:
        recording.stop()
        await following  # raises what ended it, if something did
        recording.poll()
    print(text.summary(recording.lines.calls.values()), file=sys.stderr)
    print(f"session: {proxy.session}", file=sys.stderr)
    return 0 if proxy.died is None else 2
