"""The sign of each outcome: the same on every screen and in every report."""

from corsinspect.model import Outcome

OUTCOME_SIGNS: dict[Outcome, str] = {
    "allowed": "✓",
    "simulated": "≈",
    "blocked": "✗",
    "opaque": "◐",
    "network-error": "↯",
    "pending": "◌",
    "not-cors": "·",
    "unknown": "?",
}
