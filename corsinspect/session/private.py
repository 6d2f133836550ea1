"""Folders and files for their owner only, whatever the umask."""

import os
from pathlib import Path


def private_folder(folder: Path) -> Path:
    """The folder, made with whatever is missing above it: `mkdir` gives its mode to the last one alone.

    Raises OSError where it can't be made, or is a file.
    """
    if not folder.is_dir():
        if folder.parent != folder:
            private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def write_private(path: Path, data: bytes) -> None:
    """Write the whole file, with its mode from the first moment on."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)


def private_file(path: Path) -> int:
    """A descriptor of a new, empty file, to write and to read. Raises OSError where it can't be made or is there."""
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_CLOEXEC", 0), 0o600)
