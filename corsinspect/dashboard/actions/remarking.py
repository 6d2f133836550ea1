"""What the person knows about calls, and the call that they watch."""

import asyncio

from textual.content import Content

from corsinspect.dashboard.actions.widgets import HostWithWidgets
from corsinspect.dashboard.list.remark_line import remark_line, watch_line
from corsinspect.dashboard.look.text_line import TextLine
from corsinspect.dashboard.screens.note import NoteScreen
from corsinspect.dashboard.state.remarks import SAID
from corsinspect.dashboard.state.watch import Watch
from corsinspect.model import Call, Changes
from corsinspect.printable import printable


class RemarkActions(HostWithWidgets):
    """Marks, notes, credentials that are known, and the watch."""

    def action_mark(self) -> None:
        """Marks the selected call, or removes its mark."""
        if (call := self.selected_call) is not None:
            self.remarks.mark(call)
            self.show_remarks()

    def action_note(self) -> None:
        """Adds a note to the selected call, saved beside the session."""
        call = self.selected_call

        def keep(text: str | None) -> None:
            if text is not None and call is not None:
                self.remarks.note(call, text)
                self.show_remarks()

        if call is not None:
            self.push_screen(NoteScreen(self.remarks.notes.notes.get(call.id, "")), keep)

    def action_assume(self) -> None:
        """Sets whether the selected call was sent with credentials (yes, no, unknown), and judges it again."""
        if (call := self.selected_call) is not None:
            now = self.remarks.assume(call)
            self.call_list.flush(self.book.apply(Changes([now], [])))
            self.show_remarks()
            self.show_detail()
            self.show_surroundings()

    def action_assume_page(self) -> None:
        """Sets whether all calls from the selected call's page send credentials, and judges them again."""
        call = self.selected_call
        if call is not None and call.page_origin is not None:
            credentials = self.remarks.assume_page(call.page_origin)
            self.say(f"All calls from {call.page_origin}: {SAID[credentials]}.")
            self.run_worker(self._judge_again(call.page_origin), group="judge", exclusive=True)

    async def _judge_again(self, page: str) -> None:
        for changes in self.remarks.again(page):
            self.call_list.flush(self.book.apply(changes))
            await asyncio.sleep(0)
        self.show_remarks()
        self.show_detail()
        self.show_surroundings()

    def show_remarks(self) -> None:
        """Shows what was said anew, in the list and of the selected call."""
        self.call_list.redraw()
        self.show_remark()
        if self.remarks.trouble is not None:
            self.warn(f"This applies only until you quit: {self.remarks.trouble}.")

    def show_remark(self) -> None:
        """Shows what was said of the selected call."""
        said = remark_line(self.remarks.notes, self.selected_call)
        line = self.query_one("#remark", TextLine)
        line.set_class(said is not None, "-said")
        line.say(said or Content(""))

    def action_watch(self) -> None:
        """Notifies you when the selected call's endpoint becomes allowed, or its server answers again."""
        if (call := self.selected_call) is not None:
            self._watch(Watch(call))

    def action_unwatch(self) -> None:
        """Stops watching, whichever call is selected."""
        self._watch(None)

    def _watch(self, watch: Watch | None) -> None:
        self.watched = watch
        self._show_watch()
        self.refresh_bindings()

    def _show_watch(self) -> None:
        line = self.query_one("#watch", TextLine)
        line.set_class(self.watched is not None, "-on")
        if self.watched is not None:
            line.say(watch_line(self.watched).truncate(self.size.width, ellipsis=True))

    def look_for_watched(self, calls: list[Call]) -> None:
        """Has the watch look at calls that changed."""
        if self.watched is None or not calls:
            return
        if (news := self.watched.see(calls)) is not None:
            self.notify(printable(news.text), severity=news.severity, timeout=15, markup=False)
            self.appearance.ring()
        self._show_watch()
