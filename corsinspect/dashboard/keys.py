"""The keys: one table that bindings, key line and help screen come from. A new key is a row here and an action method.

The table is in the order of the help screen. Widgets take the rows of their place with `bindings`, the app takes those
of "app", which work everywhere.
"""
# ruff: noqa: E501 - a row is a line

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from textual.actions import parse
from textual.binding import Binding
from textual.widgets import Input

from corsinspect.dashboard.host import Host
from corsinspect.dashboard.state.remarks import may_assume
from corsinspect.dashboard.state.tab_names import FIX, TABS
from corsinspect.session.redaction.bug_report import is_disputed

Focus = Literal["app", "list", "tabs", "details", "filter", "time line"]
Condition = Callable[[Host], bool]


def always(host: Host) -> bool:
    """No condition."""
    return True


@dataclass(frozen=True)
class Key:
    """A key, what it does, and what is said of it."""

    key: str
    """Textual's name of it; several are separated by commas."""
    action: str
    """As Textual reads it: `name(parameters)`, the app's own from elsewhere as `app.name(parameters)`."""
    label: str
    """On the key line and in the command palette."""
    section: str
    """Of the help screen."""
    help: str
    """Its line there; keys with the same line share it."""
    when: Condition = always
    """When it has something to do: other keys are neither shown nor heard."""
    focus: Focus = "app"
    """What has to have the focus."""
    line: int = 0
    """Where it stands on the key line, from the left; 0: not at all. Those further right are left out first, but for
    the last two: so the left is for what is possible only now and then, then for what is used most."""
    display: str | None = None
    """How the key line and the palette write it; None: as Textual does."""
    written: str | None = None
    """How the help screen writes it, with the others of its line; None: as `display`, or by its name; "": not."""


def _rows(host: Host) -> bool:
    return bool(host.book.rows)


def _selected(host: Host) -> bool:
    return host.selected is not None


def _call(host: Host) -> bool:
    return host.selected_call is not None


def _may_ask(host: Host) -> bool:
    call = host.selected_call
    return call is not None and call.kind in ("simple", "preflighted")


def _may_filter(host: Host) -> bool:
    return _rows(host) and not isinstance(host.focused, Input)


def _may_assume(host: Host) -> bool:
    call = host.selected_call
    return call is not None and may_assume(call)


def _disputed(host: Host) -> bool:
    call = host.selected_call
    return call is not None and is_disputed(call)


def _way_back(host: Host) -> bool:
    return bool(host.book.shown.query.text) or host.detail_opened or host.filter_opened


def _on_fix_tab(host: Host) -> bool:
    return host.tab == FIX and _call(host)


def _capturing(host: Host) -> bool:
    return host.source.actions is not None and host.source.facts().died is None


def _may_clear(host: Host) -> bool:
    return _capturing(host) and not host.clearing


def _running(host: Host) -> bool:
    return host.source.live and not host.feed.held


def _paused(host: Host) -> bool:
    return host.source.live and host.feed.held


def _may_try(host: Host) -> bool:
    return host.source.actions is not None and host.may_try


def _may_try_first(host: Host) -> bool:
    return _may_try(host) and not host.simulation


def _simulating(host: Host) -> bool:
    return bool(host.simulation)


def _may_trust(host: Host) -> bool:
    return host.source.actions is not None and host.untrusted_host is not None


def _died(host: Host) -> bool:
    return host.source.facts().died is not None


def _may_watch(host: Host) -> bool:
    return _call(host) and not _watching(host)


def _watching(host: Host) -> bool:
    return host.watched is not None


def _not_cors(host: Host) -> bool:
    return host.book.outcomes["not-cors"] > 0


def _saved_session(host: Host) -> bool:
    return host.mounted and not host.source.live and host.feed.progress is None and _rows(host)


def _live(host: Host) -> bool:
    return host.mounted and host.source.live


def _time_line(host: Host) -> bool:
    return host.time_line_opened


CALLS = "Calls"
EXPLAIN = "Explain and share"
SHOWN = "What is shown"
KNOWN = "What you know"
CAPTURE = "Capture"
TIME = "Time line of a saved session"
OTHER = "Other"

_SELECT = "select a call; also page up, page down, home (g)"
_DETAILS = "scroll the details; ← h goes back to the list"
_TABS = "switch the tab of the details; also tab and shift+tab"
_STEP = "step back or forward by one request or answer; ← → on the line"

# fmt: off
KEYS: tuple[Key, ...] = (
    Key("up,k", "move(-1)", "Up", CALLS, _SELECT, focus="list", written="↑ ↓  j k"),
    Key("down,j", "move(1)", "Down", CALLS, _SELECT, focus="list"),
    Key("pageup,ctrl+b", "page(-1)", "Page up", CALLS, _SELECT, focus="list"),
    Key("pagedown,ctrl+f", "page(1)", "Page down", CALLS, _SELECT, focus="list"),
    Key("home,g", "top", "First", CALLS, _SELECT, focus="list"),
    Key("enter", "app.open", "Open", CALLS, "show its details as large as the terminal; esc goes back", _selected, "list", line=1),
    Key("end,G", "follow", "Newest", CALLS, "jump to the newest call and follow", focus="list", written="end  G"),
    Key("right,l", "app.into_detail", "Details", CALLS, _DETAILS, focus="list", written="→  l"),
    Key("left,h", "app.out_of_detail", "List", CALLS, _DETAILS, focus="details", written=""),
    Key("j", "scroll_down", "Down", CALLS, _DETAILS, focus="details", written=""),
    Key("k", "scroll_up", "Up", CALLS, _DETAILS, focus="details", written=""),
    Key("g", "scroll_home", "Top", CALLS, _DETAILS, focus="details", written=""),
    Key("G", "scroll_end", "End", CALLS, _DETAILS, focus="details", written=""),
    *(
        Key(str(number), f"app.tab({number - 1})", tab.name, CALLS, _TABS, _call, "tabs", written=f"1 … {len(TABS)}")
        for number, tab in enumerate(TABS, 1)
    ),
    Key("tab", "app.turn_tab(1)", "Tabs", CALLS, _TABS, _call, "tabs", line=1, display=f"1–{len(TABS)} ⇥"),
    Key("shift+tab", "app.turn_tab(-1)", "Previous tab", CALLS, _TABS, _call, "tabs"),
    Key("p", "jump_pair", "Preflight or request", CALLS, "switch between preflight and request", _call),
    Key("right_square_bracket", "problem(1)", "Next blocked", CALLS, "next or previous blocked call", focus="list", display="]"),
    Key("left_square_bracket", "problem(-1)", "Previous blocked", CALLS, "next or previous blocked call", focus="list", display="["),
    Key("question_mark", "why", "Why", EXPLAIN, "explain the reason, with a wrong and a right header", _call, line=8, display="?"),
    Key("d", "contrast", "Compare", EXPLAIN, "compare two calls: press it on one, then on the other", _call, line=10),
    Key("y", "copy", "Copy", EXPLAIN, "copy: u URL, c curl, f fix, k code, p AI prompt, j JSON", _call, line=9),
    Key("r", "bug_report", "Bug report", EXPLAIN, "the browser contradicts the verdict: write a file to report it", _disputed, line=2),
    Key("X", "paste", "Explain a message", EXPLAIN, "paste a message from the browser's console to explain it"),
    Key("a", "not_seen", "My call isn't here", EXPLAIN, "my call isn't here: what a proxy can't see"),
    Key("enter", "app.choose_recipe", "Framework", EXPLAIN, "on the Fix tab: choose the server's framework", _on_fix_tab, "details", line=1),
    Key("A", "ask_server", "Ask the server", EXPLAIN, "ask the server what it answers now (our own requests)", _may_ask),
    Key("slash", "filter", "Filter", SHOWN, "filter by words, blocked, method:PUT, host:api, -preflight", _may_filter, line=7, display="/"),
    Key("tab", "complete", "Complete", SHOWN, "in the filter line: complete the word", focus="filter", line=7),
    Key("ctrl+s", "save", "Save", SHOWN, "in the filter line: save the filter under a name", focus="filter", line=7, written="^s"),
    Key("down", "submit", "To the list", SHOWN, "in the filter line: go to the list", focus="filter", line=7, written="↓"),
    Key("b", "blocked_only", "Blocked", SHOWN, "only blocked calls and network errors", _rows, line=12),
    Key("m", "overview", "Overview", SHOWN, "overview: which page may call which server, and preflight cost", _rows, line=13),
    Key("F", "findings", "Findings", SHOWN, "findings: what many calls have in common", _rows, line=14),
    Key("o", "this_origin", "This origin", SHOWN, "only this page's origin, only this method and URL", _selected),
    Key("e", "this_endpoint", "This endpoint", SHOWN, "only this page's origin, only this method and URL", _selected),
    Key("n", "not_cors", "Not CORS", SHOWN, "show or hide calls that CORS doesn't apply to", _not_cors, line=15),
    Key("B", "background", "Background", SHOWN, "show or hide the browser's background requests"),
    Key("s", "sort", "Sort", SHOWN, "sort by time, duration, status or host", focus="list"),
    Key("v", "group", "Group", SHOWN, "group by server or by endpoint", focus="list"),
    Key("z", "fold", "Fold repeats", SHOWN, "fold identical failures into one row with a count", focus="list"),
    Key("escape", "back", "Back", SHOWN, "clear the filter, show all calls", _way_back, line=1, written="esc"),
    Key("x", "mark", "Mark", KNOWN, "mark a call, add a note to it (saved beside the session)", _selected),
    Key("N", "note", "Note", KNOWN, "mark a call, add a note to it (saved beside the session)", _selected),
    Key("i", "assume", "Credentials", KNOWN, "say whether this call, or its whole page, sent credentials", _may_assume, line=16),
    Key("I", "assume_page", "Credentials of the page", KNOWN, "say whether this call, or its whole page, sent credentials", _may_assume),
    Key("w", "watch", "Watch", KNOWN, "watch a call: get notified when its server allows it; w ends it", _may_watch, line=11),
    Key("w", "unwatch", "Unwatch", KNOWN, "watch a call: get notified when its server allows it; w ends it", _watching, line=11),
    Key("c", "open_browser('chromium')", "Chromium", CAPTURE, "open Chromium or Firefox, set up for capture", _capturing, line=19),
    Key("f", "open_browser('firefox')", "Firefox", CAPTURE, "open Chromium or Firefox, set up for capture", _capturing, line=20),
    Key("C", "clear", "Clear", CAPTURE, "start an empty list in a new session file; the old one is kept", _may_clear),
    Key("P", "pause(False)", "Resume", CAPTURE, "pause the list while the capture goes on; P resumes", _paused, line=4),
    Key("P", "pause(True)", "Pause", CAPTURE, "pause the list while the capture goes on; P resumes", _running),
    Key("t", "stop_trying", "Simulation off", CAPTURE, "simulate a blocked call's fix in the proxy; t turns it off", _simulating, line=5),
    Key("t", "try_fix(True)", "Try the fix", CAPTURE, "simulate a blocked call's fix in the proxy; t turns it off", _may_try_first, line=6),
    Key("S", "try_fix(False)", "Try another fix too", CAPTURE, "simulate a blocked call's fix in the proxy; t turns it off", _may_try),
    Key("T", "trust", "Trust", CAPTURE, "trust the server's certificate for this run", _may_trust, line=3),
    Key("R", "restart", "Restart proxy", CAPTURE, "restart the proxy after it has stopped", _died, line=2),
    Key("L", "time_line", "Time line", TIME, "open or close it: shows the list as it was at any moment", _saved_session, line=17),
    Key("L", "no_time_line", "Why no time line", TIME, "open or close it: shows the list as it was at any moment", _live),
    Key("space", "play", "Play", TIME, "play or stop", _time_line, line=18),
    Key("less_than_sign", "step(-1)", "Step back", TIME, _STEP, _time_line, display="<"),
    Key("greater_than_sign", "step(1)", "Step forward", TIME, _STEP, _time_line, display=">"),
    Key("left,h", "app.step(-1)", "Back", TIME, _STEP, _time_line, "time line", written=""),
    Key("right,l", "app.step(1)", "Forward", TIME, _STEP, _time_line, "time line", written=""),
    Key("left_curly_bracket", "speed(-1)", "Slower", TIME, "slower, faster: 1×, 10×, 100×", _time_line, display="{"),
    Key("right_curly_bracket", "speed(1)", "Faster", TIME, "slower, faster: 1×, 10×, 100×", _time_line, display="}"),
    Key("J", "jump", "Jump to a time", TIME, "jump to a time: 1:23, +30s, @14:02:05, 50%; or click the line", _time_line),
    Key("home,g", "to_start", "Start", TIME, "on the line: go to the start, to the end", focus="time line", written="home end"),
    Key("end,G", "to_end", "End", TIME, "on the line: go to the start, to the end", focus="time line"),
    Key("down,j", "app.move(1)", "Down", TIME, "on the line: select a call", focus="time line", written="↑ ↓  j k"),
    Key("up,k", "app.move(-1)", "Up", TIME, "on the line: select a call", focus="time line"),
    Key("escape,enter", "app.out_of_time", "To the list", TIME, "on the line: back to the list", focus="time line", line=1, display="esc"),
    Key("colon", "command_palette", "Commands", OTHER, "all commands, and themes", line=21, display=":", written=":  ^p"),
    Key("f1", "help", "Help", OTHER, "this help", line=23),
    Key("q", "quit", "Quit", OTHER, "quit; corsinspect replay opens the session again", line=24),
)
# fmt: on
"""Of two with the same key and focus, only one is possible at a time."""


def bindings(focus: Focus) -> list[Binding]:
    """What Textual is given for what has the focus: first what is on the key line, in its order."""
    rows = sorted((row for row in KEYS if row.focus == focus), key=lambda row: (not row.line, row.line))
    return [Binding(row.key, row.action, row.label, show=bool(row.line), key_display=row.display) for row in rows]


def help_lines() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The sections of the help screen, each with its lines: keys, and what they do."""
    for section, rows in groupby(KEYS, key=lambda row: row.section):
        yield section, [(_written(list(line)), words) for words, line in groupby(rows, key=lambda row: row.help)]


def possible(host: Host, action: str, parameters: tuple[object, ...]) -> bool:
    """Whether an action of the app has something to do now."""
    return _CONDITIONS.get((action, parameters), always)(host)


def _written(rows: list[Key]) -> str:
    """The keys of a help line: as its first row writes them all, or one after the other."""
    if rows[0].written:
        return rows[0].written
    return "  ".join(dict.fromkeys(row.display or row.key for row in rows if row.written != ""))


def _of_app() -> Iterator[tuple[tuple[str, tuple[object, ...]], Condition]]:
    for row in KEYS:
        namespace, name, parameters = parse(row.action)
        if namespace == "app" or row.focus == "app":
            yield (name, parameters), row.when


_CONDITIONS: dict[tuple[str, tuple[object, ...]], Condition] = dict(_of_app())
"""By action and parameters. Rows with the same ones have the same condition."""
