"""The words: what happened to a call, who must change what, and exactly which characters differ."""

from corsinspect.advice.comparison import Row, comparison
from corsinspect.advice.differences import (
    Difference,
    Mark,
    credentials_difference,
    list_difference,
    origin_difference,
)
from corsinspect.advice.ladder import Rung, ladder
from corsinspect.advice.outcomes import OUTCOME_SIGNS
from corsinspect.advice.patterns import PATTERNS, cause, pattern_words
from corsinspect.advice.reasons import REASONS, Words
from corsinspect.advice.sentences import (
    ENGINE_NAMES,
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

__all__ = [
    "ENGINE_NAMES",
    "OUTCOME_SIGNS",
    "OUTCOME_WORDS",
    "PATTERNS",
    "REASONS",
    "Difference",
    "Explanation",
    "Mark",
    "Row",
    "Rung",
    "Words",
    "alternatives",
    "cause",
    "certainty",
    "comparison",
    "credentials_difference",
    "engines",
    "explanation",
    "headline",
    "ladder",
    "list_difference",
    "origin_difference",
    "pattern_words",
    "sentence",
    "server_reason",
    "short_reason",
]
