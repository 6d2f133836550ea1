"""The header fix: the smallest change to a server's answers that lets one Call pass, and allows nothing else.

- The origin is the one that the browser sent, never `*`, with `Vary: Origin`.
- Methods and header names are those that this Call asked for.
- What the server already sends correctly stays.
"""

import itertools
import re
from functools import lru_cache
from typing import NamedTuple

import msgspec

from corsinspect.advice.evidence.login import downgraded, led_to_login
from corsinspect.advice.evidence.maker import gate_of
from corsinspect.advice.evidence.misplaced import misplaced
from corsinspect.fetch.check import (
    ALLOW_CREDENTIALS,
    ALLOW_HEADERS,
    ALLOW_METHODS,
    ALLOW_ORIGIN,
    asked_by,
    credentials_check,
    headers_check,
    methods_check,
    origin_check,
)
from corsinspect.fetch.headers import (
    NO_CORS_HEADERS,
    CorsHeaders,
    combined,
    cors_headers,
    is_token,
    refreshed,
    token_list,
)
from corsinspect.fetch.origin import OPAQUE, parse_origin
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call, Exchange, HeaderList, Hop, Reason

FIXED_BY_HEADERS: dict[Reason, bool] = {
    "origin-missing": True,
    "origin-wildcard-with-credentials": True,
    "origin-multiple": True,
    "origin-invalid": True,
    "origin-mismatch": True,
    "credentials-not-true": True,
    "preflight-redirect": False,
    "preflight-status": True,
    "allow-methods-invalid": True,
    "allow-headers-invalid": True,
    "method-not-allowed": True,
    "header-not-allowed": True,
    "private-network-header": False,
    "redirect-credentials": False,
    "redirect-disallowed-scheme": False,
    "redirect-invalid-location": False,
    "redirect-limit": False,
    "redirect-mode-error": False,
    "mode-same-origin": False,
    "mixed-content": False,
    "redirect-not-followed": False,
    "redirect-csp": False,
    "csp": False,
    "cached-without-cors": False,
    "extension": False,
    "bad-port": False,
    "corp": False,
    "coep": False,
    "orb": False,
    "mime": False,
    "upload-needs-http2": False,
    "no-actual-seen": False,
    "failed-unexplained": False,
    "page-not-recorded": False,
    "no-response-seen": False,
    "stored-response-not-seen": False,
    "refused": False,
    "dns": False,
    "tls": False,
    "closed": False,
    "aborted-by-page": False,
    "network-error": False,
}
"""Whether CORS headers (and a preflight's status) can fix what a reason names."""

FIXABLE: frozenset[Reason] = frozenset(reason for reason, fixable in FIXED_BY_HEADERS.items() if fixable)

_OTHER_ORIGIN = re.compile(r"(?!https?:|wss?:|ftp:)[a-z][a-z0-9+.\-]*://[A-Za-z0-9._\-]+")
"""Origins of browser extensions and of apps in a web view (capacitor://localhost)."""


class AnswerFix(msgspec.Struct, frozen=True, kw_only=True):
    """What one answer should send instead: each header in `set` once, with this value, and none in `remove`."""

    set: dict[str, str]
    remove: list[str]


class PreflightFix(msgspec.Struct, frozen=True, kw_only=True):
    """The same for a preflight's answer; `status` None: keep its own."""

    status: int | None
    set: dict[str, str]
    remove: list[str]


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """What the server should answer at the hop where the Call stopped; None for an answer that needs no fix."""

    preflight: PreflightFix | None
    actual: AnswerFix | None


class _Asked(NamedTuple):
    """What the browser asked of one hop."""

    preflight_origin: str | None
    origin: str
    method: str
    names: tuple[str, ...]
    include: bool


class _Answered(NamedTuple):
    """What the fix of an answer depends on."""

    status: int | None
    fields: CorsHeaders
    vary: str | None


def fix(call: Call) -> Fix | None:
    """The smallest change that lets this blocked Call pass; None if it isn't blocked or headers can't fix it.

    If the traffic doesn't show the credentials mode, the fix assumes the same mode as the verdict: it allows
    credentials only if the Call certainly has them, or failed for a reason that only credentials explain (it should
    not allow more than is used; `cautions` says that credentials may be needed, and if they are, the next verdict is
    `credentials-not-true` and its fix adds them). If the server already allows credentials, that stays.

    For a Call that stopped at a redirect, only the redirecting answer is fixed: the next answer may be another
    server's. There, and on pages without an origin (sandboxed frames, files), the browser sends "null", so the fix
    does too.
    """
    verdict = call.verdict
    if verdict.outcome != "blocked" or verdict.reason not in FIXABLE or beyond_headers(call):
        return None
    hop = call.stopped_hop
    asked = None if hop is None else _asked(call, hop)  # no hop: no answer came over the wire
    if hop is None or asked is None:
        return None
    # if the request was sent, the preflight passed, whatever its headers seem to say
    preflight = None if hop.preflight is None or hop.request is not None else _answered(hop.preflight)
    return _fix(asked, preflight, _checked(hop))


@lru_cache(maxsize=256)  # pages ask the same and are answered the same again and again: a tenth of such a call's line
def _fix(asked: _Asked, preflight: _Answered | None, actual: _Answered) -> Fix | None:
    """The fix for what was asked and answered; None if that can't be written into a header: no browser sends such
    values."""
    wellformed = _is_origin(asked.origin) and (asked.preflight_origin is None or _is_origin(asked.preflight_origin))
    if not wellformed or not all(map(is_token, (asked.method, *asked.names))):
        return None
    return Fix(
        preflight=None if preflight is None else _preflight_fix(preflight, asked), actual=_actual_fix(actual, asked)
    )


def beyond_headers(call: Call) -> bool:
    """Whether headers would only move the failure: a login page is for people, plain http in https's place is an
    accident, a response header that the page sends means nothing, allowed or not, and what answers in the app's place
    may have no use for them."""
    by_page = call.verdict.reason == "header-not-allowed" and bool(misplaced(call.verdict.expected))
    gate = gate_of(call)
    elsewhere = led_to_login(call) is not None or downgraded(call) is not None
    return by_page or elsewhere or (gate is not None and not gate.by_headers)


def cautions(call: Call, fix: Fix) -> list[str]:
    """What to know before applying the fix, as slugs.

    `null-origin`: every sandboxed frame and local file has this origin, so this allows almost any page;
    `credentials-unknown`: if the page makes this call with credentials, it needs Access-Control-Allow-Credentials too.
    """
    changes = [change for change in (fix.preflight, fix.actual) if change is not None]
    found: list[str] = []
    if any(change.set.get(ALLOW_ORIGIN) == OPAQUE for change in changes):
        found.append("null-origin")
    if call.credentials == "unknown" and not any(ALLOW_CREDENTIALS in change.set for change in changes):
        found.append("credentials-unknown")
    return found


def fixed_headers(headers: HeaderList, change: AnswerFix | PreflightFix) -> HeaderList:
    """The header lines of an answer after the fix."""
    gone = {name.lower() for name in (*change.set, *change.remove)}
    return (*(line for line in headers if line[0].lower() not in gone), *change.set.items())


def _asked(call: Call, hop: Hop) -> _Asked | None:
    include = call.needs_credentials
    if hop.request is not None:
        origin = combined(hop.request.request_headers, "origin")
        return _Asked(None, origin or "", hop.request.method or "", (), include)
    if hop.preflight is not None:
        origin, method, names = asked_by(hop.preflight.request_headers)
        # Firefox names the page's origin in a preflight whose request will say "null"
        actual_origin = OPAQUE if _is_tainted(call) else origin
        return _Asked(origin, actual_origin, method, names, include)
    return None


def _answered(exchange: Exchange) -> _Answered:
    headers = exchange.response_headers
    return _Answered(exchange.status, cors_headers(headers), combined(headers, "vary"))


def _checked(hop: Hop) -> _Answered:
    """What the browser checks of the answer to the request, nothing where none was sent."""
    if hop.request is None:
        return _Answered(None, NO_CORS_HEADERS, None)
    answered = _answered(hop.request)
    if hop.stored is None:
        return answered
    # the browser checks the stored answer, updated by this 304
    stored = _answered(hop.stored)
    vary = stored.vary if answered.vary is None else answered.vary
    return _Answered(answered.status, refreshed(stored.fields, answered.fields), vary)


def _is_origin(text: str) -> bool:
    return text == OPAQUE or parse_origin(text) is not None or _OTHER_ORIGIN.fullmatch(text) is not None


def _is_tainted(call: Call) -> bool:
    """Whether redirects changed the request's origin to "null" before the Call stopped. Fetch, "redirect-taint"."""
    if not call.verdict.hop:
        return False
    origins = [
        origin_of(exchange.url)
        for hop in call.hops[: call.verdict.hop + 1]
        if (exchange := hop.request or hop.preflight) is not None
    ]
    return any(before not in (after, call.page_origin) for before, after in itertools.pairwise(origins))


def _preflight_fix(preflight: _Answered, asked: _Asked) -> PreflightFix | None:
    fields = preflight.fields
    status = None if 200 <= (preflight.status or 0) <= 299 else 204
    set = _origin_headers(asked.preflight_origin or "", asked.include, fields)
    remove: list[str] = []
    if methods_check(asked.method, asked.include, fields.allow_methods):
        set[ALLOW_METHODS] = asked.method
    if _headers_fail(asked, fields):
        if asked.names:
            set[ALLOW_HEADERS] = ", ".join(asked.names)
        else:
            remove.append(ALLOW_HEADERS)
    if status is None and not set and not remove:
        return None
    return PreflightFix(status=status, set=set | _vary(set, preflight), remove=remove)


def _headers_fail(asked: _Asked, fields: CorsHeaders) -> bool:
    if headers_check(asked.names, asked.include, fields.allow_headers):
        return True
    # engines let `*` cover Authorization, but the standard doesn't, and they plan to follow it
    listed = {name.lower() for name in token_list(fields.allow_headers) or ()}
    return "authorization" in asked.names and "authorization" not in listed


def _actual_fix(actual: _Answered, asked: _Asked) -> AnswerFix | None:
    set = _origin_headers(asked.origin, asked.include, actual.fields)
    return AnswerFix(set=set | _vary(set, actual), remove=[]) if set else None


def _origin_headers(origin: str, include: bool, fields: CorsHeaders) -> dict[str, str]:
    """The headers that are missing or wrong for the CORS check."""
    set: dict[str, str] = {}
    if origin_check(origin, include, fields):
        set[ALLOW_ORIGIN] = origin
    if credentials_check(include, fields):
        set[ALLOW_CREDENTIALS] = "true"
    return set


def _vary(set: dict[str, str], answered: _Answered) -> dict[str, str]:
    """`Vary: Origin`, added to the existing Vary, if the answer names an origin and Vary doesn't list Origin yet."""
    if set.get(ALLOW_ORIGIN, answered.fields.allow_origin) == "*":
        return {}
    names = [name.strip() for name in (answered.vary or "").split(",")]
    kept = [name for name in names if is_token(name)]
    if "*" in kept or "origin" in [name.lower() for name in kept]:
        return {}
    return {"Vary": ", ".join([*kept, "Origin"])}
