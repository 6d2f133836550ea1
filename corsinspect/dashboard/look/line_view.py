"""A widget that draws its lines one by one, and grows without having the screen laid out anew.

- A frame costs what is new in it. Textual makes six `Strip`s of a line on its way to the screen, each with seven
  caches, and draws the whole scrollbar anew whenever a line is added: together a third of what a frame took.
- So it can't have a border, an outline, or padding but on the right.
"""

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip


class LineView(ScrollView):
    """Base of what is long or changes often and fills a box whose size doesn't depend on it."""

    _kept: tuple[Color, Style, Style] | None = None
    """What is behind all text, that as a style, and the style of text: to ask for them takes 0.1 ms."""
    _blank: Strip | None = None

    def resize_lines(self, count: int) -> bool:
        """Says how many lines there are; whether that has changed. `move_bar` when the right ones are in view."""
        size, before = Size(self.lines_width, count), self.virtual_size
        if size == before:
            return False
        # Not `self.virtual_size = size`: that asks the screen for a layout, and whoever fills its box never changes
        # one. Measured: 3.3 ms for a change of the list instead of 5.2, 10 ms for one of the details instead of 40.
        self.set_reactive(ScrollView.virtual_size, size)  # pyright: ignore[reportArgumentType] - typed as its value
        if self.show_vertical_scrollbar and size.width == before.width and size.height > self.size.height:
            self.scroll_y = self.validate_scroll_y(self.scroll_y)
        else:
            self._scroll_update(size)
            self.show_vertical_scrollbar = size.height > self.size.height
        return True

    def move_bar(self) -> None:
        """Brings the scrollbar up to date: draws it only if it looks different, as its lines go all down the screen."""
        if not self.show_vertical_scrollbar:
            return
        bar = self.vertical_scrollbar
        before = _looks(bar)
        bar.set_reactive(ScrollBar.window_virtual_size, self.virtual_size.height)
        bar.set_reactive(ScrollBar.position, self.scroll_y)
        if _looks(bar) != before:
            bar.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        self.move_bar()
        if round(old_value) != round(new_value):
            self.refresh(self.size.region)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._kept = self._blank = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """As Textual's, without what it keeps between `render_line` and the screen: who draws a `line` keeps it."""
        width = self.outer_size.width
        strips = [self.render_line(y).adjust_cell_length(width, self._colours[1]) for y in crop.line_range]
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def line(self, segments: Iterable[Segment]) -> Strip:
        """A line as it goes to the screen, to be kept until `notify_style_update` or another size."""
        background, behind, _ = self._colours
        width = self.lines_width
        line = Segment.adjust_line_length([*segments], width, behind)
        line.append(Segment(" " * max(0, self.outer_size.width - width), behind))
        for filter in self.get_line_filters():
            line = filter.apply(line, background)
        return _Line(line)

    @property
    def _colours(self) -> tuple[Color, Style, Style]:
        if self._kept is None:
            below, background = self.background_colors
            self._kept = background, Style(bgcolor=(below + background).rich_color), self.rich_style
        return self._kept

    @property
    def blank(self) -> Strip:
        """A line with nothing on it."""
        if self._blank is None or self._blank.cell_length != self.outer_size.width:
            self._blank = self.line([Segment(" " * self.lines_width, self._colours[2])])
        return self._blank

    @property
    def lines_width(self) -> int:
        """Cells a line has; `size` counts the scrollbar in until the next layout."""
        return self.scrollable_content_region.width


class _Line(Strip):
    """A strip without a reference to itself: Textual's keep one in their cache once they are divided at their end, and
    most of the garbage that was collected while the dashboard was at work was strips."""

    __slots__ = ()

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        wanted = [*cuts]
        return [self] if wanted == [self.cell_length] else super().divide(wanted)


def _looks(bar: ScrollBar) -> list[Segment]:
    """Of a scrollbar, in whatever colours."""
    count, window = bar.window_virtual_size, bar.window_size
    segments = bar.renderer.render_bar(
        bar.size.height, count, window if window < count else 0, bar.position, vertical=True
    )
    return [*segments.segments]
