"""From exchanges to Calls: classify, pair, follow redirects, judge. Pure: no clock, no I/O."""

from .assume import assuming
from .tracing import also_failing, readable_headers, trace
from .tracker import Tracker, changes_of, judge_all
from .without_simulation import by_server, own_answer

__all__ = [
    "Tracker",
    "also_failing",
    "assuming",
    "by_server",
    "changes_of",
    "judge_all",
    "own_answer",
    "readable_headers",
    "trace",
]
