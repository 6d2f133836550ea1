"""The help screen: the keys, from their table, and what the signs mean."""

import textwrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from corsinspect.dashboard.keys import help_lines
from corsinspect.dashboard.look.symbols import OUTCOMES
from corsinspect.model import Outcome

WIDEST = 76
AROUND = 8
"""Cells of frame, padding and scrollbar."""

MEANINGS: dict[Outcome, str] = {
    "blocked": "the browser withheld the response from the page, or never sent the request",
    "network-error": "no response: not a CORS problem, whatever the browser's console says",
    "unknown": "the traffic doesn't show what the browser did",
    "simulated": "allowed by a simulated fix, not by the server (t: off)",
    "allowed": "the page may read the response; ✓? means: unless the page did something unseen",
    "opaque": "sent without CORS (no-cors): used, but not readable by the page",
    "pending": "no response yet",
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
    for title, keys in help_lines():
        parts += [(f"{title}\n", "bold $text-accent")]
        for key, meaning in keys:
            parts += [(f"  {key:<10}", "bold"), _hanging(meaning, 12, width)]
        parts.append("\n")
    parts.append(("Signs\n", "bold $text-accent"))
    for outcome, meaning in MEANINGS.items():
        sign = OUTCOMES[outcome]
        parts += [(f"  {sign.sign} {sign.word:<9}", sign.style), _hanging(" " + meaning, 13, width)]
    parts.append("\n")
    parts += [("Steps  ", "bold"), "preflight → request: ✓ passed  ✗ failed  ◌ under way  ↯ no response  ? unknown\n"]
    parts += ["       c cached by the browser  – none needed  · never sent\n\n"]
    dropped = "lines of the session file that couldn't be read: 0 says that every call was recorded whole"
    parts += [("dropped  ", "bold"), _hanging(dropped, 9, width)]
    return Content.assemble(*parts)


def _hanging(text: str, indent: int, width: int) -> str:
    """Text whose lines all begin where the first does."""
    lines = textwrap.wrap(text, max(20, width - indent), drop_whitespace=True)
    return ("\n" + " " * indent).join(lines) + "\n"
