"""What the braces in a text stand for."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

Subject = TypeVar("Subject")

WORTH_QUOTING = 120
"""Characters of a captured value that a sentence quotes at most."""


class Values(dict[str, str], Generic[Subject]):
    """The values of one subject by name, for `format_map`.

    Each is found when it's first asked for: a row's few words need two of them, and a list has very many rows.
    """

    def __init__(self, table: Mapping[str, Callable[[Subject], str]], subject: Subject) -> None:
        super().__init__()
        self._table = table
        self._subject = subject

    def __missing__(self, name: str) -> str:
        self[name] = value = self._table[name](self._subject)
        return value


def cut(value: str) -> str:
    """As much of a captured value as is quoted."""
    return value if len(value) <= WORTH_QUOTING else value[: WORTH_QUOTING - 1] + "…"
