"""Redacts what launched browsers say and writes it to the session's sidecar: one for all listeners of a session.

It can't fail the capture: where the sidecar can't be written there is no word, and the session goes on.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from corsinspect.said import Said
from corsinspect.session.errors import SessionError
from corsinspect.session.redaction.redact import Redactor
from corsinspect.session.redaction.said import redacted_said
from corsinspect.session.sidecar import SidecarWriter

FLUSH_AFTER = 0.015
"""Seconds that a line waits for others."""


class SaidRecorder:
    """One session's sidecar being written; it's made when there is something to write. `redactor`: the one of the
    session's exchanges. `flushed` is called after lines were written, `trouble` with what went wrong and where."""

    def __init__(
        self,
        session: Path,
        redactor: Redactor,
        *,
        redacted: bool = True,
        flushed: Callable[[], None] | None,
        trouble: Callable[[str, Exception], None],
    ) -> None:
        self._session = session
        self._redactor = redactor
        self._redacted = redacted
        self._flushed = flushed
        self._trouble = trouble
        self._writer: SidecarWriter | None = None
        self._broken = False
        self._timer: asyncio.TimerHandle | None = None

    def put(self, said: Said) -> None:
        """Take the newest state of a leg, as the browser told it."""
        if self._broken:
            return
        try:
            if self._writer is None:
                self._writer = SidecarWriter(self._session, redacted=self._redacted)
            self._writer.put(redacted_said(said, self._redactor))
        except SessionError as problem:
            self._give_up(problem)
        except Exception as problem:
            self._trouble("said", problem)
        else:
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(FLUSH_AFTER, self._flush)

    def close(self) -> None:
        """Nothing more will come: write what waits, and let go of the file."""
        self._broken = True
        if self._timer is not None:
            self._timer.cancel()
        if self._writer is not None:
            writer, self._writer = self._writer, None
            try:
                writer.close()
            except SessionError as problem:
                self._trouble("sidecar", problem)

    def _flush(self) -> None:
        self._timer = None
        if self._writer is None:
            return
        try:
            written = self._writer.flush()
        except SessionError as problem:
            self._give_up(problem)
        else:
            if written and self._flushed is not None:
                self._flushed()

    def _give_up(self, problem: SessionError) -> None:
        self._trouble("sidecar", problem)
        self.close()
