"""The tabs of a call's details, by name and in their order: what keys, headings and drawing agree on."""

from typing import NamedTuple


class TabName(NamedTuple):
    """What a tab is called."""

    name: str
    short: str
    """For a narrow line."""


TABS = (
    TabName("Answer", "Answer"),
    TabName("Preflight", "Pre"),
    TabName("Request", "Req"),
    TabName("Response", "Resp"),
    TabName("Timing", "Time"),
    TabName("Fix", "Fix"),
    TabName("Security", "Sec"),
    TabName("Raw", "Raw"),
)
PREFLIGHT, REQUEST, FIX = 1, 2, 5
"""Places in TABS that keys lead to."""
