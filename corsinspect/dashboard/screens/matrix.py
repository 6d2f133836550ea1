"""Page origin × API origin: how many calls of each outcome, and what made the first failing one fail. Pure."""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from corsinspect.advice import general_reason
from corsinspect.analysis.across.traits import Traits
from corsinspect.listing.rows import PROBLEMS
from corsinspect.model import Outcome

Name = TypeVar("Name")
OriginPair = tuple[str | None, str]
"""Page origin (None: unknown) and API origin."""


class Cell(NamedTuple):
    """The calls of one page to one server."""

    outcomes: dict[Outcome, int]
    cause: str
    """In a few words; "" where none failed."""

    @property
    def failed(self) -> int:
        return sum(number for outcome, number in self.outcomes.items() if outcome in PROBLEMS)


class Matrix(NamedTuple):
    """The pages are rows, the servers columns: those with most failing calls first."""

    pages: list[str | None]
    apis: list[str]
    cells: dict[OriginPair, Cell]


def matrix(kinds: Mapping[Traits, int], before: Matrix | None = None) -> Matrix:
    """The matrix of these kinds of calls. What was in `before` keeps its place: nothing jumps while somebody reads."""
    cells: dict[OriginPair, Cell] = {}
    for kind, number in kinds.items():
        if kind.background or kind.outcome == "not-cors":
            continue
        place = (kind.page, kind.api)
        cell = cells.get(place) or Cell({}, "")
        cell.outcomes[kind.outcome] = cell.outcomes.get(kind.outcome, 0) + number
        if not cell.cause and kind.outcome in PROBLEMS and kind.reason is not None:
            cell = cell._replace(cause=general_reason(kind.reason))
        cells[place] = cell
    failed_from: dict[str | None, int] = {}
    failed_to: dict[str, int] = {}
    for (page, api), cell in cells.items():
        failed_from[page] = failed_from.get(page, 0) + cell.failed
        failed_to[api] = failed_to.get(api, 0) + cell.failed
    pages = sorted(failed_from, key=lambda page: -failed_from[page])
    apis = sorted(failed_to, key=lambda api: -failed_to[api])
    if before is None:
        return Matrix(pages, apis, cells)
    return Matrix(_kept(before.pages, pages), _kept(before.apis, apis), cells)


def _kept(before: list[Name], now: list[Name]) -> list[Name]:
    """The names of now, those of before in their old order first."""
    old = [name for name in before if name in set(now)]
    return old + [name for name in now if name not in set(old)]


BARS = "▁▂▃▄▅▆▇█"


def spark(seconds: Mapping[int, int], first: int, last: int, width: int) -> str:
    """Numbers by second as a line of bars of exactly `width` cells over the time from `first` to `last`; a blank is
    none."""
    span = last - first + 1
    bins = [0] * max(1, min(width, span))
    for second, number in seconds.items():
        if first <= second <= last:
            bins[(second - first) * len(bins) // span] += number
    most = max(bins)
    bars = [BARS[-(-number * len(BARS) // most) - 1] if number > 0 else " " for number in bins]
    return "".join(bars[cell * len(bars) // width] for cell in range(width))
