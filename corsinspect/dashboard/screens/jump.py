"""Asks for a time in a recording: `1:23` from its start, `+30s` from where one is, `@14:02:05` on the clock, `50%`."""

import re
import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from corsinspect.dashboard.look.inputs import PrintableInput

UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
EXAMPLES = "1:23 from the start   +30s -2m from here   @14:02:05 clock time   50%"

_AMOUNT = re.compile(r"(\d+(?:\.\d+)?) ?(s|min|m|h|)")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d\d(?:\.\d+)?)")


def moment_of(text: str, start: float, end: float, now: float) -> float | None:
    """The time (seconds since the epoch) that is meant, within the recording; None: it can't be read."""
    text = text.strip().lower()
    if re.fullmatch(r"\d+(\.\d+)?%", text):
        return _within(start + (end - start) * float(text[:-1]) / 100, start, end)
    if text.startswith("@"):
        return _on_the_clock(text[1:], start, end)
    sign, rest = (text[0], text[1:].strip()) if text[:1] in ("+", "-") else ("", text)
    if (seconds := _seconds(rest)) is None:
        return None
    wanted = {"": start + seconds, "+": now + seconds, "-": now - seconds}[sign]
    return _within(wanted, start, end)


def _seconds(text: str) -> float | None:
    if (found := _AMOUNT.fullmatch(text)) is not None:
        return float(found[1]) * UNITS[found[2]]
    if (found := _CLOCK.fullmatch(text)) is not None:
        return int(found[1] or 0) * 3600 + int(found[2]) * 60 + float(found[3])
    return None


def _on_the_clock(text: str, start: float, end: float) -> float | None:
    """The first time after the start at which a clock here shows this; a recording may go past midnight."""
    found = re.fullmatch(r"(\d\d?):(\d\d)(?::(\d\d(?:\.\d+)?))?", text)
    if found is None:
        return None
    begun = time.localtime(start)
    midnight = start - (begun.tm_hour * 3600 + begun.tm_min * 60 + begun.tm_sec + start % 1)
    wanted = midnight + int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3] or 0)
    if wanted < start - 1 and wanted + 86400 <= end:
        wanted += 86400
    return _within(wanted, start, end)


def _within(moment: float, start: float, end: float) -> float:
    return min(max(moment, start), end)


class JumpScreen(ModalScreen[float | None]):
    """Gives the time, or None: stay."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Stay")]

    def __init__(self, start: float, end: float, now: float) -> None:
        super().__init__()
        self._times = start, end, now

    def compose(self) -> ComposeResult:
        with Vertical():
            with Horizontal():
                yield Label(" to ")
                yield PrintableInput(placeholder="1:23", max_length=40)
            yield Static(Content(f"  {EXAMPLES}"), id="jump-hint")

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()  # the app takes what is typed for a filter
        self._hint(Content(f"  {EXAMPLES}"))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        moment = moment_of(message.value, *self._times)
        if moment is not None:
            self.dismiss(moment)
        else:
            self._hint(Content.styled(f"  ✗ Not a time. {EXAMPLES}", "$text-error"))

    def _hint(self, hint: Content) -> None:
        self.query_one("#jump-hint", Static).update(hint)
