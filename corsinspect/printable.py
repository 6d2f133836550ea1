"""The one border between captured text and a terminal.

Textual, Rich and a plain print() all pass control characters on, and a page could use them to rename the terminal or
fill its clipboard; so whatever came from the network goes through here before it is shown.
"""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """`text` with every unprintable character (controls, escapes, bidi marks, line breaks) replaced, one by one.

    The length in characters stays the same, so positions found in the original hold in the result.
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else REPLACEMENT for character in text)
