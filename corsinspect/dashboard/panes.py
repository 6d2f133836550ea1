"""The pane that shows one call."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from corsinspect.model import Call


class DetailPane(VerticalScroll, can_focus=True):
    """One call in full: a single Static (a widget a line would cost four times as much), made anew at each width."""

    def __init__(self, render: Callable[[Call, int], Content], *, id: str) -> None:
        super().__init__(id=id)
        self._render_call = render
        self._call: Call | None = None

    def compose(self) -> ComposeResult:
        yield Static()

    def show(self, call: Call | None) -> None:
        """Shows this call; the scroll position is kept while it's the same one in a later state."""
        same = call is not None and self._call is not None and call.id == self._call.id
        if call is self._call:
            return
        self._call = call
        self._draw()
        if not same:
            self.scroll_home(animate=False)

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        width = self.scrollable_content_region.width
        if width <= 0:
            return
        static = self.query_one(Static)
        static.update(self._render_call(self._call, width) if self._call is not None else Content(""))
