"""The entries of a HAR file as Structs, one by one, so that a broken one costs only itself.

Only what is wanted is decoded (msgspec, 0.23 s for 100 MB where a general JSON reader takes 4.5 s). Bodies are skipped.
"""

import json
import re
from collections.abc import Iterator

import msgspec

from corsinspect.session.errors import Problem


class Entry(msgspec.Struct):
    """An entry, as far as it is wanted. Times in milliseconds; -1, or nothing, is unknown."""

    startedDateTime: str
    request: "Request"
    response: "Response"
    time: float | None = None
    timings: "Timings | None" = None
    connection_id: str | None = msgspec.field(default=None, name="_connectionId")


class Pair(msgspec.Struct):
    name: str = ""
    value: str | None = ""


class Request(msgspec.Struct):
    method: str
    url: str
    httpVersion: str | None = None
    headers: list[Pair] | None = None
    bodySize: int | float | None = None


class Content(msgspec.Struct):
    size: int | float | None = None


class Response(msgspec.Struct):
    status: int | float | None = None
    statusText: str | None = None
    httpVersion: str | None = None
    headers: list[Pair] | None = None
    content: Content | None = None
    bodySize: int | float | None = None
    error: str | None = msgspec.field(default=None, name="_error")
    """Chromium's: the browser's own code, `net::ERR_…`."""
    by_service_worker: bool | None = msgspec.field(default=None, name="_fetchedViaServiceWorker")


class Timings(msgspec.Struct):
    blocked: float | None = None
    dns: float | None = None
    connect: float | None = None
    send: float | None = None
    wait: float | None = None


class _Creator(msgspec.Struct):
    name: str = ""


class _Log(msgspec.Struct):
    entries: list[msgspec.Raw]
    creator: _Creator | None = None


class _File(msgspec.Struct):
    log: _Log


_decode_entry = msgspec.json.Decoder(Entry, strict=False).decode
_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_CREATOR = re.compile(r'"creator"\s*:\s*\{[^{}]*?"name"\s*:\s*"([^"]*)"')
# How the entries of Chromium, Firefox and others begin, to find the next one behind a damaged one.
_BEGINNING = re.compile(r'\{\s*"(?:_\w+|startedDateTime|pageref|time|connection|cache|request)"\s*:')


def entries(data: bytes, problems: list[Problem]) -> tuple[str, Iterator[tuple[int, Entry]]]:
    """The name of the program that made the file, and its whole entries by their index."""
    try:
        log = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_File).log
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _salvage(data.decode("utf-8", "replace"), problems)
    return (log.creator.name if log.creator else ""), _each(log.entries, problems)


def _each(raws: list[msgspec.Raw], problems: list[Problem]) -> Iterator[tuple[int, Entry]]:
    for index, raw in enumerate(raws):
        try:
            yield index, _decode_entry(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            problems.append(Problem(f"entry {index} can't be read and was skipped ({error})"))


def _salvage(text: str, problems: list[Problem]) -> tuple[str, Iterator[tuple[int, Entry]]]:
    creator = _CREATOR.search(text)
    return (creator[1] if creator else ""), _salvaged(text, problems)


def _salvaged(text: str, problems: list[Problem]) -> Iterator[tuple[int, Entry]]:
    """Entry by entry with the standard library's reader, which can begin anywhere and takes lone surrogates."""
    read = json.JSONDecoder().raw_decode
    begin = _ENTRIES.search(text)
    position, index = (begin.end() if begin else len(text)), 0
    while match := _BEGINNING.search(text, position):
        try:
            plain, position = read(text, match.start())
            yield index, msgspec.convert(plain, Entry, strict=False)
        except (ValueError, msgspec.ValidationError, RecursionError):
            problems.append(Problem(f"entry {index}, at character {match.start()}, is damaged or cut off: skipped"))
            position = max(position, match.end())
        index += 1
    if not problems and not text[position:].lstrip().startswith("]"):
        problems.append(Problem(f"the file is damaged or cut off behind character {position}"))
