"""What can be wrong with a session file: all of it, or a part."""

from pathlib import Path

import msgspec

from corsinspect.errors import CorsinspectError


class SessionError(CorsinspectError):
    """A file that can't be read or written at all: what is wrong with `path`, said without naming it, and a hint."""

    def __init__(self, path: Path, what: str, hint: str) -> None:
        super().__init__(f"{path}: {what}.", hint)
        self.path = path
        self.problem = what

    def __reduce__(self) -> tuple[type["SessionError"], tuple[Path, str, str]]:  # from another process
        return SessionError, (self.path, self.problem, self.hint)


class Problem(msgspec.Struct, frozen=True):
    """A part of a file that couldn't be read and was skipped. `line` counts from 1, where the file has lines."""

    text: str
    line: int | None = None
