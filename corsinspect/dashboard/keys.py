"""The app's keys, and when each of them does something."""

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.widgets import Input

from corsinspect.dashboard import tabs
from corsinspect.dashboard.remarks import may_assume

if TYPE_CHECKING:
    from corsinspect.dashboard.app import Dashboard

KEYS: tuple[Binding, ...] = (
    # first what is possible only now and then: where not all keys fit, those at the end are left out
    Binding("escape", "back", "Back"),
    Binding("R", "restart", "Restart proxy"),
    Binding("T", "trust", "Trust"),
    Binding("P", "pause(False)", "Go on"),
    Binding("t", "stop_trying", "Simulation off"),
    Binding("t", "try_fix(True)", "Try the fix"),
    Binding("S", "try_fix(False)", "Try another fix too", show=False),
    Binding("slash", "filter", "Filter", key_display="/"),
    Binding("b", "blocked_only", "Blocked"),
    Binding("o", "this_origin", "This origin", show=False),
    Binding("e", "this_endpoint", "This endpoint", show=False),
    Binding("m", "overview", "Overview"),
    Binding("F", "findings", "Findings"),
    Binding("n", "not_cors", "Not CORS"),
    Binding("B", "background", "Browser's own", show=False),
    Binding("i", "assume", "Credentials"),
    Binding("I", "assume_page", "Credentials of the page", show=False),
    Binding("w", "watch", "Watch", show=False),
    Binding("x", "mark", "Mark", show=False),
    Binding("N", "note", "Note", show=False),
    Binding("X", "paste", "Explain a message", show=False),
    Binding("P", "pause(True)", "Pause", show=False),
    Binding("L", "time_line", "Time line"),
    Binding("space", "play", "Play"),
    Binding("less_than_sign", "step(-1)", "Step back", key_display="<", show=False),
    Binding("greater_than_sign", "step(1)", "Step on", key_display=">", show=False),
    Binding("left_curly_bracket", "speed(-1)", "Slower", key_display="{", show=False),
    Binding("right_curly_bracket", "speed(1)", "Faster", key_display="}", show=False),
    Binding("J", "jump", "Jump to a time", show=False),
    Binding("C", "clear", "Clear", show=False),
    Binding("c", "open_browser('chromium')", "Chromium"),
    Binding("f", "open_browser('firefox')", "Firefox"),
    Binding("colon", "command_palette", "Commands", key_display=":"),
    Binding("y", "copy", "Copy"),
    Binding("d", "contrast", "Compare", show=False),
    Binding("p", "jump_pair", "Preflight or request", show=False),
    Binding("a", "not_seen", "My call isn't here", show=False),
    Binding("question_mark", "why", "Why", key_display="?"),
    Binding("f1", "help", "Help"),
    Binding("q", "quit", "Quit"),
)
"""Of two with the same key, only one is possible at a time."""


def possible(app: "Dashboard", action: str, parameters: tuple[object, ...]) -> bool:
    """Whether an action has something to do now: keys without are neither shown nor heard."""
    if action == "filter" and isinstance(app.focused, Input):
        return False
    if action in ("filter", "blocked_only", "overview", "findings"):
        return bool(app.book.rows)
    if action == "choose_recipe":
        return app.mounted and app.selected_call is not None and app.detail.tab == tabs.FIX
    if action in ("tab", "turn_tab", "copy", "contrast", "jump_pair", "why"):
        return app.selected_call is not None
    if action in ("this_origin", "this_endpoint"):
        return app.is_mounted and app.call_list.selected is not None
    if action == "not_cors":
        return app.book.outcomes["not-cors"] > 0
    if action in ("mark", "note", "watch"):
        return app.is_mounted and app.call_list.selected is not None
    if action in ("assume", "assume_page"):
        call = app.selected_call if app.is_mounted else None
        return call is not None and may_assume(call)
    if action == "time_line":
        return app.mounted and not app.source.live and app.feed.progress is None and bool(app.book.rows)
    if action in ("play", "step", "speed", "jump"):
        return app.mounted and app.time_line.opened
    if action == "clear":
        return app.source.actions is not None and app.source.facts().died is None and not app.capture_acts.clearing
    if action == "open_browser":
        return app.source.actions is not None and app.source.facts().died is None
    if action == "pause":
        return app.source.live and app.feed.held != parameters[0]
    if action == "restart":
        return app.source.facts().died is not None
    if action == "trust":
        return app.source.actions is not None and app.capture_acts.untrusted_host() is not None
    if action == "try_fix":
        return app.source.actions is not None and app.capture_acts.may_try() and not (parameters[0] and app.trying)
    if action == "stop_trying":
        return bool(app.trying)
    if action == "back":
        shown = app.book.shown
        opened = app.is_mounted and app.query_one("#body").has_class("-open")
        return bool(shown.query.text or opened or (app.is_mounted and app.filter_line.opened))
    return True
