"""Policy lint: what a server's CORS headers let others do, whether or not a call failed.

    linter = Linter()
    for call in calls:
        linter.add(call)
    linter.findings()      # the gravest first
    linter.audiences()     # who may call each server that answers with *, and the signs of it

The rules are a table (`rules.RULES`); their words are in `advice.lint.words`.
"""

from .linter import Audience, Linter, LintFinding
from .rules import RULES, Severity

__all__ = ["RULES", "Audience", "LintFinding", "Linter", "Severity"]
