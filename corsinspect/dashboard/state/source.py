"""Where the dashboard's exchanges come from: a live capture, a file that another process writes, or saved ones."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

from corsinspect.analysis.word.speech import Speech, speech_of
from corsinspect.dashboard.state.facts import Progress, SourceFacts
from corsinspect.dashboard.state.merging import PIECE, Merged
from corsinspect.model import Exchange
from corsinspect.said import Said
from corsinspect.session.lines import TORN
from corsinspect.session.place import session_path_in
from corsinspect.session.reader import Ahead, Follower, Reading, is_session
from corsinspect.session.redaction.redact import Redactor
from corsinspect.session.sidecar import SaidFollower, load_saids

BrowserKind = Literal["chromium", "firefox", "chrome", "edge", "brave"]

MOST_PROBLEMS = 20
"""Problems of a file that are reported; a file of something else has one a line."""
WORTH_A_BAR = 1 << 20
"""Bytes of a session still to be read from which on it's shown how far that is."""


class Actions(Protocol):
    """What a person may ask of a live source. Each raises a CorsinspectError where it can't."""

    async def open_browser(self, kind: BrowserKind) -> str:
        """Opens a browser behind the proxy; returns its name."""
        ...

    async def restart(self) -> None:
        """Starts a proxy that has died again, on its port."""
        ...

    async def clear(self) -> None:
        """Goes on in a new session file: only what comes from now on is polled."""
        ...

    def trust(self, host: str) -> None:
        """Accepts the certificate of `host:port` for this run."""
        ...

    def simulate(self, api: str, page: str, credentials: bool) -> None:
        """Answers pages of this origin in the place of this API's server, as a fix would have it."""
        ...

    def simulate_off(self) -> None:
        """Lets all servers' own answers pass again."""
        ...


class Source(Protocol):
    """What the dashboard needs of a source, whatever it brings."""

    title: str
    live: bool
    """Whether its times are now: calls are then given up by our own clock, not by the exchanges' own times."""
    actions: Actions | None
    sessions: tuple[Path, ...]
    """The files that it's read from; the person's notes stand beside them."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        ...

    @property
    def progress(self) -> Progress | None:
        """How far a large file has been read."""
        ...

    def facts(self) -> SourceFacts:
        """What is to be shown about it now."""
        ...

    def waiting(self) -> int:
        """How many exchanges have something new since the last `poll`."""
        ...


class Exchanges(Source, Protocol):
    """A source that brings exchanges."""

    wake: asyncio.Event | None
    """Set when there is something to poll; None: poll every 50 ms."""

    @property
    def behind(self) -> bool:
        """Whether there is more to poll at once."""
        ...

    def poll(self) -> Sequence[Exchange]:
        """What came since the last time, or a piece of it; each exchange once, in its newest state.

        The first time it may take long, and is called from a thread then."""
        ...

    def said(self, until: float) -> Sequence[Said]:
        """What browsers had said by then, by the clock of the exchanges, or a piece of it; each leg in a later state
        than before. Nothing where that was all."""
        ...


def title_of(paths: Sequence[Path]) -> str:
    """What saved sessions are called together."""
    return paths[0].name if len(paths) == 1 else f"{len(paths)} files"


LARGE_PIECE = 4 * PIECE
"""Where no keys wait: what comes with each piece costs a twentieth of the time."""


class SessionFile:
    """Where a session file is, to notice when it's not there any more."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._was = self._number()

    @property
    def gone(self) -> bool:
        """Whether another file, or none, has its name now."""
        number = self._number()
        self._was = number if self._was is None else self._was  # the proxy makes it, perhaps after us
        return number != self._was

    def _number(self) -> int | None:
        try:
            return self._path.stat().st_ino
        except OSError:
            return None


class _Pieces:
    """A session file, piece by piece."""

    def __init__(self, path: Path, held: bool = True) -> None:
        self.follower = Follower(path, held=held)
        self._size = PIECE if held else LARGE_PIECE
        self._said = SaidFollower(path, self.follower.redactor)
        self._speech = Speech(self._said.piece)
        self.behind = False
        self._far = False
        """Whether it was far behind, and hasn't caught up since: a busy capture is always a little behind."""
        self._ahead: Ahead | None = None

    @property
    def progress(self) -> Progress | None:
        read, size = self.follower.read, self.follower.size
        return Progress(read, size, bytes=True) if self._far else None

    def poll(self) -> list[Exchange]:
        exchanges = self.follower.piece(self._size)
        left = self.follower.size - self.follower.read
        self.behind = bool(exchanges) and left > 0
        self._far = self.behind and (self._far or left >= WORTH_A_BAR)
        return exchanges

    def said(self, until: float) -> Sequence[Said]:
        return self._speech.until(until)

    def close(self) -> None:
        """Lets go of the files."""
        self.follower.close()
        self._said.close()

    def waiting(self) -> int:
        if self._ahead is None or self._ahead.start != self.follower.read:
            self._ahead = Ahead(self.follower.path, self.follower.read)
        return self._ahead.count()


class FileSource:
    """Saved sessions (`follow=False`, any format), or one session file that is still being written.

    All are read piece by piece. The first `poll` raises
    `session.reader.SessionError` for a file that can't be read at all.
    """

    def __init__(self, *paths: Path, follow: bool = False, held: bool = True) -> None:
        """`held`: as of a LineReader."""
        if follow and len(paths) != 1:
            raise ValueError("only one file can be followed")
        self.title = title_of(paths)
        self.live = follow
        self.wake: asyncio.Event | None = None
        self.actions: Actions | None = None
        self.sessions = self._paths = paths
        in_pieces = follow or (len(paths) == 1 and is_session(paths[0]))
        self._pieces = _Pieces(paths[0], held) if in_pieces else None
        self._place = SessionFile(paths[0]) if follow else None
        self._merged = Merged(paths, held) if len(paths) > 1 else None
        self._problems: list[str] = []
        self._reading: Reading | None = None
        self._speech = speech_of(())
        self.ended = False

    @property
    def behind(self) -> bool:
        if self._pieces is not None:
            return self._pieces.behind
        return self._merged is not None or (self._reading is not None and not self.ended)

    @property
    def progress(self) -> Progress | None:
        if self._merged is not None:
            return self._merged.progress
        if self._pieces is not None:
            return self._pieces.progress
        reading = self._reading
        if reading is None or self.ended:
            return None
        return Progress(int(reading.done * reading.size), reading.size, bytes=True)

    def facts(self) -> SourceFacts:
        gone = self._place is not None and self._place.gone
        if self._merged is not None:
            return SourceFacts(title=self.title, problems=tuple(self._problems))
        return SourceFacts(session=self._paths[0], session_gone=gone, problems=tuple(self._problems))

    def poll(self) -> Sequence[Exchange]:
        if self._merged is not None:
            return self._merge(self._merged)
        return self._load() if self._pieces is None else self._piece(self._pieces)

    def said(self, until: float) -> Sequence[Said]:
        if self._merged is not None:
            return self._merged.said(until)
        return self._speech.until(until) if self._pieces is None else self._pieces.said(until)

    def waiting(self) -> int:
        return 0 if self._pieces is None else self._pieces.waiting()

    def _piece(self, pieces: _Pieces) -> Sequence[Exchange]:
        exchanges = pieces.poll()
        follower = pieces.follower
        self._problems = [problem.text for problem in follower.problems[:MOST_PROBLEMS]]
        if not self.live and not pieces.behind:
            self.ended = True
            if follower.torn:
                self._problems.append(TORN)
            follower.close()
        return exchanges

    def _merge(self, merged: Merged) -> Sequence[Exchange]:
        exchanges = merged.poll()
        self._problems = merged.problems[:MOST_PROBLEMS]
        self.ended = merged.ended
        return exchanges

    def _load(self) -> Sequence[Exchange]:
        """Of a file of another tool's, a piece."""
        if self.ended:
            return []
        if self._reading is None:
            redactor = Redactor()
            self._reading = Reading(self._paths[0], redactor)
            self._speech = speech_of(load_saids(self._paths[0], redactor))
        exchanges = next(self._reading, None)
        self._problems = [problem.text for problem in self._reading.problems[:MOST_PROBLEMS]]
        self.ended = exchanges is None
        return exchanges or []


class Browser(Protocol):
    """As `capture.browser.Browser`."""

    @property
    def name(self) -> str: ...
    @property
    def warning(self) -> str | None: ...


class Proxy(Protocol):
    """What a live source needs of `capture.proxy.Proxy`."""

    session: Path
    port: int
    in_place_of: str | None
    wake: asyncio.Event
    died: str | None

    @property
    def browsers(self) -> Sequence[Browser]: ...

    async def restart(self) -> None: ...

    async def turn_to(self, session: Path) -> None: ...

    async def open_browser(
        self, kind: BrowserKind, url: str | None = None, profile: str | None = None, headless: bool = False
    ) -> Browser: ...

    def send(self, command: str, *args: object) -> None: ...


class LiveSource:
    """A proxy that runs, and the session file that it writes. Whoever started the proxy also stops it."""

    def __init__(
        self, proxy: Proxy, *, url: str | None = None, profile: str | None = None, visitor: str | None = None
    ) -> None:
        """`url`, `profile`: for the browsers that the person opens from the dashboard; `visitor`: the name of whoever
        calls through the proxy without being one of its browsers."""
        self.title = "live"
        self.live = True
        self.wake: asyncio.Event | None = proxy.wake
        self.actions: Actions | None = self
        self.sessions = (proxy.session,)
        self.written = [proxy.session]
        """All session files so far, the present one last."""
        self.ended = False
        self._proxy = proxy
        self._url = url
        self._profile = profile
        self._visitors = [visitor] if visitor is not None else []
        self._pieces = _Pieces(proxy.session)
        self._place = SessionFile(proxy.session)

    @property
    def behind(self) -> bool:
        return self._pieces.behind

    @property
    def progress(self) -> Progress | None:
        return self._pieces.progress

    def facts(self) -> SourceFacts:
        proxy, problems = self._proxy, self._pieces.follower.problems
        return SourceFacts(
            address=f"127.0.0.1:{proxy.port}",
            in_place_of=proxy.in_place_of,
            session=proxy.session,
            session_gone=self._place.gone,
            browsers=(*self._visitors, *(browser.name for browser in proxy.browsers)),
            warnings=tuple(f"{browser.name}: {browser.warning}" for browser in proxy.browsers if browser.warning),
            dropped=len(problems),
            died=proxy.died,
            problems=tuple(problem.text for problem in problems[:MOST_PROBLEMS]),
        )

    def poll(self) -> Sequence[Exchange]:
        return self._pieces.poll()

    def said(self, until: float) -> Sequence[Said]:
        return self._pieces.said(until)

    def waiting(self) -> int:
        return self._pieces.waiting()

    async def open_browser(self, kind: BrowserKind) -> str:
        return (await self._proxy.open_browser(kind, self._url, profile=self._profile)).name

    async def restart(self) -> None:
        await self._proxy.restart()

    async def clear(self) -> None:
        session = session_path_in(self._proxy.session.parent)
        await self._proxy.turn_to(session)
        self._pieces.close()
        self._pieces, self._place = _Pieces(session), SessionFile(session)
        self.sessions = (session,)
        self.written.append(session)

    def trust(self, host: str) -> None:
        self._proxy.send("trust", host)

    def simulate(self, api: str, page: str, credentials: bool) -> None:
        self._proxy.send("simulate", api, page, credentials)

    def simulate_off(self) -> None:
        self._proxy.send("simulate.off")
