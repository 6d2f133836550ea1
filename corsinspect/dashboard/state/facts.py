"""What a source of exchanges says about itself."""

from pathlib import Path

import msgspec


class SourceFacts(msgspec.Struct, frozen=True):
    """What a source tells about itself; None is unknown or not applicable."""

    address: str | None = None
    """Where a browser has to be pointed: "127.0.0.1:8080"."""
    in_place_of: str | None = None
    """The server in whose place that address is to be opened; None: it's a proxy's."""
    title: str | None = None
    """What there is in the place of one session file."""
    session: Path | None = None
    session_gone: bool = False
    """Whether the session file isn't where it was begun any more."""
    browsers: tuple[str, ...] = ()
    """Those that are open, and whoever else is known to call through the proxy."""
    warnings: tuple[str, ...] = ()
    """What won't work in these browsers, and how to fix it."""
    dropped: int = 0
    """Lines of the session that could not be read."""
    died: str | None = None
    """Why nothing more comes."""
    problems: tuple[str, ...] = ()
    """What of the file could not be read."""


class Progress(msgspec.Struct, frozen=True):
    """How far a file has been read."""

    done: int
    total: int | None
    """None: not known yet."""
    bytes: bool = False
    """Whether it's bytes that are counted, not exchanges."""
    what: str = "judged"
    """What was done to them."""
