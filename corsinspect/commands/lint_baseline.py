"""The lint findings that are known already, in a file: only new ones are reported.

A finding is known by its slug and its server; where it was seen doesn't matter, so a baseline holds for other
recordings.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import msgspec

from corsinspect.analysis.lint import LintFinding
from corsinspect.errors import CorsinspectError

VERSION = 1
"""Goes up when findings are told apart in another way."""


class LintBaselineError(CorsinspectError):
    """A lint baseline can't be read or written."""


class Known(msgspec.Struct, frozen=True, order=True):
    """What is the same of a finding from one recording to the next."""

    server: str
    slug: str


class _File(msgspec.Struct):
    version: int = msgspec.field(name="corsinspect-lint-baseline")
    findings: list[Known] = []


def known(finding: LintFinding) -> Known:
    return Known(finding.api, finding.slug)


def read_lint_baseline(path: Path) -> frozenset[Known]:
    """The findings in this file. Raises LintBaselineError."""
    again = "Write a new one with --write-lint-baseline."
    try:
        file = msgspec.json.decode(path.read_bytes(), type=_File)
    except OSError as error:
        raise LintBaselineError(f"The lint baseline {path} can't be read: {error.strerror}.", again) from error
    except msgspec.DecodeError as error:
        raise LintBaselineError(f"{path} is no lint baseline: {error}.", again) from error
    if file.version != VERSION:
        what = f"The lint baseline {path} has version {file.version}, and this corsinspect reads version {VERSION}."
        raise LintBaselineError(what, again)
    return frozenset(file.findings)


def write_lint_baseline(path: Path, findings: Iterable[LintFinding]) -> int:
    """Writes the file whole, sorted and a finding a line, so that its changes can be reviewed; how many there are.
    Raises LintBaselineError."""
    found = sorted({known(finding) for finding in findings})
    lines = ",\n".join(f"  {json.dumps(msgspec.to_builtins(each))}" for each in found)
    try:
        path.write_text(f'{{"corsinspect-lint-baseline": {VERSION}, "findings": [\n{lines}\n]}}\n', "utf-8")
    except OSError as error:
        what = f"The lint baseline {path} can't be written: {error.strerror}."
        raise LintBaselineError(what, "Name another file.") from error
    return len(found)
