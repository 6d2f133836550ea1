"""The words: what happened to a call, who must change what, and exactly which characters differ."""

from corsinspect.advice.compare.comparison import ComparisonRow, comparison
from corsinspect.advice.compare.differences import (
    Difference,
    Mark,
    credentials_difference,
    list_difference,
    origin_difference,
)
from corsinspect.advice.in_common import PATTERN_WORDS, general_reason, pattern_words
from corsinspect.advice.messages.browser_said import called_by, confirmation, dispute, withheld
from corsinspect.advice.messages.counted import NO_CALLS, Part, apart, counted, is_open
from corsinspect.advice.messages.signals import evidence, showed
from corsinspect.advice.reasons import REASONS, Words
from corsinspect.advice.sentences import (
    OUTCOME_SIGNS,
    OUTCOME_WORDS,
    Explanation,
    alternatives,
    certainty,
    engines,
    explanation,
    headline,
    sentence,
    short_reason,
)
from corsinspect.advice.simulated import server_reason
from corsinspect.advice.step_rows import StepRow, step_rows

__all__ = [
    "NO_CALLS",
    "OUTCOME_SIGNS",
    "OUTCOME_WORDS",
    "PATTERN_WORDS",
    "REASONS",
    "ComparisonRow",
    "Difference",
    "Explanation",
    "Mark",
    "Part",
    "StepRow",
    "Words",
    "alternatives",
    "apart",
    "called_by",
    "certainty",
    "comparison",
    "confirmation",
    "counted",
    "credentials_difference",
    "dispute",
    "engines",
    "evidence",
    "explanation",
    "general_reason",
    "headline",
    "is_open",
    "list_difference",
    "origin_difference",
    "pattern_words",
    "sentence",
    "server_reason",
    "short_reason",
    "showed",
    "step_rows",
    "withheld",
]
