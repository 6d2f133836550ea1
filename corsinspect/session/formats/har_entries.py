"""The entries of a HAR file as Structs, one by one, so that a broken one costs only itself.

- Only what is wanted is decoded (msgspec, 0.11 s for 100 MB where a general JSON reader takes 4.5 s), of all entries at
  once: 1.2 KB an entry until its turn comes. Bodies are skipped, but for the beginning of errors; header lists wait for
  their entry's turn.
- An entry that isn't as the format has it is read again, leniently (`har_lenient`): odd fields cost it nothing.
- Beside whole files: lists of entries, an entry a line, and what is left of a damaged file.
"""

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any, NamedTuple, cast

import msgspec

from corsinspect.fingerprints import FIRST_BYTES
from corsinspect.model import HeaderList
from corsinspect.session.errors import Problem
from corsinspect.session.formats.har_headers import HeaderLines, Pair, Sent
from corsinspect.session.formats.har_lenient import fields_of, plain_entry


class Entry(msgspec.Struct, gc=False):
    """An entry, as far as it is wanted. Times in milliseconds; -1, or nothing, is unknown."""

    request: "Request"
    response: "Response"
    startedDateTime: str | int | float | None = None
    time: float | None = None
    timings: "Timings | None" = None
    connection_id: str | None = msgspec.field(default=None, name="_connectionId")
    from_cache: str | None = msgspec.field(default=None, name="_fromCache")
    """Chromium's: "memory" or "disk"."""


class Request(msgspec.Struct, gc=False):
    method: str
    url: str
    httpVersion: str | None = None
    headers: msgspec.Raw = msgspec.Raw(b"null")
    bodySize: int | float | None = None


class Content(msgspec.Struct, gc=False):
    size: int | float | None = None
    mimeType: str | None = None
    text: msgspec.Raw = msgspec.Raw(b"null")
    """Undecoded: only the first bytes of an error's body are looked at, for whose page it is."""
    encoding: str | None = None


class Response(msgspec.Struct, gc=False):
    status: int | float | None = None
    statusText: str | None = None
    httpVersion: str | None = None
    headers: msgspec.Raw = msgspec.Raw(b"null")
    content: Content | None = None
    bodySize: int | float | None = None
    error: str | None = msgspec.field(default=None, name="_error")
    """Chromium's: the browser's own code, `net::ERR_…`."""
    failure_text: str | None = msgspec.field(default=None, name="_failureText")
    """Playwright's: the same, or the sentence of another browser."""
    by_service_worker: bool | None = msgspec.field(default=None, name="_fetchedViaServiceWorker")
    missing: bool = msgspec.field(default=False, name="_corsinspect_missing")
    """There was no response in the entry, not even an empty one."""


class Timings(msgspec.Struct, gc=False):
    blocked: float | None = None
    dns: float | None = None
    connect: float | None = None
    send: float | None = None
    wait: float | None = None
    ssl: float | None = None


class _Log(msgspec.Struct):
    entries: list[msgspec.Raw]
    creator: Any = None


class _File(msgspec.Struct):
    log: _Log


class _TypedLog(msgspec.Struct):
    entries: list[Entry]
    creator: Any = None


class _TypedFile(msgspec.Struct):
    log: _TypedLog


class Whole(NamedTuple):
    """An entry with its header lists."""

    entry: Entry
    sent: Sent
    received: HeaderList


_Raws = Sequence[msgspec.Raw | bytes]
_decode_entry = msgspec.json.Decoder(Entry, strict=False).decode
_decode_typed = msgspec.json.Decoder(_TypedFile | list[Entry], strict=False).decode
_decode_file = msgspec.json.Decoder(_File | list[msgspec.Raw]).decode
_decode_log = msgspec.json.Decoder(_Log).decode
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_CREATOR = re.compile(r'"creator"\s*:\s*\{[^{}]*?"name"\s*:\s*"([^"]*)"')
# How the entries of Chromium, Firefox and others begin, to find the next one behind a damaged one.
_BEGINNING = re.compile(r'\{\s*"(?:_\w+|startedDateTime|pageref|time|connection|cache|request)"\s*:')
_LINE = re.compile(rb'\s*\{[^\n]*"request"\s*:\s*\{')
# JSONP, as the first HAR viewers wanted it (.harp): `onInputData({…});`
_CALL = re.compile(rb"\s*[A-Za-z_$][\w$.]*\s*\(\s*(?=[{\[])")
_CALL_END = re.compile(rb"\s*\)\s*;?\s*$")


def beginning(content: Content) -> bytes:
    """The first bytes of a body, as sent but for its compression; b"" where the file has none."""
    try:
        text = msgspec.json.decode(content.text, type=str | None) or ""
        if content.encoding == "base64":
            # four characters are three bytes
            return b64decode(text[: FIRST_BYTES // 3 * 4 + 4])
    except (msgspec.DecodeError, ValueError):
        return b""
    return text[:FIRST_BYTES].encode("utf-8", "replace")


class Listed:
    """Entries that can be told from each other."""

    def __init__(self, typed: list[Entry | None], split: Callable[[], _Raws], unit: str = "entry") -> None:
        self._typed = typed
        """As the format has them; None: it's odd, or its turn is over."""
        self._split = split
        self._unit = unit
        """What the place of an entry is counted in; lines count from 1, as editors do."""

    def __len__(self) -> int:
        return len(self._typed)

    @cached_property
    def _raws(self) -> _Raws:
        """As they stand there: needed only for odd ones."""
        return self._split()

    def preflights(self, lines: HeaderLines) -> Iterator["Whole"]:
        """Those that may be preflights, before their turn."""
        for index, entry in enumerate(self._typed):
            if entry is None or entry.request.method == "OPTIONS":
                with suppress(ValueError, OverflowError, RecursionError):
                    yield self._read(index, lines)

    def _read(self, index: int, lines: HeaderLines) -> Whole:
        """One entry. Raises ValueError or RecursionError where it isn't one."""
        entry = self._typed[index]
        if entry is not None:
            try:
                return Whole(entry, lines.sent(entry.request.headers), lines.received(entry.response.headers))
            except _UNREADABLE:
                pass
        return _leniently(json.loads(bytes(self._raws[index]).decode("utf-8", "replace")), lines)

    def each(self, lines: HeaderLines, problems: list[Problem]) -> "Entries":
        """Those that are whole, by their index."""
        for index in range(len(self)):
            if self._unit == "line" and not bytes(self._raws[index]).strip():
                continue
            try:
                yield index, self._read(index, lines)
            except (ValueError, RecursionError) as error:
                place = f"line {index + 1}" if self._unit == "line" else f"entry {index}"
                problems.append(Problem(f"{place} can't be read ({error}): 1 entry lost"))
            self._typed[index] = None


class Salvaged:
    """What is left of a file so damaged that its entries can't be told from each other."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __len__(self) -> int:
        return 0  # how many there are, nobody knows

    def preflights(self, lines: HeaderLines) -> Iterator["Whole"]:
        """Which of them are some, nobody knows before their turn."""
        return iter(())

    def each(self, lines: HeaderLines, problems: list[Problem]) -> "Entries":
        """Those that are whole, by their index."""
        return _salvaged(self._text, lines, problems)


class Found(NamedTuple):
    """What is in a file."""

    creator: str
    """The name of the program that made it."""
    entries: Listed | Salvaged


Entries = Iterator[tuple[int, Whole]]


def entries(data: bytes) -> Found:
    """The entries of a file, each read when its turn comes."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if call := _CALL.match(data):
        data = _CALL_END.sub(b"", data[call.end() :])
    try:
        typed = _decode_typed(data)
    except _UNREADABLE:
        return _odd_form(data)
    if isinstance(typed, list):
        return Found("", Listed(cast("list[Entry | None]", typed), lambda: _split(data)))
    return Found(_name(typed.log.creator), Listed(typed.log.entries, lambda: _split(data)))


def _split(data: bytes) -> _Raws:
    file = _decode_file(data)
    return file.log.entries if isinstance(file, _File) else file


def _odd_form(data: bytes) -> Found:
    """A file that isn't as the format has it, or one entry of which isn't."""
    with suppress(*_UNREADABLE):
        file = _decode_file(data)
        return _found(file.log) if isinstance(file, _File) else Found("", _listed(file))
    with suppress(*_UNREADABLE):
        return _found(_decode_log(data))  # what stands under "log", alone
    if _LINE.match(data) and not _ENTRIES.search(data[:_HEAD].decode("utf-8", "replace")):
        return Found("", _listed(data.split(b"\n"), "line"))
    text = data.decode("utf-8", "replace")
    creator = _CREATOR.search(text)
    return Found(creator[1] if creator else "", Salvaged(text))


def _found(log: _Log) -> Found:
    return Found(_name(log.creator), _listed(log.entries))


def _listed(raws: _Raws, unit: str = "entry") -> Listed:
    return Listed([_typed(raw) for raw in raws], lambda: raws, unit)


def _typed(raw: msgspec.Raw | bytes) -> Entry | None:
    try:
        return _decode_entry(raw)
    except _UNREADABLE:
        return None


_HEAD = 1 << 16


def _name(creator: object) -> str:
    name = fields_of(creator).get("name", creator)
    return name if isinstance(name, str) else ""


def _leniently(plain: object, lines: HeaderLines) -> Whole:
    """Raises ValueError where what must be there isn't: a method and a URL."""
    entry = plain_entry(plain)
    sent, received = (msgspec.convert(entry[side].pop("headers"), list[Pair]) for side in ("request", "response"))
    return Whole(msgspec.convert(entry, Entry, strict=False), lines.sent_of(sent), lines.lines_of(received))


def _salvaged(text: str, lines: HeaderLines, problems: list[Problem]) -> "Entries":
    """Entry by entry with the standard library's reader, which can begin anywhere and takes lone surrogates."""
    begin = _ENTRIES.search(text)
    position, index, damaged, lost = (begin.end() if begin else len(text)), 0, False, 0
    while match := _BEGINNING.search(text, position):
        try:
            plain, end = _decoded(text, match.start())
        except _Broken as broken:
            damaged = True
            problems.append(
                Problem(f"entry {index}, at character {match.start()}, is damaged or cut off: 1 entry lost")
            )
            position = match.end()
            lost += broken.looked_at
            if lost > _IN_VAIN * len(text):
                problems.append(Problem(f"what follows character {position} is too damaged to be read"))
                return
        else:
            position = end
            try:
                yield index, _leniently(plain, lines)
            except ValueError as error:
                problems.append(Problem(f"entry {index}, at character {match.start()}: {error}: 1 entry lost"))
        index += 1
    if not damaged and not text[position:].lstrip().startswith("]"):
        problems.append(Problem(f"the file is damaged or cut off behind character {position}"))


_IN_VAIN = 8
"""Times its length that a damaged file is looked at without finding an entry."""
_WINDOW = 1 << 14
"""Characters that are looked at first: the reader counts the lines of all that stands before an error."""
_WIDER = 8
_CUT = 16
"""Characters before the end of what is looked at within which an error may be because it ends there."""
_raw_decode = json.JSONDecoder().raw_decode


class _Broken(Exception):
    """There is no whole JSON value."""

    def __init__(self, looked_at: int) -> None:
        super().__init__()
        self.looked_at = looked_at
        """Characters."""


def _decoded(text: str, start: int) -> tuple[Any, int]:
    """The JSON value that begins at `start`, and where it ends. Raises _Broken."""
    size = _WINDOW
    while True:
        window = text[start : start + size]
        try:
            plain, end = _raw_decode(window)
        except json.JSONDecodeError as error:
            endless = error.msg.startswith("Unterminated")
            if start + size >= len(text) or not (endless or error.pos > len(window) - _CUT):
                raise _Broken(len(window) if endless else error.pos) from error
        except (ValueError, RecursionError) as error:
            raise _Broken(len(window)) from error
        else:
            return plain, start + end
        size *= _WIDER
