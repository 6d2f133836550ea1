"""lint: what the servers' CORS headers let other pages do, whether or not a call failed."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from corsinspect.advice.lint.words import audience_words
from corsinspect.analysis.lint import Linter, LintFinding
from corsinspect.assistant.answers import Flaw, Linted, LintFacts
from corsinspect.assistant.calls import Calls, plain
from corsinspect.model import Call
from corsinspect.quoted import quoted
from corsinspect.report.lint import words_of

PIECE = 500
"""Calls looked at between two chances to answer something else: some 20 ms."""
MOST_AUDIENCES = 2
MOST_OF_A_CALL = 3
SERVER, TEXT, VALUE = 100, 240, 120
"""Characters of these that an answer shows."""


async def lint(calls: Calls, server: str | None, offset: int, limit: int) -> Linted:
    """A page of the findings over all calls, or over those to one server, by its origin."""
    linter = Linter()
    for number, call in enumerate(calls.all(), 1):
        linter.add(call)
        if not number % PIECE:
            await asyncio.sleep(0)
    found = [each for each in linter.findings() if server in (None, each.api)]
    shown = found[offset : offset + limit]
    until = offset + len(shown)
    audiences = [each for each in linter.audiences() if server in (None, each.api)] if not offset else []
    return Linted(
        matching=len(found),
        next_offset=until if until < len(found) and shown else None,
        severities=dict(Counter(each.severity for each in found)),
        captured=LintFacts(
            findings=[_flaw(each) for each in shown],
            audiences=[quoted(audience_words(each.api, each.signs), TEXT) for each in audiences[:MOST_AUDIENCES]],
        ),
    )


def lint_of(call: Call, beside: Sequence[Call]) -> list[str]:
    """What this call is evidence of, among the session's calls to the same server."""
    linter = Linter()
    for other in beside:
        linter.add(other)
    found = linter.shown_by(call)[:MOST_OF_A_CALL]
    # no figures: `beside` has not all calls of a kind
    said = ((each, words_of(each)) for each in found)
    return [quoted(f"{each.severity} {each.slug}: {words.attack} → {words.safe}", TEXT) for each, words in said]


def _flaw(finding: LintFinding) -> Flaw:
    words = words_of(finding)
    return Flaw(
        slug=finding.slug,
        severity=finding.severity,
        server=quoted(finding.api, SERVER),
        what=quoted(words.what, TEXT),
        attack=quoted(words.attack, TEXT),
        safe=quoted(words.safe, TEXT),
        headers=[quoted(line, VALUE) for line in words.lines],
        call=plain(finding.call),
        header=quoted(finding.header, VALUE),
        found=None if finding.found is None else quoted(finding.found, VALUE),
        answers=finding.count,
    )
