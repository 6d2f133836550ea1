"""What is asked of a live capture."""

from typing import TYPE_CHECKING

from corsinspect.dashboard.rows import PROBLEMS
from corsinspect.dashboard.shorten import host_port
from corsinspect.dashboard.source import Actions, BrowserKind

if TYPE_CHECKING:
    from corsinspect.dashboard.app import Dashboard


class CaptureActs:
    """Browsers, the proxy, fixes that are tried, pause and clear."""

    def __init__(self, app: "Dashboard") -> None:
        self._app = app
        self.clearing = False
        """Whether a new session file is being begun."""

    async def action_open_browser(self, kind: BrowserKind) -> None:
        """Opens a browser behind the proxy."""
        self._app.run_worker(self.open(kind), group="browser")

    def action_try_fix(self, _: bool) -> None:
        """Tries the selected call's fix in the proxy, for this page at this server."""
        call = self._app.selected_call
        if call is None:
            return
        why_not = self._app.trying.start(call, self._app.siblings.of(call))
        if why_not is not None:
            self._app.warn(why_not)
        else:
            self._app.say("The fix is being tried: reload the page (past its cache: ctrl+shift+R). t turns it off.")
        self._app.show_surroundings()

    def action_stop_trying(self) -> None:
        """Ends the simulation: servers answer for themselves again."""
        self._app.trying.stop()
        self._app.say("The simulation is off: what comes now is the server's own word.")
        self._app.show_surroundings()

    def may_try(self) -> bool:
        """Whether the selected call is one that a fix can be tried on."""
        call = self._app.selected_call if self._app.is_mounted else None
        return call is not None and (call.simulated or call.verdict.outcome in PROBLEMS)

    def action_pause(self, held: bool) -> None:
        """Holds the list still while the capture goes on, or takes in what has come since."""
        self._app.hold(held)
        self._app.refresh_bindings()

    def action_clear(self) -> None:
        """Begins an empty list in a new session file; the one so far is kept as it is."""
        if self._app.source.actions is not None:
            self.clearing = True
            self._app.run_worker(self._clear(self._app.source.actions), group="clear")

    async def _clear(self, actions: Actions) -> None:
        (before,) = self._app.source.sessions
        try:
            await actions.clear()
        except Exception as error:
            self._app.say_failed(error)
        else:
            self._app.begin_anew()
            self._app.say(f"The list begins anew. What it held is kept: {before}")
        finally:
            self.clearing = False

    def action_trust(self) -> None:
        """Accepts the certificate of the selected call's server for this run."""
        host = self.untrusted_host()
        if self._app.source.actions is not None and host is not None:
            self._app.source.actions.trust(host)
            self._app.say(f"{host} is trusted for this run: repeat the call.")

    async def action_restart(self) -> None:
        """Starts a proxy that has died again."""
        if self._app.source.actions is not None:
            self._app.run_worker(self._restart(self._app.source.actions), group="restart", exclusive=True)

    async def _restart(self, actions: Actions) -> None:
        try:
            await actions.restart()
        except Exception as error:
            self._app.say_failed(error)
        self._app.show_surroundings()

    async def open(self, kind: BrowserKind) -> None:
        """Opens a browser, and tells what comes of it."""
        if self._app.source.actions is None:
            return
        self._app.say(f"Opening {kind.title()} …")
        try:
            await self._app.source.actions.open_browser(kind)
        except Exception as error:
            self._app.say_failed(error)
        self._app.show_surroundings()

    def untrusted_host(self) -> str | None:
        """The selected call's server, where its certificate isn't trusted."""
        call = self._app.selected_call if self._app.is_mounted else None
        for exchange in call.exchanges if call is not None else ():
            if exchange.untrusted_certificate is not None:
                return host_port(exchange.url)
        return None
