"""A line of text that costs nothing while it says the same."""

from textual.content import Content
from textual.widgets import Static


class TextLine(Static):
    """Shows one line of text, which keeps its height."""

    _said: Content | None = None

    def say(self, content: Content) -> None:
        """Shows this; draws anew only what looks different. Frame after frame, most such lines don't."""
        if self._said is None or not self._said.is_same(content):
            self._said = content
            self.update(content, layout=False)  # else the whole screen would be arranged anew
