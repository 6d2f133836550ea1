"""The vocabulary: what was on the wire (Exchange) and what follows from it (Call, Verdict, Step).

Facts and conclusions never mix: an Exchange is stored and read back unchanged, a Call is computed anew from
Exchanges by `corsinspect.analysis.Tracker`, and so follows the rules of today.
"""

from typing import Literal

import msgspec

from corsinspect.fetch.embedder import EmbedderPolicy
from corsinspect.fetch.engines import EngineName
from corsinspect.fetch.reasons import CREDENTIALS_USED, Reason
from corsinspect.records import HeaderList as HeaderList
from corsinspect.records import Record as Record
from corsinspect.said import Place, Said, WithheldCookie

RULES_VERSION = 3
"""Goes up with every change of a rule that can change a verdict; annotations of another version are judged anew."""

Outcome = Literal["allowed", "simulated", "blocked", "opaque", "network-error", "pending", "not-cors", "unknown"]
"""`simulated`: the page could read the answer, but only corsinspect's own headers (a fix being tried) let it."""
Certainty = Literal["certain", "likely", "depends"]
Stage = Literal["preflight", "redirect", "actual"]
Kind = Literal["same-origin", "simple", "preflighted", "no-cors", "navigation", "websocket", "non-browser"]
Credentials = Literal["include", "omit", "unknown"]
StepState = Literal["ok", "failed", "skipped", "not-reached", "would-pass", "would-fail", "unknown"]
PreflightUse = Literal["sent", "cached", "none", "missing"]
FailureKind = Literal["refused", "dns", "tls", "closed", "aborted-by-page", "failed-unexplained", "other"]
"""`failed-unexplained`: the browser says that it failed and no more (net::ERR_FAILED), as of what CORS refused."""

ANY = "*"
"""Among the names that a recording withholds: any of them."""


class Failure(Record, frozen=True):
    """Why an exchange ended without a (whole) response."""

    kind: FailureKind
    text: str
    """The words of whoever noticed (the proxy, a HAR's browser), for the person only."""


class Exchange(Record, frozen=True):
    """One HTTP request and its response so far, or its failure: a fact.

    Times are seconds since the epoch (a capture of ours counts on from its start, whatever the wall clock is set to),
    sizes are body bytes. `method` is as sent (not upper-cased) and None for a connection that never carried a request
    (a refused CONNECT, a failed TLS handshake: `url` is then `https://host:port/`). `status` is None until response
    headers came.
    """

    id: str
    url: str
    started: float
    method: str | None = None
    request_headers: HeaderList = ()
    http_version: str = "HTTP/1.1"
    request_size: int | None = None
    status: int | None = None
    reason_phrase: str = ""
    response_headers: HeaderList = ()
    """As delivered to the browser; what is judged."""
    response_size: int | None = None
    answered: float | None = None
    """When the response headers were complete."""
    ended: float | None = None
    """When the last byte passed or the exchange failed; None: still under way."""
    connection: str | None = None
    """The client's connection; equal for exchanges that shared it."""
    failure: Failure | None = None
    by_proxy: bool = False
    """The proxy wrote the response itself (its own error page, a simulated preflight)."""
    error_page: str | None = None
    """The name of a recognised framework error page; never a body."""
    untrusted_certificate: str | None = None
    """Why the server's certificate isn't trusted, where it isn't."""
    server_status: int | None = None
    server_headers: HeaderList | None = None
    """The server's own answer where a fix was simulated, else None."""
    count: int = 1
    """Failed connections to one host are one Exchange, counted."""
    withheld: tuple[str, ...] = ()
    """Lower-case names of request headers (ANY: of whichever) that the recording may lack although they were sent: what
    of them isn't there is no evidence. None where the wire itself was recorded."""
    answer_withheld: bool = False
    """The recording has the answer's status and none of its headers."""

    def lacks(self, name: str) -> bool:
        """Whether this (lower-case) request header, if it isn't there, may have been sent all the same."""
        return name in self.withheld or ANY in self.withheld

    @property
    def simulated(self) -> bool:
        """Whether a fix was tried on this answer: what was delivered isn't what the server said."""
        return self.server_headers is not None


class Annotation(Record, frozen=True):
    """The conclusion of the moment, beside the facts in a session file, for readers that have only the file."""

    call: str
    role: str
    outcome: Outcome
    certainty: Certainty
    rules: int
    reason: str | None = None
    """A `Reason`, or one of other rules than ours, where others wrote the file."""
    stage: Stage | None = None
    header: str | None = None
    expected: str | None = None
    found: str | None = None
    hop: int = 0
    method: str | None = None
    """The Call's, where its first exchange is a preflight: what the page asked for."""
    kind: Kind | None = None
    page: str | None = None
    """The page's origin."""
    preflight: PreflightUse | None = None
    background: bool = False
    masked: str | None = None
    depends: tuple[str, ...] = ()
    """What the outcome depends on, when `certainty` is "depends"; sorted."""


class Alternative(Record, frozen=True):
    """What the outcome would be if a fact that the wire doesn't show were so."""

    condition: dict[str, str]
    """For instance {"credentials": "include"}; the JSON contract calls it `if`."""
    outcome: Outcome
    reason: Reason | None = None


class EngineVerdict(Record, frozen=True):
    """What one engine does with a Call. `code` is its own name for the failure (CDP's CorsError, Gecko's console
    category), `parameter` what it quotes beside it."""

    outcome: Outcome
    reason: Reason | None = None
    code: str | None = None
    parameter: str | None = None


class Verdict(Record, frozen=True):
    """What the browser did with a Call, why, and how sure that is.

    `stage`, `hop`, `header`, `expected`, `found` and `status` concern the exchange where the Call stopped (the last one
    if allowed). `found` None is an absent header, "" an empty one; several lines are joined with ", ".
    """

    outcome: Outcome
    certainty: Certainty = "certain"
    reason: Reason | None = None
    stage: Stage | None = None
    hop: int = 0
    header: str | None = None
    expected: str | None = None
    found: str | None = None
    status: int | None = None
    alternatives: tuple[Alternative, ...] = ()
    engines: dict[EngineName, EngineVerdict] | None = None
    """None where CORS doesn't apply."""


class Finding(Record, frozen=True):
    """Something about a Call, or about several, beside the verdict: a check that fails next, a masked error, a lint."""

    reason: str
    stage: Stage | None = None
    hop: int = 0
    header: str | None = None
    expected: str | None = None
    found: str | None = None


class Step(Record, frozen=True):
    """One step of the browser's algorithm for one Call, with its inputs from the wire.

    `name` is one of: cross-origin, preflight-needed, preflight-sent, allow-origin, allow-credentials, status,
    allow-methods, allow-headers, location, request-sent, response, policy, expose-headers.
    `state`: ok (passed), failed (the browser stopped here), skipped (not needed), not-reached (comes after the stop and
    wasn't evaluated), would-pass and would-fail (comes after the stop, evaluated as if that had passed), unknown.
    """

    name: str
    state: StepState
    stage: Stage | None = None
    hop: int = 0
    reason: str | None = None
    """The slug, when failed or would-fail; else why it was skipped or what made it necessary, as a slug or None."""
    header: str | None = None
    needed: str | None = None
    """What the browser needed to find."""
    found: str | None = None
    """What was on the wire; None is absent."""


class Hop(Record, frozen=True):
    """One URL of a Call: its preflight, if one was seen, and its request, if it was sent.

    A hop that isn't the Call's last one was answered with a redirect."""

    preflight: Exchange | None = None
    request: Exchange | None = None
    stored: Exchange | None = None
    """The earlier response that a 304 (Not Modified) refreshes: the browser checks the two as one."""


class Shown(Record, frozen=True):
    """The earlier Call of the same page, and of the same shape, that showed that the page uses credentials."""

    call: str
    """Its id."""
    method: str
    url: str
    started: float


class PagePolicies(Record, frozen=True):
    """What the documents of a page's origin declared that were loaded before a call, as far as the capture saw them."""

    embedder: EmbedderPolicy | None = None
    """Cross-Origin-Embedder-Policy of the latest."""
    contents: tuple[str, ...] = ()
    """Content-Security-Policy lines of the latest."""
    agreed: bool = True
    """Whether all of them declared that embedder policy."""
    framed: bool = False
    """Whether one of them was in a frame."""


class Word(Record, frozen=True):
    """What the browser itself said of a Call."""

    match: Literal["sure", "likely"]
    """How sure it is that it said this of this Call; only what is sure counts for the verdict."""
    said: tuple[Said, ...]
    """All legs of the request, in order, preflights before what they were sent for."""
    confirmed: bool | None = None
    """Whether the browser said the outcome of this Call's verdict; None: it said none, or perhaps not of this Call.
    False: it said another one, although the wire left no doubt: see `computed`."""
    computed: Verdict | None = None
    """The verdict that follows from the wire, where the browser contradicted it."""
    cached: Exchange | None = None
    """The answer on the wire that the browser's cache gave again, as far as known."""

    @property
    def last(self) -> Said:
        """The leg that the request ended with."""
        return max(self.said, key=lambda said: (said.preflight_of is None, said.hop))

    @property
    def browser(self) -> str:
        """For people: "Chromium 156"."""
        return next((said.browser for said in self.said if said.browser), "the browser")

    @property
    def failing(self) -> Said | None:
        """The leg that has the browser's own name for the failure. A preflight's isn't, where an answer to the request
        itself was told: it was another call's."""
        sent = self.last.preflight_of is None and self.last.status is not None
        failing = (said for said in reversed(self.said) if said.code is not None)
        return next((said for said in failing if not (sent and said.preflight_of is not None)), None)

    @property
    def caller(self) -> Place | None:
        """The line of code that made the call."""
        return next((said.caller for said in self.said if said.preflight_of is None and said.caller), None)

    @property
    def withheld(self) -> tuple[WithheldCookie, ...]:
        """The cookies that the browser had and didn't send, each once; a preflight never has any."""
        found = (cookie for said in self.said if said.preflight_of is None for cookie in said.cookies_withheld)
        return tuple(dict.fromkeys(found))

    @property
    def console(self) -> str | None:
        """The line in the browser's console."""
        return next((said.console for said in reversed(self.said) if said.console), None)


class Call(Record, frozen=True):
    """What the page asked for: one fetch(), XHR, font or module load, with preflights, redirect hops and request."""

    id: str
    """Its first exchange's id."""
    url: str
    """Of the first hop."""
    method: str | None
    started: float
    kind: Kind | None
    """None for a connection that never carried a request."""
    hops: tuple[Hop, ...]
    verdict: Verdict
    page_origin: str | None = None
    """The page's, also after a tainting redirect; "null" only for an opaque origin; None when unknown."""
    credentials: Credentials = "unknown"
    credentials_signal: str | None = None
    """What decided it, as a slug: cookie, storage-access, actual-followed, connection-cookie, page-showed, ..."""
    connection_signal: str | None = None
    """The same for what the connections of its requests showed, where this Call's own traffic shows no mode."""
    shown: Shown | None = None
    """What the page had shown before, where this Call's own traffic doesn't show the credentials mode."""
    server_shown: Shown | None = None
    """Of a blocked Call of unknown mode: the Call of its page to this server that proved that it uses credentials."""
    preflight: PreflightUse | None = None
    preflight_from: str | None = None
    """The exchange whose answer is still cached, when `preflight` is "cached"."""
    engine: EngineName | None = None
    """Who made it; None: not a browser."""
    engine_assumed: bool = False
    background: bool = False
    """The browser's own traffic, which no page asked for."""
    masked: str | None = None
    """What the failed check hides: server-error, unauthorized, not-found, ..."""
    let_through: bool = False
    """Whether the browser went on where the server's own answer would have stopped it, because a fix was tried. Only
    `analysis.by_server` says so, whose Calls end there."""
    browser_sends: tuple[str, ...] = ()
    """Headers that this browser was seen to send elsewhere in the session, so that leaving them out says something."""
    policies: PagePolicies | None = None
    """What the page's documents declared; None: none was seen."""
    browser: Word | None = None
    """What the browser itself said; None: nothing, as far as known."""

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """In wire order."""
        return tuple([each for hop in self.hops for each in (hop.preflight, hop.request) if each is not None])

    @property
    def simulated(self) -> bool:
        """Whether a fix was tried on any of its answers; `analysis.by_server` tells what it would be without."""
        for hop in self.hops:
            for each in (hop.preflight, hop.request):
                if each is not None and each.server_headers is not None:
                    return True
        return False

    @property
    def needs_credentials(self) -> bool:
        """Whether a fix has to allow credentials: this Call uses them, or another of its page to this server does."""
        return self.uses_credentials or (self.credentials == "unknown" and self.server_shown is not None)

    @property
    def uses_credentials(self) -> bool:
        """Whether the page is known to have used credentials, or failed for a reason that only those explain."""
        return self.credentials == "include" or self.verdict.reason in CREDENTIALS_USED

    @property
    def stopped_hop(self) -> Hop | None:
        """The hop where the verdict was made; None where it has none of its own."""
        return self.hops[self.verdict.hop] if self.verdict.hop < len(self.hops) else None

    @property
    def stopped_at(self) -> Exchange | None:
        """The exchange whose answer, or missing answer, made the verdict; else the last one."""
        hops, verdict = self.hops, self.verdict
        if verdict.hop < len(hops):
            hop = hops[verdict.hop]
            exchange = hop.preflight if verdict.stage == "preflight" else hop.request or hop.preflight
            if exchange is not None:
                return exchange
        return next((last for _, last in reversed(self.roles())), None)

    def roles(self) -> list[tuple[str, Exchange]]:
        """`preflight:H`, `redirect:H` or `actual:H` with its Exchange, in wire order."""
        last = len(self.hops) - 1
        pairs: list[tuple[str, Exchange]] = []
        for number, hop in enumerate(self.hops):
            if hop.preflight is not None:
                pairs.append((f"preflight:{number}", hop.preflight))
            if hop.request is not None:
                pairs.append((f"redirect:{number}" if number < last else f"actual:{number}", hop.request))
        return pairs


class Changes(msgspec.Struct, frozen=True, gc=False):
    """What a feed of the Tracker changed: Calls that are new or different, and ids of Calls that are no more."""

    changed: list[Call]
    withdrawn: list[str]

    def apply_to(self, calls: dict[str, Call]) -> None:
        """Brings Calls, by their ids, up to date."""
        for id in self.withdrawn:
            calls.pop(id, None)
        calls |= {call.id: call for call in self.changed}


def annotation(call: Call, role: str) -> Annotation:
    """The annotation of the exchange that has this role in the Call."""
    verdict = call.verdict
    return Annotation(
        call=call.id,
        role=role,
        outcome=verdict.outcome,
        certainty=verdict.certainty,
        rules=RULES_VERSION,
        reason=verdict.reason,
        stage=verdict.stage,
        header=verdict.header,
        expected=verdict.expected,
        found=verdict.found,
        hop=verdict.hop,
        method=call.method if call.hops and call.hops[0].preflight is not None else None,
        kind=call.kind,
        page=call.page_origin,
        preflight=call.preflight,
        background=call.background,
        masked=call.masked,
        depends=tuple(sorted({name for other in verdict.alternatives for name in other.condition}))
        if verdict.certainty == "depends"
        else (),
    )
