"""Listens to a Chromium that was launched with a debugging pipe.

It only enables what tells, in every target from its very start: a new one waits until that is done (else frames and
workers lose their first requests). Nothing is intercepted, evaluated or emulated, and `Runtime`, `Debugger` and `Fetch`
stay off.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec

from corsinspect.capture.listening.cdp import Message, Pipe

NETWORK = {"maxTotalBufferSize": 0, "maxResourceBufferSize": 0, "maxPostDataSize": 0}
OTHERS: tuple[tuple[str, dict[str, Any]], ...] = (("Audits.enable", {}), ("Log.enable", {}))
FILTER = [*({"type": kind, "exclude": True} for kind in ("browser", "tab", "browser_ui", "webview", "other")), {}]
"""Targets that are pages', workers' or frames'; the browser's own pages alone would cost 1.3 MB at the start."""
BLANK = "about:blank"


DOCUMENTS = ("page", "iframe")
"""Targets that go on to another process, which knows of what was enabled only what was acknowledged. Workers take
commands in their order; a service worker doesn't answer before it goes on."""
LONGEST_HOLD = 0.5
"""Seconds that a new target waits for us at most; it takes some milliseconds."""
FORGET_TRIES = 200
"""For a second and more, which a page takes to be shown once its server has answered."""
NO_BLANK = 5.0
"""Seconds after which there won't be a blank page any more."""
AUTO_ATTACH = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True, "filter": FILTER}


class _Target(msgspec.Struct, rename="camel"):
    type: str
    url: str = ""


class _Attached(msgspec.Struct, rename="camel"):
    session_id: str
    target_info: _Target
    waiting_for_debugger: bool = False


class _Session(msgspec.Struct, rename="camel"):
    session_id: str


_decode_session = msgspec.json.Decoder(_Session).decode
_decode_attached = msgspec.json.Decoder(_Attached).decode


class ChromiumListener:
    """One browser's pipe: `event` is called with each event's session, method and parameters, `heard` once when the
    browser answers, `closed` when it has gone. Where a `url` is given, the blank page that it shows is sent there."""

    def __init__(
        self,
        reading: int,
        writing: int,
        *,
        url: str | None,
        event: Callable[[str, str, msgspec.Raw], None],
        heard: Callable[[], None],
        closed: Callable[[], None],
    ) -> None:
        self._url = url
        self._event = event
        self._heard = heard
        # Ids of ours alone: a predecessor's answers may still be in the pipe.
        first_id = time.time_ns() // 1_000_000 % 1_000_000 * 1_000
        self._pipe = Pipe(reading, writing, self._take, closed, first_id)
        self._pipe.ask("Browser.getVersion", {}, None, lambda answer: self._attach())

    def close(self) -> None:
        """Stop listening; the browser goes on as long as somebody else holds the pipe."""
        self._pipe.close()

    def _attach(self) -> None:
        # A predecessor that was killed may have left targets waiting, whose sessions nobody knows any more: switching
        # it off lets go of all of them, and switching it on attaches anew.
        self._pipe.send("Target.setAutoAttach", {"autoAttach": False, "waitForDebuggerOnStart": False, "flatten": True})
        self._pipe.send("Target.setAutoAttach", AUTO_ATTACH)
        self._heard()
        if self._url is not None:
            asyncio.get_running_loop().call_later(NO_BLANK, self._open_tab)

    def _take(self, message: Message) -> None:
        if message.method == "Target.attachedToTarget":
            self._attached(_decode_attached(message.params))
            return
        if message.method == "Target.detachedFromTarget":
            self._pipe.forget(_decode_session(message.params).session_id)
        self._event(message.session_id or "", message.method, message.params)

    def _attached(self, attached: _Attached) -> None:
        session, target = attached.session_id, attached.target_info
        resumed = False

        def resume() -> None:
            nonlocal resumed
            if not resumed:
                resumed = True
                self._pipe.send("Runtime.runIfWaitingForDebugger", {}, session)

        def enabled(answer: Message) -> None:
            resume()
            if target.type == "page" and target.url in ("", BLANK):
                self._navigate(session)

        self._pipe.send("Target.setAutoAttach", AUTO_ATTACH, session)
        for method, params in OTHERS:
            self._pipe.send(method, params, session)
        self._pipe.ask("Network.enable", NETWORK, session, enabled)
        if target.type not in DOCUMENTS:
            resume()
        elif attached.waiting_for_debugger:
            asyncio.get_running_loop().call_later(LONGEST_HOLD, resume)

    def _navigate(self, session: str) -> None:
        """Open the page that was asked for in the blank one that Chromium began with. (A new tab that is opened with a
        URL doesn't wait for us, whatever it says.)"""
        if self._url is None:
            return
        url, self._url = self._url, None

        # The answer comes when the page's server has answered.
        self._pipe.ask("Page.navigate", {"url": url}, session, lambda answer: self._forget_blank(session, FORGET_TRIES))

    def _open_tab(self) -> None:
        """There is no blank page (a kept profile may have begun with others): a new tab's first calls may get lost."""
        if self._url is not None:
            url, self._url = self._url, None
            self._pipe.send("Target.createTarget", {"url": url})

    def _forget_blank(self, session: str, tries: int) -> None:
        """As if the browser had been started with that page: no blank one to go back to. That can be done only when the
        page has taken its place."""

        def answered(answer: Message) -> None:
            if not bytes(answer.result) and tries:
                asyncio.get_running_loop().call_later(0.005, self._forget_blank, session, tries - 1)

        self._pipe.ask("Page.resetNavigationHistory", {}, session, answered)
