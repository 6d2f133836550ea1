"""A line of text that says where it was clicked; what stands there is known to whoever wrote it."""

from textual import events
from textual.message import Message

from corsinspect.dashboard.look.text_line import TextLine


class ClickLine(TextLine):
    """Shows one line of text."""

    ALLOW_SELECT = False

    class Clicked(Message):
        """A cell of the line was clicked."""

        def __init__(self, line: "ClickLine", x: int) -> None:
            super().__init__()
            self.line = line
            self.x = x

        @property
        def control(self) -> "ClickLine":
            return self.line

    def on_click(self, event: events.Click) -> None:
        self.post_message(self.Clicked(self, event.x))
