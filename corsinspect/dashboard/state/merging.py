"""Several saved files as one, in the order of time: sessions of ours piece by piece, anything else at once."""

import heapq
import math
from collections.abc import Sequence
from pathlib import Path

from corsinspect.analysis.word.speech import Speech
from corsinspect.dashboard.state.facts import Progress
from corsinspect.model import Exchange
from corsinspect.said import Said
from corsinspect.session.lines import TORN
from corsinspect.session.numbered import of_file, saying_of_file
from corsinspect.session.reader import Follower, is_session, load
from corsinspect.session.sidecar import SaidFollower

PIECE = 1 << 16
"""Bytes of a session that are read at once: some 60 exchanges, 1 ms."""


class _Whole:
    """A file that can only be read at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size if path.exists() else 0
        self.read = 0
        self.until = -math.inf
        """What began up to then has been read, but for later states."""
        self.problems: list[str] = []
        self._saids: list[Said] = []

    def said(self) -> list[Said]:
        """What a browser said, once the file was read, and only once."""
        saids, self._saids = self._saids, []
        return saids

    def piece(self) -> Sequence[Exchange]:
        loaded = load(self.path)
        self.problems = [problem.text for problem in loaded.problems]
        self.until, self.read = math.inf, self.size
        self._saids = loaded.saids
        return loaded.exchanges


class _Session:
    """A session of ours."""

    def __init__(self, path: Path, held: bool) -> None:
        self.path = path
        self.size = path.stat().st_size
        self.until = -math.inf
        self._follower = Follower(path, held=held)
        self._said = SaidFollower(path, self._follower.redactor)
        self._torn: list[str] = []

    def said(self) -> list[Said]:
        """What a browser said: the next piece of it."""
        return self._said.piece()

    @property
    def read(self) -> int:
        return self._follower.read

    @property
    def problems(self) -> list[str]:
        return [problem.text for problem in self._follower.problems] + self._torn

    def piece(self) -> Sequence[Exchange]:
        follower = self._follower
        exchanges = follower.piece(PIECE)
        self.until = max([self.until, *(exchange.started for exchange in exchanges)])
        if not exchanges or follower.read == follower.size:
            self.until = math.inf
            if follower.torn:
                self._torn = [TORN]
            follower.close()
        return exchanges


class Merged:
    """Reads the files side by side. Ids carry the file's number: two files may hold the same id."""

    def __init__(self, paths: Sequence[Path], held: bool = True) -> None:
        """`held`: as of a LineReader."""
        self._files = [_Session(path, held) if is_session(path) else _Whole(path) for path in paths]
        self._begun = False
        self._ahead: list[tuple[float, int, Exchange]] = []
        """Read, but something that began before may still come from another file."""
        self._counted = 0
        self._speeches = [Speech(saying_of_file(file.said, number)) for number, file in enumerate(self._files, 1)]

    def said(self, until: float) -> list[Said]:
        """What browsers had said by then."""
        return [said for speech in self._speeches for said in speech.until(until)]

    @property
    def ended(self) -> bool:
        """Whether all has been read and polled."""
        return self._begun and not self._ahead and all(file.until == math.inf for file in self._files)

    @property
    def progress(self) -> Progress | None:
        """How far the files are read; None once they are."""
        if all(file.until == math.inf for file in self._files):
            return None
        done = sum(file.read for file in self._files)
        return Progress(done, sum(file.size for file in self._files), bytes=True, what="read")

    @property
    def problems(self) -> list[str]:
        """What couldn't be read, with the file's name."""
        return [f"{file.path.name}: {problem}" for file in self._files for problem in file.problems]

    def poll(self) -> list[Exchange]:
        """What comes next. The first time it reads what can only be read at once; raises SessionError as `load`."""
        if not self._begun:
            for file in self._files:
                if isinstance(file, _Whole):
                    self._take(file)
            self._begun = True
        behind = min(self._files, key=lambda file: file.until)
        if behind.until < math.inf:
            self._take(behind)
        until = min(file.until for file in self._files)
        ready: list[Exchange] = []
        while self._ahead and self._ahead[0][0] <= until:
            ready.append(heapq.heappop(self._ahead)[2])
        return ready

    def _take(self, file: _Whole | _Session) -> None:
        number = self._files.index(file) + 1
        for exchange in file.piece():
            self._counted += 1
            own = of_file(exchange, number)
            heapq.heappush(self._ahead, (own.started, self._counted, own))
