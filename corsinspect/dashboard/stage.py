"""Where the time line shows its calls: the dashboard's own list, with the person's remarks, and the selection kept."""

from typing import TYPE_CHECKING

from corsinspect.model import Call, Changes

if TYPE_CHECKING:
    from corsinspect.dashboard.app import Dashboard


class ListStage:
    """A `timeline.Stage`. The call that the person chose stays selected, and comes back if it wasn't there a while."""

    def __init__(self, app: "Dashboard") -> None:
        self._app = app
        self._touched: set[int] = set()
        self._chosen: str | None = None
        self._gone = False
        """Whether it isn't there now."""
        self._asked = False
        """Whether the choice was looked at since the last `draw`."""

    def known(self, id: str) -> Call | None:
        """The present call of this id."""
        return self._app.book.calls.get(id)

    def take(self, changes: Changes) -> None:
        """Takes changes over, to be drawn with the next `draw`."""
        self._look()
        self._touched |= self._app.book.apply(self._app.remarks.applied(changes))

    def clear(self) -> None:
        """Begins with no calls."""
        self._look()
        self._app.empty_list()
        self._touched.clear()

    def draw(self, *, settled: bool) -> None:
        """Shows what was taken over; `settled`: it's what was asked for, not a state on the way."""
        app = self._app
        app.call_list.flush(self._touched)
        self._touched.clear()
        if settled and self._chosen is not None:
            position = app.book.calls.position(self._chosen)
            self._gone = position is None
            if position is not None and position != app.call_list.chosen:
                app.call_list.select(position)
        self._asked = self._asked and not settled
        app.show_changed()

    def _look(self) -> None:
        if self._asked:
            return
        self._asked = True
        position = self._app.call_list.chosen
        if position is None:
            self._chosen = self._chosen if self._gone else None
        elif (call := self._app.book.call_at(position)) is not None:
            self._chosen = call.id
