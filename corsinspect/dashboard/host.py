"""The app as far as keys and actions need to know it: what it holds, what is on screen now, and how it speaks.

`Host` is below the widgets, so that their keys can come from one table whose conditions ask it; the `Dashboard` at the
top puts the widgets in and says what is on screen.
"""

from textual.app import App

from corsinspect.advice.solution import server_of
from corsinspect.dashboard.apart.saved import AnySource, feed_of
from corsinspect.dashboard.look.shorten import host_port
from corsinspect.dashboard.state.book import Book, Shown
from corsinspect.dashboard.state.preferences import PreferencesFile
from corsinspect.dashboard.state.remarks import Remarks
from corsinspect.dashboard.state.same_server import SameServer
from corsinspect.dashboard.state.watch import Watch
from corsinspect.listing.rows import PROBLEMS, CallRow
from corsinspect.model import Call
from corsinspect.printable import printable
from corsinspect.session.notes import Notes
from corsinspect.simulation import Simulation


class Host(App[Exception | None]):
    """Holds the state of a dashboard. `run` returns None, or the error that made the source unreadable."""

    def __init__(self, source: AnySource, preferences: PreferencesFile) -> None:
        super().__init__()
        self.source = source
        self.preferences = preferences
        self.book = Book()
        self.book.show(Shown(not_cors=preferences.value.not_cors))
        self.remarks = Remarks(Notes(*source.sessions), self.book)
        self.feed = feed_of(source, self.show_arrivals)
        self.same_server = SameServer(self.book)
        self.simulation = Simulation(source.actions)
        self.watched: Watch | None = None
        """The call that the person waits for."""
        self.compared: Call | None = None
        """The first of two calls to compare."""
        self.recipes: dict[str, str] = {}
        """By server: the recipe that the person chose."""
        self.opening: str | None = None
        """The browser that is being started."""
        self.clearing = False
        """Whether a new session file is being begun."""
        self.mounted = False
        """Whether there are widgets."""

    # what is on screen now: said by whoever has the widgets

    @property
    def selected(self) -> int | None:
        """The position of the row that the list has selected."""
        raise NotImplementedError

    @property
    def tab(self) -> int | None:
        """Which of the TABS is shown; None: no details are on screen yet."""
        raise NotImplementedError

    @property
    def detail_opened(self) -> bool:
        """Whether the details are as large as the terminal."""
        raise NotImplementedError

    @property
    def filter_opened(self) -> bool:
        """Whether the filter line is on screen."""
        raise NotImplementedError

    @property
    def time_line_opened(self) -> bool:
        """Whether the time line is on screen."""
        raise NotImplementedError

    def show_arrivals(self) -> None:
        """Draws what has arrived, soon."""
        raise NotImplementedError

    def show_surroundings(self) -> None:
        """Draws everything but the list and the details."""
        raise NotImplementedError

    def show_detail(self) -> None:
        """Draws the selected call in full."""
        raise NotImplementedError

    def show_changed(self) -> None:
        """Draws what stands around the list, which has changed."""
        raise NotImplementedError

    def hold(self, held: bool) -> None:
        """Leaves what comes where it is, or takes it in again."""
        raise NotImplementedError

    def empty_list(self) -> None:
        """Takes all calls off the list; what was said of them stays."""
        raise NotImplementedError

    def begin_anew(self) -> None:
        """Forgets all calls, and reads the source's new session."""
        raise NotImplementedError

    # what follows from it

    @property
    def selected_call(self) -> Call | None:
        """The call that the list has selected."""
        return self.book.call_at(self.selected)

    @property
    def selected_row(self) -> CallRow | None:
        """The row that the list has selected."""
        position = self.selected
        return None if position is None else self.book.rows[position]

    @property
    def untrusted_host(self) -> str | None:
        """The selected call's server, where its certificate isn't trusted."""
        call = self.selected_call
        for exchange in call.exchanges if call is not None else ():
            if exchange.untrusted_certificate is not None:
                return host_port(exchange.url)
        return None

    @property
    def may_try(self) -> bool:
        """Whether the selected call is one that a fix can be tried on."""
        call = self.selected_call
        return call is not None and (call.simulated or call.verdict.outcome in PROBLEMS)

    def recipe_of(self, call: Call) -> str | None:
        """The recipe that the person chose for a call's server."""
        return self.recipes.get(server_of(call))

    # how it speaks

    def prefer(self, **values: object) -> None:
        """Keeps these preferences for this and all later runs."""
        if (trouble := self.preferences.change(**values)) is not None:
            self.warn(f"This applies only until you quit: {trouble}.")

    def say(self, text: str) -> None:
        """Says something in passing."""
        self.notify("\n".join(map(printable, text.splitlines())), markup=False)

    def done(self) -> None:
        """Takes away what was said of something that is over now."""
        self.clear_notifications()
        self.screen.query("ToastHolder").remove()  # Textual leaves them behind, a blank line each

    def warn(self, text: str) -> None:
        """Says something that may need doing."""
        self.notify(printable(text), severity="warning", timeout=10, markup=False)

    def say_failed(self, error: Exception) -> None:
        """Says what failed: ours name what to do; any other is shown as it is and doesn't end the app."""
        text = " ".join(str(part) for part in (getattr(error, "what", error), getattr(error, "hint", "")) if part)
        self.notify(printable(text), severity="error", timeout=15, markup=False)
