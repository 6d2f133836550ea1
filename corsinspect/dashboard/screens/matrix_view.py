"""The matrix on a screen: a cell to stand on, its headings always in view, drawn line by line."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from corsinspect.dashboard.look.shorten import fit, fit_url, short_origin
from corsinspect.dashboard.look.symbols import OUTCOMES
from corsinspect.dashboard.screens.matrix import Cell, Matrix, OriginPair
from corsinspect.model import Outcome

NARROWEST = 16
WIDEST = 34
HEADINGS = 1
TALL = 2
"""Lines of a row: the counts, and the cause under them."""


class MatrixView(Widget, can_focus=True):
    """Pages down, servers across. `show` a matrix; `Chosen` says which cell the person wants to see the calls of."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "matrix--heading",
        "matrix--cause",
        "matrix--none",
        "matrix--cursor",
        *(f"matrix--{outcome}" for outcome in OUTCOMES),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1, 0)", "Up", show=False),
        Binding("down,j", "move(1, 0)", "Down", show=False),
        Binding("left,h", "move(0, -1)", "Left", show=False),
        Binding("right,l", "move(0, 1)", "Right", show=False),
        Binding("pageup", "move(-10, 0)", "Page up", show=False),
        Binding("pagedown", "move(10, 0)", "Page down", show=False),
        Binding("home,g", "move(-1000000, -1000000)", "First", show=False),
        Binding("end,G", "move(1000000, 1000000)", "Last", show=False),
        Binding("enter", "choose", "Show its calls"),
    ]

    class Moved(Message):
        """Another cell is stood on."""

    class Chosen(Message):
        """The person wants to see the calls of a cell."""

        def __init__(self, place: OriginPair) -> None:
            super().__init__()
            self.place = place

    def __init__(self) -> None:
        super().__init__()
        self._matrix = Matrix([], [], {})
        self._row = self._column = 0
        self._top = self._left = 0
        """The first row and column in view."""

    @property
    def place(self) -> OriginPair | None:
        """Where the person stands; None while there is nothing."""
        if not self._matrix.cells:
            return None
        return self._matrix.pages[self._row], self._matrix.apis[self._column]

    @property
    def cell(self) -> Cell | None:
        """The cell there; None where no such call was made."""
        place = self.place
        return None if place is None else self._matrix.cells.get(place)

    def show(self, matrix: Matrix) -> None:
        """Shows this one; the person stays on the same page and server while they are there."""
        place = self.place
        self._matrix = matrix
        if place is not None and place[0] in matrix.pages and place[1] in matrix.apis:
            self._row, self._column = matrix.pages.index(place[0]), matrix.apis.index(place[1])
        self._move(0, 0)

    def action_move(self, down: int, right: int) -> None:
        """Goes so many rows down and columns to the right, as far as there are any."""
        self._move(down, right)

    def action_choose(self) -> None:
        """Asks for the calls of this cell."""
        if (place := self.place) is not None and self.cell is not None:
            self.post_message(self.Chosen(place))

    def on_click(self, event: events.Click) -> None:
        row = self._top + (event.y - HEADINGS) // TALL
        column = self._left + (event.x - self._names) // self._step
        inside = event.y >= HEADINGS and event.x >= self._names
        if inside and row < len(self._matrix.pages) and column < len(self._matrix.apis):
            self._move(row - self._row, column - self._column)
            self.action_choose()

    def on_mouse_scroll_down(self) -> None:
        self._move(1, 0)

    def on_mouse_scroll_up(self) -> None:
        self._move(-1, 0)

    def on_resize(self) -> None:
        self._move(0, 0)

    def _move(self, down: int, right: int) -> None:
        rows, columns = len(self._matrix.pages), len(self._matrix.apis)
        self._row = max(0, min(self._row + down, rows - 1))
        self._column = max(0, min(self._column + right, columns - 1))
        high = max(1, (self.size.height - HEADINGS) // TALL)
        wide = max(1, (self.size.width - self._names) // self._step)
        self._top = max(0, min(max(self._top, self._row - high + 1), self._row, max(0, rows - high)))
        self._left = max(0, min(max(self._left, self._column - wide + 1), self._column, max(0, columns - wide)))
        self.post_message(self.Moved())
        self.refresh(Region(0, 0, self.size.width, self.size.height))

    @property
    def _names(self) -> int:
        """Cells that the names of pages take, with the gap beside them."""
        longest = max((len(short_origin(page)) for page in self._matrix.pages), default=4)
        return max(6, min(longest + 3, self.size.width // 3, WIDEST))

    @property
    def _step(self) -> int:
        """Cells from one column to the next."""
        apis = max((len(short_origin(api)) for api in self._matrix.apis), default=0)
        cells = max((max(len(_counts_text(cell)), len(cell.cause)) for cell in self._matrix.cells.values()), default=0)
        return max(NARROWEST, min(max(apis, cells) + 2, WIDEST, max(NARROWEST, self.size.width - self._names)))

    def render_line(self, y: int) -> Strip:
        width, names, step = self.size.width, self._names, self._step
        row, part = divmod(y - HEADINGS, TALL)
        row += self._top
        shown = range(self._left, min(len(self._matrix.apis), self._left + (width - names) // step + 1))
        plain, head = self.rich_style, self.get_component_rich_style("matrix--heading")
        if y < HEADINGS:
            corner = f"← {self._left} more" if self._left else ""
            texts = [fit_url(short_origin(self._matrix.apis[column]), step - 2) + "  " for column in shown]
            segments = [Segment(fit(" " + corner, names), head), *(Segment(text, head) for text in texts)]
        elif row >= len(self._matrix.pages):
            segments = []
        else:
            page = self._matrix.pages[row]
            name = ("unknown" if page is None else fit_url(short_origin(page), names - 3)) if not part else ""
            segments = [Segment(fit(" " + name, names), head)]
            for column in shown:
                segments += self._cell_segments(row, column, part, step)
        return Strip(segments).adjust_cell_length(width, plain)

    def _cell_segments(self, row: int, column: int, part: int, step: int) -> list[Segment]:
        cell = self._matrix.cells.get((self._matrix.pages[row], self._matrix.apis[column]))
        parts: list[tuple[str, str]]
        if cell is None:
            parts = [("matrix--none", "–" if not part else "")]
        elif part:
            parts = [("matrix--cause", cell.cause)]
        else:
            parts = [(f"matrix--{outcome}", text + "  ") for outcome, text in _counts(cell)]
        here = (row, column) == (self._row, self._column)
        # of the cursor's style only what doesn't hide the outcome's colour
        ground = self.get_component_rich_style("matrix--cursor").background_style + Style(underline=True)
        drawn: list[Segment] = []
        left = step - 2
        for number, (name, text) in enumerate(parts):
            last = number == len(parts) - 1
            text = fit(text.rstrip() if last else text, left if last else min(left, len(text)))
            left -= len(text)
            style = self.get_component_rich_style(name)
            drawn.append(Segment(text, style + ground if here else style))
        return [*drawn, Segment("  ", self.rich_style)]


def _counts(cell: Cell) -> list[tuple[Outcome, str]]:
    numbers: list[tuple[Outcome, int]] = [(outcome, cell.outcomes.get(outcome, 0)) for outcome in OUTCOMES]
    return [(outcome, f"{OUTCOMES[outcome].sign} {number}") for outcome, number in numbers if number]


def _counts_text(cell: Cell) -> str:
    return "  ".join(text for _, text in _counts(cell))
