"""Presses every key of the dashboard, and of the screens that they open, and looks at what is on screen after each."""

import asyncio
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
import textual.app
import textual.pilot
from textual.binding import Binding
from textual.events import Paste
from textual.widgets import Input, TextArea

from corsinspect.dashboard.detail.pane import Body, Text
from corsinspect.dashboard.filter.filter_line import FilterInput
from corsinspect.dashboard.keys import KEYS, Focus
from corsinspect.dashboard.list.call_list import CallList
from corsinspect.dashboard.screens.copying import COPIES
from corsinspect.dashboard.timeline.timeline import TimeLine
from corsinspect.probe import AddressRefused, Ask, Probed
from tests.dashboard.conftest import Screen
from tests.proof.mutated import PLANTED, TEXTS

PATIENCE = 60
"""Seconds after which a key counts as one that hangs: most take some milliseconds."""
DEEPEST = 4
"""Screens that may lie on each other."""
HOLDERS = {"list": CallList, "tabs": Body, "details": Text, "filter": FilterInput, "time line": TimeLine}
LAST = ("q",)
"""Quits, and so is pressed last."""


class Pressed:
    """What was done, for whoever has to do it again."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def __str__(self) -> str:
        return " ".join(self.keys[-12:])


@pytest.fixture(autouse=True)
def nobodys_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is copied is kept in the state folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(autouse=True)
def no_server_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys that have a server asked, and confirm it, are pressed as well."""

    async def refused(wanted: Ask) -> Probed:
        raise AddressRefused("No server is asked here.", wanted.url.href)

    monkeypatch.setattr("corsinspect.dashboard.actions.asking.probe", refused)


@pytest.fixture(autouse=True)
def without_idling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot waits 0.1 s after each key for the machine to be idle; that all messages are done is enough."""

    async def wait_for_idle(min_sleep: float = 0, max_sleep: float = 0) -> None:
        for _ in range(4):
            await asyncio.sleep(0)

    for module in (textual.app, textual.pilot):
        monkeypatch.setattr(module, "wait_for_idle", wait_for_idle)


async def press_all(screen: Screen, drawn: random.Random, refill: Callable[[], None] | None = None) -> Pressed:
    """Every key of the table, where it can be heard, each on a call drawn by chance, and all that comes of it.

    `refill` brings new calls where a key has emptied the list.
    """
    pressed = Pressed()
    for row in sorted(KEYS, key=lambda row: drawn.random()):
        for key in row.key.split(","):
            if key in LAST and row.focus == "app":
                continue
            await _home(screen, pressed)
            if refill is not None and not screen.app.book.rows:
                refill()
                await screen.until(lambda: bool(screen.app.book.rows) or screen.app.feed.held)
            await _choose(screen, drawn, pressed)
            await _focus(screen, row.focus, pressed)
            await _press(screen, key, pressed)
            await _go_through(screen, key, drawn, pressed)
    await _home(screen, pressed)
    await _copy_all(screen, pressed)
    return pressed


async def _press(screen: Screen, key: str, pressed: Pressed) -> None:
    pressed.keys.append(key)
    with _in_time(str(pressed)):
        await screen.press(key)
    look(screen, str(pressed))


def look(screen: Screen, after: str) -> None:
    """Asserts that what is on screen is text and nothing else."""
    app = screen.app
    assert app.is_running and app._exception is None, after
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            assert segment.text.isprintable(), (after, segment.text)
            style = segment.style
            assert style is None or PLANTED not in f"{style.meta} {style.link}", (after, segment)
    assert app.title == "corsinspect", after


async def _home(screen: Screen, pressed: Pressed) -> None:
    """Back to the list, all that lies on it closed."""
    app = screen.app
    for _ in range(DEEPEST):
        if len(app.screen_stack) == 1:
            break
        await _press(screen, "escape", pressed)
    assert len(app.screen_stack) == 1, f"{pressed}: {app.screen} stays"
    for _ in range(DEEPEST):
        if not (app.detail_opened or app.filter_opened):
            break
        await _press(screen, "escape", pressed)
    app.call_list.focus()
    await screen.pilot.pause()


async def _choose(screen: Screen, drawn: random.Random, pressed: Pressed) -> None:
    lines = len(screen.app.book.lines)
    if lines:
        await _press(screen, drawn.choice(("home", "end")), pressed)
        for _ in range(drawn.randrange(min(lines, 4))):
            await _press(screen, drawn.choice(("up", "down")), pressed)


async def _focus(screen: Screen, focus: Focus, pressed: Pressed) -> None:
    app = screen.app
    if focus == "filter":
        await _press(screen, "slash", pressed)
    elif focus == "time line":
        if not app.time_line_opened:
            await _press(screen, "L", pressed)
        app.time_line.focus()
    elif focus in ("tabs", "details") and app.selected is not None:
        await _press(screen, "l", pressed)
    await screen.pilot.pause()


async def _go_through(screen: Screen, opener: str, drawn: random.Random, pressed: Pressed) -> None:
    """Every key of the screen that a key has opened; the key again where one has closed it."""
    app = screen.app
    depth = len(app.screen_stack)
    if depth == 1:
        return
    opened = type(app.screen)
    for key in _keys(screen):
        if type(app.screen) is not opened:
            await _home(screen, pressed)
            await _press(screen, opener, pressed)
            if type(app.screen) is not opened:
                return
        _write(screen, drawn)
        await _press(screen, key, pressed)


def _keys(screen: Screen) -> list[str]:
    """Those that our own screens and widgets listen to, and what any list or input does."""
    top = screen.app.screen
    own = [each for each in (top, *top.query("*")) if type(each).__module__.startswith("corsinspect.")]
    bindings = [binding for each in own for binding in each.BINDINGS if isinstance(binding, Binding)]
    keys = [key for binding in bindings for key in binding.key.split(",")]
    return list(dict.fromkeys([*keys, "down", "tab", "enter"]))


def _write(screen: Screen, drawn: random.Random) -> None:
    """Something hostile into whatever takes text, as a person would who pastes it."""
    text = drawn.choice(TEXTS)[:2000].encode("utf-8", "replace").decode()
    if isinstance(screen.app.focused, Input | TextArea):
        screen.app.post_message(Paste(text))


async def _copy_all(screen: Screen, pressed: Pressed) -> None:
    """What is copied of a call is text that a clipboard takes."""
    app = screen.app
    if app.selected_call is None:
        return
    for copy in COPIES:
        app._clipboard = ""
        await _press(screen, "y", pressed)
        await _press(screen, copy.key, pressed)
        await screen.until(lambda: bool(app.clipboard) or "Not available" in _said(screen))
        app.clipboard.encode()
        assert all(line.isprintable() for line in app.clipboard.split("\n")), pressed
        app.clear_notifications()
        await _home(screen, pressed)


def _said(screen: Screen) -> str:
    return " ".join(note.message for note in screen.app._notifications)


@contextmanager
def _in_time(what: str) -> Iterator[None]:
    """Raises where it takes longer than PATIENCE, even in a loop that waits for nothing."""

    def late(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"{what}: takes longer than {PATIENCE} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
