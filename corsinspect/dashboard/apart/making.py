"""The process that makes rows of what another one has judged: `python -m …apart.making`.

It stands between that one and the dashboard: `Judged` values come in, `Made` ones go out. It ends with its input.
"""

import sys

from corsinspect.analysis.across.traits import traits
from corsinspect.dashboard.apart.handing import HandOver, received, work
from corsinspect.dashboard.state.made import Judged, Made, MadeRows
from corsinspect.listing.rows import Common, row_of
from corsinspect.model import HeaderList


class Maker:
    """Makes the rows of what comes, in the order in which it comes."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        """By the identity of each `Common`; all of them live as long."""
        self._known: list[Common] = []
        self._lists: list[HeaderList] = []

    def made(self, judged: Judged) -> Made:
        """What has changed, with its rows."""
        handed_over = len(self._known)
        calls = judged.arrived(self._lists).changes().changed
        rows = [row_of(0, call, traits(call)) for call in calls]
        columns = MadeRows(
            common=[self._number(row.common) for row in rows],
            url=[row.url for row in rows],
            started=[row.started for row in rows],
            took=[row.took for row in rows],
            asked=[row.asked for row in rows],
        )
        return Made(judged, columns, self._known[handed_over:])

    def _number(self, common: Common) -> int:
        number = self._numbers.get(id(common))
        if number is None:
            number = self._numbers[id(common)] = len(self._known)
            self._known.append(common)
        return number


async def make(hand_over: HandOver) -> None:
    """Until the input ends."""
    maker = Maker()
    while isinstance(judged := received(sys.stdin.buffer), Judged):
        hand_over(maker.made(judged))


if __name__ == "__main__":
    work(make)
