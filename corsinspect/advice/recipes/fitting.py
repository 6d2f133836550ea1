"""Lines of code for a narrow screen: what is wrapped of a comment stays one, also when it is selected by mouse."""

import re
import textwrap

_HASH = frozenset("python ruby nginx apache caddy yaml".split())
_SLASHES = frozenset("js ts go rust java csharp php".split())
_LEAST = 20
"""Narrower comments can't be read."""


def fitted(line: str, language: str, width: int) -> list[str]:
    """A line of code as lines that keep to the width where a comment made it too long.

    A comment behind code goes above it."""
    mark = "#" if language in _HASH else "//" if language in _SLASHES else None
    if len(line) <= width or mark is None:
        return [line]
    found = re.match(rf"(\s*)(.*?)\s*(?:^|(?<=\s)){mark}\s(.*)$", line)
    if found is None:
        return [line]
    indent, code, comment = found.groups()
    room = max(_LEAST, width - len(indent) - len(mark) - 1)
    comments = [f"{indent}{mark} {part}" for part in textwrap.wrap(comment, room)]
    return [*comments, *([f"{indent}{code}"] if code else [])]
