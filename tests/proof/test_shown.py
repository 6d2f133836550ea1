"""Whatever is made of a hostile recording, for the screen, the clipboard or a report, is text and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.content import Content

from corsinspect.analysis import judge_all
from corsinspect.dashboard.detail.subject import Subject
from corsinspect.dashboard.detail.tabs import DRAWN, draw
from corsinspect.dashboard.screens.copying import COPIES, clean
from corsinspect.dashboard.screens.explain_screens import ContrastScreen, ReasonScreen
from corsinspect.model import Call
from corsinspect.report.formats import FORMATS as REPORTS
from corsinspect.report.formats import document
from corsinspect.session import SessionError, load
from tests.proof.mutated import FORMATS, PLANTED, mutated

SEEDS = (*range(100, 110), 214)
"""The last one found something that the others didn't."""
WIDTHS = (30, 100)


def contents(calls: list[Call]) -> Iterator[Content]:
    """What the screens show of them."""
    for call in calls:
        subject = Subject(call, lambda: calls)
        for width in WIDTHS:
            yield from (draw(tab, subject, width) for tab in range(len(DRAWN)))
            yield ReasonScreen(call).text(width)
            yield ContrastScreen(calls[0], call).text(width)


def texts(calls: list[Call]) -> Iterator[str]:
    """What leaves the tool."""
    for call in calls:
        subject = Subject(call, lambda: calls)
        yield from (clean(copy.make(subject)) for copy in COPIES)
    for format in REPORTS:
        yield from document(format, calls)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("seed", SEEDS)
def test_all_that_is_made_of_a_recording_is_text(format: str, seed: int, tmp_path: Path) -> None:
    try:
        calls = judge_all(load(mutated(tmp_path, format, seed)).exchanges)
    except SessionError:
        return
    for content in contents(calls):
        assert all(line.isprintable() for line in content.plain.split("\n"))
        assert not any(PLANTED in str(span.style) for span in content.spans)
    for made in texts(calls):
        assert all(line.isprintable() for line in made.split("\n"))
        made.encode()
