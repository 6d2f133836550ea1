"""The overview (m): which page may call which server, calls and failures over time, and what preflights cost."""

import asyncio
import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from corsinspect.analysis.across.cost import Accounts, Cost
from corsinspect.dashboard.filter.quick_filters import pair_term
from corsinspect.dashboard.look.key_line import KeyLine
from corsinspect.dashboard.look.styles import QUIET
from corsinspect.dashboard.look.symbols import OUTCOMES
from corsinspect.dashboard.look.times import clock, duration
from corsinspect.dashboard.screens.matrix import Matrix, matrix, spark
from corsinspect.dashboard.screens.matrix_view import MatrixView
from corsinspect.dashboard.state.book import Book
from corsinspect.listing.rows import PROBLEMS
from corsinspect.model import Outcome
from corsinspect.printable import printable

SLICE = 0.004
"""Seconds of adding up between two chances to draw and to hear keys."""
REFRESH = 0.5


class OverviewScreen(ModalScreen[str | None]):
    """Gives the filter that shows the calls of the cell that was chosen; None: none was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,m", "dismiss(None)", "Back", key_display="esc"),
    ]

    def __init__(self, book: Book) -> None:
        super().__init__()
        self._book = book
        self._changes = -1
        self._matrix: Matrix | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="overview-time")
        yield Static(" adding up the preflights …", id="overview-cost", classes="-counting")
        yield MatrixView()
        yield Static(id="overview-cell")
        yield KeyLine()

    def on_mount(self) -> None:
        self._show()
        self.set_interval(REFRESH, self._show)
        self.run_worker(self._add_up())

    def on_resize(self) -> None:
        self._changes = -1
        self.call_after_refresh(self._show)

    def on_matrix_view_moved(self) -> None:
        view = self.query_one(MatrixView)
        place, cell = view.place, view.cell
        if place is None:
            text = Content.styled(" No cross-origin calls yet.", QUIET)
        else:
            cause = f"{cell.cause}{self._caller(*place)}" if cell and cell.cause else ""
            text = _pair(*place, cell_words(cell.outcomes) if cell else "no calls", cause)
        self.query_one("#overview-cell", Static).update(text)

    def on_matrix_view_chosen(self, message: MatrixView.Chosen) -> None:
        self.dismiss(pair_term(*message.place))

    def _caller(self, page: str | None, api: str) -> str:
        """The line of code behind the first failure there, if the browser told it."""
        for row in self._book.rows:
            if row is None or row.outcome not in PROBLEMS or row.traits is None or row.background:
                continue
            if (row.traits.page, row.traits.api) == (page, api):
                return f", called by {row.line.rpartition('/')[2]}" if row.line else ""
        return ""

    def _show(self) -> None:
        tally = self._book.tally
        if tally.changes == self._changes or not self.size.width:
            return
        self._changes = tally.changes
        self._matrix = matrix(tally.kinds, self._matrix)
        self.query_one(MatrixView).show(self._matrix)
        self.query_one("#overview-time", Static).update(self._times())

    def _times(self) -> Content:
        tally = self._book.tally
        seconds = [second for second, number in tally.calls.items() if number > 0]
        if not seconds:
            return Content("\n")
        first, last = min(seconds), max(seconds)
        span = f"  {clock(first)}–{clock(last)}"
        width = max(1, self.size.width - 18 - len(span))
        lines = [
            Content.assemble(
                (f" {name:<7}", "bold"),
                (f"{max(0, counted.total()):>8,} ", QUIET),
                (spark(counted, first, last, width), style),
                (span, QUIET),
            )
            for name, counted, style, span in (
                ("calls", tally.calls, "$text-primary", span),
                ("failed", tally.failures, "$text-error", ""),
            )
        ]
        return Content("\n").join(lines)

    async def _add_up(self) -> None:
        """Adds up what preflights cost, in slices; and again from the start when calls came."""
        while True:
            changes = self._book.tally.changes
            accounts = Accounts()
            deadline = time.perf_counter() + SLICE
            for position in range(len(self._book.rows)):
                row = self._book.rows[position]
                if row is not None and row.traits is not None and not row.background:
                    accounts.add(row.traits, row.url, row.started, row.asked)
                if time.perf_counter() > deadline:
                    await asyncio.sleep(SLICE)
                    deadline = time.perf_counter() + SLICE
            cost = self.query_one("#overview-cost", Static)
            cost.update(cost_words(accounts.cost, self.size.width))
            cost.remove_class("-counting")
            # a large session is added up less often than a small one
            await asyncio.sleep(max(REFRESH, len(self._book.rows) / 20_000))
            while changes == self._book.tally.changes:
                await asyncio.sleep(REFRESH)


def cost_words(cost: Cost, width: int) -> Content:
    """What preflights cost, in a line of so many cells."""
    if not cost.preflights:
        return Content.styled(" No preflights.", QUIET)
    parts = [(f" {cost.preflights:,} preflights", "bold"), (f", {duration(cost.seconds)} of waiting", "")]
    if cost.spared:
        saved = (
            f"; the longest Max-Age that browsers accept would save {cost.spared:,} ({duration(cost.seconds_spared)})"
        )
        parts.append((saved, "$text-success"))
    whole = Content.assemble(*parts)
    if whole.cell_length > width and cost.spared:
        whole = Content.assemble(*parts[:2], (f"; Max-Age would save {cost.spared:,}", "$text-success"))
    return whole.truncate(max(1, width), ellipsis=True)


def cell_words(outcomes: dict[Outcome, int]) -> str:
    """The outcomes of a cell: "3 blocked, 41 allowed"."""
    return ", ".join(
        f"{outcomes[outcome]:,} {sign.word}" for outcome, sign in OUTCOMES.items() if outcomes.get(outcome)
    )


def _pair(page: str | None, api: str, counted: str, cause: str) -> Content:
    origins = f" {printable(page or 'an unknown page')} → {printable(api)}  "
    first = f": first failure: {printable(cause)}" if cause else ""
    return Content.assemble((origins, QUIET), (counted, "bold"), (first, "$text-warning"))
