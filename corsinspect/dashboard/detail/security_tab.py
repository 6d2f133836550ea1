"""The security tab: what the server's CORS policy opens, as far as the wire shows it."""

from collections.abc import Iterable

from textual.content import Content

from corsinspect.advice.lint.words import lint_words
from corsinspect.advice.openings import opening
from corsinspect.advice.solution import server_of
from corsinspect.analysis.across.policy import opens
from corsinspect.analysis.lint import Linter, LintFinding
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
    flaws = _flaws(subject)
    risks = sum(opening(finding).weight == "risk" for finding in found)
    head = f"{risks} risk{'s' if risks > 1 else ''}" if risks else "No risks found"
    return blocks(
        [
            Content.assemble((head, WARNING if risks else GOOD), ("   based on this session's traffic only", QUIET)),
            *(lines(_one(finding, width)) for finding in found),
            *([Content.styled("The server's policy, in all its calls", QUIET)] if flaws else []),
            *(lines(_flaw(flaw, width)) for flaw in flaws),
        ]
    )


def _flaws(subject: Subject) -> list[LintFinding]:
    """What lint finds in the answers of this call's server."""
    linter = Linter()
    for call in subject.others:
        linter.add(call)
    server = server_of(subject.call)
    return [finding for finding in linter.findings() if finding.api == server]


def _flaw(flaw: LintFinding, width: int) -> Iterable[Content]:
    words = lint_words(flaw.slug, api=flaw.api, page=flaw.page, found=flaw.found, values=flaw.values)
    sign, style = WEIGHTS["note" if flaw.severity == "note" else "risk"]
    title = Content.assemble((printable(words.what), STRONG), (f"  {flaw.slug}", QUIET))
    yield from hanging(Content.styled(f"{sign} ", style), title, width, 2)
    yield from hanging(Content("  "), Content(printable(words.attack)), width, 2)
    yield from hanging(Content("  → "), Content(printable(words.safe)), width, 4)


def _one(finding: Finding, width: int) -> Iterable[Content]:
    said = opening(finding)
    sign, style = WEIGHTS[said.weight]
    yield from hanging(Content.styled(f"{sign} ", style), Content.styled(said.title, STRONG), width, 2)
    if said.meaning:
        yield from hanging(Content("  "), Content(printable(said.meaning)), width, 2)
    value = "(missing)" if finding.found is None else shown(finding.found)
    yield from hanging(Content("  "), Content.styled(f"{finding.header}: {value}", QUIET), width, 4)
