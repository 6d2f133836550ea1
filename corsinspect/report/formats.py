"""The formats of `check`: a row here and a module beside, which is loaded when its format is asked for.

A format's module has a class `Writer`, as `report.writer` describes it.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # the command line asks for FORMATS only, and is to start at once
    from corsinspect.model import Call
    from corsinspect.report.neighbours import Neighbours
    from corsinspect.report.writer import Writer


class Format(NamedTuple):
    """How `check` can print."""

    module: str
    purpose: str
    """Whom it's for, for the help."""
    says_where: bool = False
    """Whether it names the place in the file of what went wrong, which takes another reading of the file."""
    a_line_a_call: bool = False
    """Whether it is a line for each call that depends on the call and its session alone, so that several processes can
    make them."""


FORMATS = {
    "text": Format("corsinspect.report.text", "for people"),
    "jsonl": Format("corsinspect.report.jsonl", "for machines, a JSON object per call", a_line_a_call=True),
    "json": Format("corsinspect.report.json_document", "for machines, one JSON document", says_where=True),
    "junit": Format("corsinspect.report.junit", "for CI, a test case per call"),
    "sarif": Format("corsinspect.report.sarif", "for code scanning", says_where=True),
    "html": Format("corsinspect.report.html_page", "for people, one file that opens anywhere", says_where=True),
    "markdown": Format("corsinspect.report.markdown", "for a bug report or a comment"),
    "github": Format("corsinspect.report.github", "annotations in GitHub Actions", says_where=True),
}


def writer(format: str, session: "Neighbours", *, colour: bool = False) -> "Writer":
    """A writer for a format of FORMATS; `session` and `colour` as `report.writer` says."""
    return import_module(FORMATS[format].module).Writer(session, colour=colour)


def document(format: str, calls: "Iterable[Call]", *, colour: bool = False) -> Iterator[str]:
    """The lines to print for these Calls, held against no policy."""
    from corsinspect.policy.config import Policy
    from corsinspect.policy.judging import Judging
    from corsinspect.report.neighbours import Neighbours
    from corsinspect.report.writer import written

    calls, judging = list(calls), Judging(Policy())
    yield from written(writer(format, Neighbours(calls), colour=colour), map(judging.judge, calls), judging.unmet())
