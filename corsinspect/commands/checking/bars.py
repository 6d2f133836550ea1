"""How far a check is, in bars on stderr where a person can see them."""

import os
import stat
import sys
from collections.abc import Generator, Iterable, Iterator, Sized
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import typer

from corsinspect.printable import printable
from corsinspect.session.stream import Told

T = TypeVar("T", covariant=True)

LONG = 5_000
"""So many exchanges take long enough (a quarter of a second) to be worth a bar."""
LARGE = 64 << 20
"""Bytes whose reading does."""
_STEPS = 1_000


class Many(Sized, Protocol[T]):
    """So many, one after the other."""

    def __iter__(self) -> Iterator[T]: ...


def going_through(many: Many[T], label: str, holding: int = 1) -> Iterator[T]:
    """Passes them on. `holding`: how many exchanges or calls each of them is."""
    if len(many) * holding < LONG or not sys.stderr.isatty():
        yield from many
        return
    with typer.progressbar(many, len(many), label=printable(label), file=sys.stderr) as bar:
        yield from bar


def unseen(done: float) -> None:
    """Is told how far the reading is, and shows nothing."""


@contextmanager
def reading(path: Path) -> Generator[Told]:
    """Whoever reads the file tells how far it is."""
    if not sys.stderr.isatty() or not path.is_file() or path.stat().st_size < LARGE:
        yield unseen
        return
    with typer.progressbar(length=_STEPS, label=f"{printable(path.name)}: reading", file=sys.stderr) as bar:
        yield lambda done: bar.update(int(done * _STEPS) - bar.pos)


def together(parts: Iterable[T], count: int) -> Iterable[T]:
    """Passes on what processes make of so many files."""
    if not sys.stderr.isatty():
        return parts
    with typer.progressbar(parts, count, label=f"{count} files", file=sys.stderr) as bar:
        return list(bar)  # else what is said of one would stand in the bar's line


def goes_to_file() -> bool:
    """Whether the output goes to a file. On a screen, or through a pipe to one, a bar would get mixed up with it."""
    try:
        return stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except OSError:  # no file at all, as in a test
        return False
