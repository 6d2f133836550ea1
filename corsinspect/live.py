"""The live dashboard and the demo: a proxy, a browser, and the screen (or lines) that show what comes of them."""

import asyncio
import gc
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.proxy import Proxy
from corsinspect.record import CallLines, Recording, farewell
from corsinspect.report import text
from corsinspect.terminal import wants_colour

DEMO_LIMIT = 120.0
"""Seconds in which the demo's calls must have verdicts; they take about 5."""


async def live(
    session: Path, port: int | None, browser: BrowserKind | None, url: str | None, profile: str | None
) -> int:
    """The dashboard over a proxy of its own, until the person quits; returns the exit status."""
    from corsinspect.dashboard import Dashboard, LiveSource

    proxy = Proxy(session, port=port)
    try:
        await proxy.start()
        source = LiveSource(proxy, url=url, profile=profile)
        status = await show(Dashboard(source, open_browser=browser))
    finally:
        await proxy.stop()
    _farewell(source.written)
    return status


def _farewell(sessions: Sequence[Path]) -> None:
    for session in sessions:
        print(farewell(session))
    sessions = [session for session in sessions if session.exists()]
    if not sessions:
        return
    these = shlex.join(map(str, sessions))
    print(f"open {'it' if len(sessions) == 1 else 'them'} again: corsinspect replay {these}")


async def show(app) -> int:
    """Runs a dashboard to its end; returns the exit status. Raises what made it give up."""
    # What exists by now lives to the end. Without this, full collections of 60 to 260 ms came about every second while
    # a busy session was followed; with it p99 from wire to screen fell from 188 to 105 ms. Small young generations stay
    # in the processor's cache: 0.15 ms each, where 20,000 objects took 12.
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 50, 100)
    problem = await app.run_async()
    if isinstance(problem, Exception):
        raise problem
    return app.return_code or 0


async def demo(session: Path, port: int | None, kind: BrowserKind | None, dashboard: bool) -> int:
    """The demo's calls through the real thing: in the dashboard, or as lines where there is no terminal."""
    from corsinspect.demo.run import drive, start_demo

    servers = await start_demo()
    proxy = Proxy(session, port=port)
    try:
        await proxy.start()
        visit = await drive(proxy, servers, kind)
        try:
            if dashboard:
                from corsinspect.dashboard import Dashboard, LiveSource

                visitor = visit.name if visit.simulated else None
                source = LiveSource(proxy, url=servers.page_url, visitor=visitor)
                status = await show(Dashboard(source))
                _farewell(source.written)
                return status
            return await _demo_lines(proxy, servers, visit)
        finally:
            await visit.stop()
    finally:
        await proxy.stop()
        await servers.stop()


async def _demo_lines(proxy: Proxy, servers, visit) -> int:
    from corsinspect.demo.run import without_verdict

    print(f"{visit.name}, proxy 127.0.0.1:{proxy.port}, page {servers.page_url}", file=sys.stderr)
    recording = Recording(proxy, CallLines(print, colour=wants_colour()))
    following = asyncio.create_task(recording.follow())
    try:
        async with asyncio.timeout(DEMO_LIMIT):
            await visit.done()
            # a preflight is given up by the clock, which is no event
            while without_verdict(servers, recording.lines.calls.values()) and not following.done():
                await asyncio.sleep(0.1)
    except TimeoutError:
        missing = ", ".join(case.title for case in without_verdict(servers, recording.lines.calls.values()))
        print(f"the demo isn't done after {DEMO_LIMIT:.0f} s; no verdict on: {missing or 'nothing'}", file=sys.stderr)
        return 2
    finally:
        recording.stop()
        await following  # raises what ended it, if something did
        recording.poll(time.time())
    print(text.summary(recording.lines.calls.values()), file=sys.stderr)
    print(f"session: {proxy.session}", file=sys.stderr)
    return 0 if proxy.died is None else 2
