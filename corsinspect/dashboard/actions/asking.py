"""Asking the server of the selected call, by requests of our own: only where a person says yes."""

from corsinspect.dashboard.actions.widgets import HostWithWidgets
from corsinspect.dashboard.screens.probe_screens import ConfirmProbe, ProbedScreen
from corsinspect.probe import Ask, ProbeError, ask_of_call, probe


class AskActions(HostWithWidgets):
    """The probe. What it finds is shown and not kept: the list and the session hold what browsers did."""

    def action_ask_server(self) -> None:
        """Asks the selected call's server what it would answer now; first asks whether to."""
        if (call := self.selected_call) is None:
            return
        try:
            wanted = ask_of_call(call)
        except ProbeError as error:
            self.say_failed(error)
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.run_worker(self._ask(wanted), group="probe", exclusive=True)

        self.push_screen(ConfirmProbe(wanted), answered)

    async def _ask(self, wanted: Ask) -> None:
        self.say(f"Asking {wanted.url.origin} …")
        try:
            found = await probe(wanted)
        except Exception as error:
            self.done()
            self.say_failed(error)
        else:
            self.done()
            self.push_screen(ProbedScreen(found))
