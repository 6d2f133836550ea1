"""Saved sessions that processes of their own read and judge, so that this one has its time for screen and keys.

What is left to do here is 6 µs an exchange, where reading, judging and making rows takes 65.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from corsinspect.dashboard.apart.handing import received
from corsinspect.dashboard.apart.process import Begun, begun
from corsinspect.dashboard.state.facts import Progress, SourceFacts
from corsinspect.dashboard.state.feed import Feed
from corsinspect.dashboard.state.made import Made
from corsinspect.dashboard.state.source import Actions, Exchanges, title_of
from corsinspect.dashboard.state.threads import breathe, in_thread
from corsinspect.listing.rows import Common
from corsinspect.session.errors import SessionError


class SavedApart:
    """A source that brings what was made of its exchanges."""

    def __init__(self, paths: Sequence[Path], processes: Begun | None = None) -> None:
        """`processes`: those that read them, where they are `begun` already."""
        self.title = title_of(paths)
        self.live = False
        self.actions: Actions | None = None
        self.sessions: tuple[Path, ...] = tuple(paths)
        self.ended = False
        self.progress: Progress | None = None
        self._problems: tuple[str, ...] = ()
        self._common: list[Common] = []
        self._begun = processes or begun(paths)

    def facts(self) -> SourceFacts:
        session, *others = self.sessions
        if others:
            return SourceFacts(title=self.title, problems=self._problems)
        return SourceFacts(session=session, problems=self._problems)

    def waiting(self) -> int:
        return 0

    def next(self) -> Made | None:
        """What comes next, None after the end; waits for it. Raises SessionError if the files can't be read."""
        if self.ended:
            return None
        made = received(self._begun.output)
        if not isinstance(made, Made):
            raise SessionError(self.sessions[0], "the process that reads it was ended", "Open it again.")
        judged = made.judged
        self._problems, self.progress, self.ended = judged.problems, judged.progress, judged.ended
        self._common += made.common
        return made._replace(common=self._common)

    def close(self) -> None:
        """Reads no more."""
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

    def take(self) -> list[Made]:
        """What has come since the last time, to be taken over in this order."""
        gathered, self._gathered = self._gathered, []
        return gathered

    async def run(self) -> None:
        """Until the source ends. Raises SessionError where it can't be read."""
        source = self._source
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
