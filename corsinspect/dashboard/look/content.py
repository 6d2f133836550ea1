"""What the tabs of a call's details are put together from. Captured text is cut and made printable here."""

from collections.abc import Callable, Iterable, Sequence

from textual.content import Content

from corsinspect.advice.recipes.fitting import fitted
from corsinspect.dashboard.look.styles import BAD, GOOD, QUIET
from corsinspect.printable import printable

MOST_VALUE = 400
"""Characters of one captured value that are shown."""
MOST_HEADERS = 60
MOST_URL = 300
CORS_HEADERS = ("access-control-", "origin", "cross-origin-", "vary", "location", "sec-fetch-", "content-type")
"""Beginnings of the names that matter for the verdict; the other headers are shown muted."""

Header = tuple[str, str]


def blocks(parts: Iterable[Content]) -> Content:
    """Paragraphs with a line between them; empty ones are left out."""
    return Content("\n\n").join([part for part in parts if part])


def lines(parts: Iterable[Content]) -> Content:
    """One below another."""
    return Content("\n").join(parts)


def cut(value: str, most: int) -> str:
    """The value, or its beginning and how long it is."""
    return value if len(value) <= most else f"{value[: most - 1]}… ({len(value):,} characters)"


def shown(value: str, most: int = MOST_VALUE) -> str:
    """A captured value as it may be drawn."""
    return printable(cut(value, most))


def hanging(head: Content, text: Content, width: int, indent: int) -> Iterable[Content]:
    """`head` and `text` on one line, what of the text goes beyond the width under its beginning."""
    for number, piece in enumerate(text.wrap(max(10, width - indent)) or [text]):
        yield Content.assemble(head if not number else " " * indent, piece)


def entry(label: str, text: str | Content, width: int, style: str = "", indent: int = 14) -> Iterable[Content]:
    """A label in a column of its own, and what is to be said of it."""
    line = text if isinstance(text, Content) else Content.styled(printable(text), style)
    return hanging(Content.styled(f"{label:<{indent}}", QUIET), line, width, indent)


def bullets(texts: Iterable[str], width: int, style: str = "") -> Iterable[Content]:
    """A list."""
    for text in texts:
        yield from hanging(Content.styled("· ", QUIET), Content.styled(printable(text), style), width, 2)


def change(diff: Iterable[tuple[str, str]], language: str, width: int) -> Content:
    """Lines of code, set in, each with the sign that says whether it comes (`+`), goes (`-`), or is there (` `). Where
    all of them come there is no sign, so that what is selected by mouse is code."""
    drawn = list(diff)
    signs = any(sign != "+" for sign, _ in drawn)
    styles = {"+": GOOD, "-": BAD, " ": QUIET}
    return Content("\n").join(
        Content.styled(f"{sign if signs else ' '} {printable(part)}", styles[sign])
        for sign, line in drawn
        for part in fitted(line.expandtabs(4), language, width - 2)
    )


def arrow(sign: str) -> Callable[[str], tuple[str, str]]:
    """The same sign before every header."""
    return lambda _: (sign, QUIET)


def headers(
    wanted: Sequence[Header],
    width: int,
    *,
    sign: Callable[[str], tuple[str, str]],
    most: int = MOST_HEADERS,
    longest: int = MOST_VALUE,
) -> Iterable[Content]:
    """Header lines as they were; `sign` gives each (lower-case) name a mark of one cell and its style."""
    for name, value in wanted[:most]:
        matters = name.lower().startswith(CORS_HEADERS)
        text = Content.styled(f"{shown(name, 80)}: {shown(value, longest)}", "" if matters else QUIET)
        mark, style = sign(name.lower())
        yield from hanging(Content.styled(f"{mark} ", style), text, width, 2)
    if len(wanted) > most:
        yield Content.styled(f"  … and {len(wanted) - most} more", QUIET)
