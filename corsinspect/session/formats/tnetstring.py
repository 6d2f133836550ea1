"""Reads the parts that are wanted out of a tnetstring, the notation of mitmproxy's flow files, and skips the rest.

`LENGTH:VALUE` and a byte for the type: `,` bytes, `;` text, `#` integer, `^` float, `!` boolean, `~` nothing, `]` list,
`}` dict. As every value says its length, skipping one costs the same however long it is: of bodies only the beginning
is looked at.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

SIZE = "size"
"""Asks for the length in bytes instead of the value."""
BEGINNING = "beginning"
"""Asks for the length and for the first FIRST bytes, as a pair."""
FIRST = 2048
HEADERS = "headers"
"""Asks for a list of pairs of bytes as a tuple of pairs of text, each byte a character."""
VALUE = "value"
"""Asks for a scalar: bytes and text both as text, each byte a character."""

Usual = Callable[[bytes, int, int], tuple[dict[bytes, Any], int]]
"""Reads what it knows at the beginning of a dict at once; gives that and where what follows begins."""


class Wanted:
    """The keys that are wanted of a dict, and what of each: one of the above, or what is wanted of the dict in it."""

    def __init__(self, fields: Mapping[bytes, "str | Wanted"], usual: Usual | None = None) -> None:
        """`usual`: reads how such a dict mostly begins."""
        self._usual = usual
        self.by_key = {b"%d:%s" % (len(name), name): (name, want) for name, want in fields.items()}
        """By the key as it stands there, its length before it: what is found so has the right one."""

    def read(self, data: bytes, start: int, end: int) -> dict[bytes, Any]:
        """What is wanted of the dict whose content is `data[start:end]`. Raises ValueError or EOFError if it's none."""
        found, position = ({}, start) if self._usual is None else self._usual(data, start, end)
        get, match_key = self.by_key.get, _KEY.match
        while position < end:
            match = match_key(data, position, end)
            if match is None:
                raise ValueError(f"no key at byte {position}")
            key, size = match.groups()
            value_start = match.end()
            value_end = value_start + int(size)
            if value_end >= end:
                raise ValueError(f"the value at byte {position} doesn't fit")
            field = get(key) or get(_checked(key))
            if field is not None:
                name, want = field
                found[name] = _read(data, value_start, value_end, data[value_end], want)
            position = value_end + 1
        return found


class Repeated(Wanted):
    """What is wanted of a dict that is the same in many records, such as a connection: each is read once."""

    def __init__(self, fields: Mapping[bytes, str]) -> None:
        super().__init__(fields)
        self._known: dict[bytes, dict[bytes, Any]] = {}

    def read(self, data: bytes, start: int, end: int) -> dict[bytes, Any]:
        """As of any Wanted; the result is shared."""
        content = data[start:end]
        found = self._known.get(content)
        if found is None:
            found = super().read(data, start, end)
            if len(self._known) >= _DICTS_KNOWN:
                self._known.clear()
            self._known[content] = found
        return found


_LONGEST_PREFIX = 13
# A key with its length, and the length of what it is for, in one match: half the time of two spans. Before it, what
# mitmproxy writes into every flow and nobody reads: seven matches less a flow, a tenth of the time.
_KEY = re.compile(
    rb"(?:8:trailers;0:~|6:backup;0:~|7:comment;0:;|8:metadata;0:\}|6:marked;0:;|11:intercepted;5:false!){0,4}"
    rb"(\d{1,2}:[a-z0-9_]+)[;,](\d{1,12}):"
)
# Most header lines come again and again: bounded to some 2 MB.
_LINES_KNOWN = 4096
_DICTS_KNOWN = 256
_LINE_KNOWN = 512
_BLOCKS_KNOWN = 512
_BLOCK_KNOWN = 4096


def span(data: bytes, position: int) -> tuple[int, int, int]:
    """Start and end of the value at `position`, and its type byte. Raises ValueError if none is there as a whole."""
    colon = data.find(b":", position, position + _LONGEST_PREFIX)
    digits = data[position:colon]
    if colon < 0 or not digits.isdigit():
        raise ValueError(f"no length at byte {position}")
    end = colon + 1 + int(digits)
    if end >= len(data):
        raise EOFError(position)
    return colon + 1, end, data[end]


@lru_cache(256)
def _checked(key: bytes) -> bytes:
    """The same, its length in the usual form. Raises ValueError if that is another one."""
    length, _, name = key.partition(b":")
    if int(length) != len(name):
        raise ValueError(f"no key: {key!r}")
    return b"%d:%s" % (len(name), name)


def _read(data: bytes, start: int, end: int, kind: int, want: "str | Wanted") -> Any:
    if kind == 0x7E:  # ~
        return None
    if want is VALUE:
        return _scalar(data[start:end].decode("latin-1"), kind)
    if want is HEADERS:
        return _headers(data, start, end)
    if isinstance(want, Wanted):
        if kind != 0x7D:  # }
            raise ValueError(f"no dict at byte {start}")
        return want.read(data, start, end)
    if want is SIZE:
        return end - start
    return end - start, data[start : min(end, start + FIRST)]


def _scalar(text: str, kind: int) -> str | int | float | bool:
    if kind == 0x23:  # #
        return int(text)
    if kind == 0x5E:  # ^
        return float(text)
    return text == "true" if kind == 0x21 else text  # !


def _headers(data: bytes, start: int, end: int) -> tuple[tuple[str, str], ...]:
    """Of a page, many requests have equal headers: those are read once."""
    block = data[start:end]
    lines = _blocks.get(block)
    if lines is None:
        lines = _lines_of(block, start)
        if len(block) <= _BLOCK_KNOWN:
            if len(_blocks) >= _BLOCKS_KNOWN:
                _blocks.clear()
            _blocks[block] = lines
    return lines


def _lines_of(block: bytes, start: int) -> tuple[tuple[str, str], ...]:
    lines: list[tuple[str, str]] = []
    position = 0
    while position < len(block):
        pair_start, pair_end, _ = span(block, position)
        pair = block[pair_start:pair_end]
        line = _lines.get(pair)
        if line is None:
            line = _line(pair)
            if len(pair) <= _LINE_KNOWN:
                if len(_lines) >= _LINES_KNOWN:
                    _lines.clear()
                _lines[pair] = line
        lines.append(line)
        position = pair_end + 1
    if position != len(block):
        raise ValueError(f"the headers at byte {start} don't end where they say")
    return tuple(lines)


_blocks: dict[bytes, tuple[tuple[str, str], ...]] = {}
_lines: dict[bytes, tuple[str, str]] = {}


def _line(pair: bytes) -> tuple[str, str]:
    name_start, name_end, _ = span(pair, 0)
    value_start, value_end, _ = span(pair, name_end + 1)
    if value_end + 1 != len(pair):
        raise ValueError("no header line")
    return pair[name_start:name_end].decode("latin-1"), pair[value_start:value_end].decode("latin-1")
