"""Header lists of HAR entries, as on the wire."""

from collections.abc import Iterable

from corsinspect.model import HeaderList
from corsinspect.session.formats.har_entries import Pair

_KNOWN = 4096
_LONGEST = 512


class HeaderLines:
    """Reads header lists. Most lines come again and again in a file: each is read once, and shared."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str | None], HeaderList] = {}
        self._lower: dict[str, str] = {}

    def read(self, pairs: Iterable[Pair] | None) -> HeaderList:
        """Lines as on the wire: no HTTP/2 pseudo headers, and apart what Chromium joins with a newline."""
        found: list[tuple[str, str]] = []
        known = self._known.get
        for pair in pairs or ():
            key = (pair.name, pair.value)
            lines = known(key)
            found += self._read(key) if lines is None else lines
        return tuple(found)

    def names(self, lines: HeaderList) -> list[str]:
        """The names of the lines, in lower case."""
        lower = self._lower
        try:
            return [lower[name] for name, _ in lines]
        except KeyError:
            if len(lower) >= _KNOWN:
                lower.clear()
            lower.update((name, name.lower()) for name, _ in lines)
            return [name.lower() for name, _ in lines]

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


def once(lines: HeaderList, names: list[str]) -> HeaderList:
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
    return next((value for each, value in lines if each.lower() == name), None)


def wire(text: str) -> str:
    """Each byte as one character; browsers write bytes as ISO-8859-1 where they can, and else the decoded UTF-8."""
    return text if text.isascii() or max(text) <= "\xff" else text.encode("utf-8", "surrogatepass").decode("latin-1")
