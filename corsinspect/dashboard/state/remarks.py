"""What a person says of calls: marks and notes, and credentials that they know of and the wire doesn't show."""

from collections.abc import Iterator, Mapping

from corsinspect.analysis import assuming
from corsinspect.dashboard.look.symbols import MARKED, NOTED
from corsinspect.dashboard.state.book import Book
from corsinspect.model import Call, Changes, Credentials
from corsinspect.session.notes import Notes

NEXT: dict[Credentials, Credentials] = {"unknown": "include", "include": "omit", "omit": "unknown"}
AT_ONCE = 50
"""Calls that are judged again between two chances to draw and to hear keys."""
SAID: dict[Credentials, str] = {
    "include": "credentials included, as you said",
    "omit": "no credentials, as you said",
    "unknown": "credentials as the traffic shows",
}


def may_assume(call: Call) -> bool:
    """Whether the credentials mode isn't sure, so that a person's word on it can matter."""
    return call.kind in ("simple", "preflighted") and (
        call.verdict.certainty != "certain" or call.credentials_signal == "assumed"
    )


class Remarks:
    """The notes on what a Book shows. What can't be kept holds until the end; the reason is `trouble`, to be told."""

    def __init__(self, notes: Notes, book: Book) -> None:
        self.notes = notes
        self.trouble: str | None = None
        self._book = book
        self.show()

    def show(self) -> None:
        """Marks all that was marked and noted in a Book that has begun anew."""
        for id in self.notes.marks | self.notes.notes.keys():
            self._show(id)

    @property
    def assumes(self) -> bool:
        """Whether the person said anything that calls are judged with."""
        return bool(self.notes.assumed_calls or self.notes.assumed_origins)

    def applied(self, changes: Changes) -> Changes:
        """The Tracker's changes, judged with what the person said of these calls."""
        if not self.assumes:
            return changes
        return Changes([self._judged(call) for call in changes.changed], changes.withdrawn)

    def mark(self, call: Call) -> None:
        """Marks a call, or takes its mark away."""
        self.trouble = self.notes.mark(call.id, call.id not in self.notes.marks)
        self._show(call.id)

    def note(self, call: Call, text: str) -> None:
        """Writes a note on a call; "" takes it away."""
        self.trouble = self.notes.note(call.id, text)
        self._show(call.id)

    def assume(self, call: Call) -> Call:
        """Turns to the next thing that can be said of this call's credentials; the call as it is then."""
        now = self.notes.assumed_calls.get(call.id, "unknown")
        self.trouble = self.notes.assume(NEXT[now], call=call.id)
        return assuming(call, self.notes.assumed(call))

    def assume_page(self, page: str) -> Credentials:
        """The same for all calls of a page's origin; `again` judges them."""
        credentials = NEXT[self.notes.assumed_origins.get(page, "unknown")]
        self.trouble = self.notes.assume(credentials, origin=page)
        return credentials

    def again(self, page: str) -> Iterator[Changes]:
        """The calls of a page, judged with what is said of them now, some at a time (0.1 ms each)."""
        positions = [row.position for row in self._book.rows if row is not None and row.page == page]
        for start in range(0, len(positions), AT_ONCE):
            calls = [self._book.call_at(position) for position in positions[start : start + AT_ONCE]]
            yield Changes([assuming(call, self.notes.assumed(call)) for call in calls if call is not None], [])

    def carry(self, origins: Mapping[str, Credentials]) -> None:
        """Takes over what was said of pages in another session."""
        for origin, credentials in origins.items():
            if credentials != "unknown":
                self.trouble = self.notes.assume(credentials, origin=origin)

    def _judged(self, call: Call) -> Call:
        credentials = self.notes.assumed(call)
        return call if credentials == "unknown" else assuming(call, credentials)

    def _show(self, id: str) -> None:
        if id in self.notes.marks or id in self.notes.notes:
            self._book.marks[id] = MARKED if id in self.notes.marks else NOTED
        else:
            self._book.marks.pop(id, None)
