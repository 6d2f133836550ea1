"""One exchange as pairing and judging see it: what its request and its answer tell, and what it's linked to."""

from collections.abc import Collection
from typing import Literal

from corsinspect.fetch.check import Failed
from corsinspect.fetch.engines import ENGINES
from corsinspect.fetch.headers import CorsHeaders, cors_headers
from corsinspect.fetch.redirect import REDIRECT_STATUSES, location
from corsinspect.fetch.url import origin_of, parse_url
from corsinspect.model import EngineName, Exchange

from .request_signs import Mode, RequestSigns, request_signs


class Facts:
    """One exchange, read: what pairing and judging ask for, each found once. The first of its attributes are those of
    `RequestSigns`."""

    __slots__ = (
        *RequestSigns._fields,
        "answer",
        "asks_connection",
        "browser_sends",
        "cached",
        "child",
        "connection",
        "emitted",
        "exchange",
        "is_preflight",
        "leads_to",
        "location",
        "parent",
        "place",
        "preflight",
        "refusals",
        "request",
        "signs",
        "stored",
    )
    engine: EngineName | None
    mode: Mode | None
    credentials_hint: Literal["omit"] | None

    def __init__(self, exchange: Exchange) -> None:
        self.signs = signs = request_signs(
            exchange.request_headers,
            exchange.method,
            origin_of(exchange.url),
            exchange.withheld,
            bool(exchange.withheld) and exchange.status == 304,
        )
        # a copy of each: they're read so often that one look less counts
        (
            self.target,
            self.agent,
            self.engine,
            self.engine_assumed,
            self.disguised,
            self.origin,
            self.origin_withheld,
            self.page,
            self.mode,
            self.mode_known,
            self.site,
            self.dest,
            self.preflight_method,
            self.asked_names,
            self.asks_private_network,
            self.unsafe_names,
            self.cookie,
            self.authorization,
            self.storage_access,
            self.credentials_hint,
            self.hints,
            self.priority,
            self.bypasses_cache,
            self.conditional,
            self.background,
        ) = signs
        self.is_preflight = self.preflight_method is not None
        self.read_response(exchange)
        # links to other exchanges, made by pairing
        self.parent: Facts | None = None
        self.child: Facts | None = None
        self.preflight: Facts | None = None
        self.request: Facts | None = None
        self.cached: Facts | None = None
        self.stored: Exchange | None = None
        self.place = ""
        """Where `pairing` keeps it."""
        # what `habits` learnt of this browser from other requests
        self.browser_sends: Collection[str] = ()
        # what `connections` knows of its connection, and whether its Call asks for that
        self.connection: Connection | None = None
        self.asks_connection = False
        self.emitted = False

    def read_response(self, exchange: Exchange) -> None:
        """Takes in a later state of the same exchange."""
        self.exchange = exchange
        self.refusals: dict[bool, dict[str, Failed]] | None = None
        self.answer: CorsHeaders = cors_headers(exchange.response_headers)
        self.location: str | None = None
        self.leads_to = ""
        if exchange.status in REDIRECT_STATUSES:
            self._read_redirect(exchange)

    def _read_redirect(self, exchange: Exchange) -> None:
        found = location(exchange.status, exchange.response_headers)
        if found == "" and not ENGINES[self.engine or "chromium"].empty_location_redirects:
            found = None
        self.location = found
        self.leads_to = "" if found is None else _target(found, exchange.url)

    @property
    def may_be_preflighted(self) -> bool:
        """Whether it was, or may have been, a CORS request."""
        if self.origin is not None:
            return self.mode == "cors"
        return self.origin_withheld and (self.mode == "cors" or not self.mode_known)

    @property
    def asks_condition(self) -> bool:
        """Whether this preflight asks for leave to send If-None-Match or the like: then the page set it, not the
        browser's cache."""
        return any(name.startswith("if-") for name in self.asked_names)

    @property
    def done(self) -> bool:
        """Whether there is a response (its headers, at least) or a failure."""
        return self.exchange.status is not None or self.exchange.failure is not None


def _target(location: str, url: str) -> str:
    """Where a redirect leads, as the next request will have it; "" where it leads nowhere."""
    target = parse_url(location, parse_url(url))
    return "" if target is None else target.href


class Connection:
    """One client's connection, as far as its exchanges are held. `connections` fills it in."""

    __slots__ = ("concerned", "engine", "held", "id", "shown", "signs")

    def __init__(self, id: str, engine: EngineName | None) -> None:
        self.id = id
        self.engine = engine
        self.held = 0
        """How many exchanges on it are held."""
        self.concerned: dict[str, Facts] = {}
        """Those whose credentials mode it may show."""
        self.signs = 0
        self.shown: str | None = None
        """What it shows of their mode, as a key of `connections.SIGNALS`."""
