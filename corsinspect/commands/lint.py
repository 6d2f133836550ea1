"""Policy lint beside a check: its findings printed, those of a baseline left out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from corsinspect.analysis.lint import Linter, LintFinding
from corsinspect.commands.lint_baseline import LINT_BASELINE, known
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call
from corsinspect.report.lint import Calls, json_lines, lines
from corsinspect.terminal import complain

MACHINE_FORMAT = "jsonl"
ENOUGH = 50
"""Calls to a server that its framework is recognised by."""


class LintOptions(NamedTuple):
    """How lint is asked for."""

    baseline: Path | None = None
    new_baseline: Path | None = None
    """Where to write all that is found, as known from now on."""


def lint(calls: Iterable[Call], format: str, options: LintOptions) -> bool:
    """Prints the findings that aren't known; whether one of them is an error. Raises LintBaselineError."""
    silent = LINT_BASELINE.read(options.baseline) if options.baseline is not None else frozenset()
    linter = Linter()
    some = calls_by_server(linter.taking(calls))
    found = linter.findings()
    new = [finding for finding in found if known(finding) not in silent]
    if format == MACHINE_FORMAT:
        _print(json_lines(new, some))
    elif format == "text":
        _print(["", _headline(new, len(found) - len(new)), *lines(new, linter.audiences(), some)])
    if options.new_baseline is not None:
        number = LINT_BASELINE.write(options.new_baseline, map(known, found))
        complain(f"{options.new_baseline}: written, {number} finding{'' if number == 1 else 's'}")
        return False
    return any(finding.severity == "error" for finding in new)


def calls_by_server(calls: Iterable[Call]) -> Calls:
    """Some calls to each server."""
    found: defaultdict[str, list[Call]] = defaultdict(list)
    for call in calls:
        kept = found[origin_of(call.url)]
        if len(kept) < ENOUGH:
            kept.append(call)
    return lambda api: found.get(api, [])


def _headline(new: Sequence[LintFinding], known_ones: int) -> str:
    counted = f"Lint: {len(new)} finding{'' if len(new) == 1 else 's'}" if new else "Lint: nothing found"
    return counted + (f" ({known_ones} known from the baseline)" if known_ones else "")


def _print(found: Iterable[str]) -> None:
    for line in found:
        print(line)
