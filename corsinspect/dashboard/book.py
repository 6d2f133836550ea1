"""What the dashboard knows: calls in their order, the compact rows drawn from them, and the lines that are visible.

- Rows keep their position for good; a withdrawn call leaves a gap (None), so a selection is just a position.
- A visible line is one number, `position * 2 + part`: part 1 is the second line of a row that has one. The numbers are
  sorted, so finding, adding and removing a line is a bisection, at a million rows as at ten.
- Nothing here knows Textual, and nothing changes but by `apply` and `show`: between two frames the lines stand still.
"""

from bisect import bisect_left
from collections import Counter

import msgspec

from corsinspect.analysis.traits import traits
from corsinspect.dashboard.calls import Calls
from corsinspect.dashboard.query import EVERYTHING, Query
from corsinspect.dashboard.rows import EXPLAINED, PROBLEMS, CallRow, row_of
from corsinspect.dashboard.shorten import short_origin
from corsinspect.dashboard.tally import Tally
from corsinspect.model import Call, Changes, Outcome

WIDEST_PAGE = 20


class Shown(msgspec.Struct, frozen=True):
    """Which rows are wanted on screen."""

    query: Query = EVERYTHING
    not_cors: bool = False
    background: bool = False

    def __contains__(self, row: CallRow) -> bool:
        if row.background and not self.background:
            return False
        if row.outcome == "not-cors" and not self.not_cors and not row.background:
            return False
        return self.query is EVERYTHING or self.query.accepts(row)


class Book:
    """All calls so far, and the lines of those that are shown."""

    def __init__(self) -> None:
        self.rows: list[CallRow | None] = []
        self.calls = Calls()
        self.lines: list[int] = []
        self.shown = Shown()
        self.tall = True
        """Whether a row with a reason takes a second line for it."""
        self.outcomes: Counter[Outcome] = Counter()
        """Of the calls that pages made; the browser's own are in `background`."""
        self.background = 0
        self.tally = Tally()
        self.newest_problem: int | None = None
        self.widest_page = 5
        self.marks: dict[str, str] = {}
        """By call id: the sign of what the person said of it."""

    @property
    def total(self) -> int:
        """Calls that pages made."""
        return self.outcomes.total()

    @property
    def last(self) -> int | None:
        """The position of the last row shown."""
        return self.lines[-1] >> 1 if self.lines else None

    def call_at(self, position: int | None) -> Call | None:
        """The call at this position; None where there is none any more."""
        return None if position is None else self.calls.at(position)

    def apply(self, changes: Changes) -> set[int]:
        """Takes the Tracker's changes over; returns the positions whose rows look different now."""
        touched: set[int] = set()
        for id in changes.withdrawn:
            if (position := self.calls.drop(id)) is not None:
                self._replace(position, None)
                touched.add(position)
        for call in changes.changed:
            position = self.calls.put(call)
            if position == len(self.rows):
                self.rows.append(None)
            self._replace(position, row_of(position, call, self.tally.same(traits(call))))
            touched.add(position)
        return touched

    def show(self, shown: Shown, *, tall: bool | None = None) -> None:
        """Changes which rows are shown and whether reasons stand on a line of their own."""
        self.shown = shown
        self.tall = self.tall if tall is None else tall
        wanted = [row for row in self.rows if row is not None and row in shown]
        if self.tall:
            self.lines = [line for row in wanted for line in self._lines_of(row)]
        else:
            self.lines = [row.position << 1 for row in wanted]

    def index_of(self, position: int) -> int:
        """The index of a row's first line, or of the line that stands where it would."""
        return bisect_left(self.lines, position << 1)

    def nearest(self, position: int) -> int | None:
        """The row at this position if it is shown, else the next one that is, else the last."""
        index = self.index_of(position)
        return self.lines[index] >> 1 if index < len(self.lines) else self.last

    def neighbour(self, position: int, steps: int) -> int | None:
        """The row so many rows further down (or up) among those shown, stopping at the ends."""
        index = min(self.index_of(position), len(self.lines) - 1)
        if index < 0:
            return None
        step = 1 if steps > 0 else -1
        for _ in range(abs(steps)):
            further = index + step
            while 0 <= further < len(self.lines) and self.lines[further] & 1:
                further += step
            if not 0 <= further < len(self.lines):
                break
            index = further
        return self.lines[index] >> 1

    def problem(self, position: int, step: int) -> int | None:
        """The next row shown, down (1) or up (-1) from this one, that is blocked or failed; None: there is no more."""
        index = self.index_of(position) + step
        while 0 <= index < len(self.lines):
            found = self.lines[index] >> 1
            row = self.rows[found]
            if found != position and row is not None and row.outcome in PROBLEMS:
                return found
            index += step
        return None

    def _replace(self, position: int, row: CallRow | None) -> None:
        old, self.rows[position] = self.rows[position], row
        self._count(old, -1)
        self._count(row, +1)
        if row is not None:
            self.widest_page = max(self.widest_page, min(WIDEST_PAGE, len(short_origin(row.page))))
            if row.outcome in PROBLEMS and not row.background:
                self.newest_problem = max(position, self.newest_problem or 0)
        lines = self._lines_of(row) if row is not None and row in self.shown else []
        if not self.lines or position > self.lines[-1] >> 1:
            self.lines.extend(lines)
            return
        index = bisect_left(self.lines, position << 1)
        end = bisect_left(self.lines, (position + 1) << 1)
        if self.lines[index:end] != lines:
            self.lines[index:end] = lines

    def _lines_of(self, row: CallRow) -> list[int]:
        first = row.position << 1
        return [first, first + 1] if self.tall and row.reason and row.outcome in EXPLAINED else [first]

    def _count(self, row: CallRow | None, by: int) -> None:
        if row is None:
            return
        if row.traits is not None:
            self.tally.count(row.traits, by)
        if row.background:
            self.background += by
        else:
            self.outcomes[row.outcome] += by
