"""The security tab: what the server's CORS policy opens, as far as the wire shows it."""

from collections.abc import Iterable

from textual.content import Content

from corsinspect.advice.openings import opening
from corsinspect.analysis.across.policy import opens
from corsinspect.dashboard.detail.subject import Subject
from corsinspect.dashboard.look.content import blocks, hanging, lines, shown
from corsinspect.dashboard.look.styles import GOOD, QUIET, STRONG, WARNING
from corsinspect.model import Finding
from corsinspect.printable import printable

WEIGHTS = {"risk": ("!", WARNING), "note": ("·", QUIET), "good": ("✓", GOOD)}


def security(subject: Subject, width: int) -> Content:
    """Who may read this answer, and what is risky about that."""
    found = opens(subject.call, subject.others)
    if not found:
        return Content("CORS doesn't apply to this call, so there is no policy to check.")
    risks = sum(opening(finding).weight == "risk" for finding in found)
    head = f"{risks} risk{'s' if risks > 1 else ''}" if risks else "No risks found"
    return blocks(
        [
            Content.assemble((head, WARNING if risks else GOOD), ("   based on this session's traffic only", QUIET)),
            *(lines(_one(finding, width)) for finding in found),
        ]
    )


def _one(finding: Finding, width: int) -> Iterable[Content]:
    said = opening(finding)
    sign, style = WEIGHTS[said.weight]
    yield from hanging(Content.styled(f"{sign} ", style), Content.styled(said.title, STRONG), width, 2)
    if said.meaning:
        yield from hanging(Content("  "), Content(printable(said.meaning)), width, 2)
    value = "(missing)" if finding.found is None else shown(finding.found)
    yield from hanging(Content("  "), Content.styled(f"{finding.header}: {value}", QUIET), width, 4)
