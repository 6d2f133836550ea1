"""Every outcome is told apart on every kind of terminal: few colours, none, ASCII only, high contrast."""

import re
from pathlib import Path

import pytest
from textual.color import Color

from corsinspect.dashboard.look.themes import HIGH_CONTRAST, Ascii, needs_ascii, usual_theme
from corsinspect.dashboard.state.preferences import PreferencesFile
from tests.dashboard.conftest import capturing, replaying
from tests.dashboard.test_app import blocked, gets
from tests.dashboard.test_hostile import running

TERMINALS = {
    "truecolor": {},
    "256 colours": {"COLORTERM": ""},
    "16 colours": {"TERM": "xterm", "COLORTERM": ""},
    "linux console": {"TERM": "linux", "COLORTERM": ""},
    "NO_COLOR": {"NO_COLOR": "1"},
    "NO_COLOR, 16 colours": {"NO_COLOR": "1", "TERM": "xterm", "COLORTERM": ""},
    "light, 16 colours": {"TERM": "xterm", "COLORTERM": "", "COLORFGBG": "0;15"},
    "high contrast": {"TEXTUAL_THEME": "high-contrast"},
    "high contrast, 16 colours": {"TEXTUAL_THEME": "high-contrast", "TERM": "xterm", "COLORTERM": ""},
}


def is_grey(colour: str) -> bool:
    """Whether one of pyte's colours is none."""
    if re.fullmatch("[0-9a-f]{6}", colour):
        return colour[:2] == colour[2:4] == colour[4:]
    return colour in ("default", "black", "white", "brightblack", "brightwhite")


@pytest.mark.parametrize("variables", TERMINALS.values(), ids=TERMINALS.keys())
def test_every_word_can_be_read(recorded: Path, variables: dict[str, str]) -> None:
    with running(recorded, **variables) as terminal:
        terminal.wait_for("q Quit")
        terminal.wait_for("The browser's steps")
        display = "\n".join(terminal.screen.display)
        for word in (
            "✗ 6 blocked",
            "↯ 1 network",
            "✓ 3 allowed",
            "✓? 2 depend on credentials",
            "◐ 1 opaque",
            "trailing slash",
        ):
            assert word in display
        cells = [cell for line in terminal.screen.buffer.values() for cell in line.values()]
        assert not [cell for cell in cells if re.match(r"\w", cell.data) and cell.fg == cell.bg != "default"]
        if "NO_COLOR" in variables:
            assert all(is_grey(colour) for cell in cells for colour in (cell.fg, cell.bg))
        terminal.type("q")
        while terminal.read(0.1):
            pass


def test_a_terminal_that_is_not_utf_8_gets_ascii_only(recorded: Path) -> None:
    with running(recorded, LC_ALL="en_US.ISO-8859-1") as terminal:
        terminal.wait_for("x 6 blocked")
        terminal.wait_for("The browser's steps")
        terminal.wait_for("q Quit")
        terminal.type("q")
        while terminal.read(0.1):
            pass
        assert terminal.output.isascii()


async def test_ascii_can_be_chosen_and_is_remembered(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("colon", *"ascii", "enter")
        await screen.sees("x 6 blocked", "+ 3 allowed")
        assert screen.text.isascii()
    assert PreferencesFile().value.ascii is True
    async with replaying(recorded, size=(80, 24)) as screen:
        await screen.sees("x 6 blocked")
        await screen.press("colon", *"ascii", "enter")
        await screen.sees("✗ 6 blocked")


def test_ascii_keeps_every_cell_in_its_place() -> None:
    from rich.segment import Segment

    (drawn,) = Ascii().apply([Segment("✗ 漢字…é│x")], Color(0, 0, 0))
    assert drawn.text == "x ????.?|x"


@pytest.mark.parametrize(
    ("environment", "ascii"),
    [
        ({}, False),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "C.utf8"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, True),
        ({"LC_ALL": "", "LC_CTYPE": "en_US.UTF-8", "LANG": "C"}, False),
    ],
)
def test_the_locale_says_if_signs_can_be_drawn(environment: dict[str, str], ascii: bool) -> None:
    assert needs_ascii(environment) is ascii


@pytest.mark.parametrize(
    ("environment", "colours", "theme"),
    [
        ({}, "truecolor", None),
        ({"COLORFGBG": "0;15"}, "truecolor", "textual-light"),
        ({}, "standard", "ansi-dark"),
        ({"COLORFGBG": "0;15"}, "standard", "ansi-light"),
    ],
)
def test_the_usual_theme_fits_the_terminal(environment: dict[str, str], colours: str, theme: str | None) -> None:
    assert usual_theme(environment, colours) == theme


def contrast(one: Color, other: Color) -> float:
    """WCAG 2's contrast ratio."""

    def luminance(color: Color) -> float:
        parts = [part / 255 for part in color.rgb]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("ground", ["background", "surface", "panel", "boost"])
def test_high_contrast_is_at_least_seven_to_one(ground: str) -> None:
    variables = HIGH_CONTRAST.to_color_system().generate()
    behind = Color.parse(variables[ground])
    for name in ("success", "error", "warning", "accent", "primary", "secondary"):
        assert contrast(Color.parse(variables[f"text-{name}"]), behind) >= 7, name
    assert contrast(Color.parse(variables["foreground-muted"]), behind) >= 7


async def test_the_bell_rings_on_a_newly_blocked_call_once_it_is_on(tmp_path: Path, monkeypatch) -> None:
    rung: list[bool] = []
    async with capturing(tmp_path) as screen:
        monkeypatch.setattr(screen.app, "bell", lambda: rung.append(True))
        await screen.put(*gets(1), blocked("one"))
        assert not rung
        await screen.press("colon", *"bell", "enter")
        await screen.sees("The bell is on.")
        await screen.put(blocked("two"))
        await screen.until(lambda: rung == [True])
        await screen.put(*gets(2))
        assert rung == [True]
