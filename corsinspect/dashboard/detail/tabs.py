"""The tabs of a call's details, in their order, and the line of their headings."""

from collections.abc import Callable

from textual.content import Content

from corsinspect.dashboard.detail import wire_tabs
from corsinspect.dashboard.detail.answer import answer
from corsinspect.dashboard.detail.banner import banner
from corsinspect.dashboard.detail.fix_tab import fix
from corsinspect.dashboard.detail.security_tab import security
from corsinspect.dashboard.detail.subject import Subject
from corsinspect.dashboard.detail.timing_tab import timing
from corsinspect.dashboard.look.content import blocks
from corsinspect.dashboard.look.styles import QUIET
from corsinspect.dashboard.state.tab_names import TABS

NARROWEST = 20


DRAWN: dict[str, Callable[[Subject, int], Content]] = {
    "Answer": answer,
    "Preflight": wire_tabs.preflight,
    "Request": wire_tabs.request,
    "Response": wire_tabs.response,
    "Timing": timing,
    "Fix": fix,
    "Security": security,
    "Raw": wire_tabs.raw,
}
"""By the tab's name."""
ON_THE_WIRE = frozenset({"Preflight", "Request", "Response", "Timing", "Raw"})
"""Tabs that show what passed; the others explain it."""


def draw(tab: int, subject: Subject, width: int) -> Content:
    """A tab's text in `width` cells. Of a call that a fix was tried on, it's the server's own answers that are
    explained, and the delivered ones that are shown as they were on the wire."""
    width = max(NARROWEST, width)
    name = TABS[tab].name
    if not subject.call.simulated:
        return DRAWN[name](subject, width)
    explains = name not in ON_THE_WIRE
    drawn = DRAWN[name](subject.by_server if explains else subject, width)
    return blocks([banner(subject.call, explains), drawn])


def headings(active: int, width: int) -> tuple[Content, list[tuple[int, int]]]:
    """The line of headings and, for clicks, from which cell to which each tab goes. As narrow as need be, the active
    tab's name stays."""
    labels: list[str] = []
    for written in (lambda tab: tab.name, lambda tab: tab.short, lambda _: ""):
        labels = [
            f"{number} {tab.name if number - 1 == active else written(tab)}".rstrip()
            for number, tab in enumerate(TABS, 1)
        ]
        if sum(len(label) + 1 for label in labels) - 1 <= width:
            break
    parts: list[tuple[str, str] | str] = []
    spans: list[tuple[int, int]] = []
    start = 0
    for number, label in enumerate(labels):
        parts += [" "] if number else []
        parts.append((label, "bold reverse" if number == active else QUIET))
        spans.append((start, start + len(label)))
        start += len(label) + 1
    return Content.assemble(*parts), spans
