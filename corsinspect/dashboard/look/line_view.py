"""A widget that draws its lines one by one, and grows without having the screen laid out anew.

- A frame costs what is new in it. Textual makes six `Strip`s of a line on its way to the screen, each with seven
  caches, and draws the whole scrollbar anew whenever a line is added: together a third of what a frame took.
- So it can't have a border, an outline, or padding but on the right.
"""

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip


class LineView(ScrollView):
    """Base of what is long or changes often and fills a box whose size doesn't depend on it."""

    _kept: tuple[Color, Style, Style, Sequence[LineFilter]] | None = None
    """What is behind all text, that as a style, the style of text, and what every line goes through: to ask for them
    takes 0.1 ms."""
    _blank: Strip | None = None
    _end: Strip | None = None

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
        self._kept = self._blank = self._end = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """As Textual's, without what it keeps between `render_line` and the screen: who draws a `line` keeps it."""
        width = self.outer_size.width
        strips = [self.render_line(y).adjust_cell_length(width, self._colours[1]) for y in crop.line_range]
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def line(self, segments: Iterable[Segment], width: int, style: Style | None = None) -> Strip:
        """A line as it goes to the screen, to be kept until `notify_style_update` or another size. `width`: the
        `lines_width`; `style`: that of what is missing at its end."""
        background, behind, _, filters = self._colours
        line = Segment.adjust_line_length([*segments], width, style or behind)
        for filter in filters:
            line = filter.apply(line, background)
        return _Line(line, width, self._beside(max(0, self.outer_size.width - width)))

    def _beside(self, cells: int) -> Strip:
        """What is behind the scrollbar in each line."""
        if self._end is None or self._end.cell_length != cells:
            background, behind, _, filters = self._colours
            blank = [Segment(" " * cells, behind)]
            for filter in filters:
                blank = filter.apply(blank, background)
            self._end = Strip(blank, cells)
        return self._end

    @property
    def _colours(self) -> tuple[Color, Style, Style, Sequence[LineFilter]]:
        if self._kept is None:
            below, background = self.background_colors
            behind = Style(bgcolor=(below + background).rich_color)
            self._kept = background, behind, self.rich_style, self.get_line_filters()
        return self._kept

    @property
    def blank(self) -> Strip:
        """A line with nothing on it."""
        if self._blank is None or self._blank.cell_length != self.outer_size.width:
            width = self.lines_width
            self._blank = self.line([Segment(" " * width, self._colours[2])], width)
        return self._blank

    @property
    def lines_width(self) -> int:
        """Cells a line has; `size` counts the scrollbar in until the next layout."""
        return self.scrollable_content_region.width


class _Line(Strip):
    """A strip with room for the scrollbar at its end.

    The screen asks for it in two parts then, frame after frame. Textual's own would look for the border anew, and keep
    a reference to itself: most of the garbage that was collected while the dashboard was at work was strips.
    """

    __slots__ = ("_end", "_text")

    def __init__(self, text: list[Segment], width: int, end: Strip) -> None:
        """`width`: cells of the text; `end`: what stands beside it, of no cells where nothing does."""
        self._text: Strip | None = None
        """Kept, as it keeps what is sent to the terminal for it."""
        self._end = end
        super().__init__([*text, *end] if end.cell_length else text, width + end.cell_length)

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        wanted, end = [*cuts], self._end
        if wanted == [self.cell_length]:
            return [self]
        if wanted != [self.cell_length - end.cell_length, self.cell_length]:
            return super().divide(wanted)
        if self._text is None:
            self._text = Strip(self._segments[: -len(end)], self.cell_length - end.cell_length)
        return [self._text, end]


def _looks(bar: ScrollBar) -> list[Segment]:
    """Of a scrollbar, in whatever colours."""
    count, window = bar.window_virtual_size, bar.window_size
    segments = bar.renderer.render_bar(
        bar.size.height, count, window if window < count else 0, bar.position, vertical=True
    )
    return [*segments.segments]
