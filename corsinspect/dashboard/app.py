"""The Textual app: takes what a source brings, and shows it without ever waiting for it."""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

import msgspec
from textual import events
from textual.app import ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.filter import LineFilter
from textual.screen import Screen
from textual.widgets import Static

from corsinspect import advice
from corsinspect.dashboard.actions import (
    AskActions,
    CaptureActions,
    ExplainActions,
    RemarkActions,
    TimeActions,
    ViewActions,
)
from corsinspect.dashboard.actions.palette import commands, saved_filters
from corsinspect.dashboard.apart.saved import AnySource, feed_of
from corsinspect.dashboard.detail.pane import Body, DetailPane, Headings
from corsinspect.dashboard.filter.filter_line import FilterLine
from corsinspect.dashboard.filter.save_filter import SaveFilter
from corsinspect.dashboard.keys import bindings, possible
from corsinspect.dashboard.list.call_list import CallList
from corsinspect.dashboard.list.cells import headings
from corsinspect.dashboard.list.empty import empty
from corsinspect.dashboard.list.status import counts, notice
from corsinspect.dashboard.look.click_line import ClickLine
from corsinspect.dashboard.look.key_line import KeyLine
from corsinspect.dashboard.look.text_line import TextLine
from corsinspect.dashboard.state.feed import HANDFUL, SLICE, Feed
from corsinspect.dashboard.state.news import news
from corsinspect.dashboard.state.pace import Pace
from corsinspect.dashboard.state.preferences import PreferencesFile
from corsinspect.dashboard.state.remarks import Remarks
from corsinspect.dashboard.state.same_server import SameServer
from corsinspect.dashboard.state.source import BrowserKind
from corsinspect.dashboard.timeline.list_display import ListDisplay
from corsinspect.dashboard.timeline.timeline import TimeLine
from corsinspect.model import Changes
from corsinspect.printable import printable
from corsinspect.session.notes import Notes
from corsinspect.session.reader import SessionError

FRAME = 1 / 20
"""Seconds between repaints while something arrives: above 20 a second nobody sees a difference."""
FLOOD = 100
"""Calls a second from which on nobody reads them as they come."""
RARELY = 0.15
"""Seconds between repaints while the person reads further up."""
LOADING = 1.0
"""The same while a file is read: painting more often would take a third of the time."""
DETAIL = 0.2
"""Seconds between changes of the details that nobody asked for."""
DETAIL_RARELY = 1.0
"""The same while a file is read, and in a flood."""
RATE_SPAN = 3.0
LOOK_ROUND = 2.0
"""Seconds between looks at what nobody tells about: a session file that was moved."""


class Dashboard(ViewActions, ExplainActions, AskActions, RemarkActions, CaptureActions, TimeActions):
    """Shows the calls of a source. `run` returns None, or the error that made the source unreadable."""

    TITLE = "corsinspect"
    CSS_PATH = Path(__file__).with_name("dashboard.tcss")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - declared by Textual
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-high")]  # noqa: RUF012 - declared by Textual
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app")]

    def __init__(
        self, source: AnySource, *, open_browser: BrowserKind | None = None, preferences: PreferencesFile | None = None
    ) -> None:
        """`open_browser`: one to start at once; `preferences`: others than the person's own."""
        super().__init__(source, preferences or PreferencesFile())
        self._open_at_start: BrowserKind | None = open_browser
        self._drawing = False
        self._pace = Pace()
        self._touched: set[int] = set()
        """Positions of rows that look different since the list was painted."""
        self._detail_due = False
        self._detail_shown = 0.0
        self._possible: tuple[object, ...] = ()
        self._facts = msgspec.structs.replace(source.facts(), warnings=())
        """As told last; what won't work in a browser that is open already hasn't been told."""
        self._arrivals: deque[tuple[float, int]] = deque()
        self.appearance.choose_theme()

    def compose(self) -> ComposeResult:
        yield ClickLine(id="counts")
        yield TextLine(id="notice")
        call_list = CallList(self.book, id="list")
        yield FilterLine(self.book.tally.values, lambda: self.preferences.value.filters, id="filter")
        with Body(id="body"):
            with Vertical(id="calls"):
                yield ClickLine(id="headings")
                yield call_list
                yield Static(id="empty")
            yield DetailPane(self.subject, id="detail")
        yield TimeLine(ListDisplay(self, call_list), id="time")
        yield TextLine(id="watch")
        yield TextLine(id="remark")
        yield KeyLine()

    def on_mount(self) -> None:
        self.find_widgets()
        self.call_list.focus()
        self._frames = self.set_interval(FRAME, self._frame, pause=True)
        self._seconds = self.set_interval(0.5, self._second, pause=False)
        if self.source.live:
            self.set_interval(LOOK_ROUND, self.show_surroundings)
        self.show_surroundings()
        self.theme_changed_signal.subscribe(self, self.appearance.keep_theme)
        if self.preferences.notice is not None:
            self.warn(self.preferences.notice)
        self._begin()
        if self._open_at_start is not None:
            self.run_worker(self.open_browser(self._open_at_start))

    def on_unmount(self) -> None:
        self.book.calls.close()

    # what arrives

    def _begin(self) -> None:
        self.run_worker(self._read(), name="read", group="read", exclusive=True)

    async def _read(self) -> None:
        try:
            await self.feed.run()
        except SessionError as error:
            self.exit(error)

    @property
    def _on_screen(self) -> bool:
        """Whether there are widgets to draw on: timers and workers go on while Textual takes the screen down, and the
        first thing that it does then, before it waits for anything, is to say that it isn't running."""
        return self.mounted and self.is_running

    def show_arrivals(self) -> None:
        """Draws at once after a quiet time, else with the next frame."""
        if self.feed.plenty and self._on_screen and not self.call_list.standing:
            self._take_in()  # slice by slice: hundreds of calls at once would hold up the keys
        if not self._drawing and self._on_screen:
            self._drawing = True
            self._frames.resume()
            self._frame()

    def _frame(self) -> None:
        loading = self.feed.progress is not None
        flood = (self._rate() or 0) > FLOOD
        if not self._on_screen:
            return
        pause = LOADING if loading else RARELY if not self.call_list.follow else 0
        if self.call_list.standing or not self._pace.due(pause, sparing=flood):
            return
        self._take_in()
        touched, self._touched = self._touched, set()
        if touched or not loading:  # a frame before there is anything mustn't put off the first rows
            self._pace.begin()
        if touched:
            self.call_list.flush(touched)
            self.call_after_refresh(self._pace.painted)
        self.show_surroundings()
        rest = DETAIL_RARELY if loading or flood else DETAIL
        if self._detail_due and time.monotonic() - self._detail_shown >= rest:
            self.show_detail()
        if not touched and not self._detail_due:
            self._drawing = False
            self._frames.pause()

    def _take_in(self) -> None:
        """Brings the book up to date with what was read, as far as that's done in a moment."""
        if isinstance(self.feed, Feed):
            deadline = time.perf_counter() + SLICE
            self._apply(self.feed.take(HANDFUL))
            while self.feed.plenty and time.perf_counter() < deadline:
                self._apply(self.feed.take(HANDFUL))
            return
        for made in self.feed.take():
            if self.watched is not None or self.remarks.assumes:
                self._apply(made.judged.changes())
            else:
                self._touched |= self.book.take(made)

    def _apply(self, arrived: Changes) -> None:
        before = len(self.book.rows)
        blocked = self.book.outcomes["blocked"]
        changes = self.remarks.applied(arrived)
        self._touched |= self.book.apply(changes)
        self.look_for_watched(changes.changed)
        if self.simulation and self.simulation.widen(changes.changed):
            self.say("The page sends credentials, so the simulation allows them too. Reload once more.")
        if self.book.outcomes["blocked"] > blocked and self.source.live:
            self.appearance.ring()
        if changes.changed and self.source.live:
            self._arrivals.append((time.monotonic(), len(self.book.rows) - before))
            self._seconds.resume()

    def _second(self) -> None:
        """Twice a second while live or reading: gives up what waited too long, and tells rate and progress."""
        if not self._on_screen:
            return
        if self.source.live and self.book.outcomes["pending"] and isinstance(self.feed, Feed) and not self.feed.held:
            self.feed.look_at_clock()  # while held, what a call waits for may have come
        elif not self._arrivals and not self.feed.held and self.feed.progress is None:
            self._seconds.pause()
        self.show_surroundings()

    # what is shown

    def show_surroundings(self) -> None:
        """Everything but the list and the details."""
        if not self._on_screen:
            return
        facts = self.source.facts()
        for item in news(self._facts, facts):
            self.notify(printable(item.text), severity=item.severity, timeout=8, markup=False)
        self._facts = facts
        if facts.died is not None:
            self.simulation.forget()
        width = self.size.width
        self.query_one("#counts", ClickLine).say(counts(self.book, facts, self._rate(), width))
        notices = self.query_one("#notice", TextLine)
        waiting = self.source.waiting() if self.feed.held else None
        progress = self.feed.progress and (self.source.progress or self.feed.progress)
        line = notice(
            self.book,
            facts,
            progress,
            width,
            tried=str(self.simulation),
            waiting=waiting,
            standing=self.call_list.standing,
        )
        notices.say(line)
        notices.set_class(facts.died is not None, "-trouble")
        blank = not self.book.lines
        body = self.query_one("#body")
        if blank != body.has_class("-blank"):
            body.set_class(blank, "-blank")
            self.query_one("#calls").set_class(blank, "-empty")
            self.call_after_refresh(self._list_is_back)
        if blank:
            self.query_one("#empty", Static).update(
                empty(self.book, self.source, roomy=self.size.height >= 20, opening=self.opening)
            )
        self._refresh_footer()

    def _refresh_footer(self) -> None:
        """Asks for new keys only where they can have changed."""
        possible = (
            self.source.facts().died,
            self.book.outcomes["not-cors"] > 0,
            bool(self.book.rows),
            self.call_list.selected is None,
            self.untrusted_host,
            self.may_try,
            bool(self.simulation),
        )
        if possible != self._possible:
            self._possible = possible
            self.refresh_bindings()

    @property
    def counted(self) -> str:
        """How many calls of the list had which outcome, in one line."""
        return advice.counted(self.book.outcomes, self.book.standing_open, self.book.background)

    def _list_is_back(self) -> None:
        if not self._on_screen:
            return
        self.call_list.flush(set())
        if self.focused is None:  # a hidden widget loses the focus
            self.call_list.focus()

    def _rate(self) -> float | None:
        if not self.source.live:
            return None
        since = time.monotonic() - RATE_SPAN
        while self._arrivals and self._arrivals[0][0] < since:
            self._arrivals.popleft()
        return sum(count for _, count in self._arrivals) / RATE_SPAN

    def show_detail(self) -> None:
        """Shows the selected call in full."""
        self._detail_due = False
        self._detail_shown = time.monotonic()
        self.detail.show(self.selected_call)
        self.show_remark()
        self._refresh_footer()

    def on_call_list_selected(self, message: CallList.Selected) -> None:
        if message.by_hand:
            self.call_after_refresh(self.show_detail)  # the list first: the details take longer
        else:
            self._detail_due = True
            self.show_arrivals()

    def on_call_list_opened(self) -> None:
        self.open_detail(True)

    def on_call_list_arranged(self, message: CallList.Arranged) -> None:
        line = headings(message.columns, self.book.arrangement.sort)
        if message.unseen:
            hint = f"  {message.unseen} new ↓ end "
            line = (
                line[: max(0, self.call_list.size.width - len(hint))].ljust(self.call_list.size.width - len(hint))
                + hint
            )
        self.query_one("#headings", ClickLine).say(Content(line))

    def on_call_list_stood(self) -> None:
        self.show_surroundings()

    def on_headings_clicked(self, message: Headings.Clicked) -> None:
        self.detail.turn_to(message.tab)

    def on_resize(self) -> None:
        self.call_after_refresh(self.show_surroundings)

    # what the person asks for

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return possible(self, action, parameters)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        yield from commands(screen)
        if self.book.rows:
            yield from saved_filters(self.preferences.value.filters, self.show_filtered)
        yield SystemCommand(
            "ASCII signs", "Switches signs and frames between ASCII and Unicode.", self.appearance.turn_ascii
        )
        text = "Rings when a call is newly blocked, or a watched one is allowed: now " + (
            "on." if self.preferences.value.bell else "off."
        )
        yield SystemCommand("Bell", text, self.appearance.turn_bell)
        yield from super().get_system_commands(screen)

    def on_filter_line_changed(self, message: FilterLine.Changed) -> None:
        self.show_rows(query=message.query)

    def on_filter_line_done(self) -> None:
        self.call_list.focus()

    def on_filter_input_save_asked(self) -> None:
        self.push_screen(SaveFilter(self.filter_line.text, self.preferences.value.filters), self._save_filter)

    def _save_filter(self, filters: dict[str, str] | None) -> None:
        if filters is not None:
            self.prefer(filters=filters)

    def empty_list(self) -> None:
        """Takes all calls off the list; what was said of them stays."""
        self.call_list.clear()
        self.remarks.show()
        self.same_server = SameServer(self.book)

    def hold(self, held: bool) -> None:
        if isinstance(self.feed, Feed):
            self.feed.hold(held)
            self._seconds.resume()

    def show_changed(self) -> None:
        """Draws what stands around the list, which has changed."""
        self.show_surroundings()
        self._detail_due = True
        self.show_arrivals()

    def on_time_line_closed(self) -> None:
        self.call_list.focus()
        self.refresh_bindings()

    def begin_anew(self) -> None:
        """Forgets all calls and what was said of them. Filter, order, watch and simulation stay, as does what was said
        of whole pages: it's still so."""
        said = self.remarks.notes.assumed_origins
        if isinstance(self.feed, Feed):
            self.feed.end()
        self.feed = feed_of(self.source, self.show_arrivals)
        self.call_list.clear()
        self.remarks = Remarks(Notes(*self.source.sessions), self.book)
        self.remarks.carry(said)
        self.same_server = SameServer(self.book)
        self.compared = None
        self._arrivals.clear()
        self._begin()
        self.show_surroundings()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Paste):  # Textual's own inputs show what is pasted as it is
            event.text = "\n".join(map(printable, event.text.splitlines()))
        await super().on_event(event)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *self.appearance.filters()]
