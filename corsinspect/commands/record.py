"""Capture without a dashboard: a line per call, as soon as it has a verdict."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from corsinspect.analysis import Tracker
from corsinspect.capture.proxy import Proxy
from corsinspect.model import Call, Changes
from corsinspect.report import text
from corsinspect.report.neighbours import Neighbours
from corsinspect.session import Follower
from corsinspect.session.lines import KEPT
from corsinspect.session.sidecar import SaidFollower
from corsinspect.terminal import wants_colour


class CallLines:
    """Prints each Call once, when it leaves `pending`, and again, marked as changed, if its outcome changes."""

    def __init__(self, say: Callable[[str], None], *, colour: bool) -> None:
        self.calls: dict[str, Call] = {}
        self._neighbours = Neighbours()
        self._said: dict[str, str] = {}
        self._say = say
        self._colour = colour

    def take(self, changes: Changes) -> None:
        """Takes in what the Tracker changed."""
        for id in changes.withdrawn:
            self.calls.pop(id, None)
        for call in changes.changed:
            self.calls[call.id] = call
            outcome, before = call.verdict.outcome, self._said.get(call.id)
            if outcome == "pending" or outcome == before or call.background:
                continue
            self._said[call.id] = outcome
            self._neighbours.add(call)
            if outcome == "not-cors" and before is None:
                continue  # a page load is nothing to report; the summary counts it
            self._say(text.lines(call, colour=self._colour, changed=before is not None, neighbours=self._neighbours))


class Recording:
    """A proxy and the reader of its session; `lines` holds the conclusions so far."""

    def __init__(self, proxy: Proxy, lines: CallLines) -> None:
        self.proxy = proxy
        self.lines = lines
        self.gone = False
        """Whether the session file was deleted, or replaced, while it was written."""
        self._stopped = False
        self._follower = Follower(proxy.session)
        self._said = SaidFollower(proxy.session, self._follower.redactor)
        self._tracker = Tracker()

    def poll(self) -> None:
        """Reads what was added to the session file since the last time."""
        now = time.monotonic()  # the wall clock can be set while a call waits
        for exchange in self._follower.poll():
            self.lines.take(self._tracker.feed(exchange, now))
        if said := self._said.poll():
            self.lines.take(self._tracker.hear(said))
        self.lines.take(self._tracker.advance(now))
        if not self.gone and self._follower.gone:
            self.gone = True
            _tell(f"{self.proxy.session} was deleted: what is captured now can't be kept. Stop, and start again.")

    def close(self) -> None:
        """Reads the rest and gives every Call its verdict."""
        self.poll()
        self.lines.take(self._tracker.close())
        self._follower.close()
        self._said.close()

    def stop(self) -> None:
        """Ends `follow`. A flag, as `wait_for` forgets a cancel that comes together with a wake-up (Python 3.11)."""
        self._stopped = True
        self.proxy.wake.set()

    async def follow(self) -> None:
        """Polls until the proxy dies or `stop` is called."""
        while self.proxy.died is None and not self._stopped:
            self.poll()
            try:
                # calls that wait too long are given up by the clock, without a wake-up
                await asyncio.wait_for(self.proxy.wake.wait(), 0.5)
            except TimeoutError:
                continue
            self.proxy.wake.clear()


async def record(session: Path, port: int | None, *, keep_values: bool = False) -> int:
    """Captures into `session` until SIGINT or SIGTERM; returns the exit status."""
    proxy = Proxy(session, port=port, keep_values=keep_values)
    recording = Recording(proxy, CallLines(_print, colour=wants_colour()))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, recording.stop)
    try:
        await proxy.start()
        recording.poll()  # holds the file from now on: whoever deletes it is noticed
        _tell(f"proxy 127.0.0.1:{proxy.port}, session {session}; press Ctrl-C to stop")
        if keep_values:
            _tell(f"{session}: {KEPT}")
        await recording.follow()
    finally:
        await proxy.stop()
    recording.close()
    _tell(text.summary(recording.lines.calls.values()))
    _tell(said_of(session))
    if keep_values:
        _tell(KEPT)
    if proxy.died is not None:
        _tell(f"the proxy died: {proxy.died}")
        return 2
    return 2 if recording.gone else 0


def said_of(session: Path) -> str:
    """Where a session is that has ended."""
    return f"session: {session}" if session.exists() else f"session: {session} was deleted, nothing is left of it"


def _print(line: str) -> None:
    print(line, flush=True)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
