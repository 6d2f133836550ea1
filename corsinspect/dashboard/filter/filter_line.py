"""The filter line: reads what is typed as a filter, says in place what is wrong with it, and completes it.

The list is never cleared by an error: what stands before the error holds until the text is a filter again.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.highlighter import Highlighter
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from corsinspect.dashboard.filter.completion import Values, completions, suggestion
from corsinspect.dashboard.keys import bindings
from corsinspect.dashboard.look.inputs import PrintableInput
from corsinspect.dashboard.look.styles import QUIET
from corsinspect.listing.query import Problem, Query, parse, split, tokens
from corsinspect.listing.terms import FIELDS, STATES
from corsinspect.printable import printable

PROMPT = " / "
LONGEST = 2000
"""Characters that a filter may have: more is a slip with the clipboard."""

Saved = Callable[[], Mapping[str, str]]


class FilterInput(PrintableInput):
    """An input that completes with tab."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("filter")]

    class SaveAsked(Message):
        """The person wants to keep the filter."""

    def action_complete(self) -> None:
        """Takes the suggestion over, or leaves the line where there is none."""
        if self._suggestion and self.cursor_at_end:
            self.action_cursor_right()
        else:
            self.screen.focus_next()

    def action_save(self) -> None:
        """Asks for a name to keep the filter by."""
        self.post_message(self.SaveAsked())


class FilterLine(Vertical):
    """The line, and under it what is wrong or what could come next."""

    class Changed(Message):
        """Another filter holds; only sent for what can be read."""

        def __init__(self, query: Query) -> None:
            super().__init__()
            self.query = query

    class Done(Message):
        """The person goes on to the list."""

    def __init__(self, values: Values, saved: Saved, *, id: str) -> None:
        """`values`: those that calls have, by key; `saved`: the saved filters, by name."""
        super().__init__(id=id)
        self._values = values
        self._saved = saved
        self._problem: Problem | None = None

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(PROMPT)
            yield FilterInput(
                placeholder="blocked   method:PUT   host:api   text to find",
                select_on_focus=False,
                max_length=LONGEST,
                suggester=_Suggestions(self._values, self._saved),
                highlighter=_Highlight(self._saved),
            )
        yield Static(id="hint")

    @property
    def text(self) -> str:
        """What stands in the line."""
        return self.query_one(FilterInput).value

    @property
    def opened(self) -> bool:
        """Whether the line is on screen."""
        return self.has_class("-open")

    def open(self) -> None:
        """Shows the line and takes the keys."""
        self.add_class("-open")
        self.query_one(FilterInput).focus()

    def close(self) -> None:
        """Empties the line and takes it away."""
        self.write("")

    def write(self, text: str) -> None:
        """Puts another filter into the line, in place of what it held."""
        entry = self.query_one(FilterInput)
        entry.value = text
        entry.cursor_position = len(entry.value)
        self.set_class(bool(text.strip()) or entry.has_focus, "-open")

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        read = parse(message.value, self._saved())
        self._problem = read if isinstance(read, Problem) else None
        if isinstance(read, Problem):
            read = parse(message.value[: read.start], self._saved())
        if isinstance(read, Query):
            self.post_message(self.Changed(read))
        self.call_after_refresh(self._show_hint)  # the line has scrolled to its cursor by then

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.set_class(bool(message.value.strip()), "-open")
        self.post_message(self.Done())

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._show_hint()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        self._show_hint()

    def on_resize(self) -> None:
        self._show_hint()

    def _show_hint(self) -> None:
        if not self.is_attached:
            return
        entry = self.query_one(FilterInput)
        offers = completions(entry.value, self._values, self._saved()) if entry.has_focus else []
        width = max(1, self.size.width)
        if self._problem is not None and not (offers and _unfinished(entry.value)):
            hint = _wrong(self._problem, entry.value, entry.scroll_offset.x, width)
        else:
            hint = _offered(offers, width) if entry.has_focus else None
        shown = self.query_one("#hint", Static)
        shown.display = hint is not None
        shown.update(hint or "")


class _Suggestions(Suggester):
    def __init__(self, values: Values, saved: Saved) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._values = values
        self._saved = saved

    async def get_suggestion(self, value: str) -> str | None:
        return suggestion(value, self._values, self._saved())


class _Highlight(Highlighter):
    """What has a meaning of its own stands out from free text; what is wrong is underlined."""

    def __init__(self, saved: Saved) -> None:
        self._saved = saved

    def highlight(self, text: Text) -> None:
        plain = text.plain
        for token in tokens(plain):
            key, sign, _ = split(token)
            if sign and key.lower() in FIELDS:
                text.stylize("bold", token.start, token.start + len(key) + 1)
            elif token.kind != "word" or (token.quote is None and token.text.lower() in _MEANING):
                text.stylize("bold", token.start, token.end)
        read = parse(plain, self._saved())
        if isinstance(read, Problem):
            text.stylize("underline", read.start, max(read.end, read.start + 1))


_MEANING = frozenset({*STATES, "and", "or", "not"})


def _unfinished(text: str) -> bool:
    """Whether only the value of the last key is missing: then its values are a better answer than an error."""
    found = tokens(text)
    _, sign, value = split(found[-1]) if found else ("", "", "")
    return bool(sign) and not value


def _wrong(problem: Problem, text: str, scrolled: int, width: int) -> Content:
    """What is wrong, with a mark under the place; without one where there is no room for both."""
    indent = max(0, len(PROMPT) + cell_len(text[: problem.start]) - scrolled)
    mark = "^" * max(1, cell_len(text[problem.start : problem.end]))
    line = printable(problem.what)
    if indent + len(mark) + 1 + cell_len(line) > width:
        indent, mark = len(PROMPT) - 2, "✗"
    shown = Content.assemble(" " * indent, (mark, "bold $text-error"), " ", (line, "$text-error"))
    return shown.truncate(width, ellipsis=True)


def _offered(offers: Sequence[str], width: int) -> Content | None:
    if not offers:
        return None
    return Content.styled(PROMPT + "  ".join(offers[:40]), QUIET).truncate(width, ellipsis=True)
