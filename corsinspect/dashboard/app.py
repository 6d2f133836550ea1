"""The Textual app: takes what a source brings, and shows it without ever waiting for it."""

import asyncio
import os
import time
from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.filter import LineFilter
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import Input, Static

from corsinspect.advice.remedy import server_of
from corsinspect.dashboard import quick, tabs
from corsinspect.dashboard.book import Book, Shown
from corsinspect.dashboard.call_list import CallList
from corsinspect.dashboard.cells import heads
from corsinspect.dashboard.commands import commands, saved_filters
from corsinspect.dashboard.copying import COPIES, CopiedScreen, CopyMenu, clean, keep, to_tmux
from corsinspect.dashboard.empty import empty
from corsinspect.dashboard.feed import Feed
from corsinspect.dashboard.filters import FilterLine
from corsinspect.dashboard.findings import FindingsScreen
from corsinspect.dashboard.help import HelpScreen
from corsinspect.dashboard.jump import JumpScreen
from corsinspect.dashboard.key_line import KeyLine
from corsinspect.dashboard.looks import HIGH_CONTRAST, Ascii, needs_ascii, usual_theme
from corsinspect.dashboard.news import news
from corsinspect.dashboard.overview import OverviewScreen
from corsinspect.dashboard.panes import Body, DetailPane, Heads
from corsinspect.dashboard.paste import PasteScreen
from corsinspect.dashboard.pieces import Subject
from corsinspect.dashboard.preferences import PreferencesFile
from corsinspect.dashboard.query import Query
from corsinspect.dashboard.reading import ContrastScreen, NotSeenScreen, ReasonScreen
from corsinspect.dashboard.remarks import SAID, NoteScreen, Remarks, may_assume, remark
from corsinspect.dashboard.rows import PROBLEMS, CallRow
from corsinspect.dashboard.save_filter import SaveFilter
from corsinspect.dashboard.shorten import host_port
from corsinspect.dashboard.siblings import Siblings
from corsinspect.dashboard.source import Actions, BrowserKind, FileSource, Source
from corsinspect.dashboard.stage import ListStage
from corsinspect.dashboard.status import counts, notice
from corsinspect.dashboard.tab_fix import RecipeScreen
from corsinspect.dashboard.timeline import TimeLine
from corsinspect.dashboard.trying import Trying
from corsinspect.dashboard.watch import Watch, endpoint
from corsinspect.model import Call, Changes
from corsinspect.printable import printable
from corsinspect.session.notes import Notes
from corsinspect.session.reader import SessionError

FRAME = 1 / 20
"""Seconds between repaints while something arrives: above 20 a second nobody sees a difference."""
FLOOD = 100
"""Calls a second from which on nobody reads them as they come."""
FLOOD_FRAME = 1 / 12
"""Seconds between repaints then."""
RARELY = 0.15
"""The same while the person reads further up."""
LOADING = 0.4
"""The same while a file is read: painting more often would take a third of the time."""
DETAIL = 0.2
"""Seconds between changes of the details that nobody asked for."""
DETAIL_RARELY = 1.0
"""The same while a file is read, and in a flood."""
RATE_SPAN = 3.0
QUIET_AFTER_BELL = 2.0
LOOK_ROUND = 2.0
"""Seconds between looks at what nobody tells about: a session file that was moved."""


class Dashboard(App[Exception | None]):
    """Shows the calls of a source. `run` returns None, or the error that made the source unreadable."""

    TITLE = "corsinspect"
    CSS_PATH = Path(__file__).with_name("dashboard.tcss")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - declared by Textual
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-high")]  # noqa: RUF012 - declared by Textual
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/"),
        Binding("b", "blocked_only", "Blocked"),
        Binding("o", "this_origin", "This origin", show=False),
        Binding("e", "this_endpoint", "This endpoint", show=False),
        Binding("m", "overview", "Overview"),
        Binding("F", "findings", "Findings"),
        Binding("n", "not_cors", "Not CORS"),
        Binding("B", "background", "Browser's own", show=False),
        Binding("i", "assume", "Credentials"),
        Binding("I", "assume_page", "Credentials of the page", show=False),
        Binding("w", "watch", "Watch", show=False),
        Binding("x", "mark", "Mark", show=False),
        Binding("N", "note", "Note", show=False),
        Binding("X", "paste", "Explain a message", show=False),
        Binding("P", "pause(False)", "Go on"),
        Binding("P", "pause(True)", "Pause", show=False),
        Binding("L", "time_line", "Time line"),
        Binding("space", "play", "Play"),
        Binding("less_than_sign", "step(-1)", "Step back", key_display="<", show=False),
        Binding("greater_than_sign", "step(1)", "Step on", key_display=">", show=False),
        Binding("left_curly_bracket", "speed(-1)", "Slower", key_display="{", show=False),
        Binding("right_curly_bracket", "speed(1)", "Faster", key_display="}", show=False),
        Binding("J", "jump", "Jump to a time", show=False),
        Binding("C", "clear", "Clear", show=False),
        Binding("R", "restart", "Restart proxy"),
        Binding("t", "stop_trying", "Simulation off"),
        Binding("t", "try_fix(True)", "Try the fix"),
        Binding("S", "try_fix(False)", "Try another fix too", show=False),
        Binding("T", "trust", "Trust"),
        Binding("c", "open_browser('chromium')", "Chromium"),
        Binding("f", "open_browser('firefox')", "Firefox"),
        Binding("escape", "back", "Back"),
        Binding("colon", "command_palette", "Commands", key_display=":"),
        Binding("y", "copy", "Copy"),
        Binding("d", "contrast", "Compare", show=False),
        Binding("p", "jump_pair", "Preflight or request", show=False),
        Binding("a", "not_seen", "My call isn't here", show=False),
        Binding("question_mark", "why", "Why", key_display="?"),
        Binding("f1", "help", "Help"),
        Binding("q", "quit", "Quit"),
    ]

    def __init__(
        self, source: Source, *, open_browser: BrowserKind | None = None, preferences: PreferencesFile | None = None
    ) -> None:
        """`open_browser`: one to start at once; `preferences`: others than the person's own."""
        super().__init__()
        self.source = source
        self.preferences = preferences or PreferencesFile()
        self.book = Book()
        self.remarks = Remarks(Notes(*source.sessions), self.book)
        self.book.show(Shown(not_cors=self.preferences.value.not_cors))
        self.feed = Feed(source, self._changed)
        self.trying = Trying(source.actions)
        self._open_at_start: BrowserKind | None = open_browser
        self._mounted = False
        self._drawing = False
        self._framed = 0.0
        self._detail_due = False
        self._detail_shown = 0.0
        self._possible: tuple[object, ...] = ()
        self._recipes: dict[str, str] = {}
        self._siblings = Siblings(self.book)
        self._compared: Call | None = None
        self._clearing = False
        self._watch: Watch | None = None
        self._rang = float("-inf")
        self._facts = source.facts()
        """As told last."""
        self._arrivals: deque[tuple[float, int]] = deque()
        wants_ascii = self.preferences.value.ascii
        self._ascii = Ascii(enabled=needs_ascii(os.environ) if wants_ascii is None else wants_ascii)
        self._choose_theme()
        self._theme_kept = self.theme

    def compose(self) -> ComposeResult:
        yield Static(id="counts")
        yield Static(id="notice")
        yield FilterLine(self.book.tally.values, lambda: self.preferences.value.filters, id="filter")
        with Body(id="body"):
            with Vertical(id="calls"):
                yield Static(id="heads")
                yield CallList(self.book, id="list")
                yield Static(id="empty")
            yield DetailPane(self._subject, id="detail")
        yield TimeLine(ListStage(self), id="time")
        yield Static(id="watch")
        yield Static(id="remark")
        yield KeyLine()

    def on_mount(self) -> None:
        self._list = self.query_one(CallList)
        self._detail = self.query_one(DetailPane)
        self._filter = self.query_one(FilterLine)
        self._time = self.query_one(TimeLine)
        self._mounted = True
        self._list.focus()
        self._frames = self.set_interval(FRAME, self._frame, pause=True)
        self._seconds = self.set_interval(0.5, self._second, pause=False)
        if self.source.live:
            self.set_interval(LOOK_ROUND, self._show_surroundings)
        self._show_surroundings()
        self.theme_changed_signal.subscribe(self, self._keep_theme)
        if self.preferences.notice is not None:
            self._warn(self.preferences.notice)
        self._begin()
        if self._open_at_start is not None:
            self.run_worker(self._open(self._open_at_start))

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
        return self._mounted and self.is_running

    def _changed(self) -> None:
        """Draws at once after a quiet time, else with the next frame."""
        if not self._drawing and self._on_screen:
            self._drawing = True
            self._frames.resume()
            self._frame()

    def _frame(self) -> None:
        now = time.monotonic()
        loading = self.feed.progress is not None
        flood = (self._rate() or 0) > FLOOD
        if not self._on_screen:
            return
        pause = LOADING if loading else RARELY if not self._list.follow else FLOOD_FRAME if flood else 0
        if now - self._framed < pause or self._list.standing:
            return
        self._framed = now
        before = len(self.book.rows)
        blocked = self.book.outcomes["blocked"]
        changes = self.remarks.applied(self.feed.take())
        touched = self.book.apply(changes)
        self._see(changes.changed)
        if self.trying and self.trying.widen(changes.changed):
            self._say("The page sends credentials: granted now, too. Reload it once more.")
        if self.book.outcomes["blocked"] > blocked and self.source.live:
            self._ring()
        if touched:
            if self.source.live:
                self._arrivals.append((now, len(self.book.rows) - before))
                self._seconds.resume()
            self._list.flush(touched)
        self._show_surroundings()
        if self._detail_due and now - self._detail_shown >= (DETAIL_RARELY if loading or flood else DETAIL):
            self._show_detail()
        if not touched and not self._detail_due:
            self._drawing = False
            self._frames.pause()

    def _second(self) -> None:
        """Twice a second while live or reading: gives up what waited too long, and tells rate and progress."""
        if not self._on_screen:
            return
        if self.source.live and self.book.outcomes["pending"] and not self.feed.held:
            self.feed.advance(time.time())  # while held, what a call waits for may have come
        elif not self._arrivals and not self.feed.held and self.feed.progress is None:
            self._seconds.pause()
        self._show_surroundings()

    # what is shown

    def _show_surroundings(self) -> None:
        """Everything but the list and the details."""
        if not self._on_screen:
            return
        facts = self.source.facts()
        for item in news(self._facts, facts):
            self.notify(printable(item.text), severity=item.severity, timeout=8, markup=False)
        self._facts = facts
        if facts.died is not None:
            self.trying.forget()
        width = self.size.width
        # both keep their height: without `layout=False` every frame would arrange the whole screen anew
        self.query_one("#counts", Static).update(counts(self.book, facts, self._rate(), width), layout=False)
        notices = self.query_one("#notice", Static)
        waiting = self.source.waiting() if self.feed.held else None
        progress = self.feed.progress and (self.source.progress or self.feed.progress)
        told = notice(
            self.book,
            facts,
            progress,
            width,
            tried=str(self.trying),
            waiting=waiting,
            standing=self._list.standing,
        )
        notices.update(told, layout=False)
        notices.set_class(facts.died is not None, "-trouble")
        blank = not self.book.lines
        body = self.query_one("#body")
        if blank != body.has_class("-blank"):
            body.set_class(blank, "-blank")
            self.query_one("#calls").set_class(blank, "-empty")
            self.call_after_refresh(self._list_is_back)
        if blank:
            self.query_one("#empty", Static).update(empty(self.book, self.source, roomy=self.size.height >= 20))
        self._refresh_footer()

    def _refresh_footer(self) -> None:
        """Asks for new keys only where they can have changed."""
        possible = (
            self.source.facts().died,
            self.book.outcomes["not-cors"] > 0,
            bool(self.book.rows),
            self._list.selected is None,
            self._untrusted_host(),
            self._may_try(),
            bool(self.trying),
        )
        if possible != self._possible:
            self._possible = possible
            self.refresh_bindings()

    def _list_is_back(self) -> None:
        if not self._on_screen:
            return
        self._list.flush(set())
        if self.focused is None:  # a hidden widget loses the focus
            self._list.focus()

    def _rate(self) -> float | None:
        if not self.source.live:
            return None
        since = time.monotonic() - RATE_SPAN
        while self._arrivals and self._arrivals[0][0] < since:
            self._arrivals.popleft()
        return sum(count for _, count in self._arrivals) / RATE_SPAN

    def _show_detail(self) -> None:
        self._detail_due = False
        self._detail_shown = time.monotonic()
        self._detail.show(self.selected_call)
        self._show_remark()
        self._refresh_footer()

    def _subject(self, call: Call) -> Subject:
        return Subject(
            call,
            lambda: self._siblings.of(call),
            can_trust=self.source.actions is not None,
            recipe=self._recipes.get(server_of(call)),
        )

    @property
    def selected_call(self) -> Call | None:
        """The call that the list has selected."""
        return self.book.call_at(self._list.selected)

    @property
    def _selected_row(self) -> CallRow | None:
        position = self._list.selected
        return None if position is None else self.book.rows[position]

    def on_call_list_selected(self, message: CallList.Selected) -> None:
        if message.by_hand:
            self.call_after_refresh(self._show_detail)  # the list first: the details take longer
        else:
            self._detail_due = True
            self._changed()

    def on_call_list_opened(self) -> None:
        self._open_detail(True)

    def on_call_list_arranged(self, message: CallList.Arranged) -> None:
        line = heads(message.columns, self.book.arrangement.sort)
        if message.unseen:
            hint = f"  {message.unseen} new ↓ end "
            line = line[: max(0, self._list.size.width - len(hint))].ljust(self._list.size.width - len(hint)) + hint
        self.query_one("#heads", Static).update(Content(line), layout=False)
        self._show_surroundings()

    def on_call_list_stood(self) -> None:
        self._show_surroundings()

    def on_heads_clicked(self, message: Heads.Clicked) -> None:
        self._detail.turn_to(message.tab)

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_surroundings)

    def _open_detail(self, opened: bool) -> None:
        self.query_one("#body").set_class(opened, "-open")
        if opened:
            self._detail.focus_text()
        else:
            self._list.focus()
        self.refresh_bindings()

    # what the person asks for

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "filter" and isinstance(self.focused, Input):
            return False
        if action in ("filter", "blocked_only", "overview", "findings"):
            return bool(self.book.rows)
        if action == "choose_recipe":
            return self._mounted and self.selected_call is not None and self._detail.tab == tabs.FIX
        if action in ("tab", "turn_tab", "copy", "contrast", "jump_pair", "why"):
            return self.selected_call is not None
        if action in ("this_origin", "this_endpoint"):
            return self.is_mounted and self._list.selected is not None
        if action == "not_cors":
            return self.book.outcomes["not-cors"] > 0
        if action in ("mark", "note", "watch"):
            return self.is_mounted and self._list.selected is not None
        if action in ("assume", "assume_page"):
            call = self.selected_call if self.is_mounted else None
            return call is not None and may_assume(call)
        if action == "time_line":
            return self._mounted and not self.source.live and self.feed.progress is None and bool(self.book.rows)
        if action in ("play", "step", "speed", "jump"):
            return self._mounted and self._time.opened
        if action == "clear":
            return self.source.actions is not None and self.source.facts().died is None and not self._clearing
        if action == "open_browser":
            return self.source.actions is not None and self.source.facts().died is None
        if action == "pause":
            return self.source.live and self.feed.held != parameters[0]
        if action == "restart":
            return self.source.facts().died is not None
        if action == "trust":
            return self.source.actions is not None and self._untrusted_host() is not None
        if action == "try_fix":
            return self.source.actions is not None and self._may_try() and not (parameters[0] and self.trying)
        if action == "stop_trying":
            return bool(self.trying)
        if action == "back":
            shown = self.book.shown
            opened = self.is_mounted and self.query_one("#body").has_class("-open")
            return bool(shown.query.text or opened or self._filter_open())
        return True

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        yield from commands(screen)
        if self.book.rows:
            yield from saved_filters(self.preferences.value.filters, self._show_filtered)
        yield SystemCommand("ASCII signs", "Draws signs and frames in ASCII, or in full again.", self._turn_ascii)
        told = "Rings when a call is newly blocked, or when a watched one passes: now " + (
            "on." if self.preferences.value.bell else "off."
        )
        yield SystemCommand("Bell", told, self._turn_bell)
        yield from super().get_system_commands(screen)

    def action_filter(self) -> None:
        """Opens the filter line."""
        self._filter.open()
        self.refresh_bindings()

    def on_filter_line_changed(self, message: FilterLine.Changed) -> None:
        self._show(query=message.query)

    def on_filter_line_done(self) -> None:
        self._list.focus()

    def on_filter_input_save_asked(self) -> None:
        self.push_screen(SaveFilter(self._filter.text, self.preferences.value.filters), self._save_filter)

    def _save_filter(self, filters: dict[str, str] | None) -> None:
        if filters is not None:
            self.prefer(filters=filters)

    async def action_back(self) -> None:
        """Goes back by one: out of the details, else out of the filter."""
        if self.query_one("#body").has_class("-open"):
            self._open_detail(False)
            return
        self._list.focus()
        self._filter.close()

    def action_tab(self, tab: int) -> None:
        """Shows this tab of the details."""
        if not self._detail.size.width:
            self._open_detail(True)
        self._detail.turn_to(tab)

    def action_turn_tab(self, step: int) -> None:
        """Shows the next tab, or the one before."""
        self.action_tab(self._detail.tab + step if self._detail.size.width else self._detail.tab)

    def action_choose_recipe(self) -> None:
        """Lets the person say what the server is made with; remembered for this server as long as the app runs."""
        call = self.selected_call
        if call is None:
            return
        server = server_of(call)

        def chosen(recipe: str | None) -> None:
            if recipe is not None:
                self._recipes[server] = recipe
                self._detail.renew()

        self.push_screen(RecipeScreen(self._recipes.get(server)), chosen)

    def action_into_detail(self) -> None:
        """Gives the keys to the details, to scroll them."""
        if self._detail.size.width:
            self._detail.focus_text()
        else:
            self._open_detail(True)

    def action_out_of_detail(self) -> None:
        """Gives the keys back to the list."""
        self._open_detail(False)

    def action_blocked_only(self) -> None:
        """Shows blocked calls and network errors only, or all again."""
        self._filter.write(quick.toggled(self._filter.text, quick.PROBLEMS))

    def action_this_origin(self) -> None:
        """Shows calls of the selected call's page only, or all again."""
        row = self._selected_row
        if row is not None and row.page is not None:
            self._filter.write(quick.toggled(self._filter.text, quick.origin_term(row.page)))

    def action_this_endpoint(self) -> None:
        """Shows calls of the selected call's method and address only, or all again."""
        if (row := self._selected_row) is not None:
            self._filter.write(quick.toggled(self._filter.text, quick.endpoint_term(row)))

    def action_overview(self) -> None:
        """Shows which page may call which server, calls over time, and what preflights cost."""
        self.push_screen(OverviewScreen(self.book), self._show_filtered)

    def action_findings(self) -> None:
        """Shows what calls have in common."""
        self.push_screen(FindingsScreen(self.book.tally), self._show_filtered)

    def _show_filtered(self, text: str | None) -> None:
        if text is not None:
            self._filter.write(text)
            self._list.focus()

    def action_not_cors(self) -> None:
        """Shows or hides calls that CORS doesn't apply to."""
        self._show(not_cors=not self.book.shown.not_cors)
        self.prefer(not_cors=self.book.shown.not_cors)

    def action_background(self) -> None:
        """Shows or hides the browser's own traffic."""
        self._show(background=not self.book.shown.background)

    def action_paste(self) -> None:
        """Explains a pasted console message, and selects the call that it is of."""

        def select(position: int | None) -> None:
            if position is not None:
                self._list.select(position)

        self.push_screen(PasteScreen(self.book), select)

    def action_help(self) -> None:
        """Shows keys and signs."""
        self.push_screen(HelpScreen())

    def action_why(self) -> None:
        """Explains the selected call's reason with a wrong and a right example; without one shows the help."""
        call = self.selected_call
        self.push_screen(ReasonScreen(call) if call is not None and call.verdict.reason else HelpScreen())

    def action_not_seen(self) -> None:
        """Says what a proxy can't see, and how to check each."""
        self.push_screen(NotSeenScreen())

    def action_jump_pair(self) -> None:
        """Shows the request where the preflight is shown, and the preflight otherwise."""
        self.action_tab(tabs.REQUEST if self._detail.tab == tabs.PREFLIGHT else tabs.PREFLIGHT)

    def action_contrast(self) -> None:
        """Compares two calls, header by header: press it on the one, then on the other."""
        call, one = self.selected_call, self._compared
        if call is None:
            return
        if one is None or one.id == call.id:
            self._compared = call
            self._say("Now go to the other call and press d there.")
            return
        self._compared = None
        self.push_screen(ContrastScreen(one, call))

    def action_copy(self) -> None:
        """Copies something of the selected call: its URL, curl commands, the fix, a prompt, JSON."""
        call = self.selected_call
        if call is None:
            return

        def chosen(key: str | None) -> None:
            if key is not None:
                self.run_worker(self._copy(call, key), group="copy")

        self.push_screen(CopyMenu(), chosen)

    async def _copy(self, call: Call, key: str) -> None:
        copy = next(copy for copy in COPIES if copy.key == key)
        text = clean(copy.make(self._subject(call)))
        if not text:
            self._say(f"This call has nothing of that kind: {copy.name}.")
            return
        self.copy_to_clipboard(text)
        await to_tmux(text)
        try:
            path = keep(text)
        except OSError as error:
            path = None
            self._say_failed(error)
        self._say(f"Copied {copy.name}: {len(text):,} characters.")
        self.push_screen(CopiedScreen(copy.name, text, path))

    async def action_open_browser(self, kind: BrowserKind) -> None:
        """Opens a browser behind the proxy."""
        self.run_worker(self._open(kind), group="browser")

    def action_try_fix(self, _: bool) -> None:
        """Tries the selected call's fix in the proxy, for this page at this server."""
        call = self.selected_call
        if call is None:
            return
        why_not = self.trying.start(call, self._siblings.of(call))
        if why_not is not None:
            self._warn(why_not)
        else:
            self._say("The fix is being tried: reload the page (past its cache: ctrl+shift+R). t turns it off.")
        self._show_surroundings()

    def action_stop_trying(self) -> None:
        """Ends the simulation: servers answer for themselves again."""
        self.trying.stop()
        self._say("The simulation is off: what comes now is the server's own word.")
        self._show_surroundings()

    def _may_try(self) -> bool:
        call = self.selected_call if self.is_mounted else None
        return call is not None and (call.simulated or call.verdict.outcome in PROBLEMS)

    def action_pause(self, held: bool) -> None:
        """Holds the list still while the capture goes on, or takes in what has come since."""
        self.feed.hold(held)
        self._seconds.resume()
        self.refresh_bindings()

    def action_clear(self) -> None:
        """Begins an empty list in a new session file; the one so far is kept as it is."""
        if self.source.actions is not None:
            self._clearing = True
            self.run_worker(self._clear(self.source.actions), group="clear")

    async def _clear(self, actions: Actions) -> None:
        (before,) = self.source.sessions
        try:
            await actions.clear()
        except Exception as error:
            self._say_failed(error)
        else:
            self._begin_anew()
            self._say(f"The list begins anew. What it held is kept: {before}")
        finally:
            self._clearing = False

    @property
    def call_list(self) -> CallList:
        """The list of calls."""
        return self._list

    def empty_list(self) -> None:
        """Takes all calls off the list; what was said of them stays."""
        self._list.clear()
        self.remarks.show()
        self._siblings = Siblings(self.book)

    def show_changed(self) -> None:
        """Draws what stands around the list, which has changed."""
        self._show_surroundings()
        self._detail_due = True
        self._changed()

    def action_time_line(self) -> None:
        """Shows the session as it came about: play it, step through it, or jump to a moment."""
        if self._time.opened:
            self._time.close()
        else:
            self._time.open(FileSource(*self.source.sessions), self.book.rows)
        self.refresh_bindings()

    def on_time_line_closed(self) -> None:
        self._list.focus()
        self.refresh_bindings()

    def action_play(self) -> None:
        """Plays the session as it came about, or stops."""
        self._time.play()

    def action_step(self, steps: int) -> None:
        """Goes to the next request or answer of the session, or to before the last one."""
        self._time.step(steps)

    def action_speed(self, steps: int) -> None:
        """Plays faster or slower: 1, 10 or 100 times as fast as it was."""
        self._time.change_speed(steps)

    def action_jump(self) -> None:
        """Asks for a time, and shows the session as it was then."""

        def jump(at: float | None) -> None:
            if at is not None:
                self._time.jump(at)

        if (times := self._time.times) is not None:
            self.push_screen(JumpScreen(*times), jump)

    def action_move(self, steps: int) -> None:
        """Selects the next call, or the one before."""
        self._list.action_move(steps)

    def action_out_of_time(self) -> None:
        """Gives the keys back to the list; the time line stays."""
        self._list.focus()

    def _begin_anew(self) -> None:
        """Forgets all calls and what was said of them. Filter, order, watch and simulation stay, as does what was said
        of whole pages: it's still so."""
        said = self.remarks.notes.assumed_origins
        self.feed.end()
        self.feed = Feed(self.source, self._changed)
        self._list.clear()
        self.remarks = Remarks(Notes(*self.source.sessions), self.book)
        self.remarks.carry(said)
        self._siblings = Siblings(self.book)
        self._compared = None
        self._arrivals.clear()
        self._begin()
        self._show_surroundings()

    def action_trust(self) -> None:
        """Accepts the certificate of the selected call's server for this run."""
        host = self._untrusted_host()
        if self.source.actions is not None and host is not None:
            self.source.actions.trust(host)
            self._say(f"{host} is trusted for this run: repeat the call.")

    async def action_restart(self) -> None:
        """Starts a proxy that has died again."""
        if self.source.actions is not None:
            self.run_worker(self._restart(self.source.actions), group="restart", exclusive=True)

    async def _restart(self, actions: Actions) -> None:
        try:
            await actions.restart()
        except Exception as error:
            self._say_failed(error)
        self._show_surroundings()

    async def _open(self, kind: BrowserKind) -> None:
        if self.source.actions is None:
            return
        self._say(f"Opening {kind.title()} …")
        try:
            await self.source.actions.open_browser(kind)
        except Exception as error:
            self._say_failed(error)
        self._show_surroundings()

    def _show(
        self,
        *,
        query: Query | None = None,
        not_cors: bool | None = None,
        background: bool | None = None,
    ) -> None:
        now = self.book.shown
        wanted = Shown(
            query=now.query if query is None else query,
            not_cors=now.not_cors if not_cors is None else not_cors,
            background=now.background if background is None else background,
        )
        if wanted != now:
            self._list.show(wanted)
            self._show_surroundings()
            self.refresh_bindings()

    def action_watch(self) -> None:
        """Waits for the selected call's endpoint to be allowed and says so, or stops waiting."""
        call = self.selected_call
        if call is not None:
            ends = self._watch is not None and self._watch.endpoint == endpoint(call)
            self._watch = None if ends else Watch(call)
            self._show_watch()

    def _show_watch(self) -> None:
        line = self.query_one("#watch", Static)
        line.set_class(self._watch is not None, "-on")
        if self._watch is not None:
            line.update(self._watch.line(), layout=False)

    def _see(self, calls: list[Call]) -> None:
        """Has the watch look at calls that changed."""
        if self._watch is None or not calls:
            return
        if (told := self._watch.see(calls)) is not None:
            self.notify(printable(told.text), severity=told.severity, timeout=15, markup=False)
            self._ring()
        self._show_watch()

    def action_mark(self) -> None:
        """Marks the selected call, or takes its mark away."""
        if (call := self.selected_call) is not None:
            self.remarks.mark(call)
            self._show_remarks()

    def action_note(self) -> None:
        """Writes a note on the selected call, kept beside the session."""
        call = self.selected_call

        def keep(text: str | None) -> None:
            if text is not None and call is not None:
                self.remarks.note(call, text)
                self._show_remarks()

        if call is not None:
            self.push_screen(NoteScreen(self.remarks.notes.notes.get(call.id, "")), keep)

    def action_assume(self) -> None:
        """Says whether the selected call was sent with credentials (yes, no, not known), and judges it again."""
        if (call := self.selected_call) is not None:
            now = self.remarks.assume(call)
            self._list.flush(self.book.apply(Changes([now], [])))
            self._show_remarks()
            self._show_detail()
            self._show_surroundings()

    def action_assume_page(self) -> None:
        """Says whether all calls of the selected call's page are sent with credentials, and judges them again."""
        call = self.selected_call
        if call is not None and call.page_origin is not None:
            credentials = self.remarks.assume_page(call.page_origin)
            self._say(f"All calls of {call.page_origin}: {SAID[credentials]}.")
            self.run_worker(self._judge_again(call.page_origin), group="judge", exclusive=True)

    async def _judge_again(self, page: str) -> None:
        for changes in self.remarks.again(page):
            self._list.flush(self.book.apply(changes))
            await asyncio.sleep(0)
        self._show_remarks()
        self._show_detail()
        self._show_surroundings()

    def _show_remarks(self) -> None:
        self._list.redraw()
        self._show_remark()
        if self.remarks.trouble is not None:
            self._warn(f"Holds until you quit only: {self.remarks.trouble}.")

    def _show_remark(self) -> None:
        said = remark(self.remarks.notes, self.selected_call)
        line = self.query_one("#remark", Static)
        line.set_class(said is not None, "-said")
        line.update(said or "", layout=False)

    def prefer(self, **values: object) -> None:
        """Keeps these preferences for this and all later runs."""
        if (trouble := self.preferences.change(**values)) is not None:
            self._warn(f"Holds until you quit only: {trouble}.")

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._ascii] if self._ascii.enabled else super().get_line_filters()

    def _turn_ascii(self) -> None:
        self._ascii.enabled = not self._ascii.enabled
        self.prefer(ascii=self._ascii.enabled)
        self.refresh_css(animate=False)  # every line was kept as it was drawn

    def _turn_bell(self) -> None:
        self.prefer(bell=not self.preferences.value.bell)
        self._say(f"The bell is {'on' if self.preferences.value.bell else 'off'}.")

    def _choose_theme(self) -> None:
        self.register_theme(HIGH_CONTRAST)
        if "TEXTUAL_THEME" in os.environ:
            return
        theme = self.preferences.value.theme
        if theme not in self.available_themes:
            theme = usual_theme(os.environ, self.console.color_system, grey=self.no_color)
        if theme is not None:
            self.theme = theme

    def _keep_theme(self, theme: Theme) -> None:
        if theme.name != self._theme_kept:  # the theme of the start is told as a change too
            self._theme_kept = theme.name
            self.prefer(theme=theme.name)

    def _untrusted_host(self) -> str | None:
        call = self.selected_call if self.is_mounted else None
        for exchange in call.exchanges if call is not None else ():
            if exchange.untrusted_certificate is not None:
                return host_port(exchange.url)
        return None

    def _filter_open(self) -> bool:
        return self.is_mounted and self._filter.opened

    def _ring(self) -> None:
        """Rings, if that's wanted, but not for each of many."""
        if self.preferences.value.bell and time.monotonic() - self._rang > QUIET_AFTER_BELL:
            self._rang = time.monotonic()
            self.bell()

    def _say(self, text: str) -> None:
        self.notify(printable(text), markup=False)

    def _warn(self, text: str) -> None:
        self.notify(printable(text), severity="warning", timeout=10, markup=False)

    def _say_failed(self, error: Exception) -> None:
        """An error of ours names the mend; anything else is told as it is rather than ending the app."""
        told = " ".join(str(part) for part in (getattr(error, "what", error), getattr(error, "mend", "")) if part)
        self.notify(printable(told), severity="error", timeout=15, markup=False)
