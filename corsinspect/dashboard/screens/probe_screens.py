"""Asking a server in the page's stead: first whether to, then what it answered."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from corsinspect import advice
from corsinspect.dashboard.look.content import blocks, entry, lines
from corsinspect.dashboard.look.styles import KEY, QUIET, STRONG, WARNING
from corsinspect.dashboard.screens.explain_screens import ReadingScreen
from corsinspect.model import Exchange
from corsinspect.printable import printable
from corsinspect.probe import BROWSERS, Ask, Probed

OURS = "Asked by corsinspect, not by the page"


class ConfirmProbe(ModalScreen[bool]):
    """Asks whether to send requests to a server; nothing is sent before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "Send"),
        Binding("escape,q,n", "dismiss(False)", "Cancel"),
    ]

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self._ask = ask

    def compose(self) -> ComposeResult:
        yield Static(_question(self._ask))


class ProbedScreen(ReadingScreen):
    """What the server answered, marked as asked by corsinspect."""

    def __init__(self, probed: Probed) -> None:
        super().__init__()
        self._probed = probed

    def text(self, width: int) -> Content:
        call, unsent = self._probed.call, self._probed.unsent
        parts = [Content.assemble((OURS, WARNING), (f"   as {_browser(self._probed.ask)} would", QUIET))]
        entries: list[Content] = []
        if call is None:
            entries += entry("result", "Nothing was sent: a browser sends this without a preflight.", width)
        elif call.verdict.outcome == "pending":
            entries += entry("result", "The server grants the preflight.", width, STRONG)
        else:
            said = advice.explanation(call)
            entries += entry("result", said.headline, width, STRONG)
            entries += entry("what happened", f"{said.happened} {said.consequence}".strip(), width)
            if said.change:
                entries += entry("what to do", said.change, width)
        for exchange in call.exchanges if call is not None else ():
            entries += entry("sent", _sent(exchange), width, QUIET)
        if unsent is not None:
            entries += entry("not sent", unsent, width)
        return blocks([*parts, lines(entries)])


def _question(ask: Ask) -> Content:
    what = "its preflight" if ask.only_preflight else "the preflight, if it needs one, and then a GET or HEAD"
    return Content.assemble(
        (f"Ask {printable(ask.url.origin)} itself?", STRONG),
        f"\n\ncorsinspect sends {ask.method} {printable(ask.url.path)} as {_browser(ask)} would for a page of "
        f"{printable(ask.origin)}: {what}. Without cookies or tokens; nothing that may change something is sent.\n\n",
        ("y", KEY),
        " send   ",
        ("esc", KEY),
        " cancel",
    )


def _browser(ask: Ask) -> str:
    return BROWSERS[ask.engine]


def _sent(exchange: Exchange) -> str:
    answer = str(exchange.status) if exchange.status is not None else "no answer"
    if exchange.failure is not None:
        answer = exchange.failure.text
    return printable(f"{exchange.method} {exchange.url}: {answer}")
