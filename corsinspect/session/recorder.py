"""Judges exchanges as they grow and writes them, annotated, to the session file.

- Every state goes to the writer's buffer; a timer, running only while something is buffered, writes it.
- When an exchange changes the verdict on an earlier one (the request after its preflight), the earlier one's line is
  written again, from the latest state that is held of it.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from corsinspect.analysis import Tracker
from corsinspect.model import Annotation, Call, Changes, Exchange, annotation
from corsinspect.session.errors import SessionError
from corsinspect.session.writer import SessionWriter

FLUSH_AFTER = 0.015
"""Seconds that a line waits for others; on a busy proxy most exchanges are whole by then and need one line."""
LOOK_AGAIN = 0.5
"""Seconds between looks at the clock for verdicts that come by waiting (a preflight with no request after it)."""
RESTLESS = 5.0
"""Seconds after the last answer during which such verdicts may still come; then the clock isn't looked at."""
HELD = 4_000
"""Ended exchanges held for writing again; their Calls rarely change after so many others."""


class Recorder:
    """One session being written. `flushed` is called after lines were written, `changed` for each new verdict."""

    def __init__(
        self,
        path: Path,
        *,
        redacted: bool = True,
        flushed: Callable[[], None] | None = None,
        changed: Callable[[Call], None] | None = None,
        broken: Callable[[SessionError], None],
        trouble: Callable[[str, Exception], None],
    ) -> None:
        """`redacted`: see SessionWriter. `broken` is called when the file can't be written any more, `trouble` with an
        exception of ours and where it came from, when that was not within a call from outside. Raises SessionError when
        the file can't be opened."""
        self._writer = SessionWriter(path, redacted=redacted)
        self._tracker = Tracker()
        self._flushed = flushed
        self._changed = changed
        self._broken = broken
        self._trouble = trouble
        self._held: dict[str, tuple[Exchange, Annotation | None]] = {}
        self._flush_timer: asyncio.TimerHandle | None = None
        self._clock_timer: asyncio.TimerHandle | None = None
        self._restless_until = 0.0

    def note(self, exchange: Exchange) -> None:
        """Write a state that can't change a verdict: a request without an answer yet, the end of a body."""
        held = self._held.get(exchange.id)
        self._put(exchange, held[1] if held is not None else None)

    def judge(self, exchange: Exchange) -> None:
        """Write a state with response headers or a failure, and whatever it changes."""
        self.note(exchange)
        now = time.monotonic()  # the wall clock can be set while a call waits
        self._apply(self._tracker.feed(exchange, now))
        self._restless_until = now + RESTLESS
        if self._clock_timer is None:
            self._clock_timer = asyncio.get_running_loop().call_later(LOOK_AGAIN, self._look_at_clock)

    def latest(self, id: str) -> Exchange | None:
        """The state that was last written of an exchange, if it's still held."""
        held = self._held.get(id)
        return held[0] if held is not None else None

    def flush(self) -> None:
        """Write what is buffered now."""
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None
        try:
            written = self._writer.flush()
        except SessionError as problem:
            self._broken(problem)
        except Exception as problem:
            self._trouble("flush", problem)
        else:
            if written and self._flushed is not None:
                self._flushed()

    def close(self) -> None:
        """Nothing more will come: judge what waited, write it and close the file."""
        if self._clock_timer is not None:
            self._clock_timer.cancel()
        self._conclude("close", self._tracker.close)
        if self._flush_timer is not None:
            self._flush_timer.cancel()
        try:
            self._writer.close()
        except SessionError as problem:
            self._broken(problem)

    def discard(self) -> None:
        """Nothing came of it: the file is as it was."""
        self._writer.discard()

    def _conclude(self, where: str, step: Callable[[], Changes]) -> None:
        try:
            self._apply(step())
        except Exception as problem:
            self._trouble(where, problem)

    def _look_at_clock(self) -> None:
        now = time.monotonic()
        self._conclude("clock", lambda: self._tracker.advance(now))
        restless = now < self._restless_until
        loop = asyncio.get_running_loop()
        self._clock_timer = loop.call_later(LOOK_AGAIN, self._look_at_clock) if restless else None

    def _apply(self, changes: Changes) -> None:
        for call in changes.changed:
            for role, seen in call.roles():
                conclusion = annotation(call, role)
                held = self._held.get(seen.id)
                if held is None:
                    # Let go of long ago: the Tracker's copy knows all but how it ended.
                    self._put(msgspec.structs.replace(seen, ended=seen.ended or seen.answered), conclusion)
                elif held[1] != conclusion:
                    self._put(held[0], conclusion)
            if self._changed is not None:
                self._changed(call)

    def _put(self, exchange: Exchange, conclusion: Annotation | None) -> None:
        self._held[exchange.id] = (exchange, conclusion)
        if len(self._held) > HELD:
            self._let_go()
        self._writer.put(exchange, conclusion)
        if self._flush_timer is None:
            self._flush_timer = asyncio.get_running_loop().call_later(FLUSH_AFTER, self.flush)

    def _let_go(self) -> None:
        """Forget the oldest exchange; one that is still under way (a WebSocket, an event stream) goes to the end of
        the queue once, so that a flood of those is bounded too."""
        id = next(iter(self._held))
        held = self._held.pop(id)
        if held[0].ended is None and len(self._held) < 2 * HELD:
            self._held[id] = held
