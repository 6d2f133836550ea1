"""The capture addon: mitmproxy's hooks, each of which notes facts and lets the traffic pass as it is.

Whatever goes wrong in here is logged once a kind and counted; the flow goes on.
"""

import functools
import logging
import time
import traceback
import uuid
from collections import Counter as Tally
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
from mitmproxy import ctx, http, tls
from mitmproxy.addonmanager import Loader

from corsinspect.model import Exchange
from corsinspect.said import Said
from corsinspect.session.errors import SessionError
from corsinspect.session.failures import failure
from corsinspect.session.place import new_session_path
from corsinspect.session.recorder import Recorder
from corsinspect.session.redaction.redact import KeptValues, Redactor
from corsinspect.session.said_recorder import SaidRecorder

from . import bodies, facts
from .clock import Clock
from .handshakes import BrokenOff, Handshakes
from .marks import Marks
from .simulate import own_answer

logger = logging.getLogger("corsinspect")

REMEMBERED = 1_000
"""Replayed flows, and hosts that couldn't be connected to, at a time."""
UNTRUSTED = "Certificate verify failed: "
"""How mitmproxy's words begin when a server's certificate isn't trusted; the reason follows."""
MITMPROXY_HINT = " If you plan to redirect requests"
"""Where mitmproxy's words on a connection that failed turn to an option of its own."""

Message = TypeVar("Message")


def survives(hook: "Callable[[Capture, Message], None]") -> "Callable[[Capture, Message], None]":
    """Keep a hook's exceptions from the traffic."""

    @functools.wraps(hook)
    def guarded(self: "Capture", data: Message) -> None:
        try:
            hook(self, data)
        except Exception as problem:
            self.trouble(hook.__name__, problem)

    return guarded


def _place(problem: Exception) -> str:
    frames = traceback.extract_tb(problem.__traceback__)
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames)) or "no place"


class Capture:
    """Records every exchange that passes. One instance for one mitmproxy."""

    def __init__(
        self,
        session: Path | None = None,
        *,
        stream: bool = False,
        mark: bool = False,
        keep_values: bool = False,
        flushed: Callable[[], None] | None = None,
        broken: Callable[[SessionError], None] | None = None,
    ) -> None:
        """`session` None: this is a person's own mitmproxy, its options say where to and whether to mark.

        `keep_values` writes secrets as they were sent. `stream` lets bodies through as they come instead of
        collecting them; a person's own mitmproxy shows and saves bodies, so there it's theirs to say. `flushed` is
        called after lines were written, `broken` (once) when the session can't be written any more; without it that is
        logged, and recording ends. Raises SessionError when the session file can't be opened.
        """
        self.troubles: Tally[str] = Tally()
        """Our own exceptions so far, by hook and type."""
        self._own_options = session is None
        self._stream = stream
        self._flushed = flushed
        self._broken = broken
        self._keep_values = keep_values
        self._redactor = KeptValues() if keep_values else Redactor()
        self._marks = Marks() if mark else None
        self.clock = Clock()
        """The times of the session, which what browsers say is to be in as well."""
        self._replays: dict[str, int] = {}
        self._unreachable: dict[tuple[str, int], Exchange] = {}
        self._handshakes = Handshakes(self._unreachable_host)
        self._recorder = self._record(session) if session is not None else None
        self._said = self._record_said(session) if session is not None else None

    # what mitmproxy tells about itself

    def load(self, loader: Loader) -> None:
        if self._own_options:
            loader.add_option("cors_session", str, "", "Session file of corsinspect; empty: a new one each run.")
            loader.add_option("cors_mark", bool, True, "Mark and comment flows with the browser's CORS verdict.")

    def running(self) -> None:
        if self._recorder is not None:
            return
        if not ctx.options.cors_mark:
            self._marks = None
        try:
            path = Path(ctx.options.cors_session).expanduser() if ctx.options.cors_session else new_session_path()
            self._recorder = self._record(path)
        except (OSError, SessionError) as problem:
            logger.error(f"corsinspect: nothing is recorded: {problem}")
        else:
            logger.info(f"corsinspect: recording to {path}")

    def done(self) -> None:
        if self._recorder is not None:
            self._recorder.close()
            self._recorder = None
        if self._said is not None:
            self._said.close()
            self._said = None

    def discard(self) -> None:
        """Leave no session: the proxy can't start."""
        if self._recorder is not None:
            self._recorder.discard()
            self._recorder = None

    def turn_to(self, session: Path) -> None:
        """Go on in another session file; the present one is closed whole.

        What was asked before and is answered later is in both: without an answer there, in full here. The end of an
        answer that came before is in neither. Raises SessionError when the file can't be opened; then nothing changes.
        """
        following = self._record(session)
        before, self._recorder = self._recorder, following
        said_before, self._said = self._said, self._record_said(session)
        self._unreachable.clear()
        if before is not None:
            before.close()
        if said_before is not None:
            said_before.close()

    def flush(self) -> None:
        """Write what is buffered now."""
        if self._recorder is not None:
            self._recorder.flush()

    def said(self, said: Said) -> None:
        """A launched browser said something of a request of its own."""
        if self._said is not None:
            self._said.put(said)

    # exchanges

    @survives
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        if self._stream:
            flow.request.stream = bodies.Counter()
        if self._recorder is None:
            return
        if flow.is_replay == "request":
            self._count_replay(flow)
        id = self._id(flow)
        if self._marks is not None:
            self._marks.remember(id, flow)
        self._recorder.note(self._asked(flow))

    @survives
    def responseheaders(self, flow: http.HTTPFlow) -> None:
        assert flow.response is not None
        own = own_answer(flow)
        if self._stream:
            replaced = own is not None and own.replaced
            flow.response.stream = bodies.Dropped() if replaced else bodies.watched(flow.response)
        if self._recorder is None:
            return
        asked = self._latest(flow) or self._asked(flow)
        exchange = facts.with_response(asked, flow.response, self._redactor, self.clock.steady)
        if own is not None:
            exchange = facts.with_own_answer(exchange, own.status, own.headers, self._redactor)
        self._judge(flow, exchange)

    @survives
    def response(self, flow: http.HTTPFlow) -> None:
        if self._recorder is not None and flow.websocket is None and (answered := self._latest(flow)) is not None:
            self._recorder.note(facts.with_end(answered, flow, self.clock.steady))

    @survives
    def error(self, flow: http.HTTPFlow) -> None:
        if self._recorder is None:
            return
        begun = self._latest(flow)
        if begun is None and flow.response is None:
            begun = self._asked(flow)
        if begun is not None:
            text = flow.error.msg if flow.error is not None else ""
            untrusted = text.partition(UNTRUSTED)[2] or None
            self._judge(flow, facts.with_failure(begun, flow, untrusted, self.clock.steady))

    @survives
    def websocket_message(self, flow: http.HTTPFlow) -> None:
        if self._stream and flow.websocket is not None:
            flow.websocket.messages.clear()  # mitmproxy collects them for as long as the connection lives

    @survives
    def websocket_end(self, flow: http.HTTPFlow) -> None:
        if self._recorder is not None and flow.websocket is not None and (begun := self._latest(flow)) is not None:
            ended = self.clock.steady(flow.websocket.timestamp_end or time.time())
            self._recorder.note(msgspec.structs.replace(begun, ended=ended))

    # connections that never carried a request

    @survives
    def http_connect_error(self, flow: http.HTTPFlow) -> None:
        text = flow.response.get_text(strict=False) if flow.response is not None else None
        text = (text or "unknown").partition(MITMPROXY_HINT)[0]
        broken = BrokenOff(flow.request.host, flow.request.port, text, flow.client_conn.id)
        self._handshakes.unreached(broken, waited=time.time() - flow.request.timestamp_start)

    @survives
    def tls_established_client(self, data: tls.TlsData) -> None:
        self._handshakes.established(data)

    @survives
    def tls_failed_client(self, data: tls.TlsData) -> None:
        self._handshakes.broken(data)

    def trouble(self, where: str, problem: Exception) -> None:
        """Count an exception of ours, and log the first of its kind."""
        kind = f"{where}: {type(problem).__name__}"
        self.troubles[kind] += 1
        if self.troubles[kind] == 1:
            # Where, not what: an exception's message quotes the value that it's about, and that came from the wire.
            logger.error(f"corsinspect: {kind} in {_place(problem)} (traffic isn't affected)")

    def _record(self, path: Path) -> Recorder:
        changed = self._marks.show if self._marks is not None else None
        return Recorder(
            path,
            redacted=not self._keep_values,
            flushed=self._flushed,
            changed=changed,
            broken=self._stop,
            trouble=self.trouble,
        )

    def _record_said(self, session: Path) -> SaidRecorder:
        return SaidRecorder(
            session, self._redactor, redacted=not self._keep_values, flushed=self._flushed, trouble=self.trouble
        )

    def _stop(self, problem: SessionError) -> None:
        if self._recorder is None:
            return
        self._recorder = None
        if self._broken is not None:
            self._broken(problem)
        else:
            logger.error(f"corsinspect: recording ends: {problem}")

    def _judge(self, flow: http.HTTPFlow, exchange: Exchange) -> None:
        assert self._recorder is not None
        if self._marks is None:
            self._recorder.judge(exchange)
            return
        self._marks.current = flow
        try:
            self._recorder.judge(exchange)
        finally:
            self._marks.current = None

    def _latest(self, flow: http.HTTPFlow) -> Exchange | None:
        """The exchange of this flow so far; None where it isn't held: the addon was loaded, or turned to another
        session, in between."""
        return self._recorder.latest(self._id(flow)) if self._recorder is not None else None

    def _asked(self, flow: http.HTTPFlow) -> Exchange:
        return facts.request_facts(flow, self._id(flow), self._redactor, self.clock.steady)

    def _id(self, flow: http.HTTPFlow) -> str:
        if flow.is_replay == "request" and flow.id in self._replays:
            return f"{flow.id}.{self._replays[flow.id]}"
        return flow.id

    def _count_replay(self, flow: http.HTTPFlow) -> None:
        self._replays[flow.id] = self._replays.pop(flow.id, 1) + 1
        if len(self._replays) > REMEMBERED:
            del self._replays[next(iter(self._replays))]

    @survives
    def _unreachable_host(self, broken: BrokenOff) -> None:
        """One exchange a host, counted: a page tries again and again."""
        if self._recorder is None:
            return
        host, port, text, connection = broken
        now = self.clock.now()
        before = self._unreachable.pop((host, port), None)
        if before is None:
            exchange = facts.connection_facts(str(uuid.uuid4()), host, port, text, connection, now)
        else:
            exchange = msgspec.structs.replace(before, ended=now, failure=failure(text), count=before.count + 1)
        self._unreachable[host, port] = exchange
        if len(self._unreachable) > REMEMBERED:
            del self._unreachable[next(iter(self._unreachable))]
        self._recorder.judge(exchange)
