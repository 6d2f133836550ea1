"""The command palette's entries: every key of ours that works now, in words, made from the bindings themselves."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from rich.markup import escape
from textual.actions import parse
from textual.app import SystemCommand
from textual.screen import Screen

from corsinspect.dashboard.filter.save_filter import filter_name
from corsinspect.printable import printable

LEFT_OUT = frozenset({"command_palette", "quit"})
"""What the palette has already, or is."""


def saved_filters(saved: Mapping[str, str], show: Callable[[str], None]) -> Iterator[SystemCommand]:
    """A command for each saved filter, which puts it into the filter line."""
    for name, text in saved.items():
        # names are as `save_filter` makes them, unless somebody wrote to the file; the palette reads all as markup
        yield SystemCommand(f"Filter @{filter_name(name)}", escape(printable(text)), partial(show, f"@{name}"))


def commands(screen: Screen[object]) -> Iterator[SystemCommand]:
    """A command for each action of ours that a key starts on this screen now.

    Its help is the action method's docstring: words for whoever reads the code are words for whoever uses it.
    """
    seen: set[str] = set()
    for active in screen.active_bindings.values():
        action = active.binding.action
        place, name, _ = parse(action)
        method = getattr(screen.app if place == "app" else active.node, f"action_{name}", None)
        ours = getattr(method, "__module__", "").startswith("corsinspect.")
        if not ours or name in LEFT_OUT or action in seen or not active.enabled:
            continue
        seen.add(action)
        key = active.binding.key_display or screen.app.get_key_display(active.binding)
        words = (inspect.getdoc(method) or "").partition("\n")[0]
        run = partial(screen.app.run_action, action, active.node)
        yield SystemCommand(f"{active.binding.description} ({key})", words, run)
