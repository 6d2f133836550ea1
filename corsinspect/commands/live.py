"""The dashboard: over a proxy of its own, over saved sessions, or over one that another process writes."""

import gc
import shlex
from collections.abc import Sequence
from pathlib import Path

from corsinspect.advice import NO_CALLS
from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.proxy import Proxy
from corsinspect.capture.routes import DIRECT, Route
from corsinspect.commands.record import said_of
from corsinspect.dashboard import Dashboard, FileSource, LiveSource, SavedApart, is_large

FEW = 3
"""Sessions that are named one by one at the end."""


async def live(
    session: Path,
    port: int | None,
    browser: BrowserKind | None,
    url: str | None,
    profile: str | None,
    *,
    ask_browser: bool = True,
    route: Route = DIRECT,
) -> int:
    """The dashboard over a proxy of its own, until the person quits; returns the exit status."""
    proxy = Proxy(session, port=port, ask_browser=ask_browser, route=route)
    try:
        await proxy.start()
        source = LiveSource(proxy, url=url, profile=profile)
        app = Dashboard(source, open_browser=browser)
        status = await show(app)
    finally:
        await proxy.stop()
    farewell(source.written, app.counted)
    return status


async def replay(files: Sequence[Path]) -> int:
    """Saved sessions in the dashboard, as one; returns the exit status."""
    return await show(Dashboard(SavedApart(*files) if is_large(files) else FileSource(*files)))


async def attach(file: Path) -> int:
    """A session that another process writes, followed in the dashboard; returns the exit status."""
    return await show(Dashboard(FileSource(file, follow=True)))


def farewell(sessions: Sequence[Path], counted: str = NO_CALLS) -> None:
    """Says how many calls the list had, where the sessions are, and how to open them again."""
    if counted != NO_CALLS:
        print(f"calls: {counted}")
    if len(sessions) > FEW:
        folder = sessions[-1].parent
        print(f"sessions: {len(sessions)} files in {folder}, the last one {sessions[-1].name}")
        print(f"open one again: corsinspect replay {shlex.quote(str(sessions[-1]))}")
        return
    for session in sessions:
        print(said_of(session))
    sessions = [session for session in sessions if session.exists()]
    if not sessions:
        return
    these = shlex.join(map(str, sessions))
    print(f"open {'it' if len(sessions) == 1 else 'them'} again: corsinspect replay {these}")


async def show(app: Dashboard) -> int:
    """Runs a dashboard to its end; returns the exit status. Raises what made it give up."""
    # What exists by now lives to the end. Without this, full collections of 60 to 260 ms came about every second while
    # a busy session was followed; with it p99 from wire to screen fell from 188 to 105 ms. Both young generations are
    # small: 0.2 and 4 ms at most while 2,000 exchanges a second come; with 2000 and 10 the second took up to 17, with
    # 700 and 50 it was 24 ms each while a session was read.
    gc.freeze()
    gc.set_threshold(1000, 3, 1000)
    problem = await app.run_async()
    if isinstance(problem, Exception):
        raise problem
    return app.return_code or 0
