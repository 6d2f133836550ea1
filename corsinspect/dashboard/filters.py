"""The filter line: free text, every word of which must be found in a row."""

from textual.widgets import Input

from corsinspect.printable import printable


def terms(text: str) -> tuple[str, ...]:
    """The words to look for, in lower case."""
    return tuple(text.lower().split())


class FilterInput(Input):
    """An input that shows what is pasted into it as harmless text."""

    def validate_value(self, value: str) -> str:
        return printable(value)
