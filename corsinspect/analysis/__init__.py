"""From exchanges to Calls: classify, pair, follow redirects, judge. Pure: no clock, no I/O."""

from .tracker import Tracker

__all__ = ["Tracker"]
