"""Pages of text for a terminal: paragraphs, labelled entries, two columns."""

import textwrap
from collections.abc import Callable, Iterator

from corsinspect.printable import printable

NARROWEST, WIDEST = 60, 100
"""Columns; wider lines are hard to read."""
LABEL = 20
"""Columns for a paragraph's label."""
LONGEST_NAME = 36
"""Columns for a name in a list."""


class Page:
    """Paragraphs and columns of text; all of it passes `printable`, and goes to `write` line by line."""

    def __init__(self, write: Callable[[str], None], columns: int, *, colour: bool) -> None:
        """`columns`: the terminal's; the page is as wide, within what can be read well."""
        self.width = min(max(columns, NARROWEST), WIDEST)
        self.colour = colour
        self._write = write

    def line(self, text: str, *, bold: bool = False) -> None:
        for line in _wrapped(text, self.width):
            self._write(self._bold(line) if bold else line)

    def gap(self) -> None:
        self._write("")

    def rule(self) -> None:
        self._write("\n" + "─" * self.width + "\n")

    def entry(self, label: str, text: str, left: int = LABEL) -> None:
        """A label and its text; `left`: the columns for the label."""
        for number, line in enumerate(_wrapped(text, self.width - left) or [""]):
            self._write(f"{'' if number else label:<{left}}{line}".rstrip())

    def entries(self, entries: list[tuple[str, str]]) -> None:
        """A list of names, each with a short description."""
        for label, text in entries:
            self.entry(f"  {label}", text, LONGEST_NAME)

    def columns(self, headings: tuple[str, str], rows: list[tuple[str, str]]) -> None:
        """Two columns under headings, with a rule above each row."""
        left = (self.width - 3) * 2 // 5
        right = self.width - 3 - left
        self._write(self._bold(f"{headings[0]:<{left}} │ {headings[1]}"))
        for row in rows:
            self._write("─" * left + "─┼─" + "─" * right)
            for says, means in _beside(_wrapped(row[0], left), _wrapped(row[1], right)):
                self._write(f"{says:<{left}} │ {means}".rstrip())

    def _bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width`; a word that is longer than a line starts on a line of its own."""
    lines = textwrap.wrap(printable(" ".join(text.split())), width, break_on_hyphens=False, break_long_words=False)
    return [line[start : start + width] for line in lines for start in range(0, len(line), width)]


def _beside(left: list[str], right: list[str]) -> Iterator[tuple[str, str]]:
    for number in range(max(len(left), len(right))):
        yield (left[number : number + 1] or [""])[0], (right[number : number + 1] or [""])[0]
