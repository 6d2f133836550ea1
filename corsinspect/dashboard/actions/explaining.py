"""What is done with the selected call: to understand it, and to hand it on."""

from corsinspect.advice.solution import server_of
from corsinspect.dashboard.actions.widgets import HostWithWidgets
from corsinspect.dashboard.screens.choose_recipe import RecipeScreen
from corsinspect.dashboard.screens.copying import COPIES, CopiedScreen, CopyMenu, clean, keep, to_tmux
from corsinspect.dashboard.screens.explain_screens import ContrastScreen, ReasonScreen
from corsinspect.dashboard.screens.help import HelpScreen
from corsinspect.model import Call
from corsinspect.session.errors import SessionError
from corsinspect.session.redaction.bug_report import write_bug_report
from corsinspect.session.sidecar import sidecar_of


class ExplainActions(HostWithWidgets):
    """Explaining, comparing, copying, and choosing the framework that the fix is written for."""

    def action_choose_recipe(self) -> None:
        """Chooses the framework that the server uses, for the fix; remembered until you quit."""
        call = self.selected_call
        if call is None:
            return
        server = server_of(call)

        def chosen(recipe: str | None) -> None:
            if recipe is not None:
                self.recipes[server] = recipe
                self.detail.renew()

        self.push_screen(RecipeScreen(self.recipes.get(server)), chosen)

    def action_why(self) -> None:
        """Explains the selected call's reason with a wrong and a right example."""
        call = self.selected_call
        self.push_screen(ReasonScreen(call) if call is not None and call.verdict.reason else HelpScreen())

    def action_contrast(self) -> None:
        """Compares two calls, header by header: press it on one, then on the other."""
        call, one = self.selected_call, self.compared
        if call is None:
            return
        if one is None or one.id == call.id:
            self.compared = call
            self.say("Now select the other call and press d again.")
            return
        self.compared = None
        self.done()
        self.push_screen(ContrastScreen(one, call))

    def action_copy(self) -> None:
        """Copies the selected call's URL, curl commands, fix, AI prompt or JSON."""
        call = self.selected_call
        if call is None:
            return

        def chosen(key: str | None) -> None:
            if key is not None:
                self.run_worker(self._copy(call, key), group="copy")

        self.push_screen(CopyMenu(), chosen)

    def action_bug_report(self) -> None:
        """Writes the selected call, which the browser contradicts, to a file for a bug report."""
        call = self.selected_call
        if call is None:
            return
        try:
            path = write_bug_report([call])
        except SessionError as error:
            self.say_failed(error)
        else:
            self.say(f"Written without its secrets: {path}\nand what the browser said: {sidecar_of(path)}")

    async def _copy(self, call: Call, key: str) -> None:
        copy = next(copy for copy in COPIES if copy.key == key)
        text = clean(copy.make(self.subject(call)))
        if not text:
            self.say(f"Not available for this call: {copy.name}.")
            return
        self.copy_to_clipboard(text)
        await to_tmux(text)
        try:
            path = keep(text)
        except OSError as error:
            path = None
            self.say_failed(error)
        self.say(f"Copied {copy.name}: {len(text):,} characters.")
        self.push_screen(CopiedScreen(copy.name, text, path))
