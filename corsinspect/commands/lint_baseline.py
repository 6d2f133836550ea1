"""The lint findings that are known already, in a file: only new ones are reported.

A finding is known by its slug and its server; where it was seen doesn't matter, so a baseline holds for other
recordings.
"""

from corsinspect.analysis.lint import LintFinding
from corsinspect.errors import CorsinspectError
from corsinspect.policy.known_file import Entry, KnownFile


class LintBaselineError(CorsinspectError):
    """A lint baseline can't be read or written."""


class Known(Entry, frozen=True, order=True):
    """What is the same of a finding from one recording to the next."""

    server: str
    slug: str


def known(finding: LintFinding) -> Known:
    return Known(finding.api, finding.slug)


LINT_BASELINE = KnownFile("lint baseline", "findings", Known, LintBaselineError, names="--write-lint-baseline")
