"""In which order the rows stand, under which headings, and which of them stand for others.

A line is one number: `position * 2 + part` for a row's first and second line, an odd number below zero for a heading.
So a row's first line is an even number, whatever the arrangement.
"""

import math
from array import array
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

import msgspec

from corsinspect.analysis.learnt.page_memory import general_path
from corsinspect.dashboard.look.shorten import short_url
from corsinspect.dashboard.look.symbols import OUTCOMES
from corsinspect.fetch.url import origin_of
from corsinspect.listing.rows import PROBLEMS, CallRow
from corsinspect.listing.terms import path_of

Sort = Literal["time", "duration", "status", "host", "outcome", "method", "page"]
Grouping = Literal["host", "endpoint"]

SORTS: tuple[Sort, ...] = ("time", "duration", "status", "host")
"""What the key goes through; the others are for a click on their column."""
GROUPINGS: tuple[Grouping | None, ...] = (None, "host", "endpoint")

_OUTCOMES = tuple(OUTCOMES)

Key = tuple[str | float | int, ...]
LinesOf = Callable[[CallRow], list[int]]


class Arrangement(msgspec.Struct, frozen=True):
    """What the person chose."""

    sort: Sort = "time"
    group: Grouping | None = None
    fold: bool = False
    """Whether failures that are all the same take one row, that of the first. Off unless asked for: somebody who tries
    again wants to see a new row, not a number that changes far above."""

    @property
    def timely(self) -> bool:
        """Whether what is new stands at the end."""
        return self.sort == "time" and self.group is None


class Heading(NamedTuple):
    """What stands above the rows of a group."""

    name: str
    calls: int
    problems: int


def endpoint(row: CallRow) -> str:
    """Method and address, what names one thing among many left out: `PUT api.test/orders/*`."""
    return f"{row.method} {short_url(origin_of(row.url))}{general_path(path_of(row.url)[:500])}"


def group_of(row: CallRow, grouping: Grouping | None) -> str:
    """The name of the group that a row is in."""
    if grouping is None:
        return ""
    return endpoint(row) if grouping == "endpoint" else short_url(origin_of(row.url))


def sort_value(row: CallRow, sort: Sort) -> float | str:
    """What a row is sorted by: slow ones and high statuses come first, no status at all before those."""
    if sort == "duration":
        return math.inf if row.took is None else -row.took
    if sort == "status":
        return -1000 if row.status is None else -row.status
    if sort == "host":
        return row.url.partition("://")[2].partition("/")[0]
    if sort == "outcome":
        return _OUTCOMES.index(row.outcome)
    if sort == "method":
        return row.method
    if sort == "page":
        return row.page or ""
    return 0


def same_failure(row: CallRow) -> tuple[object, ...] | None:
    """Equal for failures that differ in nothing but when they were; None for a row that isn't one."""
    if row.outcome not in PROBLEMS:
        return None
    url = row.url.partition("?")[0]
    return row.method, url, row.page, row.outcome, row.certainty, row.slug, row.reason, row.status, row.preflight


class Plain:
    """All rows as they came: the lines are sorted numbers, so the newest costs nothing and any other a bisection."""

    def __init__(self, lines_of: LinesOf, rows: Iterable[CallRow]) -> None:
        self.lines = array("q", (line for row in rows for line in lines_of(row)))
        """8 bytes a line; a list's numbers would take 40."""
        self._lines_of = lines_of

    def change(self, position: int, old: CallRow | None, new: CallRow | None) -> None:
        """Takes over that a row is another one now; None: it isn't shown."""
        lines = array("q", self._lines_of(new) if new is not None else ())
        if not self.lines or position > self.lines[-1] >> 1:
            self.lines += lines
            return
        index = bisect_left(self.lines, position << 1)
        end = bisect_left(self.lines, (position + 1) << 1)
        if self.lines[index:end] != lines:
            self.lines[index:end] = lines

    def append(self, rows: Iterable[CallRow]) -> None:
        """Takes over rows that come after all others."""
        self.lines.extend(line for row in rows for line in self._lines_of(row))

    def index_of(self, position: int, row: CallRow | None) -> int:
        """The index of a row's first line, or of the line that stands where it would."""
        return bisect_left(self.lines, position << 1)


class Arranged:
    """Rows sorted, grouped or folded: beside the lines stand the keys that they are sorted by."""

    def __init__(
        self, how: Arrangement, lines_of: LinesOf, row_at: Callable[[int], CallRow | None], rows: Iterable[CallRow]
    ) -> None:
        self._how = how
        self._lines_of = lines_of
        self._row_at = row_at
        self._counts: dict[str, tuple[int, int]] = {}
        """Calls and problems, by group."""
        self._headings: list[str] = []
        """Names of groups, also of those that are empty by now: a heading's line is its index, below zero."""
        self._heading_lines: dict[str, int] = {}
        self._same: dict[tuple[object, ...], list[int]] = {}
        """The positions of failures that are all the same; the first one's row is shown."""
        self.changed: set[int] = set()
        """Positions of rows that stand for more or fewer others than before; whoever reads it empties it."""
        entries: list[tuple[Key, int]] = []
        for row in rows:
            group = group_of(row, how.group)
            if self._count(group, row, 1) and how.group is not None:
                entries.append(((group,), self._head_line(group)))
            if self._join(row) == row.position:
                entries += self._entries(row, group)
        entries.sort()
        self._keys = [key for key, _ in entries]
        self.lines = array("q", (line for _, line in entries))

    def append(self, rows: Iterable[CallRow]) -> None:
        """Takes over rows that came after all others."""
        for row in rows:
            self._add(row)

    def change(self, position: int, old: CallRow | None, new: CallRow | None) -> None:
        """Takes over that a row is another one now; None: it isn't shown."""
        if old is not None:
            self._remove(old)
        if new is not None:
            self._add(new)

    def index_of(self, position: int, row: CallRow | None) -> int:
        """The index of a row's first line, or of the line that stands where it would; the end where that's unknown."""
        if row is not None:
            return bisect_left(self._keys, self._key(row))
        return bisect_left(self._keys, ("", 0, position)) if self._how.timely else len(self.lines)

    def index_of_heading(self, line: int) -> int:
        """The index of a group's heading, or of the line that stands where it would."""
        return bisect_left(self._keys, (self._name(line),))

    def heading(self, line: int) -> Heading:
        """What the heading on this line says."""
        name = self._name(line)
        return Heading(name, *self._counts.get(name, (0, 0)))

    def first_of(self, row: CallRow) -> int:
        """The position of the row that stands for this one."""
        same = self._same.get(same_failure(row) or ()) if self._how.fold else None
        return same[0] if same else row.position

    def repeats(self, row: CallRow) -> int:
        """How many calls this row stands for."""
        same = self._same.get(same_failure(row) or ()) if self._how.fold else None
        return len(same) if same else 1

    def _add(self, row: CallRow) -> None:
        group = group_of(row, self._how.group)
        if self._count(group, row, 1) and self._how.group is not None:
            self._insert((group,), self._head_line(group))
        first = self._join(row)
        if first != row.position:
            self.changed.add(first)
            return
        same = self._same.get(same_failure(row) or ())
        if same is not None and len(same) > 1 and (before := self._row_at(same[1])) is not None:
            self._delete(before)  # it stood for the others until now
        for key, line in self._entries(row, group):
            self._insert(key, line)

    def _remove(self, row: CallRow) -> None:
        group = group_of(row, self._how.group)
        if self._count(group, row, -1) and self._how.group is not None:
            index = bisect_left(self._keys, (group,))
            del self._keys[index], self.lines[index]
        failure = same_failure(row) if self._how.fold else None
        if failure is not None:
            same = self._same[failure]
            first = same[0]
            same.remove(row.position)
            if not same:
                del self._same[failure]
            elif first != row.position:
                self.changed.add(first)
                return
            elif (after := self._row_at(same[0])) is not None:
                for key, line in self._entries(after, group_of(after, self._how.group)):
                    self._insert(key, line)
        self._delete(row)

    def _delete(self, row: CallRow) -> None:
        index = bisect_left(self._keys, self._key(row))
        end = index + len(self._lines_of(row))
        del self._keys[index:end], self.lines[index:end]

    def _insert(self, key: Key, line: int) -> None:
        index = bisect_left(self._keys, key)
        self._keys.insert(index, key)
        self.lines.insert(index, line)

    def _join(self, row: CallRow) -> int:
        """Counts a row among those that are the same; the position of the one that stands for all of them."""
        failure = same_failure(row) if self._how.fold else None
        if failure is None:
            return row.position
        same = self._same.setdefault(failure, [])
        insort(same, row.position)
        return same[0]

    def _entries(self, row: CallRow, group: str) -> list[tuple[Key, int]]:
        key = (group, sort_value(row, self._how.sort), row.position)
        return [((*key, line & 1), line) for line in self._lines_of(row)]

    def _key(self, row: CallRow) -> Key:
        return group_of(row, self._how.group), sort_value(row, self._how.sort), row.position

    def _count(self, group: str, row: CallRow, by: int) -> bool:
        """Counts a row in its group; whether the group has come into being or vanished by that."""
        calls, problems = self._counts.get(group, (0, 0))
        self._counts[group] = (calls + by, problems + (by if row.outcome in PROBLEMS else 0))
        return 0 in (calls, calls + by)

    def _head_line(self, group: str) -> int:
        line = self._heading_lines.get(group)
        if line is None:
            self._headings.append(group)
            line = self._heading_lines[group] = 1 - 2 * len(self._headings)
        return line

    def _name(self, line: int) -> str:
        return self._headings[(-1 - line) // 2]
