"""From exchanges to Calls: classify, pair, follow redirects, judge. Pure: no clock, no I/O."""

from .explain import also_failing, readable_headers, trace
from .tracker import Tracker, judge_all

__all__ = ["Tracker", "also_failing", "judge_all", "readable_headers", "trace"]
