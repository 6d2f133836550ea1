"""What of the calls is shown, and the screens beside the list."""

from textual import on

from corsinspect.dashboard.actions.widgets import HostWithWidgets
from corsinspect.dashboard.filter import quick_filters as quick
from corsinspect.dashboard.list.cells import sort_at
from corsinspect.dashboard.list.status import outcome_at
from corsinspect.dashboard.look.click_line import ClickLine
from corsinspect.dashboard.screens.explain_screens import NotSeenScreen
from corsinspect.dashboard.screens.findings import FindingsScreen
from corsinspect.dashboard.screens.help import HelpScreen
from corsinspect.dashboard.screens.overview import OverviewScreen
from corsinspect.dashboard.screens.paste import PasteScreen
from corsinspect.dashboard.state.book import Shown
from corsinspect.dashboard.state.tab_names import PREFLIGHT, REQUEST
from corsinspect.listing.query import Query


class ViewActions(HostWithWidgets):
    """Filters, tabs, and what opens a screen of its own."""

    def action_open(self) -> None:
        """Shows the selected call's details as large as the terminal."""
        if (position := self.selected) is not None:
            self.call_list.select(position)
            self.open_detail(True)

    def action_filter(self) -> None:
        """Opens the filter line."""
        self.filter_line.open()
        self.refresh_bindings()

    async def action_back(self) -> None:
        """Goes back: closes the details, or else the filter."""
        if self.detail_opened:
            self.open_detail(False)
            return
        self.call_list.focus()
        self.filter_line.close()

    def action_tab(self, tab: int) -> None:
        """Shows this tab of the details."""
        if not self.detail.size.width:
            self.open_detail(True)
        self.detail.turn_to(tab)

    def action_turn_tab(self, step: int) -> None:
        """Shows the next or the previous tab."""
        self.action_tab(self.detail.tab + step if self.detail.size.width else self.detail.tab)

    def action_jump_pair(self) -> None:
        """Switches between the preflight and the request."""
        self.action_tab(REQUEST if self.detail.tab == PREFLIGHT else PREFLIGHT)

    def action_into_detail(self) -> None:
        """Moves the focus to the details, to scroll them."""
        if self.detail.size.width:
            self.detail.focus_text()
        else:
            self.open_detail(True)

    def action_out_of_detail(self) -> None:
        """Moves the focus back to the list."""
        self.open_detail(False)

    def action_blocked_only(self) -> None:
        """Shows blocked calls and network errors only, or all again."""
        self.filter_line.write(quick.toggled(self.filter_line.text, quick.PROBLEM_TERM))

    @on(ClickLine.Clicked, "#counts")
    def filter_by_count(self, event: ClickLine.Clicked) -> None:
        """Shows calls of the outcome that was clicked only, or all again."""
        outcome = outcome_at(self.book, self.size.width, event.x)
        if outcome is not None:
            self.filter_line.write(quick.toggled(self.filter_line.text, quick.outcome_term(outcome)))

    @on(ClickLine.Clicked, "#headings")
    def sort_by_heading(self, event: ClickLine.Clicked) -> None:
        """Sorts by the column that was clicked, or by time again."""
        sort = sort_at(self.call_list.columns, event.x)
        if sort is not None:
            self.call_list.sort_by(sort)

    def action_this_origin(self) -> None:
        """Shows calls from the selected call's page only, or all again."""
        row = self.selected_row
        if row is not None and row.page is not None:
            self.filter_line.write(quick.toggled(self.filter_line.text, quick.origin_term(row.page)))

    def action_this_endpoint(self) -> None:
        """Shows calls with the selected call's method and URL only, or all again."""
        if (row := self.selected_row) is not None:
            self.filter_line.write(quick.toggled(self.filter_line.text, quick.endpoint_term(row)))

    def action_overview(self) -> None:
        """Shows which page may call which server, calls over time, and the cost of preflights."""
        self.push_screen(OverviewScreen(self.book), self.show_filtered)

    def action_findings(self) -> None:
        """Shows what calls have in common."""
        self.push_screen(FindingsScreen(self.book), self.show_filtered)

    def show_filtered(self, text: str | None) -> None:
        """Puts a filter into the line; None: leaves it."""
        if text is not None:
            self.filter_line.write(text)
            self.call_list.focus()

    def action_not_cors(self) -> None:
        """Shows or hides calls that CORS doesn't apply to."""
        self.show_rows(not_cors=not self.book.shown.not_cors)
        self.prefer(not_cors=self.book.shown.not_cors)

    def action_background(self) -> None:
        """Shows or hides the browser's background requests."""
        self.show_rows(background=not self.book.shown.background)

    def action_paste(self) -> None:
        """Explains a pasted console message, and selects the matching call."""

        def select(position: int | None) -> None:
            if position is not None:
                self.call_list.select(position)

        self.push_screen(PasteScreen(self.book), select)

    def action_help(self) -> None:
        """Shows keys and signs."""
        self.push_screen(HelpScreen())

    def action_not_seen(self) -> None:
        """Explains what a proxy can't see, and how to check."""
        self.push_screen(NotSeenScreen(self.book.never_sent(NotSeenScreen.MOST)))

    def open_detail(self, opened: bool) -> None:
        """Shows the details as large as the terminal, or beside the list."""
        self.query_one("#body").set_class(opened, "-open")
        if opened:
            self.detail.focus_text()
        else:
            self.call_list.focus()
        self.refresh_bindings()

    def show_rows(
        self,
        *,
        query: Query | None = None,
        not_cors: bool | None = None,
        background: bool | None = None,
    ) -> None:
        """Shows other rows; None: as now."""
        now = self.book.shown
        wanted = Shown(
            query=now.query if query is None else query,
            not_cors=now.not_cors if not_cors is None else not_cors,
            background=now.background if background is None else background,
        )
        if wanted != now:
            self.call_list.show(wanted)
            self.show_surroundings()
            self.refresh_bindings()
