"""A console message, pasted: decoded piece by piece, and matched to the captured call that it is of."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from corsinspect import advice
from corsinspect.advice.hypothetical import brief, explain_reason
from corsinspect.advice.messages.console import (
    LONGEST_TEXT,
    Decoded,
    decode_all,
    known,
    matching,
    with_call,
)
from corsinspect.advice.messages.questions import QUESTIONS
from corsinspect.advice.topics import GUIDES
from corsinspect.dashboard.look.content import lines, shown
from corsinspect.dashboard.look.styles import KEY, QUIET, STRONG, WARNING
from corsinspect.dashboard.state.book import Book
from corsinspect.model import Call
from corsinspect.printable import printable

FAR = 50_000
"""Rows looked at for the call of a message, from the newest back."""
MOST_CALLS = 200
HINT = "Paste a message from the browser's console; esc closes and selects the matching call."


class MessageArea(TextArea):
    """Takes pasted text as harmless characters."""

    def on_paste(self, event: events.Paste) -> None:
        """Runs before the paste is taken over."""
        event.text = "\n".join(printable(line) for line in event.text[:LONGEST_TEXT].splitlines())


class PasteScreen(ModalScreen[int | None]):
    """Gives the position of the captured call that the message is of; None: there is none."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Close", priority=True)]

    def __init__(self, book: Book) -> None:
        super().__init__()
        self._book = book
        self._position: int | None = None

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(HINT, classes="hint")
            yield MessageArea(soft_wrap=True)
            with VerticalScroll():
                yield Static(id="decoded")

    def on_mount(self) -> None:
        self.query_one(MessageArea).focus()

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        self._decode()

    def on_resize(self) -> None:
        self.call_after_refresh(self._decode)

    def action_close(self) -> None:
        """Closes the message."""
        self.dismiss(self._position)

    def _decode(self) -> None:
        text = self.query_one(MessageArea).text
        self._position = None
        parts: list[Content] = []
        width = max(40, self.query_one(VerticalScroll).size.width - 2)
        for message in decode_all(text):
            position, call = captured(self._book, message)
            if self._position is None:
                self._position = position
            message = message if call is None else with_call(message, text, [call])[0]
            parts.append(decoded(message, call, width))
        if not parts and text.strip():
            parts = [Content.styled("This isn't a console message that corsinspect knows.", WARNING)]
        self.query_one("#decoded", Static).update(Content("\n\n").join(parts))


def captured(book: Book, message: Decoded) -> tuple[int | None, Call | None]:
    """The call that the message is of, and where it stands."""
    named = {url.partition("?")[0] for url in (message.url, message.redirected_from) if url}
    origins = {"/".join(url.split("/", 3)[:3]) for url in named}
    calls: dict[str, tuple[int, Call]] = {}
    for row in reversed(book.rows[-FAR:]):
        if row is None or row.background or not row.url.startswith(tuple(origins)):
            continue
        # after a redirect the message may name another address than the row
        if row.url.partition("?")[0] not in named and row.outcome not in ("blocked", "network-error"):
            continue
        call = book.call_at(row.position)
        if call is not None:
            calls[call.id] = (row.position, call)
        if len(calls) == MOST_CALLS:
            break
    found = matching(message, (call for _, call in calls.values()))
    return (None, None) if found is None else calls[found.id]


def decoded(message: Decoded, call: Call | None, width: int) -> Content:
    """What a message says and what that means, in two columns, and what is to be done."""
    reason = message.candidates[0] if len(message.candidates) == 1 else "several causes are possible"
    parts = [Content.styled(printable(reason), STRONG), *_columns(message, width)]
    if call is not None:
        outcome = advice.OUTCOME_WORDS[call.verdict.outcome]
        parts.append(Content.assemble(("Captured  ", KEY), f"{shown(call.method or '')} {shown(call.url)}: {outcome}"))
    else:
        parts.append(Content.styled("No captured call matches.", QUIET))
    parts += _answer(message, call)
    return lines(parts)


def _answer(message: Decoded, call: Call | None) -> Iterable[Content]:
    if message.says_nothing:
        for number, question in enumerate(QUESTIONS, 1):
            yield Content.assemble((f"{number} ", KEY), question.ask)
            yield Content.styled(f"  → {question.answer}", QUIET)
        return
    if len(message.candidates) != 1:
        yield Content("Possible reasons:")
        for slug in message.candidates:
            words = GUIDES[slug].title if slug in GUIDES else brief(slug, known(message))
            yield Content.assemble(f"  {slug}  ", (printable(words), QUIET))
        return
    (slug,) = message.candidates
    if call is not None and call.verdict.reason == slug:
        change = advice.explanation(call).change
    else:
        change = GUIDES[slug].change if slug in GUIDES else explain_reason(slug, known(message)).change
    if change:
        yield Content.assemble(("→ ", KEY), (printable(change), STRONG))


def _columns(message: Decoded, width: int) -> Iterable[Content]:
    left = (width - 3) * 2 // 5
    right = width - 3 - left
    yield Content.styled(f"{'What the message says':<{left}} │ What it means", QUIET)
    for piece in message.pieces:
        says = Content(("✗ " if piece.ignore else "") + printable(piece.says))
        means = Content.styled(printable(piece.means), WARNING if piece.ignore else "")
        yield from _beside(says.wrap(left) or [says], means.wrap(right) or [means], left)


def _beside(says: Sequence[Content], means: Sequence[Content], left: int) -> Iterable[Content]:
    for number in range(max(len(says), len(means))):
        one = says[number] if number < len(says) else Content("")
        other = means[number] if number < len(means) else Content("")
        yield Content.assemble(one.pad_right(max(0, left - one.cell_length)), (" │ ", QUIET), other)
