"""One server's answers, as lint sees them: the few kinds that there are, each with its number and its first example."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from corsinspect.analysis.across.cost import Accounts
from corsinspect.analysis.across.traits import traits
from corsinspect.analysis.without_simulation import by_server
from corsinspect.fetch.cache import DEFAULT_AGE, max_age
from corsinspect.fetch.check import asked_by
from corsinspect.fetch.engines import CHROMIUM
from corsinspect.fetch.headers import CorsHeaders, combined, cors_headers
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call, Credentials, Exchange, Stage

_OF_THE_NETWORK = re.compile(
    r"(?:awsalb|awsalbcors|awsalbtg|awsalbtgcors|__cf_bm|_cfuvid|cf_clearance|gclb|arraffinity|arraffinitysamesite"
    r"|incap_ses_\w+|visid_incap_\w+|bigipserver[^=]*|ak_bmsc|bm_sv)=",
    re.I,
)
"""Cookies of load balancers and bot filters, which say nothing of who the user is."""

ENDPOINTS = 10_000
"""Of one server; of more than that the cost isn't added up."""
_REQUEST_ONLY = ("access-control-request-method", "access-control-request-headers")
SIGNS = ("cookie", "authorization", "set-cookie", "private")
"""What shows that an answer is meant for one person: a request with one of the first two, an answer with one of the
others (`Cache-Control: private`)."""


class Kind(NamedTuple):
    """What matters of an answer; equal for most answers of a server."""

    page: str | None
    stage: Stage
    origin: str | None
    """What the request's Origin said; None: it had none."""
    fields: CorsHeaders
    varies: bool
    cacheable: bool
    signs: tuple[str, ...]
    """Some of SIGNS."""
    credentials: Credentials
    timing: str | None
    """Timing-Allow-Origin."""
    misplaced: tuple[tuple[str, str], ...]
    """Request headers of CORS that it was answered with."""
    asked: tuple[str, ...] = ()
    """The header names that a preflight asked for."""

    @property
    def allows_credentials(self) -> bool:
        return self.fields.allow_credentials == "true"

    @property
    def echoes(self) -> bool:
        """Whether it names the very origin that asked."""
        return self.origin not in (None, "null") and self.fields.allow_origin == self.origin


class Example(NamedTuple):
    """The first answer of a kind."""

    call: str
    exchange: str
    url: str
    method: str | None


def is_kept(value: str | None) -> bool:
    """Whether this Access-Control-Max-Age lets a browser remember a grant for longer than without one."""
    return value is not None and max_age(value, CHROMIUM) > DEFAULT_AGE


class Server:
    """What one server (an origin) was seen to answer."""

    def __init__(self, api: str) -> None:
        self.api = api
        self.kinds: dict[Kind, Example] = {}
        self.numbers: dict[Kind, int] = {}
        self.endpoints: dict[tuple[str | None, str], Accounts] = {}
        """What preflights without a Max-Age cost, by page and address without its query."""

    def add(self, kind: Kind, example: Example) -> None:
        self.kinds.setdefault(kind, example)
        self.numbers[kind] = self.numbers.get(kind, 0) + 1

    @property
    def signs(self) -> tuple[str, ...]:
        """All that shows that this server has answers for one person only."""
        found = {sign for kind in self.kinds for sign in kind.signs}
        return tuple(sign for sign in SIGNS if sign in found)

    def account(self, call: Call) -> None:
        """Adds up a preflight whose grant isn't remembered."""
        preflight = call.hops[0].preflight if call.hops else None
        if preflight is None or preflight.answered is None:
            return
        if is_kept(cors_headers(preflight.response_headers).max_age):
            return
        endpoint = (call.page_origin, preflight.url.partition("?")[0])
        if endpoint not in self.endpoints and len(self.endpoints) >= ENDPOINTS:
            return
        accounts = self.endpoints.setdefault(endpoint, Accounts())
        took = preflight.answered - preflight.started
        accounts.add(traits(call), preflight.url, preflight.started, took)


def answers(call: Call) -> Iterator[tuple[str, Kind, Example]]:
    """The answers of a cross-origin call, each with its server; as the servers gave them, where a fix was tried."""
    call = by_server(call)
    if call.kind not in ("simple", "preflighted") or call.background:
        return
    for role, exchange in call.roles():
        if exchange.status is None or exchange.by_proxy or exchange.status == 304:
            continue  # a 304 leaves out what it doesn't change
        stage: Stage = "preflight" if role.startswith("preflight") else "actual"
        example = Example(call.id, exchange.id, exchange.url, exchange.method)
        yield origin_of(exchange.url), _kind(call, exchange, stage), example


def _kind(call: Call, exchange: Exchange, stage: Stage) -> Kind:
    headers = exchange.response_headers
    cache = _tokens(combined(headers, "cache-control"))
    return Kind(
        page=call.page_origin,
        stage=stage,
        origin=combined(exchange.request_headers, "origin"),
        fields=cors_headers(headers),
        varies=bool(_tokens(combined(headers, "vary")) & {"origin", "*"}),
        cacheable=stage == "actual" and exchange.method in ("GET", "HEAD") and "no-store" not in cache,
        signs=tuple(_signs(exchange, cache)),
        credentials=call.credentials,
        timing=combined(headers, "timing-allow-origin"),
        misplaced=tuple(line for line in headers if line[0].lower() in _REQUEST_ONLY),
        asked=asked_by(exchange.request_headers).names if stage == "preflight" else (),
    )


def _signs(exchange: Exchange, cache: set[str]) -> Iterable[str]:
    asked = {name.lower() for name, _ in exchange.request_headers}
    if "cookie" in asked:
        yield "cookie"
    if "authorization" in asked:
        yield "authorization"
    if any(
        name.lower() == "set-cookie" and not _OF_THE_NETWORK.match(value) for name, value in exchange.response_headers
    ):
        yield "set-cookie"
    if "private" in cache:
        yield "private"


def _tokens(value: str | None) -> set[str]:
    return {item.strip().lower() for item in (value or "").split(",")}
