"""The screen: a `Dashboard` over a source, `FileSource` or `LiveSource`."""

import os

# Textual repaints with its next tick, and reads how many there are a second when it's imported: of a key's 9 ms, 8 were
# waiting for one
os.environ.setdefault("TEXTUAL_FPS", "120")

from corsinspect.dashboard.app import Dashboard
from corsinspect.dashboard.state.preferences import PreferencesFile
from corsinspect.dashboard.state.source import BrowserKind, FileSource, LiveSource, Source

__all__ = ["BrowserKind", "Dashboard", "FileSource", "LiveSource", "PreferencesFile", "Source"]
