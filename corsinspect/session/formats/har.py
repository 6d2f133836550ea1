"""HAR files, as Chromium's and Firefox's developer tools export them (seen in Chromium 156 and Firefox 153).

- Both list a request before the preflight that it had to wait for, and as begun before it.
- Both list a request whose preflight failed, though it was never sent.
- What CORS blocked has its response in Firefox, and in Chromium beside `_error: net::ERR_FAILED`.
- Firefox gives no reason for a status of 0, and mostly 0 for times.
- What others leave out is in `producers`; proxies write HARs of what was on the wire.
"""

import math
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from corsinspect.fingerprints import error_page
from corsinspect.model import Exchange, Failure, HeaderList
from corsinspect.session.border import LONGEST, instant, text
from corsinspect.session.errors import Problem
from corsinspect.session.failures import SILENT, browser_failure, failure
from corsinspect.session.formats.har_entries import Entry, Response, Timings, Whole, beginning, entries
from corsinspect.session.formats.har_headers import HeaderLines, header, wire
from corsinspect.session.formats.piece import PIECE, Piece
from corsinspect.session.formats.producers import Producer, producer

_BEGINNING = re.compile(rb'^(?:\xef\xbb\xbf)?\s*(?:[\w$.]+\s*\(\s*)?\{.*?"log"\s*:\s*\{', re.S)
_RESEMBLING_ENTRIES = re.compile(rb'^(?:\xef\xbb\xbf)?\s*(?:[\w$.]+\s*\(\s*)?[\[{].*?"request"\s*:\s*\{', re.S | re.I)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_CAPITAL = re.compile(r"[^/?#]*[A-Z]|[^/?#]*//[^/?#]*[A-Z]")
_USUAL = re.compile(r"https?://[a-z0-9.:-]+[/?][!-\"$-~]*")
"""Nothing need be done about those."""
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#]*@)?[^/?#]*")
_ON_THE_WIRE = ("http", "https", "ws", "wss")
# The response came, and the browser kept it from the page: that is the verdict, not a fact.
_VERDICTS = re.compile(r"ERR_FAILED|ERR_BLOCKED_BY_|ERR_UNSAFE_REDIRECT")
_VERSIONS = {"h2": "HTTP/2.0", "HTTP/2": "HTTP/2.0", "h3": "HTTP/3", "HTTP/3.0": "HTTP/3"}
_SOON = 1.0
"""Seconds within which a preflight follows the request that it is for, when nothing says how long that took."""
_LONG = 60.0
"""Seconds that a request may queue before its preflight begins."""
_RIGHT_AFTER = 1e-6
"""Seconds; HAR times have milliseconds, so this orders without telling anything else."""
_FIRST_ERROR = 400
_MILLISECONDS = 1e11
"""Numbers above it are milliseconds since the epoch, those below (and above a billion) seconds."""


def begins(head: bytes) -> bool:
    """Whether a file that begins so is a HAR."""
    return _BEGINNING.match(head) is not None


def resembles(head: bytes) -> bool:
    """Whether it looks like entries of a HAR without what is usually around them."""
    return _RESEMBLING_ENTRIES.match(head) is not None


def read(data: bytes) -> tuple[list[Exchange], list[Problem]]:
    """All whole entries that were on the wire, with ids `har:N` by index, and what couldn't be read."""
    problems: list[Problem] = []
    return [exchange for piece in pieces(data, problems) for exchange in piece.exchanges], problems


def pieces(data: bytes, problems: list[Problem]) -> Iterator[Piece]:
    """The same piece by piece; requests for which there may be a preflight, and those, come last."""
    creator, found = entries(data)
    by = producer(creator)
    lines = HeaderLines(by)
    size = len(found)
    asked_for = set[_Asked]() if by.wire else _asked_for(found.preflights(lines))
    exchanges: list[Exchange] = []
    waiting: list[Exchange] = []
    preflights: list[tuple[Exchange, str]] = []
    unsent: set[str] = set()
    before: Exchange | None = None
    for index, whole in found.each(lines, problems):
        if whole.entry.response.by_service_worker:
            continue
        try:
            url = _url(whole)
            if url is None:
                continue
            exchange = _exchange(f"har:{index}", url, whole, by, creator, before)
        except (ValueError, OverflowError) as error:
            problems.append(Problem(f"entry {index} was skipped ({error}): 1 entry lost"))
            continue
        if exchange is None:
            continue
        before = exchange
        asks = whole.sent.asks if exchange.method == "OPTIONS" else None
        if not by.wire and (not size or (exchange.url, exchange.method) in asked_for or asks):
            waiting.append(exchange)
            if asks is not None:
                preflights.append((exchange, asks))
            if _looks_unsent(whole.entry, exchange):
                unsent.add(exchange.id)
        else:
            exchanges.append(exchange)
        if index % PIECE == PIECE - 1:
            yield Piece(exchanges, index / size if size else 0.0)
            exchanges = []
    exchanges += _behind_their_preflights(waiting, preflights, unsent)
    for start in range(0, len(exchanges), PIECE):
        yield Piece(exchanges[start : start + PIECE], 1.0)


_Asked = tuple[str, str | None]
"""The URL and the method of a request that was asked for."""


def _asked_for(preflights: Iterator[Whole]) -> set[_Asked]:
    asked_for: set[_Asked] = set()
    for whole in preflights:
        with suppress(ValueError):
            url = _url(whole)
            if url is not None and whole.sent.asks is not None:
                asked_for.add((url, whole.sent.asks))
    return asked_for


def _exchange(id: str, url: str, whole: Whole, by: Producer, creator: str, before: Exchange | None) -> Exchange | None:
    entry, sent, headers = whole
    request, response = entry.request, entry.response
    status = _status(response.status)
    method: str | None = wire(request.method)
    if by.wire and request.method == "CONNECT":
        if status == 200:
            return None  # what went through the tunnel has entries of its own
        method = None
    start = _start(entry.startedDateTime, before)
    version = request.httpVersion or response.httpVersion or ""
    # more than 15 keywords would be handed over in a dict, which takes three times as long
    exchange = Exchange(
        id=id,
        url=url,
        started=start,
        method=method,
        request_headers=sent.lines,
        http_version=text(_VERSIONS.get(version, version.upper())),
        request_size=_size(request.bodySize),
        status=status,
        reason_phrase=wire(response.statusText or ""),
        response_headers=headers,
        response_size=_response_size(response, headers, creator),
        answered=_answered(start, entry.timings, by) if status else None,
        ended=_ended(start, entry.time) if status or response.error or not by.wire else None,
        connection=_connection(entry, by),
        withheld=sent.withheld,
    )
    failed, page = _failure(status, response, by), _error_page(status, response, headers)
    by_proxy = by.wire and (header(headers, "server") or "").startswith("mitmproxy ")
    answer_withheld = status is not None and not headers and not by.wire
    if failed is page is None and not by_proxy and not answer_withheld:
        return exchange
    return msgspec.structs.replace(
        exchange, failure=failed, error_page=page, by_proxy=by_proxy, answer_withheld=answer_withheld
    )


def _connection(entry: Entry, by: Producer) -> str | None:
    """The browser's connection that an entry went over. What came from a cache went over none, whatever the entry
    says; nor do all makers number connections of the browser's own."""
    if not by.names_connections or entry.from_cache or entry.connection_id in (None, "", "0"):
        return None
    return text(entry.connection_id)


def _status(status: float | None) -> int | None:
    """A status of 0, -1 or what else can't be one is none."""
    return int(status) if status is not None and 100 <= status <= 999 else None


def _start(moment: str | float | None, before: Exchange | None) -> float:
    """When an entry began; where it doesn't say, after the one that stands before it. Raises ValueError."""
    if isinstance(moment, str) and "-" not in moment:
        moment = float(moment)
    if isinstance(moment, str):
        started = datetime.fromisoformat(moment)
        return instant((started if started.tzinfo is not None else started.replace(tzinfo=UTC)).timestamp())
    if moment is not None and moment > _MILLISECONDS / 100:
        return instant(moment / 1000 if moment > _MILLISECONDS else moment)
    if before is None:
        return 0.0
    return max(filter(None, (before.started, before.answered, before.ended)), default=0.0) + _RIGHT_AFTER


def _ended(start: float, time: float | None) -> float | None:
    return start + time / 1000 if time is not None and 0 <= time <= LONGEST * 1000 else None


def _looks_unsent(entry: Entry, exchange: Exchange) -> bool:
    if exchange.status:
        return False
    error = entry.response.error or entry.response.failure_text
    if error:
        return exchange.failure is not None and exchange.failure.kind == "failed-unexplained"
    return entry.timings is None or entry.timings == Timings()


def _error_page(status: int | None, response: Response, headers: HeaderList) -> str | None:
    """Whose error page the body begins like, where the file has one."""
    content = response.content
    if content is None or (status or 0) < _FIRST_ERROR:
        return None
    first = beginning(content)
    return error_page(first, header(headers, "content-type") or content.mimeType) if first else None


def _failure(status: int | None, response: Response, by: Producer) -> Failure | None:
    error = text(response.error or response.failure_text or "")
    if by.wire:
        return failure(error) if error else None
    if error and not (status and _VERDICTS.search(error)):
        return browser_failure(error)
    return SILENT if status is None and not response.missing else None


def _behind_their_preflights(
    exchanges: list[Exchange], preflights: list[tuple[Exchange, str]], unsent: set[str]
) -> list[Exchange]:
    """Each request that waited for a preflight begins when that ended, or is left out if it was never sent."""
    waiting: dict[tuple[str, str | None], list[Exchange]] = defaultdict(list)
    for exchange in sorted(exchanges, key=_started):
        waiting[exchange.url, exchange.method].append(exchange)
    moved: dict[str, Exchange | None] = {}
    for preflight, method in preflights:
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
    if actual.ended is not None and actual.ended > actual.started:
        return actual.ended > preflight.started
    return actual.ended is None or preflight.started - actual.started <= _SOON  # Firefox mostly says 0


def _delayed(actual: Exchange, preflight: Exchange) -> Exchange:
    begin = (preflight.ended or preflight.started) + _RIGHT_AFTER
    return msgspec.structs.replace(
        actual,
        started=begin,
        answered=actual.answered and max(actual.answered, begin),
        ended=actual.ended and max(actual.ended, begin),
    )


def _url(whole: Whole) -> str | None:
    """The URL as the wire has it; None if there was no wire (data:, blob:). Raises ValueError where it isn't whole."""
    url = whole.entry.request.url
    if _USUAL.fullmatch(url):
        return url
    url = url.partition("#")[0].strip()
    scheme = _SCHEME.match(url)
    if scheme is None:
        url = _absolute(url, whole)
    elif scheme[1].lower() not in _ON_THE_WIRE:
        return None
    if _CAPITAL.match(url):
        url = _AUTHORITY.sub(lambda match: _lower(match[0]), url, count=1)
    return url if url.isascii() else quote(url.encode("utf-8", "surrogatepass"), safe=_PRINTABLE)


def _lower(authority: str) -> str:
    """Scheme and host in lower case, as browsers send them; a user's name and password as they are."""
    before, at, host = authority.rpartition("@")
    scheme, colon, user = before.partition(":")
    return scheme.lower() + colon + user + at + host.lower()


def _absolute(url: str, whole: Whole) -> str:
    """A URL of which the file has only the path, from what the request says of its host and scheme."""
    entry = whole.entry
    lines = tuple((pair.name.lower(), pair.value or "") for pair in whole.sent.pairs)
    host = header(lines, ":authority") or header(lines, "host")
    version = (entry.request.httpVersion or "").lower()
    secure = version in ("h2", "h3", "http/2", "http/2.0", "http/3") or (
        entry.timings is not None and (entry.timings.ssl or 0) > 0
    )
    scheme = header(lines, ":scheme") or ("https" if secure else None)
    if url.startswith("//") and scheme:
        return f"{scheme}:{url}"
    if not host or not scheme or not url.startswith("/"):
        raise ValueError(f"its URL “{url[:80]}” is no whole one, and its headers don't say the rest")
    return f"{scheme}://{host}{url}"


_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


def _size(size: float | None) -> int | None:
    return int(size) if size is not None and 0 <= size < 2**63 else None


def _response_size(response: Response, headers: HeaderList, creator: str) -> int | None:
    if creator != "Firefox":
        return _size(response.bodySize)
    # Firefox counts the headers in; the content is the body as sent only if it wasn't compressed.
    if response.content is None or header(headers, "content-encoding"):
        return None
    return _size(response.content.size)


def _answered(start: float, timings: Timings | None, by: Producer) -> float | None:
    if timings is None or timings.wait is None or timings.wait < 0:
        return None
    connect = timings.connect if by.connecting_counts else None
    phases = (timings.blocked, timings.dns, connect, timings.send, timings.wait)
    took = sum([phase for phase in phases if phase is not None and 0 < phase < math.inf]) / 1000
    return start + took if took <= LONGEST else None
