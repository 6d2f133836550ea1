"""How the dashboard looks on the terminal at hand: which theme, and signs in ASCII where it has no others.

- `high-contrast` is for eyes that tell red from green badly and for bright rooms: white on black, orange and blue.
- ASCII is a filter over every line that's drawn, so that frames, signs, scrollbars and captured text all become ASCII
  of the same width, whoever draws them.
"""

from collections.abc import Mapping

from rich.cells import get_character_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

HIGH_CONTRAST = Theme(
    name="high-contrast",
    # Okabe and Ito's colours, which all kinds of colour vision tell apart, as bright as black ground needs
    primary="#2F9BE0",
    secondary="#56B4E9",
    success="#56B4E9",
    error="#FF9A3C",
    warning="#F0E442",
    accent="#F0E442",
    foreground="#FFFFFF",
    background="#000000",
    surface="#000000",
    panel="#1C1C1C",
    boost="#262626",
    text_alpha=1.0,
    variables={
        "text-success": "#7CC8F5",
        "text-error": "#FFB066",
        "text-warning": "#F7EE7A",
        "text-accent": "#F7EE7A",
        "text-primary": "#9AD4F7",
        "text-secondary": "#D9B3FF",
        "foreground-muted": "#D0D0D0",
        "footer-key-foreground": "#F7EE7A",
        "footer-description-foreground": "#FFFFFF",
    },
)

FEW_COLOURS = "ansi-dark"
FEW_COLOURS_ON_LIGHT = "ansi-light"
"""Where a terminal has sixteen colours: blended ones would fall together."""


def usual_theme(environment: Mapping[str, str], colours: str | None, *, grey: bool = False) -> str | None:
    """The theme for who never chose one; None: Textual's own.

    `colours`: how many the terminal has, in Rich's words; `grey`: they are turned into greys (NO_COLOR).
    """
    # COLORFGBG ("15;0") is foreground and background
    light = environment.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")
    if colours == "standard":
        return HIGH_CONTRAST.name if grey else FEW_COLOURS_ON_LIGHT if light else FEW_COLOURS
    return "textual-light" if light else None


def needs_ascii(environment: Mapping[str, str]) -> bool:
    """Whether the locale names a character set that isn't UTF-8; where it names none, the terminal likely is."""
    locale = next((value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := environment.get(name))), "")
    return bool(locale) and "utf8" not in locale.lower().replace("-", "")


class Ascii(LineFilter):
    """Draws every character that isn't ASCII as one that is, cell for cell."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment
            if segment.text.isascii() or segment.control
            else Segment(segment.text.translate(_TABLE), segment.style)
            for segment in segments
        ]


class _Table(dict[int, str]):
    def __missing__(self, code: int) -> str:
        if code < 128:
            return chr(code)
        return self.setdefault(code, "?" * get_character_cell_size(chr(code)))


_TABLE = _Table(
    str.maketrans(
        {
            "✗": "x",
            "✓": "+",
            "↯": "!",
            "◐": "o",
            "≈": "%",
            **dict.fromkeys("◌○⏳", "~"),
            **dict.fromkeys("·•", "."),
            "★": "*",
            "✎": "#",
            "…": ".",
            "×": "x",
            **dict.fromkeys("◉●", "@"),
            **dict.fromkeys("⚗⚠", "!"),
            **dict.fromkeys("–—─━┄╌‐‑", "-"),
            **dict.fromkeys("→▸▶▹⇥❯", ">"),
            **dict.fromkeys("←◂◀", "<"),
            **dict.fromkeys("↑▴▲", "^"),
            **dict.fromkeys("↓▾▼", "v"),
            **dict.fromkeys("⏎↵", "<"),
            **dict.fromkeys("│┃║▌▐▏▎▍▋▊▉▕", "|"),
            **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼╔╗╚╝┏┓┗┛", "+"),
            **dict.fromkeys("═▔▀", "="),
            **dict.fromkeys("█▇▆▅▄▓", "#"),
            **dict.fromkeys("▃▂▁", "_"),
            **dict.fromkeys("░▒", "."),
            **dict.fromkeys("‹", "<"),
            **dict.fromkeys("›", ">"),
            **dict.fromkeys("“”", '"'),
            **dict.fromkeys("‘’", "'"),
            "\u00a0": " ",
        }
    )
)
