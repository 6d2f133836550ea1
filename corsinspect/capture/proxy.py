"""The parent's side of a capture: starts the proxy's process, hears from it, commands it, and leaves nothing behind."""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from corsinspect.capture import profiles
from corsinspect.capture.browser import Browser, BrowserKind, Preferences, as_url, launch
from corsinspect.capture.ca import ca_paths
from corsinspect.capture.errors import CaptureError
from corsinspect.capture.listening.asking import Asking, Order
from corsinspect.capture.listening.caretaker import Caretaker
from corsinspect.capture.listening.debugging_pipe import is_possible
from corsinspect.capture.processes import signal_group
from corsinspect.capture.routes import DIRECT, Route
from corsinspect.capture.tail import Tail
from corsinspect.capture.wake import FLUSHED
from corsinspect.session.place import drop_unused

USUAL_PORT = 8080
START_LIMIT = 60.0
"""Seconds; a cold start on a slow disk takes a few."""
TURN_LIMIT = 20.0
"""Seconds that the proxy is given to go on in another session file; it takes some milliseconds."""
ANSWER_LIMIT = 3.0
"""Seconds in which a browser has to speak over its debugging pipe, from when it has stayed up for a moment."""
SOCKET_LIMIT = 20.0
"""Seconds in which a Firefox has to speak over its socket, which it makes while it starts."""
NO_ANSWER = "it doesn't speak over its debugging pipe: calls are judged by their traffic alone"
"""What the status says of a browser that had to be started again without one."""
NO_PROTOCOL = "it doesn't speak the DevTools protocol as it's known: calls are judged by their traffic alone"
"""The same of a Firefox."""
NO_SOCKET = "the path of its profile is too long for a socket: calls are judged by their traffic alone"
"""What the status says of a Firefox that can't be listened to."""
STOP_LIMIT = 8.0
"""Seconds; longer than the child may take to close the browsers."""


class Proxy:
    """A capturing proxy in a process of its own, which writes one session file at a time.

    `start` it in the event loop it's used from, and `stop` it there whatever happens in between. If this process is
    killed, the proxy's process notices, closes the launched browsers and ends by itself.
    """

    def __init__(
        self,
        session: Path,
        *,
        port: int | None = None,
        keep_values: bool = False,
        ask_browser: bool = True,
        route: Route = DIRECT,
    ) -> None:
        """`port` None: 8080, or any free one where that is taken. `keep_values`: the session isn't redacted.
        `ask_browser`: launched browsers are listened to, and what they say goes to the session's sidecar."""
        self.in_place_of = route.reverse
        """The server in whose place the port is opened; None: it's a proxy's."""
        self.session = session
        self.port = port if port is not None else USUAL_PORT
        """The real one once `start` has returned."""
        self.ca_pem = ca_paths().certificate
        self.wake = asyncio.Event()
        """Set when there is something new in the session file, and when the proxy has died."""
        self.died: str | None = None
        """Why the proxy's process ended without being told to; None while all is well."""
        self.browsers: list[Browser] = []
        """Those that are open."""
        self._route = route
        self._or_any = port is None
        self._keep_values = keep_values
        self._ask_browser = ask_browser and is_possible()
        self._asking: Asking | None = None
        self._caretakers: list[Caretaker] = []
        self._process: asyncio.subprocess.Process | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._flushes = asyncio.Semaphore(0)

    @property
    def pid(self) -> int | None:
        """The proxy's process, while it runs."""
        return self._process.pid if self._process is not None and self.died is None else None

    async def start(self) -> None:
        """Start the proxy; returns when it takes connections. Raises CaptureError (a busy port, an unwritable file)."""
        await asyncio.to_thread(profiles.sweep)
        try:
            await self._spawn()
        except CaptureError:
            drop_unused(self.session)
            raise

    async def restart(self) -> None:
        """Start again after a death, on the same port for the browser that is open and into the same session."""
        self._or_any = False
        self._flushes = asyncio.Semaphore(0)
        await self._end_child()
        await self._spawn()
        for browser in self.browsers:
            self._tell_opened(browser)
            if self._asking is not None and (browser.pipe is not None or browser.socket is not None):
                self._asking.send(_order(browser, None), _descriptors(browser))

    async def turn_to(self, session: Path) -> None:
        """Have what comes from now on written to another session file, an empty one; returns when that has begun.

        Raises CaptureError where it can't be; then the capture goes on in the present one.
        """
        self.send("session", str(session))
        try:
            async with asyncio.timeout(TURN_LIMIT):
                while self.died is None and not _size(session):
                    await asyncio.sleep(0.01)
        except (TimeoutError, OSError) as error:
            raise CaptureError(f"{session} can't be begun.", "The capture goes on in the file it had.") from error
        if self.died is not None:
            raise CaptureError(f"The proxy has stopped: {self.died}.", "Start it again with R.")
        self.session = session

    async def flush(self) -> None:
        """Have everything written that has passed so far; returns when it is in the session file. One at a time.

        Raises CaptureError where the proxy has died."""
        if self.died is None:
            self.send("flush")
            try:
                await asyncio.wait_for(self._flushes.acquire(), TURN_LIMIT)
            except TimeoutError as error:
                raise CaptureError("The proxy doesn't answer.", "Start it again.") from error
        if self.died is not None:
            raise CaptureError(f"The proxy has stopped: {self.died}.", "Start it again.")

    async def open_browser(
        self,
        kind: BrowserKind,
        url: str | None = None,
        profile: str | None = None,
        headless: bool = False,
        *,
        extra_args: Sequence[str] = (),
        extra_prefs: Preferences | None = None,
    ) -> Browser:
        """Start an installed browser behind this proxy; see `browser.launch` for the arguments and errors.

        Raises CaptureError, too, where the proxy stands in a server's place: there it's no proxy for a browser."""
        if self.in_place_of is not None:
            raise CaptureError(
                f"With --reverse this is no proxy that a browser could use: it stands for {self.in_place_of}.",
                f"Open http://localhost:{self.port} in any browser.",
            )
        start = partial(
            launch,
            kind,
            self.port,
            ca_paths(),
            profile=profile,
            headless=headless,
            extra_args=extra_args,
            extra_prefs=extra_prefs,
        )
        asks = self._asking is not None and self.pid is not None
        browser = await self._open_listened_to(start, url) if asks else None
        if browser is None:
            browser = self._hold(await start(url))
            if asks:
                browser.warning = browser.warning or (NO_ANSWER if browser.family == "chromium" else NO_PROTOCOL)
        return browser

    async def _open_listened_to(self, start: Callable[..., Awaitable[Browser]], url: str | None) -> Browser | None:
        """Start it with a debugging pipe, or a socket; None where it doesn't speak (a snap or a Flatpak may drop the
        descriptors, a Firefox may have another protocol), with nothing left of it."""
        assert self._asking is not None
        try:
            browser = self._hold(await start(url, listened_to=True))
        except CaptureError:
            return None  # for want of the pipe, or else it's said when it's started without
        if browser.pipe is None and browser.socket is None:
            browser.warning = browser.warning or NO_SOCKET
            return browser
        limit = ANSWER_LIMIT if browser.pipe is not None else SOCKET_LIMIT
        if await self._asking.ask(_order(browser, url), _descriptors(browser), limit):
            return browser
        await browser.close()
        return None

    def _hold(self, browser: Browser) -> Browser:
        """See to it that the browser is closed at the end, however that comes."""
        self.browsers.append(browser)
        self._tell_opened(browser)
        self._run_aside(self._forget_when_closed(browser))
        return browser

    def send(self, command: str, *args: object) -> None:
        """Have the proxy run its command `cors.COMMAND`; nothing happens when it is dead."""
        if self._process is None or self._process.stdin is None or self._process.stdin.is_closing():
            return
        line = json.dumps({"command": command, "args": args})
        with contextlib.suppress(OSError):
            self._process.stdin.write(line.encode() + b"\n")

    async def stop(self) -> None:
        """Close the browsers and end the proxy; nothing of theirs is left when this returns."""
        self._stopping = True
        await asyncio.gather(*(browser.close() for browser in list(self.browsers)))
        await self._end_child()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _spawn(self) -> None:
        options = [*(["--or-any"] if self._or_any else []), *(["--keep-values"] if self._keep_values else [])]
        for name, url in self._route._asdict().items():
            options += [f"--{name}", url] if url is not None else []
        inherited: tuple[int, ...] = ()
        if self._ask_browser:
            self._asking = Asking()
            inherited = (self._asking.theirs.fileno(),)
            options += ["--orders", str(inherited[0])]
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # a file of the person's called like a module of ours must not be run
            *("-m", "corsinspect.capture.child", str(self.session), str(self.port), *options),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # Ctrl-C and Ctrl-Z in the terminal are for this process alone.
            start_new_session=True,
            pass_fds=inherited,
        )
        if self._asking is not None:
            self._asking.theirs.close()
        assert process.stdout is not None
        stderr = Tail(process.stderr)
        try:
            line = await asyncio.wait_for(process.stdout.readline(), START_LIMIT)
        except TimeoutError:
            line = b""
        answer = json.loads(line) if line.endswith(b"\n") else {}
        if "port" not in answer:
            await self._end_child()
            await stderr.ended()
            raise CaptureError(
                answer.get("what") or f"The proxy didn't start: {stderr.last() or 'it gave no reason'}.",
                answer.get("hint") or "Start it again, in a new virtual environment if need be.",
            )
        self.port = answer["port"]
        self.died = None
        self._run_aside(self._hear(process, process.stdout, stderr))

    async def _hear(self, process: asyncio.subprocess.Process, stdout: asyncio.StreamReader, stderr: Tail) -> None:
        """Pass wake-ups on until the child ends, and say why it did if nobody asked it to."""
        while said := await stdout.read(65536):
            self.wake.set()
            for _ in range(said.count(FLUSHED)):
                self._flushes.release()
        status = await process.wait()
        await stderr.ended()
        if process is self._process and not self._stopping:
            pipes = [browser.pipe for browser in self.browsers if browser.pipe is not None]
            self._caretakers = [Caretaker(pipe) for pipe in pipes if pipe.is_open]
            self.died = _reason(status, stderr.last())
            self.wake.set()
            self._flushes.release()

    async def _end_child(self) -> None:
        process, self._process = self._process, None
        if self._asking is not None:
            self._asking.close()
            self._asking = None
        while self._caretakers:
            self._caretakers.pop().close()
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), STOP_LIMIT)
        except TimeoutError:
            signal_group(process.pid, signal.SIGKILL)
            await process.wait()

    def _tell_opened(self, browser: Browser) -> None:
        self.send("browser.opened", browser.pid, str(browser.profile), browser.keep)

    async def _forget_when_closed(self, browser: Browser) -> None:
        await browser.closed.wait()
        self.browsers.remove(browser)
        self.send("browser.closed", browser.pid)
        self.wake.set()

    def _run_aside(self, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _order(browser: Browser, url: str | None) -> Order:
    url = as_url(url) if url is not None else None
    socket = str(browser.socket) if browser.socket is not None else None
    return Order(launch=browser.launch, engine=browser.family, browser=browser.name, url=url, socket=socket)


def _descriptors(browser: Browser) -> tuple[int, ...]:
    return browser.pipe.descriptors if browser.pipe is not None else ()


def _size(path: Path) -> int:
    return path.stat().st_size


def _reason(status: int, last_line: str | None) -> str:
    if status < 0:
        with contextlib.suppress(ValueError):
            return f"killed by {signal.Signals(-status).name}"
    return last_line or f"it ended with status {status}"
