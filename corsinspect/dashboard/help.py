"""The help screen: the keys, and what the signs mean."""

import textwrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from corsinspect.dashboard.signs import OUTCOMES
from corsinspect.model import Outcome

WIDEST = 76
AROUND = 8
"""Cells of frame, padding and scrollbar."""

KEYS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Calls",
        (
            ("↑ ↓  j k", "select a call; also page up, page down, home (g)"),
            ("enter", "its details as large as the terminal; esc goes back"),
            ("end  G", "the newest call, and follow what comes"),
            ("→  l", "into the details, to scroll them; ← h goes back"),
            ("1 … 8", "another tab of the details; also tab and shift+tab"),
            ("p", "from the preflight to the request and back"),
        ),
    ),
    (
        "To understand and to tell",
        (
            ("?", "the reason explained, with a wrong and a right header"),
            ("d", "compare two calls: on the one, then on the other"),
            ("y", "copy: u URL, c curl, f fix, p AI prompt, j JSON"),
            ("a", "my call isn't here: what a proxy can't see"),
        ),
    ),
    (
        "What is shown",
        (
            ("/", "filter by words, blocked, method:PUT, host:api, -preflight"),
            ("^s", "in the filter line: keep it under a name"),
            ("b", "blocked calls and network errors only"),
            ("m", "overview: which page may call which server, and preflight cost"),
            ("F", "findings: what many calls have in common"),
            ("o  e", "only this page's origin, only this method and address"),
            ("n", "also calls that CORS never applied to (same origin, …)"),
            ("B", "also the browser's own traffic"),
            ("s", "sorted by time, duration, status or host"),
            ("v", "grouped by server, or by endpoint"),
            ("z", "failures that are the same as one row, counted"),
            ("esc", "clear the filter, show all calls"),
        ),
    ),
    (
        "What you know",
        (
            ("x  N", "mark a call, write a note on it (kept beside the session)"),
            ("i  I", "say if credentials were sent: this call, or its whole page"),
            ("X", "paste what the browser's console says, to have it explained"),
            ("w", "watch a call: told when its server lets it pass"),
            ("]  [", "the next blocked call, the one before"),
        ),
    ),
    (
        "Capture",
        (
            ("c  f", "open Chromium or Firefox, set up to be seen"),
            ("C", "an empty list in a new session file; the old one is kept"),
            ("P", "hold the list still; the capture goes on, P takes it in"),
            ("t  S", "try a blocked call's fix in the proxy; t ends that"),
            ("T", "accept the server's untrusted certificate, for this run"),
            ("R", "start the proxy again after it has stopped"),
        ),
    ),
    (
        "The time line of a saved session",
        (
            ("L", "open it, close it: the list is as it was at that moment"),
            ("space", "play, stop"),
            ("<  >", "one request or answer back, one on; ← → on the line"),
            ("{  }", "slower, faster: 1×, 10×, 100×"),
            ("J", "to a time: 1:23, +30s, @14:02:05, 50%; or click on the line"),
            ("home end", "on the line: to the start, to the end"),
        ),
    ),
    (
        "The rest",
        (
            (":  ^p", "all commands, and other colours"),
            ("q", "quit; corsinspect replay shows the session again"),
        ),
    ),
)

MEANINGS: dict[Outcome, str] = {
    "blocked": "the browser kept the answer from the page, or never sent the request",
    "network-error": "no answer came: not CORS, whatever the browser's console says",
    "unknown": "the traffic does not show what the browser did",
    "simulated": "let through by a fix that you try, not by the server (t: off)",
    "allowed": "the page may read the answer; ✓? means: unless the page did something unseen",
    "opaque": "sent without CORS (no-cors): used, but not readable by the page",
    "pending": "not answered yet",
    "not-cors": "same origin, a page load, a WebSocket, or not a browser",
}


class HelpScreen(ModalScreen[None]):
    """Keys and signs; any of escape, q, ? and enter closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1,enter", "dismiss", "Close")]

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(id="help")

    def on_resize(self) -> None:
        self.query_one("#help", Static).update(_text(min(WIDEST, self.app.size.width) - AROUND))


def _text(width: int) -> Content:
    parts: list[str | tuple[str, str]] = []
    for title, keys in KEYS:
        parts += [(f"{title}\n", "bold $text-accent")]
        for key, meaning in keys:
            parts += [(f"  {key:<10}", "bold"), _hanging(meaning, 12, width)]
        parts.append("\n")
    parts.append(("Signs\n", "bold $text-accent"))
    for outcome, meaning in MEANINGS.items():
        sign = OUTCOMES[outcome]
        parts += [(f"  {sign.sign} {sign.word:<9}", sign.style), _hanging(" " + meaning, 13, width)]
    parts.append("\n")
    parts += [("Steps  ", "bold"), "preflight → request: ✓ passed  ✗ failed  ◌ under way  ↯ no answer  ? unknown\n"]
    parts += ["       c the browser still knew the preflight's answer  – none needed  · never sent"]
    return Content.assemble(*parts)


def _hanging(text: str, indent: int, width: int) -> str:
    """Text whose lines all begin where the first does."""
    lines = textwrap.wrap(text, max(20, width - indent), drop_whitespace=True)
    return ("\n" + " " * indent).join(lines) + "\n"
