"""Where the time line shows its calls: the dashboard's own list, with the person's remarks, and the selection kept."""

from corsinspect.dashboard.host import Host
from corsinspect.dashboard.list.call_list import CallList
from corsinspect.model import Call, Changes


class ListDisplay:
    """A `timeline.Display`. The chosen call stays selected, and comes back if it wasn't there a while."""

    def __init__(self, host: Host, call_list: CallList) -> None:
        self._host = host
        self._list = call_list
        self._touched: set[int] = set()
        self._chosen: str | None = None
        self._gone = False
        """Whether it isn't there now."""
        self._asked = False
        """Whether the choice was looked at since the last `draw`."""

    def known(self, id: str) -> Call | None:
        """The present call of this id."""
        return self._host.book.calls.get(id)

    def take(self, changes: Changes) -> None:
        """Takes changes over, to be drawn with the next `draw`."""
        self._look()
        self._touched |= self._host.book.apply(self._host.remarks.applied(changes))

    def clear(self) -> None:
        """Begins with no calls."""
        self._look()
        self._host.empty_list()
        self._touched.clear()

    def draw(self, *, settled: bool) -> None:
        """Shows what was taken over; `settled`: it's what was asked for, not a state on the way."""
        self._list.flush(self._touched)
        self._touched.clear()
        if settled and self._chosen is not None:
            position = self._host.book.calls.position(self._chosen)
            self._gone = position is None
            if position is not None and position != self._list.chosen:
                self._list.select(position)
        self._asked = self._asked and not settled
        self._host.show_changed()

    def _look(self) -> None:
        if self._asked:
            return
        self._asked = True
        position = self._list.chosen
        if position is None:
            self._chosen = self._chosen if self._gone else None
        elif (call := self._host.book.call_at(position)) is not None:
            self._chosen = call.id
