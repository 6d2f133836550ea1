"""The severities, from grave to slight, and what a check can be told to fail on."""

from typing import Literal, get_args

Severity = Literal["error", "warning", "note"]
FailOn = Literal["error", "warning", "note", "never"]
FAIL_ON: tuple[FailOn, ...] = get_args(FailOn)


def reaches(severity: Severity, fail_on: FailOn) -> bool:
    """Whether something this grave makes a check fail."""
    return fail_on != "never" and FAIL_ON.index(severity) <= FAIL_ON.index(fail_on)
