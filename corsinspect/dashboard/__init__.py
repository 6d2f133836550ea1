"""The screen: a `Dashboard` over a source, `FileSource` or `LiveSource`."""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corsinspect.dashboard.apart.saved import SavedApart, is_large
    from corsinspect.dashboard.app import Dashboard
    from corsinspect.dashboard.state.preferences import PreferencesFile
    from corsinspect.dashboard.state.source import BrowserKind, FileSource, LiveSource, Source

# Textual repaints with its next tick, and reads how many there are a second when it's imported: of a key's 9 ms, 8 were
# waiting for one
os.environ.setdefault("TEXTUAL_FPS", "120")

__all__ = [
    "BrowserKind",
    "Dashboard",
    "FileSource",
    "LiveSource",
    "PreferencesFile",
    "SavedApart",
    "Source",
    "is_large",
]

_HOMES = {
    "Dashboard": "app",
    "PreferencesFile": "state.preferences",
    "SavedApart": "apart.saved",
    "is_large": "apart.saved",
} | dict.fromkeys(("BrowserKind", "FileSource", "LiveSource", "Source"), "state.source")
"""They are imported on first use: the process that reads a session for a dashboard does without Textual, 0.25 s."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
