"""What the dashboard needs of a terminal: to be one, room, UTF-8, colours, and a clipboard."""

from corsinspect.doctor.finding import Answer, Machine, fault, ok, warning

NARROW, LOW = 80, 24
"""Columns and lines for which every screen is made."""
NO_TERMINAL = "stdout isn't a terminal: not looked at"
KEPT = "What you copy is also shown on the screen, to be selected by hand, and kept in a file."

TAKES_OSC_52 = {
    "WT_SESSION": "Windows Terminal",
    "KITTY_WINDOW_ID": "kitty",
    "WEZTERM_PANE": "WezTerm",
    "ALACRITTY_WINDOW_ID": "Alacritty",
    "GHOSTTY_RESOURCES_DIR": "Ghostty",
}
"""Terminals that let programs write the clipboard as they come, by a variable that they set."""
TERMS_WITH_OSC_52 = ("xterm-kitty", "alacritty", "foot", "wezterm", "xterm-ghostty")
"""The same by what TERM begins with."""
ASKS_FIRST = {
    "iTerm.app": "iTerm2: Settings → General → Selection → Applications in terminal may access clipboard.",
    "tmux": "tmux: set -g set-clipboard on.",
}
"""What has to be set first, by TERM_PROGRAM."""


def terminal(machine: Machine) -> Answer:
    """Whether it can draw at all, and in colour."""
    if not machine.is_terminal:
        return ok(NO_TERMINAL)
    term = machine.env.get("TERM", "")
    if term in ("", "dumb", "unknown"):
        return fault(
            f"TERM is {term or 'not set'}: the dashboard can't be drawn here.",
            "Set TERM=xterm-256color if the terminal is a modern one, or use corsinspect record, which prints lines.",
        )
    if machine.env.get("NO_COLOR"):
        return warning("NO_COLOR is set: the dashboard is grey.", "Unset NO_COLOR. (Every state has a sign, too.)")
    if not machine.env.get("COLORTERM") and "256" not in term and not term.startswith(TERMS_WITH_OSC_52):
        return warning(
            f"TERM is {term}, and COLORTERM isn't set: the dashboard has 16 colours or fewer.",
            "Set COLORTERM=truecolor, or TERM=xterm-256color, if the terminal can show more.",
        )
    return ok(f"TERM={term}, in colour")


def size(machine: Machine) -> Answer:
    """Whether the screens fit."""
    if not machine.is_terminal:
        return ok(NO_TERMINAL)
    columns, lines = machine.size
    if columns < NARROW or lines < LOW:
        return warning(
            f"The terminal has {columns}×{lines} characters: screens are made for {NARROW}×{LOW} at least.",
            "Enlarge the window or make its font smaller.",
        )
    return ok(f"{columns}×{lines} characters")


def utf_8(machine: Machine) -> Answer:
    """Whether signs like ✓ and → can be printed."""
    if machine.encoding.lower().replace("-", "").replace("_", "") != "utf8":
        return fault(
            f"Output is written as {machine.encoding}: signs like ✓ can't be.",
            "Set LANG=C.UTF-8 (and unset LC_ALL and PYTHONIOENCODING), or PYTHONUTF8=1.",
        )
    return ok("output is UTF-8")


def clipboard(machine: Machine) -> Answer:
    """Whether what is copied arrives (by OSC 52: the terminal writes it, wherever the program runs)."""
    env = machine.env
    if not machine.is_terminal:
        return ok(NO_TERMINAL)
    if env.get("TMUX"):
        return ok("copied by tmux; for the outer terminal's clipboard it needs set -g set-clipboard on")
    if env.get("STY"):
        return warning("GNU screen keeps copied text from the clipboard.", f"Use tmux instead. {KEPT}")
    program = env.get("TERM_PROGRAM", "")
    if program == "Apple_Terminal":
        return warning("Apple's Terminal takes no clipboard from programs.", f"Use iTerm2 or kitty. {KEPT}")
    if program in ASKS_FIRST:
        return ok(f"taken once it's set: {ASKS_FIRST[program]}")
    known = next((name for variable, name in TAKES_OSC_52.items() if env.get(variable)), None)
    if known is None and env.get("TERM", "").startswith(TERMS_WITH_OSC_52):
        known = env["TERM"]
    return ok(f"{known} takes OSC 52" if known else f"no way to know whether this terminal takes OSC 52. {KEPT}")
