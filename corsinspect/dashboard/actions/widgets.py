"""The widgets that actions act on."""

from corsinspect.dashboard.apart.saved import AnySource
from corsinspect.dashboard.appearance import Appearance
from corsinspect.dashboard.detail.pane import DetailPane
from corsinspect.dashboard.detail.subject import Subject
from corsinspect.dashboard.filter.filter_line import FilterLine
from corsinspect.dashboard.host import Host
from corsinspect.dashboard.list.call_list import CallList
from corsinspect.dashboard.state.preferences import PreferencesFile
from corsinspect.dashboard.timeline.timeline import TimeLine
from corsinspect.model import Call


class HostWithWidgets(Host):
    """A host that can say what is on screen."""

    call_list: CallList
    detail: DetailPane
    filter_line: FilterLine
    time_line: TimeLine

    def __init__(self, source: AnySource, preferences: PreferencesFile) -> None:
        super().__init__(source, preferences)
        self.appearance = Appearance(self)

    def find_widgets(self) -> None:
        """Looks for them, once they are mounted."""
        self.call_list = self.query_one(CallList)
        self.detail = self.query_one(DetailPane)
        self.filter_line = self.query_one(FilterLine)
        self.time_line = self.query_one(TimeLine)
        self.mounted = True

    @property
    def selected(self) -> int | None:
        return self.call_list.selected if self.mounted else None

    @property
    def tab(self) -> int | None:
        return self.detail.tab if self.mounted else None

    @property
    def detail_opened(self) -> bool:
        return self.mounted and self.query_one("#body").has_class("-open")

    @property
    def filter_opened(self) -> bool:
        return self.mounted and self.filter_line.opened

    @property
    def time_line_opened(self) -> bool:
        return self.mounted and self.time_line.opened

    def subject(self, call: Call) -> Subject:
        """What the tabs ask for of a call."""
        return Subject(
            call,
            lambda: self.same_server.of(call),
            can_trust=self.source.actions is not None,
            recipe=self.recipe_of(call),
            own=lambda: self.same_server.own(call.page_origin) if call.page_origin else [],
        )
