"""The findings (F): what calls have in common, one sentence each, with why and what to do; enter shows the calls."""

import asyncio
import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from corsinspect import advice
from corsinspect.analysis.across.history import Histories
from corsinspect.analysis.across.patterns import Pattern, Severity, in_order, patterns
from corsinspect.dashboard.filter.quick_filters import finding_term
from corsinspect.dashboard.look.key_line import KeyLine
from corsinspect.dashboard.look.styles import QUIET
from corsinspect.dashboard.state.book import Book
from corsinspect.printable import printable

REFRESH = 0.5
SLICE = 0.004
"""Seconds of looking back between two chances to draw and to hear keys."""
MOST = 500
"""Findings that are listed: no session has more servers that anyone looks at."""

SEVERITIES: dict[Severity, tuple[str, str, str]] = {
    "error": ("✗", "error", "bold $text-error"),
    "warning": ("▲", "warning", "$text-warning"),
    "note": ("·", "note", "$text-secondary"),
}
"""Sign, word and style."""


class FindingsScreen(ModalScreen[str | None]):
    """Gives the filter that shows the calls of the finding that was chosen; None: none was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,F", "dismiss(None)", "Back", key_display="esc"),
    ]

    def __init__(self, book: Book) -> None:
        super().__init__()
        self._book = book
        self._changes = -1
        self._over_time: list[Pattern] = []
        """What the calls one after the other show."""
        self._found: list[Pattern] = []

    def compose(self) -> ComposeResult:
        yield Static(id="findings-head")
        yield _List(id="findings-list", markup=False)
        yield Static(id="findings-words")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()
        self._show()
        self.set_interval(REFRESH, self._show)
        self.run_worker(self._look_back())

    def on_option_list_option_highlighted(self, message: OptionList.OptionHighlighted) -> None:
        if message.option_index < len(self._found):
            self.query_one("#findings-words", Static).update(_explained(self._found[message.option_index]))

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        if message.option_index < len(self._found):
            self.dismiss(finding_term(self._found[message.option_index]))

    def _show(self) -> None:
        tally = self._book.tally
        if tally.changes == self._changes:
            return
        self._changes = tally.changes
        listed = self.query_one(OptionList)
        at = listed.highlighted
        stood_on = _identity(self._found[at]) if at is not None and at < len(self._found) else None
        found = in_order([*patterns(tally.kinds), *self._over_time])[:MOST]
        if found == self._found and found:
            return
        self._found = found
        listed.clear_options()
        listed.add_options([Option(_line(pattern)) for pattern in found])
        if found:
            places = [place for place, pattern in enumerate(found) if _identity(pattern) == stood_on]
            listed.highlighted = places[0] if places else 0
        self.query_one("#findings-head", Static).update(_head(found))
        if not found:
            self.query_one("#findings-words", Static).update("")

    async def _look_back(self) -> None:
        """Looks at the calls one after the other, in slices; and again from the start when calls came."""
        while True:
            changes = self._book.tally.changes
            histories = Histories()
            deadline = time.perf_counter() + SLICE
            for position in range(len(self._book.rows)):
                row = self._book.rows[position]
                if row is not None and row.traits is not None:
                    histories.add(row.traits, row.url, row.started, row.served)
                if time.perf_counter() > deadline:
                    await asyncio.sleep(SLICE)
                    deadline = time.perf_counter() + SLICE
            self._over_time, self._changes = histories.patterns(), -1
            self._show()
            # a large session is looked through less often than a small one
            await asyncio.sleep(max(REFRESH, len(self._book.rows) / 20_000))
            while changes == self._book.tally.changes:
                await asyncio.sleep(REFRESH)


class _List(OptionList):
    """An option list with vim's keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("g", "first", show=False),
        Binding("G", "last", show=False),
        Binding("enter", "select", "Show its calls"),
    ]


def _identity(pattern: Pattern) -> tuple[str, str, str | None]:
    return pattern.slug, pattern.api, pattern.page


def _head(found: list[Pattern]) -> Content:
    if not found:
        return Content.styled(" No findings: nothing stands out across the calls so far.", QUIET)
    parts: list[tuple[str, str]] = []
    for severity, (sign, word, style) in SEVERITIES.items():
        if number := sum(pattern.severity == severity for pattern in found):
            parts.append((f" {sign} {number} {word}{'s' if number > 1 else ''} ", style))
    return Content.assemble(*parts)


def _words(pattern: Pattern) -> advice.Words:
    return advice.pattern_words(
        pattern.slug, api=pattern.api, page=pattern.page, count=pattern.count, values=pattern.values
    )


def _line(pattern: Pattern) -> Content:
    sign, word, style = SEVERITIES[pattern.severity]
    times = f"×{pattern.count:,}"
    return Content.assemble((f"{sign} {word:<8}", style), (f"{times:>6}  ", QUIET), printable(_words(pattern).short))


def _explained(pattern: Pattern) -> Content:
    words = _words(pattern)
    return Content.assemble(
        (printable(words.short) + ".", "bold"),
        "\n",
        printable(words.happened),
        "\n",
        ("→ ", "bold $text-accent"),
        (printable(words.change), "bold"),
    )
