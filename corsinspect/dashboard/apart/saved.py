"""Saved sessions that processes of their own read and judge, so that this one has its time for screen and keys.

What is left to do here takes a tenth of the time that reading, judging and making rows takes.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from corsinspect.analysis import Tracker
from corsinspect.dashboard.apart.handing import received
from corsinspect.dashboard.apart.making import Maker
from corsinspect.dashboard.apart.process import Begun, begun
from corsinspect.dashboard.state.facts import Progress, SourceFacts
from corsinspect.dashboard.state.feed import Feed, merged
from corsinspect.dashboard.state.made import Made, judged_here
from corsinspect.dashboard.state.merging import PIECE
from corsinspect.dashboard.state.source import Actions, Exchanges, title_of
from corsinspect.dashboard.state.threads import breathe, in_thread
from corsinspect.listing.rows import Common
from corsinspect.model import Changes, HeaderList
from corsinspect.session.reader import Follower, SessionError, is_session

LARGE = 4 << 20
"""Bytes of sessions from which on processes pay off: to read and judge them takes a fifth of a second, and so does it
to begin them."""


def is_large(paths: Sequence[Path]) -> bool:
    """Whether these files are worth processes of their own."""
    return sum(path.stat().st_size for path in paths if path.is_file()) >= LARGE


class SavedApart:
    """A source that brings what was made of its exchanges."""

    def __init__(self, *paths: Path) -> None:
        self.title = title_of(paths)
        self.live = False
        self.actions: Actions | None = None
        self.sessions: tuple[Path, ...] = paths
        self.ended = False
        self.progress: Progress | None = None
        self._problems: tuple[str, ...] = ()
        self._common: list[Common] = []
        self._lists: list[HeaderList] = []
        # the first rows of other files come from the processes: they begin while the screen does
        self._begun: Begun | None = None if len(paths) == 1 and is_session(paths[0]) else begun(paths)

    def facts(self) -> SourceFacts:
        session, *others = self.sessions
        if others:
            return SourceFacts(title=self.title, problems=self._problems)
        return SourceFacts(session=session, problems=self._problems)

    def waiting(self) -> int:
        return 0

    def first(self) -> Made:
        """The first piece of one session of ours, read and judged here: it's on screen 0.3 s before the processes have
        brought it. They bring it again, with what they know more."""
        if self._begun is not None:
            return Maker().made(judged_here(Changes([], [])))
        follower, tracker = Follower(self.sessions[0]), Tracker()
        gathered: list[Changes] = []
        for exchange in follower.piece(PIECE):
            gathered += [tracker.advance_to(exchange), tracker.feed(exchange)]
        follower.close()
        return Maker().made(judged_here(merged(gathered)))

    def next(self) -> Made | None:
        """What comes next, None after the end; waits for it. Raises SessionError if the files can't be read."""
        if self.ended:
            return None
        if self._begun is None:
            self._begun = begun(self.sessions)
        made = received(self._begun.output)
        if not isinstance(made, Made):
            raise SessionError(self.sessions[0], "the process that reads it was ended", "Open it again.")
        it = made.judged.arrived(self._lists)
        self._problems, self.progress, self.ended = it.problems, it.progress, it.ended
        self._common += made.common
        return made._replace(judged=it, common=self._common)

    def close(self) -> None:
        """Reads no more."""
        if self._begun is not None:
            self._begun.close()


class FeedApart:
    """Takes in what such a source brings. As a `Feed` for whoever draws."""

    held = False
    """A saved session never is."""

    def __init__(self, source: SavedApart, changed: Callable[[], None]) -> None:
        self.progress: Progress | None = Progress(0, None)
        self._source = source
        self._changed = changed
        self._gathered: list[Made] = []

    @property
    def plenty(self) -> bool:
        """Whether there is so much to take that it had better not wait for the next frame."""
        return bool(self._gathered)

    def take(self) -> list[Made]:
        """What has come since the last time, to be taken over in this order."""
        gathered, self._gathered = self._gathered, []
        return gathered

    async def run(self) -> None:
        """Until the source ends. Raises SessionError where it can't be read."""
        source = self._source
        self._gathered.append(await in_thread(source.first))
        self._changed()
        await breathe()
        coming = asyncio.create_task(in_thread(source.next))
        try:
            while (made := await coming) is not None:
                coming = asyncio.create_task(in_thread(source.next))  # they go on while this is shown
                self._gathered.append(made)
                self.progress = None if made.judged.ended else made.judged.progress or self.progress
                self._changed()
                await breathe()
        finally:
            coming.cancel()
            source.close()


AnySource = Exchanges | SavedApart


def feed_of(source: AnySource, changed: Callable[[], None]) -> Feed | FeedApart:
    """What reads this source."""
    return FeedApart(source, changed) if isinstance(source, SavedApart) else Feed(source, changed)
