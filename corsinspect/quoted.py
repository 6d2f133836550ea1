"""Captured text in a text for a language model: one printable line of bounded length, without secrets, in a fence."""

import re

from corsinspect.printable import printable

MOST = 300
"""Characters of a captured value that are quoted."""

_SECRET = re.compile(r"‹redacted:\d+:[0-9a-f]{12}!?›")


def quoted(value: str, most: int = MOST) -> str:
    """A captured value as one line of at most `most` characters; what was redacted is "(secret)"."""
    clean = printable(without_secrets(value))
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def without_secrets(text: str) -> str:
    """The text without the tags that tell equal secrets."""
    return _SECRET.sub("(secret)", text)


def fence(data: str) -> str:
    """A Markdown fence that nothing in the data can close."""
    return "`" * max(3, 1 + max((len(run) for run in re.findall("`+", data)), default=0))
