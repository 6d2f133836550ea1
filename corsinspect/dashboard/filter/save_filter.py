"""Asks for the name of a filter that is to be kept."""

import re
from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from corsinspect.dashboard.look.styles import QUIET
from corsinspect.listing.query import Problem, parse, tokens
from corsinspect.printable import printable

LONGEST_NAME = 30


class SaveFilter(ModalScreen[dict[str, str] | None]):
    """Gives all saved filters with the new one among them (an empty filter takes its name away); None: none is kept."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, text: str, saved: Mapping[str, str]) -> None:
        super().__init__()
        self._text = text.strip()
        self._saved = saved

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._what())
            yield Input(placeholder="name", max_length=LONGEST_NAME, select_on_focus=False)
            yield Static(self._saved_ones(), id="saved")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        name = filter_name(message.value)
        if name:
            self.dismiss(with_filter(self._saved, name, self._text))

    def _what(self) -> Content:
        if isinstance(problem := parse(self._text, self._saved), Problem):
            return Content.styled(f"This isn't a valid filter yet: {printable(problem.what)}.", "$text-error")
        if not self._text:
            return Content("The filter is empty: enter the name of a saved filter to delete it.")
        return Content.assemble("Save ", (printable(self._text), "bold"), " as")

    def _saved_ones(self) -> Content:
        if not self._saved:
            return Content.styled("To use it: @name in the filter line, alone or with other words.", QUIET)
        lines = [f"@{printable(name)}  {printable(text)}" for name, text in self._saved.items()]
        return Content.styled("Saved filters:\n" + "\n".join(lines), QUIET)


def filter_name(text: str) -> str:
    """A name that can stand after an @ in a filter; "" where nothing of it can."""
    return re.sub(r"[^\w.-]+", "-", printable(text)).strip("-")[:LONGEST_NAME]


def with_filter(saved: Mapping[str, str], name: str, text: str) -> dict[str, str]:
    """The saved filters with this one; without it where its text is empty, unchanged where its text is no filter.

    Saved filters in it are written out, so that each can be read by itself.
    """
    if isinstance(parse(text, saved), Problem):
        return dict(saved)
    for token in reversed(tokens(text)):
        if token.quote is None and token.text.startswith("@") and token.text[1:] in saved:
            text = f"{text[: token.start]}({saved[token.text[1:]]}){text[token.end :]}"
    kept = {**saved, name: text}
    return {other: meaning for other, meaning in kept.items() if meaning}
