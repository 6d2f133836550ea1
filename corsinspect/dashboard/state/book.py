"""What the dashboard knows: calls in their order, the compact rows drawn from them, and the lines that are visible.

- Rows keep their position for good; a withdrawn call leaves a gap (None), so a selection is just a position.
- A visible line is one number (see `arrangement`), so finding, adding and removing one is a bisection, at a million
  rows as at ten.
- Nothing here knows Textual, and nothing changes but by `apply`, `show` and `arrange`: between two frames the lines
  stand still.
"""

from array import array
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple, TypeGuard

import msgspec

from corsinspect.analysis.across.traits import traits
from corsinspect.analysis.word.never_sent import PREFIX
from corsinspect.dashboard.look.shorten import short_origin
from corsinspect.dashboard.state.arrangement import Arranged, Arrangement, Heading, Plain
from corsinspect.dashboard.state.call_store import Calls
from corsinspect.dashboard.state.made import Made
from corsinspect.dashboard.state.tally import Tally
from corsinspect.listing.query import EVERYTHING, Query
from corsinspect.listing.rows import EXPLAINED, PROBLEMS, CallRow, row_of
from corsinspect.model import Call, Changes, Outcome

OWN_AT_END = 500
"""Lines at the end that are looked through for the last call of a page: a frame has no time for more."""
WIDEST_PAGE = 20
CHUNK = 20_000
"""Rows looked at between two looks at whether they are still wanted."""


class Shown(msgspec.Struct, frozen=True):
    """Which rows are wanted on screen."""

    query: Query = EVERYTHING
    not_cors: bool = False
    background: bool = False

    def __contains__(self, row: CallRow) -> bool:
        common = row.common
        if common.background and not self.background:
            return False
        if common.outcome == "not-cors" and not self.not_cors and not common.background:
            return False
        return self.query is EVERYTHING or self.query.accepts(row)


class Standing(NamedTuple):
    """The rows that were wanted, in their lines."""

    wish: int
    applied: int
    shown: Shown
    listing: Plain | Arranged


class Book:
    """All calls so far, and the lines of those that are shown."""

    def __init__(self) -> None:
        self.rows: list[CallRow | None] = []
        self.calls = Calls()
        self.shown = Shown()
        self.arrangement = Arrangement()
        self.tall = True
        """Whether a row with a reason takes a second line for it."""
        self.outcomes: Counter[Outcome] = Counter()
        """Of the calls that pages made; the browser's own are in `background`."""
        self.standing_open: Counter[str] = Counter()
        """Those of `outcomes` that are allowed only if something is so that nothing shows, by what that is."""
        self.background = 0
        self.tally = Tally()
        self.newest_problem: int | None = None
        self.widest_page = 5
        self.marks: dict[str, str] = {}
        """By call id: the sign of what the person said of it."""
        self._wish = 0
        """Goes up whenever other rows are wanted, or in another order."""
        self._applied = 0
        """Goes up whenever rows have changed."""
        self._standing = Standing(0, 0, self.shown, Plain(self._lines_of, []))

    @property
    def _listing(self) -> Plain | Arranged:
        return self._standing.listing

    @property
    def lines(self) -> "array[int]":
        """What is shown, line by line: even numbers are rows, odd ones second lines and headings of groups."""
        return self._listing.lines

    @property
    def total(self) -> int:
        """Calls that pages made."""
        return self.outcomes.total()

    @property
    def last(self) -> int | None:
        """The position of the last row shown."""
        return self.lines[-1] >> 1 if self.lines else None

    @property
    def last_of_pages(self) -> int | None:
        """The position of the last row shown that isn't the browser's own; the last row where there is none."""
        for line in self.lines[: -OWN_AT_END - 1 : -1]:
            row = self.rows[line >> 1] if line >= 0 else None
            if row is not None and not row.background:
                return row.position
        return self.last

    def call_at(self, position: int | None) -> Call | None:
        """The call at this position; None where there is none any more."""
        return None if position is None else self.calls.at(position)

    def never_sent(self, most: int) -> list[Call]:
        """The latest of the calls that failed in the browser, of which nothing was on the wire."""
        found: list[Call] = []
        for row in reversed(self.rows):
            if row is not None and row.outcome in PROBLEMS and not row.background and row.id.startswith(PREFIX):
                if (call := self.calls.at(row.position)) is not None:
                    found.append(call)
                if len(found) == most:
                    break
        return found

    def apply(self, changes: Changes) -> set[int]:
        """Takes the Tracker's changes over; returns the positions whose rows look different now."""
        touched = self._withdraw(changes.withdrawn)
        rows = [row_of(self.calls.put(call), call, traits(call)) for call in changes.changed]
        return touched | self._put(rows) | self._changed_beside()

    def take(self, made: Made) -> set[int]:
        """As `apply`, for what another process has made of the Tracker's changes."""
        judged = made.judged
        touched = self._withdraw(judged.withdrawn)
        known, positions = made.common, self.calls.put_judged(judged)
        rows = [
            CallRow(position, known[common], url, started, took, id, asked)
            for position, id, common, url, started, took, asked in zip(positions, judged.ids, *made.rows, strict=True)
        ]
        return touched | self._put(rows) | self._changed_beside()

    def _withdraw(self, ids: Iterable[str]) -> set[int]:
        """The positions of these calls, which are no more."""
        self._applied += 1
        touched: set[int] = set()
        for id in ids:
            if (position := self.calls.drop(id)) is not None:
                self._replace(position, None)
                touched.add(position)
        return touched

    def _put(self, rows: list[CallRow]) -> set[int]:
        """Takes over rows, of which those that are new come in order; returns their positions."""
        count = len(self.rows)
        new: list[CallRow] = []
        for row in rows:
            if row.position == count + len(new):
                new.append(row)
            elif row.position < count:
                self._replace(row.position, row)
            else:  # the same call once more
                new[row.position - count] = row
        self._append(new)
        return {row.position for row in rows}

    def _append(self, rows: list[CallRow]) -> None:
        """Takes over rows that are new, at once: one by one took twice the time, and a large session has no others."""
        self.rows += rows
        alike: dict[int, list[CallRow]] = {}
        for row in rows:
            alike.setdefault(id(row.common), []).append(row)
        for each in alike.values():
            self._count(each, +1)
        shown = self._standing.shown
        self._listing.append([row for row in rows if row in shown])

    def _changed_beside(self) -> set[int]:
        """The positions of rows that stand for more or fewer others than before."""
        if not isinstance(self._listing, Arranged):
            return set()
        changed = set(self._listing.changed)
        self._listing.changed.clear()
        return changed

    def clear(self) -> None:
        """Forgets all calls; what is shown of those that come, and how, stays."""
        self.rows = []  # another list: a thread may be reading the old one, see `stand`
        self.calls.clear()
        self.outcomes.clear()
        self.standing_open.clear()
        self.background = 0
        self.tally.clear()
        self.newest_problem = None
        self.marks.clear()
        self.show(self.shown)

    def want(
        self, shown: Shown | None = None, arrangement: Arrangement | None = None, tall: bool | None = None
    ) -> None:
        """Says which rows are wanted, in which order, and whether reasons stand on a line of their own.

        What is on the lines stays until `adopt`.
        """
        self._wish += 1
        self.shown = self.shown if shown is None else shown
        self.arrangement = self.arrangement if arrangement is None else arrangement
        self.tall = self.tall if tall is None else tall

    def stand(self) -> Standing | None:
        """Brings the wanted rows in their order; None where others are wanted by now.

        Takes up to a second for 200,000 rows. Only reads, so that a thread may do it.
        """
        wish, applied, shown, arrangement = self._wish, self._applied, self.shown, self.arrangement
        every = self.rows
        rows: list[CallRow] = []
        for start in range(0, len(every), CHUNK):
            if self._wish != wish:
                return None
            rows += [row for row in every[start : start + CHUNK] if row is not None and row in shown]
        if arrangement == Arrangement():
            listing = Plain(self._lines_of, rows)
        else:
            listing = Arranged(arrangement, self._lines_of, every.__getitem__, rows)
        return Standing(wish, applied, shown, listing)

    def adopt(self, standing: Standing | None) -> bool:
        """Shows rows that `stand` brought; whether they are still the ones that are wanted."""
        if standing is None or (standing.wish, standing.applied) != (self._wish, self._applied):
            return False
        self._standing = standing
        return True

    def show(self, shown: Shown, *, tall: bool | None = None) -> None:
        """Changes which rows are shown, and waits for it."""
        self.want(shown, tall=tall)
        self.adopt(self.stand())

    def arrange(self, arrangement: Arrangement) -> None:
        """Changes the order of the rows, and waits for it."""
        self.want(arrangement=arrangement)
        self.adopt(self.stand())

    def index_of(self, position: int) -> int:
        """The index of a row's first line, or of the line that stands where it would."""
        return self._listing.index_of(position, self.rows[position] if position < len(self.rows) else None)

    def index_of_line(self, line: int) -> int:
        """The index of a line, or of the one that stands where it would."""
        if line >= 0:
            return self.index_of(line >> 1) + (line & 1)
        return self._listing.index_of_heading(line) if isinstance(self._listing, Arranged) else 0

    def height(self, position: int) -> int:
        """How many lines the row at this position takes when it's shown."""
        row = self.rows[position]
        return 1 if row is None else len(self._lines_of(row))

    def row_at(self, index: int) -> int | None:
        """The position of the row on the line with this index, or of the next one below a heading, if there is one."""
        if not 0 <= index < len(self.lines):
            return None
        line = self.lines[index]
        return self.row_at(index + 1) if line < 0 else line >> 1

    def heading(self, line: int) -> Heading | None:
        """What a line that is a group's heading says; None for one that is no heading."""
        return self._listing.heading(line) if line < 0 and isinstance(self._listing, Arranged) else None

    def repeats(self, row: CallRow) -> int:
        """How many calls a row that is shown stands for."""
        return self._listing.repeats(row) if isinstance(self._listing, Arranged) else 1

    def stands_for(self, position: int) -> int | None:
        """The position of the row that is shown for this one: itself, the first that is the same, or none."""
        row = self.rows[position]
        if row is None or row not in self._standing.shown:
            return None
        return self._listing.first_of(row) if isinstance(self._listing, Arranged) else position

    def nearest(self, position: int) -> int | None:
        """The row at this position or what stands for it, if shown; else the next one that is, or the last."""
        found = self.stands_for(position) if position < len(self.rows) else None
        if found is None:
            found = self.row_at(self.index_of(position))
        return self.last if found is None else found

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
            line = self.lines[index]
            row = None if line & 1 else self.rows[line >> 1]
            if row is not None and row.position != position and row.outcome in PROBLEMS:
                return row.position
            index += step
        return None

    def _replace(self, position: int, row: CallRow | None) -> None:
        old, self.rows[position] = self.rows[position], row
        if old is not None:
            self._count([old], -1)
        if row is not None:
            self._count([row], +1)
        if not _is_problem(row) and position == self.newest_problem:
            before = reversed(self.rows[:position])
            self.newest_problem = next((each.position for each in before if _is_problem(each)), None)
        shown = self._standing.shown
        was = old if old is not None and old in shown else None
        self._listing.change(position, was, row if row is not None and row in shown else None)

    def _lines_of(self, row: CallRow) -> list[int]:
        first, common = row.position << 1, row.common
        return [first, first + 1] if self.tall and common.reason and common.outcome in EXPLAINED else [first]

    def _count(self, alike: list[CallRow], by: int) -> None:
        """Counts rows of one `Common`, in their order, in (`by` 1) or out (-1)."""
        row, number = alike[-1], by * len(alike)
        if row.traits is not None:
            self.tally.count(row.traits, [row.started for row in alike], by)
        if row.background:
            self.background += number
        else:
            self.outcomes[row.outcome] += number
            if row.outcome == "allowed" and row.certainty == "depends":
                self.standing_open[row.reason] += number
        if by > 0:
            self.widest_page = max(self.widest_page, min(WIDEST_PAGE, len(short_origin(row.page))))
            if _is_problem(row):
                self.newest_problem = max(row.position, self.newest_problem or 0)


def _is_problem(row: CallRow | None) -> TypeGuard[CallRow]:
    return row is not None and row.outcome in PROBLEMS and not row.background
