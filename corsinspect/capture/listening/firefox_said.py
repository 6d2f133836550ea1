"""From Firefox's DevTools packets to what it said of each request. Pure: packets and the time go in, Saids come out.

- Each hop is a channel of its own, and so is a preflight; Firefox doesn't say which belong together. The parent process
  makes both, for a call that is open: see `_join`. What fits several calls that differ isn't joined.
- The console's lines on CORS and on policies name a URL and a window, no request, and may come before it.
- So nothing is told before it has rested for a moment.
- Memory is bounded: the oldest requests are let go of.
"""

import datetime
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import msgspec

from corsinspect.capture.listening import firefox_events as events
from corsinspect.said import Place, Said, SaidMode

REQUESTS = 2_000
"""Requests that are remembered, and stack traces."""
RECENT = 300
"""Requests among which one is looked for that something belongs to."""
HOPS = 25
"""Firefox gives up after 20 redirects."""
SETTLED = 0.15
"""Seconds without another word, after which what was said of a request is whole."""
UNTOLD = 1.0
"""Seconds after which a request is told of that has no answer yet."""
UNCLAIMED = 2.0
"""Seconds that a line of the console waits for its request."""
LINES = 500
TEXT = 2_000
SCHEMES = ("http://", "https://", "ws://", "wss://")
SLACK = 0.002
"""Seconds: times are in whole milliseconds."""
REFUSAL = 0.05
"""Seconds by which a policy's line on the console may be older than the request that it forbids."""

_CORS = 1 << 4
"""nsILoadInfo.SEC_REQUIRE_CORS_INHERITS_SEC_CONTEXT."""
_COOKIES = 5
"""The lowest bit of the credentials mode in `securityFlags`."""
_MODES: tuple[SaidMode | None, ...] = (None, "include", "same-origin", "omit")
_IN_PARENT = 1 << 32
"""Ids below are those of channels that the parent process made: redirects' next ones, preflights, workers' calls."""

_KINDS = {
    "beacon": "ping",
    "image": "image",
    "imageset": "image",
    "img": "image",
    "objectsubdoc": "document",
    "subdocument": "document",
    "webmanifest": "manifest",
}
"""Firefox's word for a request's type, where ours is another one."""

_CODES: dict[int | str | None, str] = {
    1001: "CORSDisabled",
    1002: "CORSDidNotSucceed2",
    1003: "CORSRequestNotHttp2",
    1004: "CORSMultipleAllowOriginNotAllowed",
    1005: "CORSMissingAllowOrigin2",
    1006: "CORSNotSupportingCredentials",
    1007: "CORSAllowOriginNotMatchingOrigin",
    1008: "CORSMissingAllowCredentials",
    1009: "CORSOriginHeaderNotAdded",
    1010: "CORSExternalRedirectNotAllowed",
    1011: "CORSPreflightDidNotSucceed3",
    1012: "CORSInvalidAllowMethod",
    1013: "CORSMethodNotFound",
    1014: "CORSInvalidAllowHeader",
    1015: "CORSMissingAllowHeaderFromPreflight2",
}
"""nsILoadInfo's BLOCKING_REASON_CORS… as the console's category. It comes with some failures only, so a line of the
console goes before it."""
_BLOCKED: dict[int | str | None, str] = {
    **dict.fromkeys(range(2001, 2012), "tracking-protection"),
    3001: "mixed-content",
    **dict.fromkeys((4000, 4001, 4003, 4004, 4005, 4006), "csp"),
    **dict.fromkeys((4002, 6000), "extension"),
    5000: "same-origin",
    "devtools": "inspector",
}
"""nsILoadInfo's other blocking reasons."""
_UNKNOWN = "unknown"
"""What Firefox says of a bad port."""
_ABORTED = "NS_BINDING_ABORTED"
_OF_PREFLIGHTS = (
    *("CORSPreflightDidNotSucceed", "CORSInvalidAllowMethod", "CORSMethodNotFound", "CORSInvalidAllowHeader"),
    *("CORSMissingAllowHeaderFromPreflight", "CORSExternalRedirectNotAllowed"),
)
"""How categories begin of failures after which the request itself isn't sent."""
_VAGUE = "CORSDidNotSucceed"
"""How the category begins that says no more than that it failed; it may follow one that says why."""
_DIRECTIVE = re.compile(r"\(([a-z]+(?:-[a-z]+)*-(?:src|uri|ancestors|action)(?:-elem|-attr)?)\)")
_BAD_PORTS = frozenset(
    int(port)
    for port in """0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113
    115 117 119 123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636
    989 990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080
    """.split()
)
"""https://fetch.spec.whatwg.org/#port-blocking"""


class _Leg(msgspec.Struct):
    """A channel, as far as it was told."""

    request: events.Request
    called: float
    heard: float
    """When something was last said of it."""
    known: float
    """When it was first heard of."""
    status: int | None = None
    reason: int | str | None = None
    redirects: bool = False
    ended: float | None = None
    over: bool = False
    """Whether nothing more will come."""
    cached: bool = False
    by_worker: bool = False
    line: events.ConsoleLine | None = None
    joined: bool = False
    """Whether it was decided where it belongs: what was told keeps its id."""
    root: int | None = None
    """Of a redirect's next hop: the first one. Of a preflight: the request it was made for."""
    hop: int = 0
    preflight: bool = False
    next: int | None = None
    """The hop that this redirect led to."""
    preflighted: bool = False
    fresh: bool = True
    told: bool = False


class Hearing:
    """What one launch of a browser says. `launch` goes before each id, `browser` is its name for people; `steady` makes
    the times of Saids of the wall clock's, soon after those were told."""

    def __init__(self, launch: str, browser: str, steady: Callable[[float], float] = float) -> None:
        self._launch = launch
        self._steady = steady
        self._browser = browser
        self._legs: OrderedDict[int, _Leg] = OrderedDict()
        self._fresh: dict[int, None] = {}
        self._stacks: OrderedDict[int, events.Frame | None] = OrderedDict()
        self._lines: list[tuple[float, events.ConsoleLine]] = []
        self._ready: list[Said] = []
        self._over: list[str] = []
        self._handlers: dict[type, Callable[[Any, float], None]] = {
            events.Request: self._asked,
            events.Updated: self._updated,
            events.Stacktrace: self._stacktrace,
            events.ErrorMessage: self._message,
        }

    def hear(self, event: str, array: msgspec.Raw, now: float) -> None:
        """Take in an event on resources, at `now`, a time of Saids. Raises msgspec.DecodeError where it isn't as we
        know it."""
        for resource in events.resources(event, array):
            self._handlers[type(resource)](resource, now)

    def news(self, now: float) -> list[Said]:
        """What there is to tell since the last time. A request without an answer is told of after a second."""
        self._settle_lines(now)
        return self._tell([id for id in self._fresh if self._is_due(self._legs[id], now)])

    def rest(self) -> list[Said]:
        """All that wasn't told yet: the browser has gone."""
        self._settle_lines(float("inf"))
        return self._tell(list(self._fresh))

    @property
    def waiting(self) -> bool:
        """Whether `news` may have something later, without another event."""
        return bool(self._fresh or self._lines or self._ready)

    def over(self) -> list[str]:
        """The actors that have nothing more to say since the last time."""
        over, self._over = self._over, []
        return over

    def _tell(self, ids: list[int]) -> list[Said]:
        for id in ids:
            self._join(id, self._legs[id])
        for id in ids:
            self._ready.append(self._said(id, self._legs[id]))
            self._legs[id].told = True
            del self._fresh[id]
        ready, self._ready = self._ready, []
        return ready

    @staticmethod
    def _is_due(leg: _Leg, now: float) -> bool:
        if leg.status is None and leg.ended is None and not leg.over:
            return now - leg.known >= UNTOLD
        return now - leg.heard >= SETTLED

    # events

    def _asked(self, request: events.Request, now: float) -> None:
        if request.chrome_context or not request.url.startswith(SCHEMES) or request.resource_id in self._legs:
            return
        stamp = datetime.datetime.fromisoformat(request.started_date_time.replace("Z", "+00:00")).timestamp()
        called = self._steady(stamp)
        leg = self._legs[request.resource_id] = _Leg(request, called, now, now, reason=request.blocked_reason or None)
        self._fresh[request.resource_id] = None
        if leg.reason is not None:
            leg.ended = called
        if len(self._legs) > REQUESTS:
            self._let_go(next(iter(self._legs)))

    def _updated(self, updated: events.Updated, now: float) -> None:
        leg, updates = self._legs.get(updated.resource_id), updated.resource_updates
        if leg is None:
            return
        if updates.status is not None and str(updates.status).isdigit():
            leg.status = int(updates.status)
        leg.reason = updates.blocked_reason or leg.reason
        leg.redirects = leg.redirects or bool(updates.is_redirect)
        leg.cached = leg.cached or bool(updates.from_cache)
        leg.by_worker = leg.by_worker or bool(updates.from_service_worker)
        if updates.total_time is not None:
            leg.ended = leg.called + updates.total_time / 1000
        elif updates.content_size is not None and leg.status is None:
            leg.ended = leg.ended or now  # it failed; there may be no other end
        if updates.response_end_available:
            leg.over = True
            leg.ended = leg.ended or now
            self._over.append(leg.request.actor)
        self._freshen(updated.resource_id, leg, now)

    def _stacktrace(self, stacktrace: events.Stacktrace, now: float) -> None:
        self._stacks[stacktrace.resource_id] = stacktrace.last_frame
        if len(self._stacks) > REQUESTS:
            self._stacks.popitem(last=False)
        if (leg := self._legs.get(stacktrace.resource_id)) is not None:
            self._freshen(stacktrace.resource_id, leg, now)

    def _message(self, message: events.ErrorMessage, now: float) -> None:
        error = message.page_error
        if error.category.startswith(("CORS", "CSP_", "Mixed Content")):
            steady = self._steady(error.time_stamp / 1000) * 1000
            self._lines.append((now, msgspec.structs.replace(error, time_stamp=steady)))
            del self._lines[:-LINES]

    def _freshen(self, id: int, leg: _Leg, now: float) -> None:
        leg.heard = now
        self._fresh[id] = None

    def _let_go(self, id: int) -> None:
        leg = self._legs[id]
        if id in self._fresh:
            self._join(id, leg)
            self._ready.append(self._said(id, leg))
            del self._fresh[id]
        if not leg.over:
            self._over.append(leg.request.actor)
        del self._legs[id]

    # the console

    def _settle_lines(self, now: float) -> None:
        """Give each line that has rested to the request that it's about, as far as that is known."""
        left: list[tuple[float, events.ConsoleLine]] = []
        for since, error in self._lines:
            leg = self._about(error) if now - since >= SETTLED else None
            if leg is not None:
                leg.line = error
                self._freshen(leg.request.resource_id, leg, min(now, leg.heard))
            elif now - since < UNCLAIMED:
                left.append((since, error))
        self._lines = left

    def _about(self, error: events.ConsoleLine) -> _Leg | None:
        """The failing request nearest in time of those whose URL the line has: the longest such URL counts."""
        text, at = _text(error), error.time_stamp / 1000
        fitting = [
            leg
            for _, leg in self._recent()
            if _may_be_about(leg, error) and _plain(leg.request.url) in text and not _is_preflight(leg, self._stacks)
        ]
        longest = max((len(_plain(leg.request.url)) for leg in fitting), default=0)
        nearest = [leg for leg in fitting if len(_plain(leg.request.url)) == longest]
        return min(
            nearest,
            key=lambda leg: (_CODES.get(leg.reason) != error.category, abs((leg.ended or leg.heard) - at)),
            default=None,
        )

    def _recent(self) -> Iterator[tuple[int, _Leg]]:
        return islice(reversed(self._legs.items()), RECENT)

    # what belongs together

    def _join(self, id: int, leg: _Leg) -> None:
        """Decide, once, whether this is a preflight or a redirect's next hop, and of which request."""
        if leg.joined:
            return
        leg.joined = True
        if id >= _IN_PARENT:
            return
        if _is_preflight(leg, self._stacks):
            self._join_preflight(leg)
        else:
            self._join_hop(id, leg)

    def _join_preflight(self, leg: _Leg) -> None:
        made_for = [
            (id, other)
            for id, other in self._recent()
            if _fits(other, leg)
            and other.request.url == leg.request.url
            and other.request.method != "OPTIONS"
            and not other.preflighted
            and not (other.status is not None and _was_refused(leg))
        ]
        if made_for:
            id, other = max(made_for, key=lambda item: item[1].called)
            self._join(id, other)
            other.preflighted = leg.preflight = True
            leg.root, leg.hop = other.root if other.root is not None else id, other.hop

    def _join_hop(self, id: int, leg: _Leg) -> None:
        before = [
            (other_id, other)
            for other_id, other in self._recent()
            if other.redirects
            and other.next is None
            and other_id != id
            and other.hop < HOPS
            and _fits(other, leg)
            and (other.ended is None or other.ended <= leg.called + SLACK)
            and self._place(id, leg) in (None, self._place(other_id, other))
        ]
        # Of calls that differ, it may have been either.
        if before and len({(other.request.url, other.request.method, other.hop) for _, other in before}) == 1:
            other_id, other = before[-1]
            self._join(other_id, other)
            other.next = id
            leg.root, leg.hop = other.root if other.root is not None else other_id, other.hop + 1

    def _place(self, id: int, leg: _Leg) -> Place | None:
        frame = self._stacks.get(leg.request.stacktrace_resource_id or id)
        if frame is not None:
            return _page_place(frame.filename, frame.line_number, frame.column_number, frame.function_name)
        if leg.line is not None:  # what a policy forbids has no stack
            return _page_place(leg.line.source_name, leg.line.line_number, leg.line.column_number, None)
        return None

    # the record

    def _said(self, id: int, leg: _Leg) -> Said:
        request, line = leg.request, leg.line
        category = line.category if line is not None else ""
        code = category if category.startswith("CORS") else _CODES.get(leg.reason)
        failed = leg.reason if isinstance(leg.reason, str) and leg.reason.startswith("NS_") else None
        text = _text(line) if line is not None else None
        violates = category.startswith("CSP_")
        directive = _DIRECTIVE.search(text) if text is not None and violates else None
        stayed = leg.cached or leg.by_worker
        document = leg.request.cause.type == "document"
        return Said(
            id=f"{self._launch}:{id if leg.preflight or leg.root is None else leg.root}",
            hop=leg.hop,
            engine="firefox",
            browser=self._browser,
            called=leg.called,
            url=_plain(request.url),
            method=request.method,
            kind="preflight" if leg.preflight else _kind(request.cause.type),
            preflight_of=f"{self._launch}:{leg.root}" if leg.preflight else None,
            sent=leg.called if leg.status is not None and not stayed else None,
            ended=leg.ended,
            status=leg.status,
            credentials=None if leg.preflight else _mode(request.security_flags),
            code=code,
            blocked="csp" if violates else _blocked(leg),
            directive=directive[1] if directive is not None else None,
            failed=failed,
            canceled=failed == _ABORTED,
            from_cache=leg.cached,
            by_service_worker=leg.by_worker,
            page=None if document else _short(request.cause.loading_document_uri or "") or None,
            caller=None if leg.preflight else self._place(id, leg),
            console=text,
        )


def _may_be_about(leg: _Leg, error: events.ConsoleLine) -> bool:
    """Whether a line of the console may be about this request, by all but the URL."""
    request, at = leg.request, error.time_stamp / 1000
    if request.inner_window_id and error.inner_window_id not in (0, None, request.inner_window_id):
        return False
    known = leg.line.category if leg.line is not None else _VAGUE
    if not error.category.startswith("CORS"):
        return leg.line is None and leg.reason is not None and leg.called <= at + REFUSAL
    if not known.startswith(_VAGUE) or not request.security_flags & _CORS or leg.called > at + SLACK:
        return False
    if leg.ended is None:  # it may still do well
        return False
    return leg.status is None or not error.category.startswith((_VAGUE, *_OF_PREFLIGHTS))


def _page_place(url: str | None, line: int | None, column: int | None, function: str | None) -> Place | None:
    """A place in a page's code; None where it's in the browser's own."""
    if url is None or not line or not url.startswith(("http:", "https:", "file:", "blob:", "data:")):
        return None
    return Place(url=_short(url), line=line, column=column or None, function=(function or "")[:200])


def _is_preflight(leg: _Leg, stacks: OrderedDict[int, events.Frame | None]) -> bool:
    """Whether the browser made it by itself: what a page's code asks for has a stack."""
    request = leg.request
    asked = request.resource_id >= _IN_PARENT or request.resource_id in stacks
    return request.method == "OPTIONS" and bool(request.security_flags & _CORS) and not asked


def _fits(one: _Leg, later: _Leg) -> bool:
    """Whether the same document asked for the same kind of thing with both, and for this one no later."""
    return (
        one.request.cause == later.request.cause
        and one.request.inner_window_id == later.request.inner_window_id
        and one.called <= later.called
        and one is not later
    )


def _was_refused(preflight: _Leg) -> bool:
    """Whether the request that it was made for can't have been answered."""
    return preflight.reason is not None or not 200 <= (preflight.status or 200) <= 299


def _mode(flags: int) -> SaidMode:
    mode = _MODES[flags >> _COOKIES & 3]
    return mode if mode is not None else "same-origin" if flags & _CORS else "include"


def _kind(type: str) -> str:
    return _KINDS.get(type.lower(), type.lower())


def _blocked(leg: _Leg) -> str | None:
    if leg.reason == _UNKNOWN:
        return "bad-port" if _port(leg.request.url) in _BAD_PORTS else None
    return _BLOCKED.get(leg.reason)


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        return None


def _text(error: events.ConsoleLine) -> str:
    text = error.error_message
    return (text if isinstance(text, str) else text.initial)[:TEXT]


def _plain(url: str) -> str:
    return url.partition("#")[0]


def _short(url: str) -> str:
    return _plain(url)[:TEXT]
