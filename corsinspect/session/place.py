"""Where sessions are kept when no file is named: one file a run, the last 20 of them, for their owner only."""

import os
import re
import sys
import time
from contextlib import suppress
from pathlib import Path

from platformdirs import user_state_path

from corsinspect.session.errors import SessionError
from corsinspect.session.private import private_folder

if sys.platform != "win32":
    import fcntl

KEPT = 20
COMPANIONS = (".notes.jsonl", ".browser.jsonl")
"""Ends of the names of the files that belong to a session: the person's notes, and what the browser said."""
_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}(-\d+)?\.jsonl")


def sessions_dir() -> Path:
    """The folder, made on first use. Raises OSError when that can't be done."""
    folder = private_folder(_folder())
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def _folder() -> Path:
    return user_state_path("corsinspect", appauthor=False) / "sessions"


def new_session_path() -> Path:
    """A new, empty file named by date and time; of the older ones, those past the last 20 are deleted.

    Raises SessionError where that folder can't be used."""
    try:
        folder = sessions_dir()
        _sweep(folder)
        return session_path_in(folder)
    except OSError as error:
        raise _unusable(error) from error


def new_bug_report_path() -> Path:
    """A new, empty file beside the sessions, named by date and time; it's none of them, and is never deleted.

    Raises SessionError where that folder can't be used."""
    try:
        return session_path_in(sessions_dir(), "bug-report-")
    except OSError as error:
        raise _unusable(error) from error


def _unusable(error: OSError) -> SessionError:
    where = "set XDG_STATE_HOME to a folder that you can write to, or name a file: record -o FILE"
    return SessionError(_folder(), f"can't be used ({error.strerror or error})", f"Make it a folder of yours, {where}.")


def session_path_in(folder: Path, prefix: str = "") -> Path:
    """A new, empty file named by date and time in this folder. Raises OSError when it can't be made."""
    stamp = prefix + time.strftime("%Y-%m-%dT%H%M%S")
    number = 1
    while True:
        path = folder / (f"{stamp}.jsonl" if number == 1 else f"{stamp}-{number}.jsonl")
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            number += 1
            continue
        return path


def following_path(session: Path) -> Path:
    """A new, empty file for what comes after this one: named by date and time where that is, else `NAME.2.jsonl` and so
    on. Raises OSError when it can't be made."""
    if _NAME.fullmatch(session.name):
        return session_path_in(session.parent)
    stem, _, number = session.stem.rpartition(".")
    if not stem or not number.isdigit():
        stem, number = session.stem, "1"
    path = session.with_name(f"{stem}.{int(number) + 1}{session.suffix}")
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    return path


def newest() -> Path | None:
    """The session that was started last; None if there is none. One that nothing was written to doesn't count.

    Raises SessionError where their folder can't be used."""
    try:
        return next((path for path in reversed(_sessions(sessions_dir())) if path.stat().st_size), None)
    except OSError as error:
        raise _unusable(error) from error


def drop_unused(path: Path) -> None:
    """Removes a session of this folder's that nothing was written to."""
    with suppress(OSError):
        if _NAME.fullmatch(path.name) and path.parent == _folder() and not path.stat().st_size:
            path.unlink()


def hold(fd: int) -> None:
    """Marks an open session file as being written, as long as `fd` is open in any process."""
    if sys.platform != "win32":
        with suppress(OSError):  # a file system without locks
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)


def is_held(path: Path) -> bool:
    """Whether a live process writes this file. On Windows that isn't known, but there an open file can't be deleted."""
    if sys.platform == "win32":
        return False
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False


def _sessions(folder: Path) -> list[Path]:
    """By start, oldest first."""
    return sorted((path for path in folder.iterdir() if _NAME.fullmatch(path.name)), key=_order)


def _order(path: Path) -> tuple[str, int]:
    stamp, _, number = path.stem[:17], path.stem[17:18], path.stem[18:]
    return stamp, int(number or 1)


def _sweep(folder: Path) -> None:
    for path in _sessions(folder)[: -(KEPT - 1)]:
        if not is_held(path):
            with suppress(OSError):  # another process swept it, or it isn't ours to delete
                path.unlink()
                for suffix in COMPANIONS:
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
