"""The rows in which corsinspect differs from the browser, each with the reason why no rule decides it.

By recording, then `case#step` -> the figures that differ.
"""

KNOWN: dict[str, dict[str, str]] = {}
