"""What is asked of a live capture."""

from corsinspect.dashboard.actions.widgets import HostWithWidgets
from corsinspect.dashboard.state.source import Actions, BrowserKind
from corsinspect.simulation import WRITES

RELOAD = "The proxy simulates the fix: reload the page without its cache (ctrl+shift+R). t turns it off."


class CaptureActions(HostWithWidgets):
    """Browsers, the proxy, fixes that are tried, pause and clear."""

    async def action_open_browser(self, kind: BrowserKind) -> None:
        """Opens a browser behind the proxy."""
        self.run_worker(self.open_browser(kind), group="browser")

    def action_try_fix(self, _: bool) -> None:
        """Simulates the selected call's fix in the proxy, for this page and server."""
        call = self.selected_call
        if call is None:
            return
        why_not = self.simulation.start(call, self.same_server.of(call))
        if why_not is not None:
            self.warn(why_not)
        else:
            warning = "" if self.simulation.warned else f"{WRITES}\n"
            self.simulation.warned = True
            self.say(warning + RELOAD)
        self.show_surroundings()

    def action_stop_trying(self) -> None:
        """Ends the simulation: the servers' own responses pass again."""
        self.simulation.stop()
        self.done()
        self.say("Simulation off: from now on the server's own responses pass.")
        self.show_surroundings()

    def action_pause(self, held: bool) -> None:
        """Pauses the list while the capture goes on, or resumes it."""
        self.hold(held)
        self.refresh_bindings()

    def action_clear(self) -> None:
        """Starts an empty list in a new session file; the current one is kept."""
        if self.source.actions is not None:
            self.clearing = True
            self.run_worker(self._clear(self.source.actions), group="clear")

    async def _clear(self, actions: Actions) -> None:
        (before,) = self.source.sessions
        try:
            await actions.clear()
        except Exception as error:
            self.say_failed(error)
        else:
            self.begin_anew()
            self.say(f"New list started. The previous session is kept: {before}")
        finally:
            self.clearing = False

    def action_trust(self) -> None:
        """Trusts the certificate of the selected call's server for this run."""
        host = self.untrusted_host
        if self.source.actions is not None and host is not None:
            self.source.actions.trust(host)
            self.say(f"{host} is trusted for this run: repeat the call.")

    async def action_restart(self) -> None:
        """Restarts the proxy after it has stopped."""
        if self.source.actions is not None:
            self.run_worker(self._restart(self.source.actions), group="restart", exclusive=True)

    async def _restart(self, actions: Actions) -> None:
        try:
            await actions.restart()
        except Exception as error:
            self.say_failed(error)
        self.show_surroundings()

    async def open_browser(self, kind: BrowserKind) -> None:
        """Opens a browser, and says whether it worked."""
        if self.source.actions is None:
            return
        self.opening = kind.title()
        self.say(f"Opening {self.opening} …")
        self.show_surroundings()
        try:
            await self.source.actions.open_browser(kind)
        except Exception as error:
            self.done()
            self.say_failed(error)
        else:
            self.done()
        self.opening = None
        self.show_surroundings()
