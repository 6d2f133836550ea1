"""How far somebody has come: the number of lessons that are done, in a file of their own."""

from contextlib import suppress
from pathlib import Path

from platformdirs import user_state_path

from corsinspect.session.private import private_folder, write_private


def done() -> int:
    """How many lessons are done, from the first on; 0 where nothing is kept, or nothing that can be read."""
    with suppress(OSError, ValueError):
        return max(0, int(_file().read_text("ascii")))
    return 0


def keep(lessons: int) -> None:
    """Keeps it for the next time; where it can't be kept, the next time begins at the first lesson."""
    with suppress(OSError):
        private_folder(_file().parent)
        write_private(_file(), f"{lessons}\n".encode())


def _file() -> Path:
    return user_state_path("corsinspect", appauthor=False) / "lessons"
