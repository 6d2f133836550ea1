"""How many calls had which outcome, in one line: those that stand open apart from those that are allowed."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from corsinspect.advice.sentences import OUTCOME_SIGNS
from corsinspect.model import Call, Outcome

NO_CALLS = "no calls"


class Part(NamedTuple):
    """A number of calls of one outcome."""

    number: int
    depends: str = ""
    """On what, where they stand open: "depend on credentials"."""


def is_open(call: Call) -> bool:
    """Whether it is allowed only if what the traffic doesn't show is so: the lists' `✓?`."""
    return call.verdict.outcome == "allowed" and call.verdict.certainty == "depends"


def apart(outcomes: Mapping[Outcome, int], standing_open: Mapping[str, int], outcome: Outcome) -> Iterator[Part]:
    """The calls of one outcome, those that stand open apart, each with its number; nothing where there are none."""
    standing_open = standing_open if outcome == "allowed" else {}
    number = outcomes.get(outcome, 0) - sum(standing_open.values())
    if number:
        yield Part(number)
    for depends, each in standing_open.items():
        if each:
            yield Part(each, depends if each == 1 else depends.replace("depends", "depend", 1))


def counted(outcomes: Mapping[Outcome, int], standing_open: Mapping[str, int], background: int = 0) -> str:
    """The line: "1 allowed, 4 that depend on credentials, 2 blocked".

    `outcomes` counts all calls but the `background` ones; `standing_open` those of them that stand open, by what
    `certainty` says of them.
    """
    parts = [
        f"{part.number} {f'that {part.depends}' if part.depends else outcome}"
        for outcome in OUTCOME_SIGNS
        for part in apart(outcomes, standing_open, outcome)
    ]
    if background:
        parts.append(f"{background} browser background {'request' if background == 1 else 'requests'} hidden")
    return ", ".join(parts) or NO_CALLS
