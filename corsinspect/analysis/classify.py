"""What one request is, told from the wire alone: who sent it, in which mode, from which page.

Fetch standard, "main fetch" and "`Origin` header"; Fetch Metadata. The signals and how far each can be trusted are in
the docstrings of what they decide.
"""

from collections.abc import Callable, Collection
from typing import Literal

from corsinspect.fetch.check import Failed, asked_names
from corsinspect.fetch.engines import ENGINES, HINTS
from corsinspect.fetch.headers import CorsHeaders, cors_headers
from corsinspect.fetch.origin import OPAQUE, potentially_trustworthy
from corsinspect.fetch.redirect import location
from corsinspect.fetch.safelist import SAFELISTED_METHODS, media_type, unsafe_names
from corsinspect.fetch.url import origin_of
from corsinspect.model import EngineName, Exchange

from .background import is_background_host
from .engine import always_sends_metadata, engine_of

Mode = Literal["cors", "no-cors", "same-origin", "navigate", "websocket"]

_REQUEST_FIELDS = HINTS.union(
    """origin access-control-request-method access-control-request-headers sec-fetch-mode sec-fetch-site sec-fetch-dest
    sec-fetch-storage-access user-agent sec-ch-ua cookie authorization referer accept upgrade-insecure-requests upgrade
    sec-websocket-key content-type cache-control pragma priority if-none-match if-modified-since""".split()
)
_lower_names: dict[str, str] = {}
"""Header name as sent -> its lower-case form if this module reads it, else "". Bounded: names come from the network."""

EXTENSIONS = ("chrome-extension:", "moz-extension:", "safari-web-extension:")
"""Schemes of pages that may have leave to read any host (Chromium's OriginAccessList, Gecko's add-on principals)."""

_REPORT_TYPES = frozenset({"application/csp-report", "text/ping"})
"""Content types that browsers send without a preflight although no page could."""


def _field(name: str) -> str:
    lower = name.lower()
    known = lower if lower in _REQUEST_FIELDS else ""
    if len(_lower_names) < 4096:
        _lower_names[name] = known
    return known


class Facts:
    """One exchange, read: what pairing and judging ask for, each found once."""

    __slots__ = (
        "agent",
        "answer",
        "asked_names",
        "authorization",
        "background",
        "browser_sends",
        "bypasses_cache",
        "cached",
        "child",
        "conditional",
        "content_type",
        "cookie",
        "credentials_hint",
        "dest",
        "disguised",
        "emitted",
        "engine",
        "engine_assumed",
        "exchange",
        "hints",
        "location",
        "mode",
        "mode_known",
        "names",
        "origin",
        "origin_withheld",
        "page",
        "parent",
        "preflight",
        "preflight_method",
        "priority",
        "refusals",
        "request",
        "site",
        "storage_access",
        "stored",
        "target",
        "trustworthy",
    )

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self._read_request(exchange)
        self.read_response(exchange)
        # links to other exchanges, made by pairing
        self.parent: Facts | None = None
        self.child: Facts | None = None
        self.preflight: Facts | None = None
        self.request: Facts | None = None
        self.cached: Facts | None = None
        self.stored: Exchange | None = None
        # what `habits` learnt of this browser from other requests
        self.browser_sends: Collection[str] = ()
        self.emitted = False

    def _read_request(self, exchange: Exchange) -> None:
        fields: dict[str, str] = {}
        for name, value in exchange.request_headers:
            known = _lower_names.get(name)
            if known is None:
                known = _field(name)
            if known:
                fields[known] = f"{fields[known]}, {value}" if known in fields else value
        get = fields.get
        self.target = origin_of(exchange.url)
        self.origin: str | None = get("origin")
        self.origin_withheld = self.origin is None and exchange.withheld != ()
        self.site = get("sec-fetch-site")
        self.dest = get("sec-fetch-dest")
        self.cookie = "cookie" in fields
        self.authorization = "authorization" in fields
        self.storage_access = "sec-fetch-storage-access" in fields
        self.hints = not HINTS.isdisjoint(fields)
        self.agent = get("user-agent")
        self.priority = get("priority")
        self.content_type = get("content-type")
        self.trustworthy = potentially_trustworthy(self.target)
        fetch_mode = get("sec-fetch-mode")
        self.engine: EngineName | None
        asks_agent = (
            exchange.method == "OPTIONS"
            and "access-control-request-method" in fields
            and "user-agent" in asked_names(get("access-control-request-headers"))
        )
        self.engine, self.engine_assumed = engine_of(
            self.agent, get("sec-ch-ua"), fetch_mode is not None and self.site is not None, asks_agent
        )
        agent = self.agent
        # most recordings lack nothing: one look spares a question for each header
        withheld = bool(exchange.withheld)
        unseen = withheld and exchange.lacks("sec-fetch-mode")
        if unseen:
            if self.engine is None and (agent is None or agent.startswith("Mozilla/")):
                self.engine, self.engine_assumed = "chromium", True  # a browser's own recording
        elif (
            fetch_mode is None
            and self.trustworthy
            and self.engine is not None
            and not self.engine_assumed
            and always_sends_metadata(self.engine, agent)
        ):
            self.engine = None  # a tool in a browser's clothes
        # or something on the way, or the recording, took the browser's signs away
        self.disguised = self.engine is None and (unseen or (agent or "").startswith("Mozilla/"))
        self.bypasses_cache = get("pragma") == "no-cache" or get("cache-control") in ("no-cache", "max-age=0")
        self.conditional = (
            "if-none-match" in fields
            or "if-modified-since" in fields
            or (withheld and exchange.status == 304 and exchange.lacks("if-none-match"))
        )
        # which credentials mode an element's request has: a font's is always same-origin
        self.credentials_hint = "omit" if self.dest == "font" else None
        self._read_mode(exchange, fetch_mode, fields)
        self._read_preflight(exchange, get)
        self._read_page(get("referer"))
        # found when first asked for: most requests never need them
        self.names: tuple[str, ...] | None = None
        self.background = (self.origin is None and "referer" not in fields and is_background_host(exchange.url)) or (
            self.site == "none"
            and self.mode in ("cors", "no-cors")
            and self.engine is not None
            and not (self.origin or "").startswith(EXTENSIONS)
        )

    def _read_mode(self, exchange: Exchange, fetch_mode: str | None, fields: dict[str, str]) -> None:
        """`mode` and whether it's known for certain. Sec-Fetch-Mode can't be forged by a page; without it (plain http)
        an Origin on GET or HEAD means CORS, on POST it may be a no-cors request or a form."""
        self.mode: Mode | None = None
        self.mode_known = True
        if "sec-websocket-key" in fields or fields.get("upgrade", "").lower() == "websocket":
            self.mode = "websocket"
        elif fetch_mode in ("cors", "no-cors", "same-origin", "navigate", "websocket"):
            self.mode = fetch_mode
        elif "text/html" in fields.get("accept", "") or "upgrade-insecure-requests" in fields:
            self.mode, self.mode_known = "navigate", False
        elif self.origin is None and self.origin_withheld and _asks_first(exchange):
            self.mode = "cors"
        elif self.origin is None:
            self.mode, self.mode_known = "no-cors", False
        elif exchange.method in ("GET", "HEAD"):
            self.mode = "cors"
            # Chromium sends "null" with no-cors loads of opaque origins (sandboxed frames, data: and file: pages), too
            self.mode_known = (
                self.origin != OPAQUE or self.engine != "chromium" or bool(unsafe_names(exchange.request_headers))
            )
        elif exchange.method == "POST":
            self.mode = "cors"
            names = unsafe_names(exchange.request_headers)
            # WebKit sends a Blob's type in mode no-cors as well (seen, nocors group)
            self.mode_known = bool(names) and (self.engine != "webkit" or names != ("content-type",))
            if self.content_type is not None and media_type(self.content_type) in _REPORT_TYPES:
                self.mode, self.mode_known = "no-cors", not exchange.lacks("sec-fetch-mode")
            elif (
                not self.mode_known
                and self.priority
                and self.priority == ENGINES[self.engine or "chromium"].beacon_priority
            ):
                self.mode = "no-cors"
        else:
            self.mode = "cors"

    def _is_beacon(self) -> bool:
        return self.priority is not None and self.priority == ENGINES[self.engine or "chromium"].beacon_priority

    def _read_preflight(self, exchange: Exchange, get: Callable[[str], str | None]) -> None:
        self.preflight_method: str | None = None
        self.asked_names: tuple[str, ...] = ()
        asked = get("access-control-request-method")
        if exchange.method != "OPTIONS" or not asked or self.engine is None:
            return
        if self.origin_withheld and (referer := get("referer")) is not None:
            self.origin = origin_of(referer)
        if self.origin is None:
            return
        # a browser's preflight never carries credentials: what does was made by hand
        if not self.cookie and not self.authorization:
            self.preflight_method = asked
            self.asked_names = asked_names(get("access-control-request-headers"))
            self.mode, self.mode_known = "cors", True

    def _read_page(self, referer: str | None) -> None:
        """The page's origin; None where the wire doesn't show it."""
        if self.origin is not None and self.origin != OPAQUE:
            self.page: str | None = self.origin
        elif self.site == "same-origin":
            self.page = self.target
        elif referer is not None:
            self.page = origin_of(referer)
        else:
            self.page = self.origin

    def read_response(self, exchange: Exchange) -> None:
        """Takes in a later state of the same exchange."""
        self.exchange = exchange
        self.refusals: dict[bool, dict[str, Failed]] | None = None
        self.answer: CorsHeaders = cors_headers(exchange.response_headers)
        self.location = location(exchange.status, exchange.response_headers)
        if self.location == "" and not ENGINES[self.engine or "chromium"].empty_location_redirects:
            self.location = None

    @property
    def may_be_preflighted(self) -> bool:
        """Whether it was, or may have been, a CORS request."""
        if self.origin is not None:
            return self.mode == "cors"
        return self.origin_withheld and (self.mode == "cors" or not self.mode_known)

    @property
    def is_preflight(self) -> bool:
        return self.preflight_method is not None

    @property
    def asks_condition(self) -> bool:
        """Whether this preflight asks for leave to send If-None-Match or the like: then the page set it, not the
        browser's cache."""
        return any(name.startswith("if-") for name in self.asked_names)

    @property
    def done(self) -> bool:
        """Whether there is a response (its headers, at least) or a failure."""
        return self.exchange.status is not None or self.exchange.failure is not None


def _asks_first(exchange: Exchange) -> bool:
    """Whether only a CORS request can be such."""
    return exchange.method not in SAFELISTED_METHODS or bool(unsafe_names(exchange.request_headers))
