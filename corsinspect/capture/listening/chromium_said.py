"""From Chromium's events to what it said of each request. Pure: events and the time go in, Saids come out.

- A request is followed from hop to hop; what the network layer says of it (ExtraInfo) has no hop and may come first:
  its n-th word is about the n-th hop that went to the network.
- A request may be seen from several sessions (a worker and its page): each kind of event counts from the first of them.
- A call that a Content-Security-Policy forbids is an issue, perhaps with a request that fails, perhaps without one.
- Memory is bounded: the oldest requests are let go of.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec

from corsinspect.capture.listening import chromium_events as events
from corsinspect.capture.listening.chromium_parts import TEXT, lines, parsed, places, plain, short
from corsinspect.capture.listening.chromium_sockets import Sockets
from corsinspect.said import Place, Said, WithheldCookie

REQUESTS = 2_000
"""Requests that are remembered; what is told of one that ended long ago (a cookie that was refused) is lost."""
HOPS = 25
"""Chromium gives up after 20 redirects."""
UNTOLD = 1.0
"""Seconds after which a request is told of that has no answer yet."""
ALONE = 0.3
"""Seconds after which a policy's violation counts as one without a request; where there is one it follows at once."""
VIOLATIONS = 500
NAMES = 180
"""Cookies of a site; Chromium keeps no more."""
SCHEMES = ("http://", "https://", "ws://", "wss://")

_BLOCKED = {"net::ERR_UNSAFE_PORT": "bad-port", "net::ERR_BLOCKED_BY_CLIENT": "extension"}
"""By the failure: why it wasn't sent, where Chromium gives no reason of its own."""


class _Leg(msgspec.Struct):
    """One hop, as far as it was told."""

    will: events.WillBeSent
    called: float
    offset: float
    """From the browser's monotonic clock to the times of Saids."""
    response: events.Response | None = None
    failed: events.Failed | None = None
    answered: float | None = None
    ended: float | None = None
    cached: bool = False
    from_network: bool = True
    """Whether the network layer has a word on it."""
    directive: str | None = None
    console: str | None = None
    sent_extra: events.SentExtra | None = None
    received_extra: events.ReceivedExtra | None = None


class _Request(msgspec.Struct):
    """One request with all its hops."""

    legs: list[_Leg] = []
    sent: list[events.SentExtra] = []
    received: list[events.ReceivedExtra] = []
    speakers: dict[str, str] = {}
    """By kind of event: the session that told it first."""


class _Violation(msgspec.Struct):
    session: str
    at: float
    details: events.CspDetails
    entry: events.Entry | None


class Hearing:
    """What one launch of a browser says. `launch` goes before each id, `browser` is its name for people; `steady` makes
    the times of Saids of the wall clock's, soon after those were told."""

    def __init__(self, launch: str, browser: str, steady: Callable[[float], float] = float) -> None:
        self._launch = launch
        self._steady = steady
        self._browser = browser
        self._requests: dict[str, _Request] = {}
        self._fresh: dict[tuple[str, int], float] = {}
        """Legs with something that wasn't told yet, and since when."""
        self._told: set[tuple[str, int]] = set()
        self._ready: list[Said] = []
        self._violations: list[_Violation] = []
        self._violated = 0
        self._warning: dict[str, events.Entry] = {}
        """By session: the console's last line on a policy, which the issue follows."""
        self._refusal: dict[str, str] = {}
        """By session: the console's last line on CORS, which the failure that it's about follows."""
        self._handlers: dict[str, Callable[[str, Any, float], None]] = {
            "Network.requestWillBeSent": self._will_be_sent,
            "Network.requestWillBeSentExtraInfo": self._sent_extra,
            "Network.responseReceivedExtraInfo": self._received_extra,
            "Network.responseReceived": self._received,
            "Network.loadingFinished": self._finished,
            "Network.loadingFailed": self._failed,
            "Network.requestServedFromCache": self._served_from_cache,
            "Audits.issueAdded": self._issue,
            "Log.entryAdded": self._entry,
            "Target.detachedFromTarget": self._detached,
            **Sockets(launch, browser, steady, lambda said: self._ready.append(said)).handlers,
        }

    def hear(self, session: str, method: str, params: msgspec.Raw | bytes, now: float) -> None:
        """Take in an event, at `now`, a time of Saids. Raises msgspec.DecodeError where it isn't as we know it."""
        if (handler := self._handlers.get(method)) is not None:
            handler(session, _DECODE[method](params), now)

    def news(self, now: float) -> list[Said]:
        """What there is to tell since the last time. A request without an answer is told of after a second."""
        self._settle_violations(now)
        due = [key for key, since in self._fresh.items() if self._is_due(key, since, now)]
        return self._tell(due)

    def rest(self) -> list[Said]:
        """All that wasn't told yet: the browser has gone."""
        self._settle_violations(float("inf"))
        return self._tell(list(self._fresh))

    @property
    def waiting(self) -> bool:
        """Whether `news` may have something later, without another event."""
        return bool(self._fresh or self._violations)

    def _tell(self, keys: list[tuple[str, int]]) -> list[Said]:
        for key in keys:
            del self._fresh[key]
            self._told.add(key)
            self._ready.append(self._said(*key))
        ready, self._ready = self._ready, []
        return ready

    def _is_due(self, key: tuple[str, int], since: float, now: float) -> bool:
        leg = self._requests[key[0]].legs[key[1]]
        return leg.answered is not None or leg.ended is not None or key in self._told or now - since >= UNTOLD

    # events

    def _will_be_sent(self, session: str, will: events.WillBeSent, now: float) -> None:
        if not will.request.url.startswith(SCHEMES):
            return
        request = self._request(will.request_id, session, "will", now)
        if request is None or len(request.legs) >= HOPS:
            return
        if request.legs:
            before = request.legs[-1]
            if will.redirect_response is not None:
                before.from_network = will.redirect_has_extra_info
                self._answer(before, will.redirect_response, will.timestamp)
            elif before.will.request.url == will.request.url:
                return
            else:  # a redirect to where a policy forbids to go
                before.answered = will.timestamp + before.offset
            before.ended = before.answered
        called = self._steady(will.wall_time)
        request.legs.append(_Leg(will, called, called - will.timestamp))
        self._align(will.request_id, request, now)

    def _sent_extra(self, session: str, extra: events.SentExtra, now: float) -> None:
        if (request := self._request(extra.request_id, session, "sent", now)) and len(request.sent) < HOPS:
            request.sent.append(extra)
            self._align(extra.request_id, request, now)

    def _received_extra(self, session: str, extra: events.ReceivedExtra, now: float) -> None:
        if (request := self._request(extra.request_id, session, "received", now)) and len(request.received) < HOPS:
            request.received.append(extra)
            self._align(extra.request_id, request, now)

    def _received(self, session: str, received: events.Received, now: float) -> None:
        for leg in self._latest(received.request_id, session, "response", now):
            self._answer(leg, received.response, received.timestamp)

    def _finished(self, session: str, ended: events.Ended, now: float) -> None:
        for leg in self._latest(ended.request_id, session, "end", now):
            leg.ended = leg.ended or ended.timestamp + leg.offset

    def _failed(self, session: str, failed: events.Failed, now: float) -> None:
        for leg in self._latest(failed.request_id, session, "end", now):
            if leg.failed is not None:
                continue  # what is refused is canceled, too
            leg.failed = failed
            leg.ended = failed.timestamp + leg.offset
            if failed.cors_error_status is not None and plain(leg.will.request.url) in self._refusal.get(session, ""):
                leg.console = self._refusal.pop(session)
            if failed.blocked_reason == "csp":
                self._explain(leg, failed.request_id, session)

    def _served_from_cache(self, session: str, ended: events.Ended, now: float) -> None:
        for leg in self._latest(ended.request_id, session, "cache", now):
            leg.cached = True

    def _issue(self, session: str, added: events.IssueAdded, now: float) -> None:
        csp = added.issue.details.csp
        if csp is not None and not csp.is_report_only and (csp.blocked_url or "").startswith(SCHEMES):
            self._violations.append(_Violation(session, now, csp, self._warning.pop(session, None)))
            del self._violations[:-VIOLATIONS]

    def _entry(self, session: str, added: events.EntryAdded, now: float) -> None:
        entry = added.entry
        if entry.source == "security":
            self._warning[session] = entry
        elif entry.category == "cors" and entry.source == "javascript":
            self._refusal[session] = entry.text[:TEXT]
        elif entry.network_request_id is not None:
            for leg in self._latest(entry.network_request_id, session, "console", now):
                leg.console = leg.console or entry.text[:TEXT]

    def _detached(self, session: str, detached: events.Detached, now: float) -> None:
        self._warning.pop(detached.session_id, None)
        self._refusal.pop(detached.session_id, None)

    # requests

    def _request(self, id: str, session: str, kind: str, now: float) -> _Request | None:
        """The request, known now if it wasn't; None where another session tells of this."""
        request = self._requests.get(id)
        if request is None:
            request = self._requests[id] = _Request([], [], [], {})
            if len(self._requests) > REQUESTS:
                self._let_go(next(iter(self._requests)))
        return request if request.speakers.setdefault(kind, session) == session else None

    def _latest(self, id: str, session: str, kind: str, now: float) -> Iterator[_Leg]:
        """The latest hop of a request, none if it isn't known or another session tells of this."""
        request = self._requests.get(id)
        if request is None or not request.legs or request.speakers.setdefault(kind, session) != session:
            return
        yield request.legs[-1]
        self._fresh.setdefault((id, len(request.legs) - 1), now)

    def _let_go(self, id: str) -> None:
        for hop in range(len(self._requests[id].legs)):
            if self._fresh.pop((id, hop), None) is not None:
                self._ready.append(self._said(id, hop))
            self._told.discard((id, hop))
        del self._requests[id]

    def _align(self, id: str, request: _Request, now: float) -> None:
        """Give each hop that went to the network its words from there."""
        on_network = [leg for leg in request.legs if leg.from_network]
        for index, leg in enumerate(request.legs):
            if not leg.from_network:
                leg.sent_extra = leg.received_extra = None
            elif (place := on_network.index(leg)) < len(request.sent) or place < len(request.received):
                leg.sent_extra = request.sent[place] if place < len(request.sent) else None
                leg.received_extra = request.received[place] if place < len(request.received) else None
            self._fresh.setdefault((id, index), now)

    @staticmethod
    def _answer(leg: _Leg, response: events.Response, timestamp: float) -> None:
        leg.response = response
        leg.cached = leg.cached or response.from_disk_cache or response.from_prefetch_cache
        timing = response.timing
        if timing is not None and timing.receive_headers_end >= 0 and not leg.cached:
            timestamp = timing.request_time + timing.receive_headers_end / 1000
        leg.answered = timestamp + leg.offset

    # policies

    def _explain(self, leg: _Leg, id: str, session: str) -> None:
        """Take over what an issue says of a request that a policy forbids."""
        urls = {plain(each.will.request.url) for each in self._requests[id].legs}
        for violation in self._violations:
            if violation.session == session and plain(violation.details.blocked_url or "") in urls:
                leg.directive = violation.details.violated_directive
                leg.console = violation.entry.text[:TEXT] if violation.entry is not None else None
                self._violations.remove(violation)
                return

    def _settle_violations(self, now: float) -> None:
        settled = [violation for violation in self._violations if now - violation.at >= ALONE]
        for violation in settled:
            self._violations.remove(violation)
            self._violated += 1
            self._ready.append(self._forbidden(violation, f"csp-{self._violated}"))

    def _forbidden(self, violation: _Violation, id: str) -> Said:
        details, entry = violation.details, violation.entry
        location = details.source_code_location
        page = (entry.url if entry is not None else "") or (location.url if location is not None else "")
        caller = None
        if location is not None and location.line_number >= 0:
            caller = Place(
                url=short(location.url), line=location.line_number + 1, column=max(location.column_number, 0) + 1
            )
        return Said(
            id=f"{self._launch}:{id}",
            engine="chromium",
            browser=self._browser,
            called=violation.at,
            ended=violation.at,
            url=plain(details.blocked_url or ""),
            method="",
            blocked="csp",
            directive=details.violated_directive,
            page=short(page) or None,
            caller=caller,
            stack=places(entry.stack_trace if entry is not None else None)[1:],
            console=entry.text[:TEXT] if entry is not None else None,
        )

    # the record

    def _said(self, id: str, hop: int) -> Said:
        request = self._requests[id]
        leg, first = request.legs[hop], request.legs[0].will
        will, initiator, failed = leg.will, first.initiator, leg.failed
        preflight = initiator.type == "preflight"
        sent, received = leg.sent_extra, leg.received_extra
        cors = failed.cors_error_status if failed is not None else None
        frames = places(initiator.stack)
        url = plain(will.request.url)
        kind = "preflight" if preflight else (first.type or "other").lower()
        page = None if preflight or kind == "document" else short(first.document_url) or None
        used, withheld = _cookies(sent)
        return Said(
            id=f"{self._launch}:{id}",
            hop=hop,
            engine="chromium",
            browser=self._browser,
            called=leg.called,
            url=url,
            method=will.request.method,
            kind=kind,
            preflight_of=f"{self._launch}:{initiator.request_id}" if preflight and initiator.request_id else None,
            sent=_sent(leg),
            answered=leg.answered,
            ended=leg.ended,
            request_headers=lines(sent.headers) if sent is not None else None,
            status=received.status_code if received is not None else leg.response.status if leg.response else None,
            response_headers=lines(received.headers) if received is not None else None,
            connection=_connection(leg),
            credentials="include" if (used or withheld) and page and _crosses(page, url) else None,
            cookies_sent=used,
            cookies_withheld=withheld,
            cookies_refused=_refused(received),
            code=cors.cors_error if cors is not None else None,
            parameter=(cors.failed_parameter or None) if cors is not None else None,
            blocked=_why(failed),
            directive=leg.directive,
            failed=failed.error_text or None if failed is not None else None,
            canceled=failed is not None and failed.canceled,
            from_cache=leg.cached and sent is None,
            by_service_worker=leg.response is not None and leg.response.from_service_worker,
            page=page,
            caller=frames[0] if frames else parsed(initiator),
            stack=frames[1:],
            console=leg.console,
        )


_DECODE: dict[str, Callable[[msgspec.Raw | bytes], Any]] = {
    method: msgspec.json.Decoder(type).decode
    for method, type in {
        "Network.requestWillBeSent": events.WillBeSent,
        "Network.requestWillBeSentExtraInfo": events.SentExtra,
        "Network.responseReceivedExtraInfo": events.ReceivedExtra,
        "Network.responseReceived": events.Received,
        "Network.loadingFinished": events.Ended,
        "Network.loadingFailed": events.Failed,
        "Network.requestServedFromCache": events.Ended,
        "Audits.issueAdded": events.IssueAdded,
        "Log.entryAdded": events.EntryAdded,
        "Target.detachedFromTarget": events.Detached,
        "Network.webSocketCreated": events.SocketCreated,
        "Network.webSocketWillSendHandshakeRequest": events.SocketAsks,
        "Network.webSocketHandshakeResponseReceived": events.SocketAnswered,
        "Network.webSocketFrameError": events.SocketFailed,
        "Network.webSocketClosed": events.Ended,
    }.items()
}


def _sent(leg: _Leg) -> float | None:
    """When its first byte went out; else when the network layer took it up, if it did."""
    response, extra = leg.response, leg.sent_extra
    on_wire = response is not None and not leg.cached and not response.from_service_worker
    timing = response.timing if response is not None and on_wire else None
    if timing is not None and timing.send_start >= 0:
        return timing.request_time + timing.send_start / 1000 + leg.offset
    if extra is not None and extra.connect_timing is not None:
        return extra.connect_timing.request_time + leg.offset
    # A service worker's own script is told of without any times.
    return leg.called if on_wire else None


def _connection(leg: _Leg) -> str | None:
    number = leg.response.connection_id if leg.response is not None else 0
    return f"{number:.0f}" if number else None


def _why(failed: events.Failed | None) -> str | None:
    if failed is None:
        return None
    reason = failed.blocked_reason
    return _BLOCKED.get(failed.error_text, reason) if reason in (None, "other") else reason


def _cookies(extra: events.SentExtra | None) -> tuple[tuple[str, ...], tuple[WithheldCookie, ...]]:
    """The names of those that were sent, and those that weren't."""
    cookies = extra.associated_cookies[:NAMES] if extra is not None else []
    sent = tuple(each.cookie.name for each in cookies if not each.blocked_reasons and each.cookie.name)
    return sent, tuple(
        WithheldCookie(name=each.cookie.name, reasons=tuple(each.blocked_reasons))
        for each in cookies
        if each.blocked_reasons and each.cookie.name
    )


def _refused(extra: events.ReceivedExtra | None) -> tuple[WithheldCookie, ...]:
    return tuple(
        WithheldCookie(name=each.cookie.name, reasons=tuple(each.blocked_reasons))
        for each in (extra.blocked_cookies[:NAMES] if extra is not None else [])
        if each.cookie is not None and each.cookie.name
    )


def _crosses(page: str, url: str) -> bool:
    """Whether the origins differ: within one, cookies don't tell `include` from `same-origin`."""
    one, other = urlsplit(page.removeprefix("blob:")), urlsplit(url)
    return (one.scheme, one.netloc) != (other.scheme, other.netloc)
