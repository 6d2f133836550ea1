"""Reads a file as `load` does, with the same exchanges in the same order, but holds only few of them at a time."""

import math
import shutil
import sys
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence, Sized
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

from corsinspect.analysis.steady import STEP, order
from corsinspect.analysis.word.speech import AT_ONCE, told_at
from corsinspect.fetch.redirect import REDIRECT_STATUSES
from corsinspect.model import Exchange
from corsinspect.said import Said
from corsinspect.session.errors import Problem, SessionError
from corsinspect.session.lines import LineReader
from corsinspect.session.packed.spool import Spool, temporary_folder
from corsinspect.session.private import write_private
from corsinspect.session.reader import Reading, is_session
from corsinspect.session.redaction.redact import Redactor
from corsinspect.session.sidecar import Leg, SaidFollower

Told = Callable[[float], object]
"""Is told which share of a file has been read."""

STDIN = Path("-")
"""Stands for what comes on stdin."""
_PIECE = 1 << 20


class Exchanges(Sized, Protocol):
    """So many exchanges, one after the other."""

    def __iter__(self) -> Iterator[Exchange]: ...


class Streamed(NamedTuple):
    """As `reader.Loaded`."""

    exchanges: Exchanges
    problems: list[Problem]
    format: str
    said: Callable[[], Sequence[Said]]
    """As Speech takes it: the next piece of what a browser said, empty where that was all."""


@contextmanager
def stream(path: Path, told: Told = lambda done: None) -> Generator[Streamed]:
    """What `load` returns, for as long as it's needed: what can't be held meanwhile is in temporary files about as
    large as the recording. Raises SessionError as `load` does. `path`: STDIN, too. `told` is called with the share of
    the file that has been read, from time to time."""
    with (
        temporary_folder() as folder,
        closing(Spool(folder / "exchanges", Exchange)) as spool,
        closing(Spool(folder / "said", Said)) as said,
    ):
        if path != STDIN:
            streamed = _streamed(path, spool, said, told)
        else:
            copy = folder / "stdin"
            write_private(copy, b"")
            with copy.open("wb") as file:
                shutil.copyfileobj(sys.stdin.buffer, file)
            try:
                streamed = _streamed(copy, spool, said, told)
            except SessionError as error:
                raise SessionError(path, error.problem, error.hint) from error
        yield streamed


def _streamed(path: Path, spool: Spool[Exchange], said: Spool[Said], told: Told) -> Streamed:
    redactor, spooled = Redactor(), _Spooled(spool)
    if is_session(path):
        reader = LineReader(redactor, held=False)
        for lines in _pieces(path, reader, told):
            spooled.take(reader.read(lines))
        format, problems = "session", reader.problems
    else:
        reading = Reading(path, redactor)
        for piece in reading:
            spooled.take(piece)
            told(reading.done)
        format, problems = reading.format, reading.problems
    spooled.sort(steady=format == "session")  # where the order of lines is that of time
    return Streamed(spooled, problems, format, said_in_pieces(path, said, redactor))


def _pieces(path: Path, reader: LineReader, told: Told) -> Iterator[list[bytes]]:
    begun: list[bytes] = []
    size = path.stat().st_size
    with path.open("rb", buffering=0) as file:
        while data := file.read(_PIECE):
            lines = data.split(b"\n")
            begun.append(lines[0])
            if len(lines) > 1:
                lines[0] = b"".join(begun)
                begun = [lines.pop()]
                yield lines
            told(min(1.0, file.tell() / (size or 1)))
    if any(begun):
        reader.is_torn()


def said_in_pieces(session: Path, spool: Spool[Said], redactor: Redactor) -> Callable[[], Sequence[Said]]:
    """Gives the next few of what `load_saids` returns, each leg in its last state; none where that was all.

    All of it is read into `spool` first: only the end of the file tells which states are the last."""
    latest: dict[Leg, int] = {}
    told, called = array("d"), array("d")
    with closing(SaidFollower(session, redactor)) as follower:
        while piece := follower.piece():
            for said in piece:
                latest[said.id, said.hop] = spool.append(said)
                told.append(told_at(said))
                called.append(said.called)
    numbers = [latest[leg] for leg in sorted(latest)]
    numbers.sort(key=called.__getitem__)
    numbers.sort(key=told.__getitem__)
    saids = spool.each(array("Q", numbers))
    return lambda: list(islice(saids, AT_ONCE))


class _Spooled:
    """The exchanges of a session, on disk: each in its last state, in the order of their start."""

    def __init__(self, spool: Spool[Exchange]) -> None:
        self._spool = spool
        self._latest: dict[str, int] = {}
        """The number of each exchange's last state, by its id, in the order in which they came first."""
        self._stamps = _Stamps()
        self._order = array("Q")

    def take(self, exchanges: list[Exchange]) -> None:
        """Takes in a piece: later states of exchanges that are known replace what is known."""
        keep, stamp = self._spool.append, self._stamps.append
        for exchange in exchanges:
            self._latest[exchange.id] = keep(exchange)
            stamp(exchange)

    def sort(self, *, steady: bool) -> None:
        """All were taken. `steady`: as `in_order` does, else by their stamps."""
        numbers = array("Q", self._latest.values())
        if steady and not self._stamps.go_on(numbers):
            known = (self._stamps.exchange(id, number) for id, number in self._latest.items())
            sorted_numbers = [numbers[index] for index in order(known)]
        else:
            sorted_numbers = [self._latest[id] for id in sorted(self._latest)]
            sorted_numbers.sort(key=self._stamps.started)
        self._order = array("Q", sorted_numbers)
        self._latest, self._stamps = {}, _Stamps()

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Exchange]:
        return self._spool.each(self._order)


class _Stamps:
    """What of each exchange tells its order, in 25 bytes."""

    def __init__(self) -> None:
        self._times = array("d")
        self._awaiting = bytearray()
        """Whether something had to follow."""

    def append(self, exchange: Exchange) -> None:
        answered, ended = exchange.answered, exchange.ended
        self._times.extend(
            (exchange.started, math.nan if answered is None else answered, math.nan if ended is None else ended)
        )
        self._awaiting.append(exchange.method == "OPTIONS" or exchange.status in REDIRECT_STATUSES)

    def go_on(self, numbers: Iterable[int]) -> bool:
        """Whether the stamps of these exchanges show at a glance that no clock was set: then they are the moments."""
        times, now = self._times, -math.inf
        for number in numbers:
            started, answered, ended = times[3 * number : 3 * number + 3]
            if started > now:
                now = started
            earliest = now - STEP
            if started < earliest or answered < earliest or ended < earliest:
                return False
        return True

    def started(self, number: int) -> float:
        return self._times[3 * number]

    def exchange(self, id: str, number: int) -> Exchange:
        """One with these stamps, and nothing else of it."""
        started, answered, ended = self._times[3 * number : 3 * number + 3]
        return Exchange(
            id=id,
            url="",
            started=started,
            method="OPTIONS" if self._awaiting[number] else None,
            answered=None if math.isnan(answered) else answered,
            ended=None if math.isnan(ended) else ended,
        )
