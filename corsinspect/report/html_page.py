"""A page that opens anywhere: one file, without network, in which nothing that was captured is markup.

The templates escape whatever they are given, and the page's own policy lets only the script and the style run that are
in here, by their hashes.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from corsinspect.advice import short_reason
from corsinspect.model import Call
from corsinspect.policy.judging import Judged, Source, Unmet
from corsinspect.printable import printable
from corsinspect.report.answer import Answers
from corsinspect.report.neighbours import Neighbours
from corsinspect.report.tally import Tally
from corsinspect.report.writer import is_listed, sign_of

FOLDER = "html"


class _Inline(NamedTuple):
    """A file of ours within the page, and its hash for the page's policy."""

    text: Markup
    hash: Markup


class Writer:
    """A call's row and its details together; the summary comes last in the file and stands first on the screen."""

    def __init__(self, session: Neighbours, *, colour: bool) -> None:
        del colour
        self._answers = Answers(session)
        self._tally = Tally()
        loader = PackageLoader("corsinspect.report", FOLDER)
        environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self._call = environment.get_template("call.html")
        self._begin, self._end = environment.get_template("begin.html"), environment.get_template("end.html")
        self._style, self._script = _inline("report.css"), _inline("report.js")

    def begin(self) -> Iterable[str]:
        yield self._begin.render(style=self._style, script=self._script)

    def call(self, judged: Judged) -> Iterable[str]:
        call = judged.call
        self._tally.add(call)
        if is_listed(call):
            yield self._call.render(
                id=_anchor(call),
                judged=judged,
                outcome=call.verdict.outcome,
                sign=sign_of(call),
                short=printable(short_reason(call)),
                answer=self._answers.of(call),
                source=_place(judged.source) if judged.source is not None else "",
            )

    def end(self, unmet: Iterable[Unmet]) -> Iterable[str]:
        sentences = [printable(said) for said in (*(each.what for each in unmet), *self._tally.in_common())]
        yield self._end.render(summary=printable(self._tally.summary()), sentences=sentences, script=self._script)


def _inline(name: str) -> _Inline:
    text = files("corsinspect.report").joinpath(FOLDER, name).read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return _Inline(Markup(text), Markup(f"'sha256-{digest}'"))


def _anchor(call: Call) -> str:
    """A call's address within the page: the same for the same recording."""
    return "call-" + re.sub("[^A-Za-z0-9-]", lambda found: f"_{ord(found[0]):x}_", call.id)


def _place(source: Source) -> str:
    where = f", line {source.line}" if source.line is not None else f", {source.entry}" if source.entry else ""
    return printable(f"{source.file}{where}")
