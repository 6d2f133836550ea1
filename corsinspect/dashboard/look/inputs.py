"""An input for whatever a person types or pastes."""

from textual.widgets import Input

from corsinspect.printable import printable


class PrintableInput(Input):
    """An input that shows what is pasted into it as harmless text."""

    def validate_value(self, value: str) -> str:
        return printable(value)
