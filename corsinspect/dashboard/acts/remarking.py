"""What the person says of calls, and the call that they wait for."""

import asyncio
from typing import TYPE_CHECKING

from textual.widgets import Static

from corsinspect.dashboard.remarks import SAID, NoteScreen, remark
from corsinspect.dashboard.watch import Watch, endpoint
from corsinspect.model import Call, Changes
from corsinspect.printable import printable

if TYPE_CHECKING:
    from corsinspect.dashboard.app import Dashboard


class RemarkActs:
    """Marks, notes, credentials that are known, and the watch."""

    def __init__(self, app: "Dashboard") -> None:
        self._app = app
        self._watch: Watch | None = None

    def action_mark(self) -> None:
        """Marks the selected call, or takes its mark away."""
        if (call := self._app.selected_call) is not None:
            self._app.remarks.mark(call)
            self.show_remarks()

    def action_note(self) -> None:
        """Writes a note on the selected call, kept beside the session."""
        call = self._app.selected_call

        def keep(text: str | None) -> None:
            if text is not None and call is not None:
                self._app.remarks.note(call, text)
                self.show_remarks()

        if call is not None:
            self._app.push_screen(NoteScreen(self._app.remarks.notes.notes.get(call.id, "")), keep)

    def action_assume(self) -> None:
        """Says whether the selected call was sent with credentials (yes, no, not known), and judges it again."""
        if (call := self._app.selected_call) is not None:
            now = self._app.remarks.assume(call)
            self._app.call_list.flush(self._app.book.apply(Changes([now], [])))
            self.show_remarks()
            self._app.show_detail()
            self._app.show_surroundings()

    def action_assume_page(self) -> None:
        """Says whether all calls of the selected call's page are sent with credentials, and judges them again."""
        call = self._app.selected_call
        if call is not None and call.page_origin is not None:
            credentials = self._app.remarks.assume_page(call.page_origin)
            self._app.say(f"All calls of {call.page_origin}: {SAID[credentials]}.")
            self._app.run_worker(self._judge_again(call.page_origin), group="judge", exclusive=True)

    async def _judge_again(self, page: str) -> None:
        for changes in self._app.remarks.again(page):
            self._app.call_list.flush(self._app.book.apply(changes))
            await asyncio.sleep(0)
        self.show_remarks()
        self._app.show_detail()
        self._app.show_surroundings()

    def show_remarks(self) -> None:
        """Shows what was said anew, in the list and of the selected call."""
        self._app.call_list.redraw()
        self.show_remark()
        if self._app.remarks.trouble is not None:
            self._app.warn(f"Holds until you quit only: {self._app.remarks.trouble}.")

    def show_remark(self) -> None:
        """Shows what was said of the selected call."""
        said = remark(self._app.remarks.notes, self._app.selected_call)
        line = self._app.query_one("#remark", Static)
        line.set_class(said is not None, "-said")
        line.update(said or "", layout=False)

    def action_watch(self) -> None:
        """Waits for the selected call's endpoint to be allowed and says so, or stops waiting."""
        call = self._app.selected_call
        if call is not None:
            ends = self._watch is not None and self._watch.endpoint == endpoint(call)
            self._watch = None if ends else Watch(call)
            self._show_watch()

    def _show_watch(self) -> None:
        line = self._app.query_one("#watch", Static)
        line.set_class(self._watch is not None, "-on")
        if self._watch is not None:
            line.update(self._watch.line(), layout=False)

    def see(self, calls: list[Call]) -> None:
        """Has the watch look at calls that changed."""
        if self._watch is None or not calls:
            return
        if (told := self._watch.see(calls)) is not None:
            self._app.notify(printable(told.text), severity=told.severity, timeout=15, markup=False)
            self._app.appearance.ring()
        self._show_watch()
