"""Capture without a dashboard: a line per call, as soon as it has a verdict."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.errors import CaptureError
from corsinspect.capture.proxy import Proxy
from corsinspect.capture.routes import DIRECT, Route
from corsinspect.model import Call, Changes
from corsinspect.report import text
from corsinspect.report.neighbours import Neighbours
from corsinspect.report.tally import Tally
from corsinspect.session.judging import LiveSession
from corsinspect.session.lines import KEPT
from corsinspect.session.place import following_path
from corsinspect.session.sidecar import sidecar_of
from corsinspect.terminal import wants_colour

HELD = 20_000
"""Calls that are held. More than the Tracker can still change: of those before them, the numbers are enough."""


class CallLines:
    """Prints each Call once, when it leaves `pending`, and again, marked as changed, if its outcome changes."""

    def __init__(self, say: Callable[[str], None], *, colour: bool) -> None:
        self.calls: dict[str, Call] = {}
        """The latest, the one that changed last at the end."""
        self._past = Tally()
        """What those before them came to."""
        self._neighbours = Neighbours()
        self._said: dict[str, str] = {}
        self._say = say
        self._colour = colour

    def take(self, changes: Changes) -> None:
        """Takes in what the Tracker changed."""
        for id in changes.withdrawn:
            self.calls.pop(id, None)
        for call in changes.changed:
            self.calls.pop(call.id, None)
            self.calls[call.id] = call
            outcome, before = call.verdict.outcome, self._said.get(call.id)
            if outcome == "pending" or outcome == before or call.background:
                continue
            self._said[call.id] = outcome
            self._neighbours.add(call)
            if outcome == "not-cors" and before is None:
                continue  # a page load is nothing to report; the summary counts it
            self._say(text.lines(call, colour=self._colour, changed=before is not None, neighbours=self._neighbours))
        self._let_go()

    def summary(self) -> str:
        """How many calls had which outcome; nothing more may come after this."""
        for call in self.calls.values():
            self._past.add(call)
        return self._past.summary()

    def _let_go(self) -> None:
        """Of the oldest calls, whatever takes room; streams that are still open may yet come to something."""
        for id in list(islice(self.calls, max(0, len(self.calls) - HELD))):
            call = self.calls.pop(id)
            if call.exchanges and call.exchanges[-1].ended is None:
                self.calls[id] = call
            else:
                self._said.pop(id, None)
                self._past.add(call)


LONGEST_WAIT = 30.0
"""Seconds for which a call that nobody answers counts as something going on."""


class Idleness:
    """Tells when nothing has gone on for a while: no page's call has changed, and none is under way. A browser's own
    requests don't count, nor do streams that were answered and stay open."""

    def __init__(self, limit: float, now: float) -> None:
        """`limit`: for how many seconds; `now`, here and below, by a clock that nobody sets."""
        self._limit = limit
        self._since = now
        self._under_way: dict[str, float] = {}

    def take(self, changes: Changes, now: float) -> None:
        """Takes in what the Tracker changed."""
        for id in changes.withdrawn:
            self._under_way.pop(id, None)
        for call in changes.changed:
            if call.background:
                continue
            self._since = now
            if call.verdict.outcome == "pending":
                self._under_way.setdefault(call.id, now)
            else:
                self._under_way.pop(call.id, None)

    def is_idle(self, now: float) -> bool:
        """Whether it has been so for long enough."""
        waited_for = any(now - since < LONGEST_WAIT for since in self._under_way.values())
        return not waited_for and now - self._since >= self._limit


class Recording:
    """A proxy and the reader of its session; `lines` holds the conclusions so far."""

    def __init__(self, proxy: Proxy, lines: CallLines, rotate: int | None = None) -> None:
        """`rotate`: bytes from which on a session file is followed by another one; None: never."""
        self.proxy = proxy
        self.lines = lines
        self.sessions = [proxy.session]
        """All session files so far, the present one last."""
        self._rotate = rotate
        self.idleness: Idleness | None = None
        """Where it's to end by itself."""
        self.gone = False
        """Whether the session file was deleted, or replaced, while it was written."""
        self._stopped = False
        self._session = LiveSession(proxy.session, self._take)

    def poll(self) -> None:
        """Reads what was added to the session file since the last time."""
        self._session.poll()
        if not self.gone and self._session.gone:
            self.gone = True
            _tell(f"{self.proxy.session} was deleted: what is captured now can't be kept. Stop, and start again.")

    def close(self) -> None:
        """Reads the rest and gives every Call its verdict."""
        self.poll()
        self._session.close()

    async def _turn(self) -> None:
        """Goes on in another session file. Where that can't be, it says so and stays with this one."""
        try:
            following = following_path(self.proxy.session)
            await self.proxy.turn_to(following)
        except (OSError, CaptureError) as error:
            _tell(f"the session stays in {self.proxy.session}: {error}")
            self._rotate = None
            return
        self._session.turn_to(following)
        self.sessions.append(following)
        _tell(f"the session goes on in {following}")

    def stop(self) -> None:
        """Ends `follow`. A flag, as `wait_for` forgets a cancel that comes together with a wake-up (Python 3.11)."""
        self._stopped = True
        self.proxy.wake.set()

    def _take(self, changes: Changes) -> None:
        self.lines.take(changes)
        if self.idleness is not None:
            self.idleness.take(changes, time.monotonic())

    async def follow(self) -> None:
        """Polls until the proxy dies, `stop` is called, or nothing goes on any more where it's to end then."""
        while self.proxy.died is None and not self._stopped:
            self.poll()
            if self._rotate is not None and self._session.read >= self._rotate:
                await self._turn()
            if self.idleness is not None and self.idleness.is_idle(time.monotonic()):
                return
            try:
                # calls that wait too long are given up by the clock, without a wake-up
                await asyncio.wait_for(self.proxy.wake.wait(), 0.5)
            except TimeoutError:
                continue
            self.proxy.wake.clear()


class Visit(NamedTuple):
    """The browser that a recording opens, and where it goes."""

    kind: BrowserKind
    url: str | None = None
    headless: bool = False


async def record(
    session: Path,
    port: int | None,
    *,
    keep_values: bool = False,
    visit: Visit | None = None,
    until_idle: float | None = None,
    ask_browser: bool = True,
    rotate: int | None = None,
    route: Route = DIRECT,
) -> int:
    """Captures into `session` until SIGINT or SIGTERM, the browser of `visit` is closed, or nothing has gone on for
    `until_idle` seconds; returns the exit status. `rotate`: bytes after which it goes on in another file."""
    proxy = Proxy(session, port=port, keep_values=keep_values, ask_browser=ask_browser, route=route)
    recording = Recording(proxy, CallLines(_print, colour=wants_colour()), rotate)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, recording.stop)
    try:
        await proxy.start()
        recording.poll()  # holds the file from now on: whoever deletes it is noticed
        _tell(f"{_where(proxy)}, session {session}; press Ctrl-C to stop")
        if keep_values:
            _tell(f"{session}: {KEPT}")
        closing = await _opened(proxy, visit, recording) if visit is not None else None
        if until_idle is not None:
            recording.idleness = Idleness(until_idle, time.monotonic())
        await recording.follow()
        if closing is not None:
            closing.cancel()
    finally:
        await proxy.stop()
    recording.close()
    _tell(recording.lines.summary())
    for each in recording.sessions:
        _tell(said_of(each))
    if keep_values:
        _tell(KEPT)
    if proxy.died is not None:
        _tell(f"the proxy died: {proxy.died}")
        return 2
    return 2 if recording.gone else 0


def _where(proxy: Proxy) -> str:
    if proxy.in_place_of is None:
        return f"proxy 127.0.0.1:{proxy.port}"
    own = f"http://localhost:{proxy.port}"
    return (
        f"{own} in place of {proxy.in_place_of}: have your page call it there; a page opened there has the origin {own}"
    )


async def _opened(proxy: Proxy, visit: Visit, recording: Recording) -> asyncio.Task[None]:
    """Opens the browser; the task ends the recording when the browser is closed."""
    browser = await proxy.open_browser(visit.kind, visit.url, headless=visit.headless)
    _tell(f"{browser.name} is open" + (f": {browser.warning}" if browser.warning else ""))

    async def until_closed() -> None:
        await browser.closed.wait()
        _tell(f"{browser.name} was closed")
        recording.stop()

    return asyncio.create_task(until_closed())


def said_of(session: Path) -> str:
    """Where a session is that has ended, and what its browsers said."""
    if not session.exists():
        return f"session: {session} was deleted, nothing is left of it"
    sidecar = sidecar_of(session)
    return f"session: {session}" + (f"\nwhat the browser said: {sidecar}" if sidecar.exists() else "")


def _print(line: str) -> None:
    print(line, flush=True)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
