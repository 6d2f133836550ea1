"""What is done with the selected call: to understand it, and to hand it on."""

from typing import TYPE_CHECKING

from corsinspect.advice.solution import server_of
from corsinspect.dashboard import tabs
from corsinspect.dashboard.copying import COPIES, CopiedScreen, CopyMenu, clean, keep, to_tmux
from corsinspect.dashboard.help import HelpScreen
from corsinspect.dashboard.reading import ContrastScreen, ReasonScreen
from corsinspect.dashboard.tab_fix import RecipeScreen
from corsinspect.model import Call

if TYPE_CHECKING:
    from corsinspect.dashboard.app import Dashboard


class CallActs:
    """Explaining, comparing, copying, and the framework that the fix is told for."""

    def __init__(self, app: "Dashboard") -> None:
        self._app = app
        self.recipes: dict[str, str] = {}
        """By server: the recipe that the person chose."""
        self._compared: Call | None = None

    def action_choose_recipe(self) -> None:
        """Lets the person say what the server is made with; remembered for this server as long as the app runs."""
        call = self._app.selected_call
        if call is None:
            return
        server = server_of(call)

        def chosen(recipe: str | None) -> None:
            if recipe is not None:
                self.recipes[server] = recipe
                self._app.detail.renew()

        self._app.push_screen(RecipeScreen(self.recipes.get(server)), chosen)

    def action_why(self) -> None:
        """Explains the selected call's reason with a wrong and a right example; without one shows the help."""
        call = self._app.selected_call
        self._app.push_screen(ReasonScreen(call) if call is not None and call.verdict.reason else HelpScreen())

    def action_jump_pair(self) -> None:
        """Shows the request where the preflight is shown, and the preflight otherwise."""
        self._app.view_acts.action_tab(tabs.REQUEST if self._app.detail.tab == tabs.PREFLIGHT else tabs.PREFLIGHT)

    def action_contrast(self) -> None:
        """Compares two calls, header by header: press it on the one, then on the other."""
        call, one = self._app.selected_call, self._compared
        if call is None:
            return
        if one is None or one.id == call.id:
            self._compared = call
            self._app.say("Now go to the other call and press d there.")
            return
        self._compared = None
        self._app.push_screen(ContrastScreen(one, call))

    def action_copy(self) -> None:
        """Copies something of the selected call: its URL, curl commands, the fix, a prompt, JSON."""
        call = self._app.selected_call
        if call is None:
            return

        def chosen(key: str | None) -> None:
            if key is not None:
                self._app.run_worker(self._copy(call, key), group="copy")

        self._app.push_screen(CopyMenu(), chosen)

    async def _copy(self, call: Call, key: str) -> None:
        copy = next(copy for copy in COPIES if copy.key == key)
        text = clean(copy.make(self._app.subject(call)))
        if not text:
            self._app.say(f"This call has nothing of that kind: {copy.name}.")
            return
        self._app.copy_to_clipboard(text)
        await to_tmux(text)
        try:
            path = keep(text)
        except OSError as error:
            path = None
            self._app.say_failed(error)
        self._app.say(f"Copied {copy.name}: {len(text):,} characters.")
        self._app.push_screen(CopiedScreen(copy.name, text, path))

    def forget(self) -> None:
        """Takes no call of before for a comparison."""
        self._compared = None
