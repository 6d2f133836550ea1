"""Asks for the text of a note."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from corsinspect.dashboard.look.inputs import PrintableInput
from corsinspect.dashboard.look.symbols import NOTED


class NoteScreen(ModalScreen[str | None]):
    """Asks for the text of a note; None: leave it as it was."""

    BINDINGS = [Binding("escape", "dismiss", "Cancel")]  # noqa: RUF012 - declared by Textual

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Label(f" {NOTED} ")
            yield PrintableInput(
                self._text, placeholder="note on this call; leave it empty to remove the note", select_on_focus=False
            )

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()  # the app takes what is typed for a filter

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.dismiss(message.value.strip())
