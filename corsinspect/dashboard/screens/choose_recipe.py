"""Asks what a server is made with."""

from itertools import groupby

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from corsinspect.advice.recipes import recipes
from corsinspect.dashboard.look.styles import KEY, STRONG

KINDS = {
    "app": "Framework of the API",
    "proxy": "Proxy in front of it",
    "platform": "Platform it runs on",
    "alternative": "Without CORS: page and API on one origin",
}


class RecipeScreen(ModalScreen[str | None]):
    """The frameworks to choose from; gives the chosen recipe's id, or None."""

    BINDINGS = [Binding("escape,q", "dismiss", "Back")]  # noqa: RUF012 - declared by Textual

    def __init__(self, current: str | None) -> None:
        super().__init__()
        self._current = current

    def compose(self) -> ComposeResult:
        yield Static(Content.styled("Which framework does your server use?", STRONG))
        options: list[Option | None] = []
        known = sorted(recipes().values(), key=lambda each: (list(KINDS).index(each.kind), each.title.lower()))
        for kind, group in groupby(known, key=lambda each: each.kind):
            options.append(Option(Content.styled(KINDS[kind], KEY), disabled=True))
            options += [Option(Content(f"  {each.title}"), id=each.id) for each in group]
        yield OptionList(*options)

    def on_mount(self) -> None:
        choices = self.query_one(OptionList)
        if self._current is not None:
            choices.highlighted = choices.get_option_index(self._current)
        choices.focus()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(message.option.id)
