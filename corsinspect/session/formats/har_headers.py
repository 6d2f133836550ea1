"""Header lists of HAR entries, as on the wire."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

import msgspec

from corsinspect.model import HeaderList
from corsinspect.session.formats.producers import Producer, withheld

_KNOWN = 4096
_LONGEST = 512
_BLOCKS_KNOWN = 256
_LONGEST_BLOCK = 4096
_ASKS = "access-control-request-method"

_Read = TypeVar("_Read")


class Pair(msgspec.Struct, gc=False):
    name: str
    value: str | None = ""


class Sent(NamedTuple):
    """A request's header list."""

    pairs: list[Pair]
    """As the file has them."""
    lines: HeaderList
    """As on the wire."""
    withheld: tuple[str, ...]
    """The headers that may have been sent besides."""
    asks: str | None
    """The method that it asks for, as a preflight does."""


_decode_pairs = msgspec.json.Decoder(list[Pair] | None, strict=False).decode


class HeaderLines:
    """Reads header lists of one maker's file. Most lines come again and again, many lists too: each is read once, and
    shared. A list is known by its bytes: it's read in a tenth of the time."""

    def __init__(self, by: Producer) -> None:
        self._by = by
        self._known: dict[tuple[str, str | None], HeaderList] = {}
        self._sent: dict[bytes, Sent] = {}
        self._received: dict[bytes, HeaderList] = {}

    def sent(self, headers: msgspec.Raw) -> Sent:
        """A request's. Raises ValueError or RecursionError if they aren't as the format has them."""
        return _once_read(self._sent, headers, self.sent_of)

    def received(self, headers: msgspec.Raw) -> HeaderList:
        """A response's. Raises the same."""
        return _once_read(self._received, headers, self.lines_of)

    def sent_of(self, pairs: list[Pair]) -> Sent:
        lines = self.lines_of(pairs)
        names = [name.lower() for name, _ in lines]
        asks = lines[names.index(_ASKS)][1] if _ASKS in names else None
        return Sent(pairs, lines if self._by.wire else _once(lines, names), withheld(self._by, names), asks)

    def lines_of(self, pairs: Iterable[Pair]) -> HeaderList:
        """Lines as on the wire: no HTTP/2 pseudo headers, and apart what Chromium joins with a newline."""
        found: list[tuple[str, str]] = []
        known = self._known.get
        for pair in pairs:
            key = (pair.name, pair.value)
            lines = known(key)
            found += self._read(key) if lines is None else lines
        return tuple(found)

    def _read(self, key: tuple[str, str | None]) -> HeaderList:
        name, value = key
        lines: HeaderList = ()
        if not name.startswith(":"):
            lines = tuple((wire(name), wire(part)) for part in (value or "").split("\n"))
        if len(value or "") <= _LONGEST:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            self._known[key] = lines
        return lines


def _once_read(known: dict[bytes, _Read], headers: msgspec.Raw, read: Callable[[list[Pair]], _Read]) -> _Read:
    content = bytes(headers)
    found = known.get(content)
    if found is None:
        found = read(_decode_pairs(content) or [])
        if len(content) <= _LONGEST_BLOCK:
            if len(known) >= _BLOCKS_KNOWN:
                known.clear()
            known[content] = found
    return found


def _once(lines: HeaderList, names: list[str]) -> HeaderList:
    """Lines of one name (in any case) and value, once: no browser sends two such.

    chrome-har lists what two events of the browser said of one request.
    """
    if len(set(names)) == len(names):
        return lines
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    for name, line in zip(names, lines, strict=True):
        seen.setdefault((name, line[1]), line)
    return tuple(seen.values())


def header(lines: HeaderList, name: str) -> str | None:
    """The value of the first line of this (lower-case) name."""
    for each, value in lines:
        if each.lower() == name:
            return value
    return None


def wire(text: str) -> str:
    """Each byte as one character; browsers write bytes as ISO-8859-1 where they can, and else the decoded UTF-8."""
    return text if text.isascii() or max(text) <= "\xff" else text.encode("utf-8", "surrogatepass").decode("latin-1")
