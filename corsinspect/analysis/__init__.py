"""From exchanges to Calls: classify, pair, follow redirects, judge. Pure: no clock, no I/O."""

from .assume import assuming
from .explain import also_failing, readable_headers, trace
from .own import by_server, own_answer
from .tracker import Tracker, judge_all

__all__ = ["Tracker", "also_failing", "assuming", "by_server", "judge_all", "own_answer", "readable_headers", "trace"]
