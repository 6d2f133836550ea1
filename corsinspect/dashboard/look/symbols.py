"""The sign, word and colour of each outcome and state: one table, so that no state is shown by colour alone."""

from typing import NamedTuple

from corsinspect.advice import OUTCOME_SIGNS
from corsinspect.model import Outcome


class Symbol(NamedTuple):
    """How an outcome looks."""

    sign: str
    word: str
    style: str
    """A Content style; the list's component class is `list--` with the outcome's name."""


OUTCOMES: dict[Outcome, Symbol] = {
    "blocked": Symbol(OUTCOME_SIGNS["blocked"], "blocked", "bold $text-error"),
    "network-error": Symbol(OUTCOME_SIGNS["network-error"], "network", "$text-warning"),
    "unknown": Symbol(OUTCOME_SIGNS["unknown"], "unknown", "$text-accent"),
    "simulated": Symbol(OUTCOME_SIGNS["simulated"], "SIMULATED", "bold $text-warning reverse"),
    "allowed": Symbol(OUTCOME_SIGNS["allowed"], "allowed", "$text-success"),
    "opaque": Symbol(OUTCOME_SIGNS["opaque"], "opaque", "$text-secondary"),
    "pending": Symbol(OUTCOME_SIGNS["pending"], "pending", "$text-primary"),
    "not-cors": Symbol(OUTCOME_SIGNS["not-cors"], "not CORS", "$foreground-muted"),
}
"""In the order in which a person wants to see them."""

STEPS: dict[str, tuple[str, str]] = {
    "ok": ("✓", "$text-success"),
    "failed": ("✗", "bold $text-error"),
    "would-pass": ("✓", "$foreground-muted"),
    "would-fail": ("✗", "$text-warning"),
    "skipped": ("–", "$foreground-muted"),
    "not-needed": ("–", "$foreground-muted"),
    "not-reached": ("·", "$foreground-muted"),
    "unknown": ("?", "$text-accent"),
}
"""By `Step.state` and `advice.ComparisonRow.state`: sign and style."""

MARKED, NOTED = "★", "✎"
"""Of calls that a person marked or wrote a note on."""
