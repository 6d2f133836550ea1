"""The live list of calls, drawn one visible line at a time (measurements: a repaint costs the visible lines only).

- Rows and lines belong to the `Book`; the list holds a selection, what it follows, and the strips drawn last.
- `follow` is a state, not a scroll position: while it's on, the newest row stays in view. Moving by hand ends it.
- Until the person moves, the selection goes to the newest problem by itself: the answer is there without a key. After
  End it goes to the newest row.
- When lines come or go above, the view stays on the line that was at its top.
"""

from array import array
from itertools import groupby
from operator import itemgetter
from typing import ClassVar

import msgspec
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip

from corsinspect.dashboard.keys import bindings
from corsinspect.dashboard.list.cells import Cells, Columns, columns, first_line, group_heading, second_line
from corsinspect.dashboard.look.line_view import LineView
from corsinspect.dashboard.state.arrangement import GROUPINGS, SORTS, Arrangement, Sort
from corsinspect.dashboard.state.book import Book, Shown
from corsinspect.dashboard.state.threads import in_thread

STRIPS = 512
MOST_UNSEEN = 999
AT_ONCE = 20_000
"""Rows that are brought into another order before anybody notices."""


TRIES = 3


class CallList(LineView, can_focus=True):
    """The calls of a Book, with a selection. `flush` after the Book has changed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--blocked",
        "list--network-error",
        "list--unknown",
        "list--simulated",
        "list--allowed",
        "list--opaque",
        "list--pending",
        "list--not-cors",
        "list--heading",
        "list--muted",
        "list--reason",
        "list--mark",
        "list--selected",
        "list--selected-blurred",
    }
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("list")]

    follow: var[bool] = var(True)

    class Selected(Message):
        """Another call is selected, or the selected one has changed; `position` None: none is."""

        def __init__(self, position: int | None, by_hand: bool) -> None:
            super().__init__()
            self.position = position
            self.by_hand = by_hand

    class Opened(Message):
        """The person wants to see the selected call as large as possible."""

    class Stood(Message):
        """The rows that were asked for are there."""

    class Arranged(Message):
        """The columns, or how many rows came below the view, have changed."""

        def __init__(self, columns: Columns, unseen: int) -> None:
            super().__init__()
            self.columns = columns
            self.unseen = unseen

    def __init__(self, book: Book, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.book = book
        self.columns = columns(80, book.widest_page)
        self.selected: int | None = None
        """The position of the selected row; always one that is shown, None where none is."""
        self._wanted: int | None = None
        """What the person selected, even while a filter hides it; None: the selection moves by itself."""
        self._to_problems = True
        self._top: int | None = None
        """The line at the top of the view as drawn last."""
        self._drawn = array("q")
        """The lines in view as drawn last."""
        self._seen = 0
        """How many rows there were when the end of the list was last in view."""
        self._unseen = 0
        self.standing = False
        """Whether other rows are wanted than those that are shown: what comes has to wait until they are there."""
        self._strips: LRUCache[int, Strip] = LRUCache(STRIPS)
        self._styles: dict[tuple[str, str], Style] = {}

    def flush(self, touched: set[int]) -> None:
        """Shows what the Book has become. `touched`: positions of rows that look different."""
        for position in touched:
            self._strips.discard(position << 1)
            self._strips.discard((position << 1) + 1)
        if not self.size.height:  # not laid out yet, or squeezed to nothing
            return
        self._arrange()
        self.resize_lines(len(self.book.lines))
        self._reselect(changed=self.selected is not None and self.selected in touched)
        self._hold_view()
        self.move_bar()
        view = self._in_view()
        if view != self._drawn or (touched and any(line < 0 or line >> 1 in touched for line in view)):
            self.refresh(self.size.region)
        self._drawn = view
        self._count_unseen()

    def show(self, shown: Shown) -> None:
        """Shows other rows. The selection stays on its call, or on the nearest one while that is hidden."""
        self._stand(shown)

    @property
    def chosen(self) -> int | None:
        """The position that the person selected; None while the selection moves by itself."""
        return self._wanted

    def clear(self) -> None:
        """Begins anew, as the Book does: nothing is selected, and what comes is followed."""
        self.book.clear()
        self.selected = self._wanted = self._top = None
        self._to_problems = self.follow = True
        self._seen = self._unseen = 0
        self.redraw()
        self.post_message(self.Selected(None, by_hand=False))

    def action_sort(self) -> None:
        """Sorts by time, duration, status or host, in turn."""
        now = self.book.arrangement.sort
        self._rearrange(sort=SORTS[(SORTS.index(now) + 1) % len(SORTS)] if now in SORTS else "time")

    def sort_by(self, sort: Sort) -> None:
        """Sorts by this, or by time again where that's how the rows stand already."""
        self._rearrange(sort="time" if self.book.arrangement.sort == sort else sort)

    def action_group(self) -> None:
        """Groups the calls by server, by endpoint, or not at all, in turn."""
        arrangement = self.book.arrangement
        self._rearrange(group=GROUPINGS[(GROUPINGS.index(arrangement.group) + 1) % len(GROUPINGS)])

    def action_fold(self) -> None:
        """Folds identical failures into one row with a count, or unfolds them."""
        self._rearrange(fold=not self.book.arrangement.fold)

    def _rearrange(self, **changes: object) -> None:
        """Stands the rows in another order; the selected call stays selected, and in view."""
        if self._wanted is None:
            self._wanted = self.selected
        self.follow = False
        self._stand(arrangement=msgspec.structs.replace(self.book.arrangement, **changes))

    def _stand(self, shown: Shown | None = None, arrangement: Arrangement | None = None) -> None:
        """Has the Book show other rows, or in another order: at once, or beside what goes on where it takes long."""
        self.book.want(shown, arrangement)
        if len(self.book.rows) <= AT_ONCE:
            self.book.adopt(self.book.stand())
            self._stood()
        else:
            self.standing = True
            self.run_worker(self._stand_beside(), group="stand", exclusive=True)

    async def _stand_beside(self) -> None:
        for _ in range(TRIES):
            if self.book.adopt(await in_thread(self.book.stand)):
                break
        else:  # rows changed each time: the time line is playing
            self.book.adopt(self.book.stand())
        self.standing = False
        self._stood()

    def _stood(self) -> None:
        self._top = None
        self.redraw()
        self.post_message(self.Arranged(self.columns, self._unseen))
        self.post_message(self.Stood())

    def select(self, position: int) -> None:
        """Selects the row at this position, or the next one that is shown."""
        self._select_by_hand(self.book.nearest(position))

    def action_move(self, steps: int) -> None:
        """Selects the next or the previous call."""
        if self.selected is None:
            return
        start = self.selected
        if self.follow and not self._visible(start) and self.book.last is not None:
            start = self.book.last  # what is looked at is the end, not a selection far above it
        target = self.book.neighbour(start, steps)
        self._select_by_hand(target)

    def action_page(self, pages: int) -> None:
        """Moves the selection by one page."""
        if self.selected is None:
            return
        index = self.book.index_of(self.selected) + pages * max(1, self.size.height - 2)
        self._select_by_hand(self.book.row_at(max(0, min(index, len(self.book.lines) - 1))))

    def action_problem(self, step: int) -> None:
        """Selects the next or the previous blocked or failed call."""
        if self.selected is None:
            return
        target = self.book.problem(self.selected, step)
        if target is None:
            self.notify(f"No more blocked calls {'below' if step > 0 else 'above'}.", timeout=3)
        else:
            self._select_by_hand(target)

    def action_top(self) -> None:
        """Selects the first call."""
        self._select_by_hand(self.book.row_at(0))

    def action_follow(self) -> None:
        """Selects the newest call and follows new ones, or selects the last row of another order."""
        if not self.book.arrangement.timely:
            self._select_by_hand(self.book.last)
            return
        self.follow = True
        self._wanted = None
        self._to_problems = False
        self.flush(set())
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        position = self.book.row_at(event.y + self.scroll_offset.y)
        if position is not None:
            self._select_by_hand(position)
            if event.chain > 1:
                self.post_message(self.Opened())

    def on_resize(self) -> None:
        self.redraw()

    def on_focus(self) -> None:
        self._redraw_selected()

    def on_blur(self) -> None:
        self._redraw_selected()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()
        self._styles.clear()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        top = round(new_value)
        if top != round(old_value):  # all of it is drawn
            self._drawn = self._in_view()
        self._top = self.book.lines[top] if 0 <= top < len(self.book.lines) else None
        at_end = top >= len(self.book.lines) - self.size.height
        # whoever scrolls back wants to read
        self.follow = at_end and self.book.arrangement.timely and (self.follow or self._wanted is None)
        self._count_unseen()

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        if index >= len(self.book.lines):
            return self.blank
        line = self.book.lines[index]
        if (strip := self._strips.get(line)) is None:
            width = (
                self.virtual_size.width
            )  # since `flush`; to ask the screen took a third of what drawing a line takes
            if (heading := self.book.heading(line)) is not None:  # says other numbers with every call
                return self._strip(group_heading(heading, width), "", width)
            strip = self._strips[line] = self._draw(line, width)
        return strip

    def _draw(self, line: int, width: int) -> Strip:
        position, part = line >> 1, line & 1
        row = self.book.rows[position]
        if row is None:  # withdrawn since the lines were made: cannot be in them, and must not end the app
            return self.blank
        if part:
            cells = second_line(row, self.columns, width)
        else:
            cells = first_line(row, self.columns, self.book.marks.get(row.id, ""), self.book.repeats(row))
        ground = ""
        if position == self.selected:
            ground = "list--selected" if self.has_focus else "list--selected-blurred"
        return self._strip(cells, ground, width)

    def _strip(self, cells: Cells, ground: str, width: int) -> Strip:
        runs = [(name, "".join([text for _, text in run])) for name, run in groupby(cells, itemgetter(0))]
        segments = [Segment(text, self._style(name, ground)) for name, text in runs]
        return self.line(segments, width, self._style("", ground))

    def _style(self, name: str, ground: str) -> Style:
        """The style of a component class on the background of another; "" is the list itself."""
        if (style := self._styles.get((name, ground))) is None:
            _, _, behind, colour = self.colors
            if ground:
                behind += self.get_component_styles(ground).background
            styles = self.get_component_styles(name) if name else self.styles
            # `get_component_rich_style` would lose the alpha of a muted colour
            colour = behind + (styles.color if name else colour)
            style = Style(color=colour.rich_color, bgcolor=behind.rich_color) + styles.text_style
            self._styles[name, ground] = style
        return style

    def redraw(self) -> None:
        """Draws every line anew: what was said of a call has changed."""
        self._strips.clear()
        self.flush(set())
        self.refresh()

    def _redraw_selected(self) -> None:
        if self.selected is not None:
            self._forget(self.selected)
            self.refresh()

    def _arrange(self) -> None:
        """Columns for the present width; rows go from two lines to one where a column holds the reason."""
        arranged = columns(
            self.lines_width,
            self.book.widest_page,
            widest_word=9 if self.book.outcomes["simulated"] else 8,
            marks=bool(self.book.marks),
        )
        if arranged == self.columns and self.book.tall == (not arranged.reason):
            return
        self.columns = arranged
        self._strips.clear()
        tall = not arranged.reason
        if tall != self.book.tall:
            self.book.show(self.book.shown, tall=tall)
            self._top = None
        self.post_message(self.Arranged(arranged, self._unseen))
        self.refresh()

    def _reselect(self, changed: bool) -> None:
        """Keeps the selection where it belongs: on the wanted call, or by itself on the newest problem."""
        if self._wanted is not None:
            target = self.book.nearest(self._wanted)
        else:
            target = self._newest()
        if target != self.selected:
            self._select(target, by_hand=False)
        elif changed:
            self.post_message(self.Selected(target, by_hand=False))

    def _newest(self) -> int | None:
        """What to select while the person leaves it to us: the newest problem shown, else the newest call of a page."""
        problem = self.book.newest_problem
        shown = self.book.stands_for(problem) if self._to_problems and problem is not None else None
        return self.book.last_of_pages if shown is None else shown

    def _hold_view(self) -> None:
        """Scrolls to the end while following, else keeps the line at the top where it was."""
        top = self.scroll_offset.y
        if self.follow:
            target = max(0, len(self.book.lines) - self.size.height)
        elif self._top is not None:
            target = self.book.index_of_line(self._top)
        else:
            target = self._reveal(top)
        if target == top:
            self._top = self.book.lines[top] if top < len(self.book.lines) else None
            return
        followed = self.follow
        self.scroll_to(y=target, animate=False, force=True, immediate=True)
        self.follow = followed

    def _reveal(self, top: int) -> int:
        """The scroll offset nearest to `top` that has the selected row in view."""
        if self.selected is None:
            return top
        first = self.book.index_of(self.selected)
        last = first + self.book.height(self.selected) - 1
        if last >= top + self.size.height:
            top = last - self.size.height + 1
        return min(top, first)

    def _select_by_hand(self, position: int | None) -> None:
        if position is None:
            return
        self._select(position, by_hand=True)
        self._wanted = position
        y = self._reveal(self.scroll_offset.y)
        if y != self.scroll_offset.y:
            self.scroll_to(y=y, animate=False, force=True, immediate=True)
        self.follow = position == self.book.last and self.book.arrangement.timely
        self._count_unseen()

    def _select(self, position: int | None, *, by_hand: bool) -> None:
        for changed in (self.selected, position):
            if changed is not None:
                self._forget(changed)
        self.selected = position
        self.post_message(self.Selected(position, by_hand))

    def _forget(self, position: int) -> None:
        first = self.book.index_of(position)
        for part in (0, 1):
            self._strips.discard((position << 1) + part)
            self.refresh_line(first + part)

    def _visible(self, position: int) -> bool:
        return self.scroll_offset.y <= self.book.index_of(position) < self.scroll_offset.y + self.size.height

    def _in_view(self) -> "array[int]":
        top = self.scroll_offset.y
        return self.book.lines[top : top + self.size.height]

    def _count_unseen(self) -> None:
        """How many rows came since the end of the list was last in view."""
        at_end = self.scroll_offset.y + self.size.height >= len(self.book.lines)
        if at_end or self.follow or not self.book.arrangement.timely:
            self._seen = len(self.book.rows)
        start = self.book.index_of(self._seen) if self.book.arrangement.timely else len(self.book.lines)
        unseen = sum(not line & 1 for line in self.book.lines[start : start + MOST_UNSEEN])
        if unseen != self._unseen:
            self._unseen = unseen
            self.post_message(self.Arranged(self.columns, unseen))
