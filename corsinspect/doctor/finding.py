"""What a check of `doctor` is given, and what it answers."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

State = Literal["ok", "warning", "fault"]
"""`fault`: something that corsinspect does won't work; `warning`: something won't work as people expect."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What one check found; the lines of `doctor --json` are these."""

    check: str
    state: State
    text: str
    """What was found, for a person."""
    remedy: str | None
    """What to do about it; None where nothing is to be done."""


class Answer(NamedTuple):
    """A finding before it has its check's name."""

    state: State
    text: str
    remedy: str | None = None


def ok(text: str) -> Answer:
    """All is well."""
    return Answer("ok", text)


def warning(text: str, remedy: str) -> Answer:
    """Something won't work as people expect."""
    return Answer("warning", text, remedy)


def fault(text: str, remedy: str) -> Answer:
    """Something that corsinspect does won't work."""
    return Answer("fault", text, remedy)


class Machine(NamedTuple):
    """What the checks look at besides the file system."""

    env: Mapping[str, str]
    port: int | None
    """The port that was asked for; None: the usual one."""
    is_terminal: bool
    size: tuple[int, int]
    """Columns and lines of the terminal."""
    encoding: str
    """Of stdout."""
    home: Path


def this_machine(port: int | None) -> Machine:
    """The one that this runs on."""
    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    columns, lines = os.get_terminal_size(sys.stdout.fileno()) if is_terminal else (0, 0)
    return Machine(os.environ, port, is_terminal, (columns, lines), sys.stdout.encoding, Path.home())
