"""Files judged for whoever wants all their calls in order, more of them than memory would hold.

- Each file is judged on its own, whole: redirects, caches, connections and pages reach across all of it. So files can
  be judged side by side, and parts of one can't.
- A call that hasn't changed for long goes to a file, and its newest state counts: nothing depends on when that is.
- Memory has, of a call that went there, its id until its file is judged, then its place and its time.
"""

import gc
import heapq
from array import array
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, nullcontext
from itertools import islice, repeat
from pathlib import Path
from typing import NamedTuple, Self, overload

from corsinspect.analysis import changes_of
from corsinspect.analysis.word.speech import Speech
from corsinspect.commands.checking import bars
from corsinspect.commands.checking.ending import ending_in_order
from corsinspect.commands.checking.pool import jobs_of, nothing, pool
from corsinspect.model import Call, Changes
from corsinspect.report.neighbours import Outlines, Sort
from corsinspect.session.errors import Problem, SessionError
from corsinspect.session.numbered import of_file, saying_of_file
from corsinspect.session.packed.spool import Spool, temporary_folder
from corsinspect.session.stream import STDIN, stream

HELD = 4_000
"""Calls that are held until they are old: most change within the next few exchanges, or never."""

LARGE = 16 << 20
"""Bytes of several files from which on they are judged side by side unasked: a second's work."""
YOUNG = 20_000
"""Objects after which Python looks for circles among the new ones: there are hardly any, and with its own 700 that took
a sixth of the time where a browser had said much."""


class Part(NamedTuple):
    """One judged file."""

    path: Path
    problems: Sequence[Problem] = ()
    format: str = ""
    order: Sequence[int] = ()
    """The places of its calls, sorted by their start and id."""
    started: Sequence[float] = ()
    """When these calls started."""
    unexplained: int = 0
    """How many calls failed in the browser without a reason that the file holds."""
    error: str = ""
    """Why there was nothing to judge."""

    @property
    def complaints(self) -> list[str]:
        """What of the file couldn't be read, for people."""
        return [self.error] if self.error else [problem.in_file(self.path) for problem in self.problems]


class Recorded:
    """The files of a check, judged by `parts`; after that, `calls`. Used with `with`: temporary files go with it."""

    def __init__(self, paths: Sequence[Path], jobs: int | None = None, *, shown: bool = False) -> None:
        """`jobs`: so many processes at once, each with a file of its own; None: one per core for large files. `shown`:
        people see how far it is."""
        self._jobs = _jobs(paths, jobs)
        self._shown = shown
        self._files = [(path, number if len(paths) > 1 else None) for number, path in enumerate(paths, 1)]
        self._parts: list[Part] = []

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            opened.enter_context(ending_in_order())
            self._folder = opened.enter_context(temporary_folder())
            self._kept = _Kept(opened.enter_context(closing(Spool(self._folder / "calls", Call))), Outlines())
            self._exit = opened.pop_all()
        return self

    def __exit__(self, *raised: object) -> None:
        self._exit.close()

    def parts(self) -> Iterator[Part]:
        """The judged files in their order, each as soon as it is judged."""
        parts = self._side_by_side() if self._jobs > 1 else self._one_by_one()
        for part in bars.together(parts, len(self._files)) if self._shown and self._jobs > 1 else parts:
            self._parts.append(part)
            yield part

    def _one_by_one(self) -> Iterator[Part]:
        return (_judged(path, number, self._kept, shown=self._shown) for path, number in self._files)

    def _side_by_side(self) -> Iterator[Part]:
        spools = [self._folder / str(number) for _, number in self._files]
        with pool(self._jobs, nothing) as processes:
            for part, (spool, outlines) in processes.map(_judged_apart, *zip(*self._files, strict=True), spools):
                first = self._kept.spool.extend(spool)
                self._kept.outlines.extend(outlines)
                spool.remove()
                yield part._replace(order=array("Q", (first + number for number in part.order)))

    @property
    def calls(self) -> "Calls":
        """The calls of all parts so far, in order of their start."""
        orders = [iter(part.order) for part in self._parts]
        starts = (zip(part.started, repeat(which)) for which, part in enumerate(self._parts))
        # where two started together, the one of the earlier file comes first
        return Calls(self._kept, array("Q", (next(orders[which]) for _, which in heapq.merge(*starts))))


def _jobs(paths: Sequence[Path], asked: int | None) -> int:
    if len(paths) == 1 or STDIN in paths:  # which only this process has
        return 1
    if asked is None and sum(path.stat().st_size for path in paths if path.is_file()) < LARGE:
        return 1
    return min(jobs_of(asked), len(paths))


class _Kept(NamedTuple):
    """Calls on disk, and their outlines, which have the same places."""

    spool: Spool[Call]
    outlines: Outlines

    def append(self, call: Call) -> int:
        self.outlines.append(call)
        return self.spool.append(call)


class Calls(Sequence[Call]):
    """Calls that are read from disk each time that they are asked for."""

    def __init__(self, kept: _Kept, order: Sequence[int]) -> None:
        self._kept = kept
        self._order = order

    def outlines(self) -> Iterator[tuple[Sort, int]]:
        """Of each call, without reading it."""
        return self._kept.outlines.of(self._order)

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Call]:
        return self._kept.spool.each(self._order)

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> "Calls": ...
    def __getitem__(self, index: int | slice) -> "Call | Calls":
        if isinstance(index, slice):
            return Calls(self._kept, self._order[index])
        return self._kept.spool[self._order[index]]


def _judged_apart(path: Path, number: int | None, calls: Path) -> tuple[Part, _Kept]:
    """In a process of its own: with a spool of its own."""
    kept = _Kept(Spool(calls, Call), Outlines())
    return _judged(path, number, kept), kept


def _judged(path: Path, number: int | None, kept: _Kept, *, shown: bool = False) -> Part:
    """Reads and judges one file. `number` goes before its ids."""
    gc.set_threshold(YOUNG)
    shelf = _Shelf(kept)
    try:
        with ExitStack() as opened:
            with bars.reading(path) if shown else nullcontext(bars.unseen) as told:
                streamed = opened.enter_context(stream(path, told))
            exchanges, said = streamed.exchanges, streamed.said
            if shown:
                exchanges = bars.going_through(exchanges, f"{path.name}: judging")
            if number is not None:
                exchanges = (of_file(exchange, number) for exchange in exchanges)
                said = saying_of_file(said, number)
            for changes in changes_of(exchanges, Speech(said)):
                shelf.take(changes)
    except SessionError as error:
        return Part(path, error=str(error))
    return Part(path, streamed.problems, streamed.format, *shelf.sorted(), shelf.unexplained)


class _Shelf:
    """Calls while their file is judged: those that changed last in memory, the others on disk."""

    def __init__(self, kept: _Kept) -> None:
        self._kept = kept
        self._first = len(kept.spool)
        self._started = array("d")
        """When the calls on disk started, from that place on."""
        self._held: dict[str, Call] = {}
        self._places: dict[str, int] = {}
        self._unexplained: set[str] = set()

    @property
    def unexplained(self) -> int:
        """How many calls failed in the browser without a reason that the file holds."""
        return len(self._unexplained)

    def take(self, changes: Changes) -> None:
        """Takes in what the Tracker changed."""
        for id in changes.withdrawn:
            self._held.pop(id, None)
            self._places.pop(id, None)
            self._unexplained.discard(id)
        for call in changes.changed:
            self._held[call.id] = call
            if call.verdict.reason == "failed-unexplained" and not call.background:
                self._unexplained.add(call.id)
            elif self._unexplained:
                self._unexplained.discard(call.id)
        if len(self._held) > HELD:
            self._put_away(HELD // 2)

    def sorted(self) -> "tuple[array[int], array[float]]":
        """All were taken: their places on disk in order of their start, and these starts."""
        self._put_away(len(self._held))
        first, started = self._first, self._started.__getitem__
        numbers = [self._places[id] - first for id in sorted(self._places)]
        numbers.sort(key=started)
        return array("Q", [first + number for number in numbers]), array("d", map(started, numbers))

    def _put_away(self, count: int) -> None:
        held, keep = self._held, self._kept.append
        for id in list(islice(held, count)):
            call = held.pop(id)
            self._places[id] = keep(call)
            self._started.append(call.started)
