"""Policy lint as lines for people and for machines."""

import json
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from corsinspect.advice.lint.words import LintWords, audience_words, lint_words
from corsinspect.advice.recipes import code_only
from corsinspect.advice.solution import RecipeChange, recipe_change
from corsinspect.analysis.lint import Audience, LintFinding
from corsinspect.model import Call
from corsinspect.printable import printable

Calls = Callable[[str], Sequence[Call]]
"""Some calls to a server, by its origin, to recognise its framework by."""

WIDTH = 100
_INDENT = "           "


def lines(findings: Sequence[LintFinding], audiences: Sequence[Audience], calls: Calls) -> Iterator[str]:
    """Each finding with what could come of it and the safe form, then the code for each server's framework."""
    for finding in findings:
        words = words_of(finding)
        times = f" (×{finding.count})" if finding.count > 1 else ""
        yield from _wrapped(f"{finding.severity:<8} {finding.slug}: {words.what}{times}", subsequent=_INDENT)
        yield from _wrapped(words.attack, _INDENT)
        yield from _wrapped(f"→ {words.safe}", _INDENT)
        yield from (f"{_INDENT}  {printable(line)}" for line in words.lines)
        yield from _wrapped(f"seen: {_evidence(finding)}", _INDENT)
    for api in dict.fromkeys(finding.api for finding in findings):
        if (found := recipe_of(api, calls)) is not None:
            yield from _wrapped(f"The safe form for {api} ({found.rendered.title}):")
            yield from (f"    {printable(line)}" for line in code_only(found.edits).splitlines())
    for audience in audiences:
        yield from _wrapped(audience_words(audience.api, audience.signs), subsequent="  ")


def recipe_of(api: str, calls: Calls) -> RecipeChange | None:
    """The recipe for a server's framework, where that is recognised."""
    found = recipe_change(api, calls(api))
    return found if found is not None and found.recognised is not None and found.edits else None


def words_of(finding: LintFinding) -> LintWords:
    return lint_words(finding.slug, api=finding.api, page=finding.page, found=finding.found, values=finding.values)


def document(finding: LintFinding, calls: Calls) -> dict[str, Any]:
    """The object for one finding; its keys are always there."""
    words, recipe = words_of(finding), recipe_of(finding.api, calls)
    return {
        "slug": finding.slug,
        "severity": finding.severity,
        "server": finding.api,
        "what": words.what,
        "attack": words.attack,
        "safe": {
            "what": words.safe,
            "headers": list(words.lines),
            "recipe": None if recipe is None else recipe.rendered.id,
            "code": None if recipe is None else code_only(recipe.edits),
        },
        "evidence": {
            "call": finding.call,
            "exchange": finding.exchange,
            "url": finding.url,
            "stage": finding.stage,
            "header": finding.header,
            "found": finding.found,
        },
        "count": finding.count,
    }


def json_lines(findings: Sequence[LintFinding], calls: Calls) -> Iterator[str]:
    """An object a line."""
    return (json.dumps({"lint": document(finding, calls)}) for finding in findings)


def _evidence(finding: LintFinding) -> str:
    value = "missing" if finding.found is None else finding.found
    return f"{finding.method or ''} {finding.url} ({finding.header}: {value})"


def _wrapped(text: str, initial: str = "", subsequent: str | None = None) -> list[str]:
    return textwrap.wrap(
        printable(text),
        WIDTH,
        initial_indent=initial,
        subsequent_indent=initial if subsequent is None else subsequent,
        break_on_hyphens=False,
        break_long_words=False,
    )
