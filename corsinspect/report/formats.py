"""The formats of `check`: a row here and a module beside, which is loaded when its format is asked for.

A format's module has `document(calls, *, colour)`: the lines to print for all Calls of a check, without line breaks.
"""

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # the command line asks for FORMATS only, and is to start at once
    from corsinspect.model import Call


class Format(NamedTuple):
    """How `check` can print."""

    module: str
    purpose: str
    """Whom it's for, for the help."""


FORMATS = {
    "text": Format("corsinspect.report.text", "for people"),
    "jsonl": Format("corsinspect.report.jsonl", "for machines, a JSON object per call"),
}


def document(format: str, calls: "Sequence[Call]", *, colour: bool = False) -> Iterator[str]:
    """The lines to print for these Calls, in a format of FORMATS; `colour` is for those that people read."""
    yield from import_module(FORMATS[format].module).document(calls, colour=colour)
