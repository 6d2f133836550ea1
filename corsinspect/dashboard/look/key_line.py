"""The line with the keys that do something now.

Textual's Footer makes a widget of each key, and all of them anew when one changes: 30 ms, with every other call that is
selected. This is one line of text, in the same colours.
"""

from rich.cells import cell_len
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen

from corsinspect.dashboard.look.text_line import TextLine

KEY = "bold $footer-key-foreground"
SAID = "$footer-description-foreground"
KEPT = 2
"""Of the last keys, how many stay where not all fit: help and quit."""
ROOMY = 100
"""On narrower terminals the keys before those stand closer together, so that more of them fit."""


class KeyLine(TextLine):
    """The keys of the screen's active bindings; a click on one is as good as pressing it."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._spans: list[tuple[int, int, str]] = []
        """Where each key stands, first cell and the one after its last."""

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._renew)

    def on_resize(self) -> None:
        self._renew(self.screen)

    def on_click(self, event: events.Click) -> None:
        for start, end, key in self._spans:
            if start <= event.x < end:
                self.app.simulate_key(key)

    def _renew(self, screen: Screen[object]) -> None:
        if screen is not self.screen or not self.size.width:
            return
        shown: dict[str, Binding] = {}
        for active in screen.active_bindings.values():
            if active.binding.show and active.enabled:
                shown.setdefault(active.binding.action, active.binding)
        apart = len(shown) if self.size.width >= ROOMY else KEPT
        keys = [
            (
                binding.key,
                f"{' ' if left <= apart or left == len(shown) else ''}{self.app.get_key_display(binding)} ",
                f"{binding.description} ",
            )
            for left, binding in zip(range(len(shown), 0, -1), shown.values(), strict=True)
        ]
        while len(keys) > KEPT and sum(map(_cells, keys)) - 1 > self.size.width:  # the last cell is blank
            del keys[-KEPT - 1]
        self._spans.clear()
        start = 0
        for key in keys:
            end = start + _cells(key)
            self._spans.append((start, end, key[0]))
            start = end
        parts = [part for _, display, said in keys for part in ((display, KEY), (said, SAID))]
        self.say(Content.assemble(*parts))


def _cells(key: tuple[str, str, str]) -> int:
    _, display, said = key
    return cell_len(display) + cell_len(said)
