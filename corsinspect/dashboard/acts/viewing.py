"""What of the calls is shown, and the screens beside the list."""

from typing import TYPE_CHECKING

from corsinspect.dashboard import quick
from corsinspect.dashboard.book import Shown
from corsinspect.dashboard.findings import FindingsScreen
from corsinspect.dashboard.help import HelpScreen
from corsinspect.dashboard.overview import OverviewScreen
from corsinspect.dashboard.paste import PasteScreen
from corsinspect.dashboard.query import Query
from corsinspect.dashboard.reading import NotSeenScreen

if TYPE_CHECKING:
    from corsinspect.dashboard.app import Dashboard


class ViewActs:
    """Filters, tabs, and what opens a screen of its own."""

    def __init__(self, app: "Dashboard") -> None:
        self._app = app

    def action_filter(self) -> None:
        """Opens the filter line."""
        self._app.filter_line.open()
        self._app.refresh_bindings()

    async def action_back(self) -> None:
        """Goes back by one: out of the details, else out of the filter."""
        if self._app.query_one("#body").has_class("-open"):
            self.open_detail(False)
            return
        self._app.call_list.focus()
        self._app.filter_line.close()

    def action_tab(self, tab: int) -> None:
        """Shows this tab of the details."""
        if not self._app.detail.size.width:
            self.open_detail(True)
        self._app.detail.turn_to(tab)

    def action_turn_tab(self, step: int) -> None:
        """Shows the next tab, or the one before."""
        self.action_tab(self._app.detail.tab + step if self._app.detail.size.width else self._app.detail.tab)

    def action_into_detail(self) -> None:
        """Gives the keys to the details, to scroll them."""
        if self._app.detail.size.width:
            self._app.detail.focus_text()
        else:
            self.open_detail(True)

    def action_out_of_detail(self) -> None:
        """Gives the keys back to the list."""
        self.open_detail(False)

    def action_blocked_only(self) -> None:
        """Shows blocked calls and network errors only, or all again."""
        self._app.filter_line.write(quick.toggled(self._app.filter_line.text, quick.PROBLEMS))

    def action_this_origin(self) -> None:
        """Shows calls of the selected call's page only, or all again."""
        row = self._app.selected_row
        if row is not None and row.page is not None:
            self._app.filter_line.write(quick.toggled(self._app.filter_line.text, quick.origin_term(row.page)))

    def action_this_endpoint(self) -> None:
        """Shows calls of the selected call's method and address only, or all again."""
        if (row := self._app.selected_row) is not None:
            self._app.filter_line.write(quick.toggled(self._app.filter_line.text, quick.endpoint_term(row)))

    def action_overview(self) -> None:
        """Shows which page may call which server, calls over time, and what preflights cost."""
        self._app.push_screen(OverviewScreen(self._app.book), self.show_filtered)

    def action_findings(self) -> None:
        """Shows what calls have in common."""
        self._app.push_screen(FindingsScreen(self._app.book.tally), self.show_filtered)

    def show_filtered(self, text: str | None) -> None:
        """Puts a filter into the line; None: leaves it."""
        if text is not None:
            self._app.filter_line.write(text)
            self._app.call_list.focus()

    def action_not_cors(self) -> None:
        """Shows or hides calls that CORS doesn't apply to."""
        self.show(not_cors=not self._app.book.shown.not_cors)
        self._app.prefer(not_cors=self._app.book.shown.not_cors)

    def action_background(self) -> None:
        """Shows or hides the browser's own traffic."""
        self.show(background=not self._app.book.shown.background)

    def action_paste(self) -> None:
        """Explains a pasted console message, and selects the call that it is of."""

        def select(position: int | None) -> None:
            if position is not None:
                self._app.call_list.select(position)

        self._app.push_screen(PasteScreen(self._app.book), select)

    def action_help(self) -> None:
        """Shows keys and signs."""
        self._app.push_screen(HelpScreen())

    def action_not_seen(self) -> None:
        """Says what a proxy can't see, and how to check each."""
        self._app.push_screen(NotSeenScreen())

    def open_detail(self, opened: bool) -> None:
        """Shows the details as large as the terminal, or beside the list."""
        self._app.query_one("#body").set_class(opened, "-open")
        if opened:
            self._app.detail.focus_text()
        else:
            self._app.call_list.focus()
        self._app.refresh_bindings()

    def show(
        self,
        *,
        query: Query | None = None,
        not_cors: bool | None = None,
        background: bool | None = None,
    ) -> None:
        """Shows other rows; None: as now."""
        now = self._app.book.shown
        wanted = Shown(
            query=now.query if query is None else query,
            not_cors=now.not_cors if not_cors is None else not_cors,
            background=now.background if background is None else background,
        )
        if wanted != now:
            self._app.call_list.show(wanted)
            self._app.show_surroundings()
            self._app.refresh_bindings()
