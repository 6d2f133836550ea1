"""What can be wrong with a session file: all of it, or a part."""

from pathlib import Path

import msgspec


class SessionError(Exception):
    """A file that can't be read or written at all: `what` is wrong with `path`, and how to `mend` it."""

    def __init__(self, path: Path, what: str, mend: str) -> None:
        super().__init__(f"{path}: {what}. {mend}")
        self.path = path
        self.what = what
        self.mend = mend


class Problem(msgspec.Struct, frozen=True):
    """A part of a file that couldn't be read and was skipped. `line` counts from 1, where the file has lines."""

    text: str
    line: int | None = None
