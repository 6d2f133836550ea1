"""The values for the names in braces in a text."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

Subject = TypeVar("Subject")

WORTH_QUOTING = 120
"""A sentence quotes at most this many characters of a captured value."""


class Values(dict[str, str], Generic[Subject]):
    """The values of one subject by name, for `format_map`.

    Each is computed when it is first used: a row's few words need only two of them, and a list has very many rows.
    """

    def __init__(self, table: Mapping[str, Callable[[Subject], str]], subject: Subject) -> None:
        super().__init__()
        self._table = table
        self._subject = subject

    def __missing__(self, name: str) -> str:
        self[name] = value = self._table[name](self._subject)
        return value


def cut(value: str) -> str:
    """The part of a captured value that is quoted."""
    return value if len(value) <= WORTH_QUOTING else value[: WORTH_QUOTING - 1] + "…"
