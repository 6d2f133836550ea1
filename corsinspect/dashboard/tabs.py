"""The tabs of a call's details, in their order, and the line of their heads."""

from collections.abc import Callable
from typing import NamedTuple

from textual.content import Content

from corsinspect.dashboard import tab_exchange
from corsinspect.dashboard.detail import answer
from corsinspect.dashboard.pieces import QUIET, Subject, blocks
from corsinspect.dashboard.simulation import banner
from corsinspect.dashboard.tab_fix import fix
from corsinspect.dashboard.tab_security import security
from corsinspect.dashboard.tab_timing import timing

NARROWEST = 20


class Tab(NamedTuple):
    """One way to look at a call."""

    name: str
    short: str
    """For a narrow line."""
    draw: Callable[[Subject, int], Content]


TABS = (
    Tab("Answer", "Answer", answer),
    Tab("Preflight", "Pre", tab_exchange.preflight),
    Tab("Request", "Req", tab_exchange.request),
    Tab("Response", "Resp", tab_exchange.response),
    Tab("Timing", "Time", timing),
    Tab("Fix", "Fix", fix),
    Tab("Security", "Sec", security),
    Tab("Raw", "Raw", tab_exchange.raw),
)
PREFLIGHT, REQUEST, FIX = 1, 2, 5
"""Places in TABS that keys lead to."""
ON_THE_WIRE = frozenset({"Preflight", "Request", "Response", "Timing", "Raw"})
"""Tabs that show what passed; the others explain it."""


def draw(tab: int, subject: Subject, width: int) -> Content:
    """A tab's text in `width` cells. Of a call that a fix was tried on, it's the server's own answers that are
    explained, and the delivered ones that are shown as they were on the wire."""
    width = max(NARROWEST, width)
    if not subject.call.simulated:
        return TABS[tab].draw(subject, width)
    explains = TABS[tab].name not in ON_THE_WIRE
    drawn = TABS[tab].draw(subject.by_server if explains else subject, width)
    return blocks([banner(subject.call, explains), drawn])


def heads(active: int, width: int) -> tuple[Content, list[tuple[int, int]]]:
    """The line of heads and, for clicks, from which cell to which each tab goes. As narrow as need be, the active
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
