"""The pane that shows one call, in tabs."""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.visual import Visual

from corsinspect.dashboard.detail import tabs
from corsinspect.dashboard.detail.subject import Subject
from corsinspect.dashboard.keys import bindings
from corsinspect.dashboard.look.line_view import LineView
from corsinspect.dashboard.look.text_line import TextLine
from corsinspect.dashboard.state.tab_names import TABS
from corsinspect.model import Call


class Body(Horizontal):
    """The list and the details beside each other: the tabs' keys work in both."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("tabs")]


class Headings(TextLine):
    """The names of the tabs; a click on one asks for it."""

    class Clicked(Message):
        """The person wants this tab."""

        def __init__(self, tab: int) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self) -> None:
        super().__init__(id="tabs")
        self._active = 0

    def activate(self, tab: int) -> None:
        """Marks this tab as the one that is shown."""
        self._active = tab
        self.say(tabs.headings(tab, self.size.width)[0])

    def on_resize(self) -> None:
        self.activate(self._active)

    def on_click(self, event: events.Click) -> None:
        _, spans = tabs.headings(self._active, self.size.width)
        for tab, (start, end) in enumerate(spans):
            if start <= event.x < end:
                self.post_message(self.Clicked(tab))


class Text(LineView, can_focus=True):
    """What a tab shows, to be scrolled; its text can be selected."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("details")]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._content = Content("")
        self._strips: list[Strip] = []

    def show(self, content: Content) -> None:
        """Shows this instead."""
        self._content = content
        self._draw()

    def render_line(self, y: int) -> Strip:
        line = y + self.scroll_offset.y
        return self._strips[line] if line < len(self._strips) else self.blank

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        return selection.extract(self._content.plain), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self._draw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._draw()

    def _draw(self) -> None:
        width = self.lines_width
        if width <= 0:
            return
        strips = Visual.to_strips(self, self._content, width, None, self.visual_style)
        self._strips = [self.line(strip, width) for strip in strips]
        self.resize_lines(len(self._strips))
        self.move_bar()
        self.refresh(self.size.region)


class DetailPane(Vertical):
    """One call in full, made anew at each width."""

    def __init__(self, subject: Callable[[Call], Subject], *, id: str) -> None:
        """`subject` adds to a call what the tabs ask for."""
        super().__init__(id=id)
        self._subject_of = subject
        self._call: Call | None = None
        self._subject: Subject | None = None
        self.tab = 0

    def compose(self) -> ComposeResult:
        yield Headings()
        yield Text(id="shown")

    def show(self, call: Call | None) -> None:
        """Shows this call; the scroll position is kept while it's the same one in a later state."""
        same = call is not None and self._call is not None and call.id == self._call.id
        if call is self._call:
            return
        self._call = call
        self.renew()
        if not same:
            self._scroll.scroll_home(animate=False)

    def turn_to(self, tab: int) -> None:
        """Shows another tab of the same call; one past the last is the first."""
        self.tab = tab % len(TABS)
        self.query_one(Headings).activate(self.tab)
        self._draw()
        self._scroll.scroll_home(animate=False)

    def renew(self) -> None:
        """Draws the call anew, with what has become of the session."""
        self._subject = self._subject_of(self._call) if self._call is not None else None
        self._draw()

    def focus_text(self) -> None:
        """Gives the keys to the text, to scroll it."""
        self._scroll.focus()

    def on_resize(self) -> None:
        self._draw()

    @property
    def _scroll(self) -> Text:
        return self.query_one(Text)

    def _draw(self) -> None:
        width = self._scroll.lines_width
        if width <= 0:
            return
        drawn = tabs.draw(self.tab, self._subject, width) if self._subject is not None else Content("")
        self._scroll.show(drawn)
