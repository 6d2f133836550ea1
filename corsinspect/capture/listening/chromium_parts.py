"""What several of Chromium's events have in common, as Saids have it."""

from corsinspect.capture.listening import chromium_events as events
from corsinspect.said import Place

STACK = 20
TEXT = 2_000
"""Characters of a line of the console, or of a place's URL."""


def lines(headers: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Header lines as on the wire, those of the same name one after the other; HTTP/2's pseudo-headers left out."""
    return tuple(
        (name, _bytes(value))
        for name, values in headers.items()
        if not name.startswith(":")
        for value in values.split("\n")
    )


def _bytes(text: str) -> str:
    """Each byte as one character: Chromium decodes values as UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("latin-1")


def places(stack: events.Stack | None) -> tuple[Place, ...]:
    """The call stack, the line that called first."""
    frames = stack.call_frames[:STACK] if stack is not None else []
    return tuple(
        Place(
            url=short(frame.url),
            line=frame.line_number + 1,
            column=frame.column_number + 1,
            function=frame.function_name[:200],
        )
        for frame in frames
    )


def parsed(initiator: events.Initiator) -> Place | None:
    """The place in the document, or style sheet, that named it."""
    if not initiator.url or initiator.line_number is None:
        return None
    column = int(initiator.column_number) + 1 if initiator.column_number is not None else None
    return Place(url=short(initiator.url), line=int(initiator.line_number) + 1, column=column)


def plain(url: str) -> str:
    """Without its fragment."""
    return url.partition("#")[0]


def short(url: str) -> str:
    """Without its fragment, and of a bounded length."""
    return plain(url)[:TEXT]
