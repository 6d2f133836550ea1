"""The problems that are known already, in a file: only new ones fail a check.

A problem is known by what it is (method, address without query, page, reason, step), not by when it was seen; so a
baseline holds for other recordings of the same pages.
"""

import re

from corsinspect.analysis import by_server
from corsinspect.model import Call
from corsinspect.policy.config import PolicyError
from corsinspect.policy.known_file import Entry, KnownFile

DEFAULT = "corsinspect-baseline.json"
_REDACTED = re.compile(r"‹redacted:[^›]*›")


class Problem(Entry, frozen=True, order=True):
    """What is the same of a problem from one recording to the next."""

    url: str
    method: str
    origin: str
    outcome: str
    reason: str
    stage: str


def problem_of(call: Call) -> Problem:
    """What a baseline keeps of a call."""
    verdict = by_server(call).verdict
    return Problem(
        url=_steady(call.url.partition("?")[0]),
        method=call.method or "",
        origin=_steady(call.page_origin or ""),
        outcome=verdict.outcome,
        reason=verdict.reason or "",
        stage=verdict.stage or "",
    )


def _steady(text: str) -> str:
    """Without the tags of replaced secrets, which are others in each session."""
    return _REDACTED.sub("‹redacted›", text)


BASELINE = KnownFile("baseline", "problems", Problem, PolicyError, names="--baseline")
