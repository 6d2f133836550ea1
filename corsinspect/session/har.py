"""HAR files, as Chromium's and Firefox's developer tools export them (seen in Chromium 156 and Firefox 153).

- Both list a request before the preflight that it had to wait for, and as begun before it.
- Both list a request whose preflight failed, though it was never sent.
- What CORS blocked has its response in Firefox, and in Chromium beside `_error: net::ERR_FAILED`.
- Firefox gives no reason for a status of 0, and mostly 0 for times.
- Chromium's sanitised export, its default, lacks cookies and Authorization.
"""

import math
import re
from bisect import bisect_right
from collections import defaultdict
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from corsinspect.model import Exchange, Failure, HeaderList
from corsinspect.session.errors import Problem
from corsinspect.session.failures import browser_failure
from corsinspect.session.har_entries import Entry, Pair, Response, Timings, entries

_BEGINNING = re.compile(rb'^(?:\xef\xbb\xbf)?\s*\{.*?"log"\s*:\s*\{', re.S)
_ON_THE_WIRE = ("http:", "https:", "ws:", "wss:")
# The response came, and the browser kept it from the page: that is the verdict, not a fact.
_VERDICTS = re.compile(r"ERR_FAILED|ERR_BLOCKED_BY_|ERR_UNSAFE_REDIRECT")
_VERSIONS = {"h2": "HTTP/2.0", "HTTP/2": "HTTP/2.0", "h3": "HTTP/3", "HTTP/3.0": "HTTP/3"}
_SOON = 1.0
"""Seconds within which a preflight follows the request that it is for, when nothing says how long that took."""
_LONG = 60.0
"""Seconds that a request may queue before its preflight begins."""
_RIGHT_AFTER = 1e-6
"""Seconds; HAR times have milliseconds, so this orders without telling anything else."""


def begins(head: bytes) -> bool:
    """Whether a file that begins so is a HAR."""
    return _BEGINNING.match(head) is not None


def read(data: bytes) -> tuple[list[Exchange], list[Problem]]:
    """All whole entries that were on the wire, with ids `har:N` by index, and what couldn't be read."""
    problems: list[Problem] = []
    creator, found = entries(data, problems)
    exchanges: list[Exchange] = []
    unsent: set[str] = set()
    for index, entry in found:
        if not entry.request.url.startswith(_ON_THE_WIRE) or entry.response.by_service_worker:
            continue
        try:
            exchange = _exchange(f"har:{index}", entry, creator)
        except (ValueError, OverflowError) as error:
            problems.append(Problem(f"entry {index} was skipped ({error})"))
            continue
        exchanges.append(exchange)
        if _looks_unsent(entry):
            unsent.add(exchange.id)
    return _behind_their_preflights(exchanges, unsent), problems


def _exchange(id: str, entry: Entry, creator: str) -> Exchange:
    request, response = entry.request, entry.response
    status = int(response.status or 0) or None
    started = datetime.fromisoformat(entry.startedDateTime)
    if started.tzinfo is None:
        started = started.replace(tzinfo=UTC)
    start = started.timestamp()
    version = request.httpVersion or response.httpVersion or ""
    headers = _headers(response.headers)
    return Exchange(
        id=id,
        url=_url(request.url),
        started=start,
        method=_wire(request.method),
        request_headers=_headers(request.headers),
        http_version=_VERSIONS.get(version, version.upper()),
        request_size=_size(request.bodySize),
        status=status,
        reason_phrase=_wire(response.statusText or ""),
        response_headers=headers,
        response_size=_response_size(response, headers, creator),
        answered=_answered(start, entry.timings) if status else None,
        ended=start + entry.time / 1000 if entry.time is not None and 0 <= entry.time < math.inf else None,
        connection=entry.connection_id,
        failure=_failure(status, response.error),
    )


def _looks_unsent(entry: Entry) -> bool:
    if entry.response.status:
        return False
    if entry.response.error:
        return entry.response.error == "net::ERR_FAILED"
    return entry.timings is None or entry.timings == Timings()


def _failure(status: int | None, error: str | None) -> Failure | None:
    if error and not (status and _VERDICTS.search(error)):
        return browser_failure(error)
    if status is None:
        return Failure(kind="other", text="No response; the HAR doesn't say why.")
    return None


def _behind_their_preflights(exchanges: list[Exchange], unsent: set[str]) -> list[Exchange]:
    """Each request that waited for a preflight begins when that ended, or is left out if it was never sent."""
    waiting: dict[tuple[str, str | None], list[Exchange]] = defaultdict(list)
    for exchange in sorted(exchanges, key=_started):
        waiting[exchange.url, exchange.method].append(exchange)
    moved: dict[str, Exchange | None] = {}
    for preflight in exchanges:
        method = _header(preflight.request_headers, "access-control-request-method")
        if preflight.method != "OPTIONS" or method is None:
            continue
        actual = _take_waiting(waiting[preflight.url, method], preflight)
        if actual is not None:
            never_sent = actual.status is None and (preflight.status is None or actual.id in unsent)
            moved[actual.id] = None if never_sent else _delayed(actual, preflight)
    ordered = (moved.get(exchange.id, exchange) for exchange in exchanges)
    return [exchange for exchange in ordered if exchange is not None]


def _take_waiting(waiting: list[Exchange], preflight: Exchange) -> Exchange | None:
    """Out of requests in order of start, the last one that was waiting when the preflight began."""
    index = bisect_right(waiting, preflight.started, key=_started)
    while index > 0 and preflight.started - waiting[index - 1].started < _LONG:
        index -= 1
        if _waited(waiting[index], preflight):
            return waiting.pop(index)
    return None


def _started(exchange: Exchange) -> float:
    return exchange.started


def _waited(actual: Exchange, preflight: Exchange) -> bool:
    under_way = actual.ended is None or actual.ended > preflight.started
    return under_way or preflight.started - actual.started <= _SOON


def _delayed(actual: Exchange, preflight: Exchange) -> Exchange:
    begin = (preflight.ended or preflight.started) + _RIGHT_AFTER
    return msgspec.structs.replace(
        actual,
        started=begin,
        answered=actual.answered and max(actual.answered, begin),
        ended=actual.ended and max(actual.ended, begin),
    )


def _headers(pairs: list[Pair] | None) -> HeaderList:
    """Lines as on the wire: no HTTP/2 pseudo headers, and apart what Chromium joins with a newline."""
    return tuple(
        (_wire(pair.name), _wire(value))
        for pair in pairs or ()
        if not pair.name.startswith(":")
        for value in (pair.value or "").split("\n")
    )


def _header(lines: HeaderList, name: str) -> str | None:
    return next((value for each, value in lines if each.lower() == name), None)


def _url(url: str) -> str:
    url = url.partition("#")[0]
    return url if url.isascii() else quote(url.encode("utf-8", "surrogatepass"), safe=_PRINTABLE)


_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


def _wire(text: str) -> str:
    """Each byte as one character; browsers write bytes as ISO-8859-1 where they can, and else the decoded UTF-8."""
    return text if text.isascii() or max(text) <= "\xff" else text.encode("utf-8", "surrogatepass").decode("latin-1")


def _size(size: float | None) -> int | None:
    return int(size) if size is not None and 0 <= size < 2**63 else None


def _response_size(response: Response, headers: HeaderList, creator: str) -> int | None:
    if creator != "Firefox":
        return _size(response.bodySize)
    # Firefox counts the headers in; the content is the body as sent only if it wasn't compressed.
    if response.content is None or _header(headers, "content-encoding"):
        return None
    return _size(response.content.size)


def _answered(start: float, timings: Timings | None) -> float | None:
    if timings is None or timings.wait is None or timings.wait < 0:
        return None
    phases = (timings.blocked, timings.dns, timings.connect, timings.send, timings.wait)
    return start + sum(phase for phase in phases if phase is not None and 0 < phase < math.inf) / 1000
