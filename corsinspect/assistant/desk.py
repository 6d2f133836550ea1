"""What the tools work on: the calls so far, the capture that they come from, and the waiting for more."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from corsinspect.analysis import judge_all
from corsinspect.assistant.calls import Calls
from corsinspect.assistant.errors import ToolError, unknown_call
from corsinspect.capture.browser import Browser, BrowserKind
from corsinspect.capture.proxy import Proxy
from corsinspect.errors import CorsinspectError
from corsinspect.model import Call, Changes
from corsinspect.session.judging import LiveSession
from corsinspect.session.place import new_session_path
from corsinspect.session.reader import load
from corsinspect.simulation import Simulation

POLL = 0.05
"""Seconds between two looks at a session that another process writes, and at the clock."""
PIECE = 1000
"""Calls taken in at a time: some 30 ms."""
WORD = 2.0
"""Seconds in which a browser that is listened to has spoken of a call."""

Found = TypeVar("Found")


class Source(Protocol):
    """Where the calls come from."""

    live: bool
    """Whether more may come."""

    async def run(self) -> None:
        """Hands the calls over; returns when no more will come, or a CorsinspectError ends it."""
        ...


class SavedFile:
    """A file that nobody writes any more, of any format."""

    live = False

    def __init__(self, path: Path, take: Callable[[Changes], None]) -> None:
        self._path = path
        self._take = take

    async def run(self) -> None:
        calls = await asyncio.to_thread(self._judged)
        for start in range(0, len(calls), PIECE):
            self._take(Changes(calls[start : start + PIECE], []))
            await asyncio.sleep(0)  # the client may ask something else meanwhile

    def _judged(self) -> list[Call]:
        loaded = load(self._path)
        return judge_all(loaded.exchanges, loaded.saids)


class RunningSession:
    """A session that another process writes, or, with its `wake`, a proxy of ours."""

    live = True

    def __init__(self, path: Path, take: Callable[[Changes], None], proxy: Proxy | None = None) -> None:
        self._session = LiveSession(path, take)
        self._proxy = proxy

    async def run(self) -> None:
        while True:
            self._session.poll()
            if self._proxy is None:
                await asyncio.sleep(POLL)
                continue
            if self._proxy.died is not None:
                raise ToolError(f"The proxy has stopped: {self._proxy.died}.", "Start corsinspect mcp again.")
            with contextlib.suppress(TimeoutError):  # calls that wait too long are given up by the clock
                await asyncio.wait_for(self._proxy.wake.wait(), 10 * POLL)
            self._proxy.wake.clear()


class Visit(NamedTuple):
    """The browser to open, and where it goes."""

    kind: BrowserKind
    url: str | None
    headless: bool


class Desk:
    """One MCP server's state; a context manager, and whatever it started has ended when it's left."""

    def __init__(self, *, port: int | None = None, may_probe: Iterable[str] = ()) -> None:
        """`port`: of the proxy that start_capture starts; `may_probe`: servers' origins that may be asked although no
        page called them."""
        self.may_probe = frozenset(may_probe)
        self.calls = Calls()
        self.proxy: Proxy | None = None
        """The capture that this server started."""
        self.simulation = Simulation(None)
        self._port = port
        self._source: Source | None = None
        self._reading: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    async def __aenter__(self) -> "Desk":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._end_capture()

    def open(self, path: Path, *, live: bool) -> None:
        """Serves a file; `live`: another process is writing it."""
        self._read(RunningSession(path, self._take) if live else SavedFile(path, self._take))

    async def start_capture(self, visit: Visit | None) -> tuple[Proxy, Browser | None]:
        """Starts the proxy, and a browser behind it. Raises ToolError if there is a session already, CaptureError if
        one of them can't start; then neither runs."""
        if self._source is not None:
            raise ToolError(
                "There is a session already, and a server has only one.",
                "Use its calls; start another corsinspect mcp for another capture.",
            )
        proxy = self.proxy = Proxy(new_session_path(), port=self._port)
        source = self._source = RunningSession(proxy.session, self._take, proxy)
        try:
            await proxy.start()
            self._read(source)
            browser = None
            if visit is not None:
                browser = await proxy.open_browser(visit.kind, visit.url, headless=visit.headless)
        except CorsinspectError:
            await self._end_capture()
            self._source = self.proxy = self._reading = None
            raise
        self.simulation = Simulation(_Orders(proxy))
        return proxy, browser

    async def ready(self) -> None:
        """Returns when there is something to look at: a saved file has been read. Raises what was wrong with it."""
        if self._source is None or self._reading is None:
            raise ToolError("Nothing is captured yet.", "start_capture starts a proxy, and a browser on a page.")
        if not self._source.live:
            await asyncio.shield(self._reading)
        elif self._reading.done():
            self._reading.result()

    async def hear_browser_out(self, id: str) -> None:
        """Gives a browser that is listened to the time to say its word of a call: it comes after the answer, and says
        for instance whether the page sent credentials."""
        browsers = () if self.proxy is None else self.proxy.browsers
        if any(browser.pipe is not None or browser.socket is not None for browser in browsers):
            await self.wait(lambda: _is_settled(self.calls.get(id)) or None, WORD)

    def must_be_live(self) -> None:
        """Raises ToolError where no more calls will come, so that waiting for one is in vain."""
        if self._source is not None and not self._source.live:
            raise ToolError("This session is over: no more calls will come.", "Only a running capture shows new ones.")

    async def call(self, id: str) -> Call:
        """The call with this id; raises ToolError where there is none."""
        await self.ready()
        found = self.calls.get(id)
        if found is None:
            raise unknown_call()
        return found

    async def wait(self, look: Callable[[], Found | None], seconds: float) -> Found | None:
        """What `look` finds, now or after one of the changes to come; None after so many seconds, or where no more
        changes will come."""
        assert self._source is not None and self._reading is not None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (found := look()) is None and not self._reading.done():
                    self._changed.clear()
                    changed = asyncio.ensure_future(self._changed.wait())
                    try:
                        await asyncio.wait({changed, self._reading}, return_when=asyncio.FIRST_COMPLETED)
                    finally:
                        changed.cancel()
                return found
        return look()

    async def _end_capture(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self.proxy is not None:
            await self.proxy.stop()

    def _read(self, source: Source) -> None:
        self._source = source
        self._reading = asyncio.create_task(source.run())

    def _take(self, changes: Changes) -> None:
        if changes.changed or changes.withdrawn:
            self.calls.take(changes)
            self.simulation.widen(changes.changed)
            self._changed.set()


def _is_settled(call: Call | None) -> bool:
    return call is None or (call.browser is not None and call.browser.confirmed is not None)


class _Orders:
    """What a simulation asks of the proxy."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy

    def simulate(self, api: str, page: str, credentials: bool) -> None:
        self._proxy.send("simulate", api, page, credentials)

    def simulate_off(self) -> None:
        self._proxy.send("simulate.off")
