"""The two checks that a response can fail: the CORS check, and the check of a preflight's response.

Fetch standard, "CORS check" and "CORS-preflight fetch" step 7. The order of failures is each engine's own
(`Engine.checks`); whether there is one isn't.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from .engines import CHECKS
from .headers import CorsHeaders, Pairs, combined, once_a_list, token_list
from .reasons import Reason
from .safelist import SAFELISTED_METHODS
from .url import parse_url

ALLOW_ORIGIN = "Access-Control-Allow-Origin"
ALLOW_CREDENTIALS = "Access-Control-Allow-Credentials"
ALLOW_METHODS = "Access-Control-Allow-Methods"
ALLOW_HEADERS = "Access-Control-Allow-Headers"
ALLOW_PRIVATE_NETWORK = "Access-Control-Allow-Private-Network"
REQUEST_PRIVATE_NETWORK = "Access-Control-Request-Private-Network"


class Failed(NamedTuple):
    """A check that failed, with what it needed and what it found (None: the header is absent)."""

    check: str
    """One of `engines.CHECKS`, or `location`, `allow-private-network`, `embedder`."""
    reason: Reason
    header: str | None
    expected: str | None
    found: str | None
    subjects: tuple[str, ...] = ()
    """What Chromium may quote as the failed parameter: the value, the method, a refused header name."""


def cors_check(origin: str, include: bool, fields: CorsHeaders) -> Failed | None:
    """Fetch, "CORS check": `origin` as serialised in the request, `include` whether credentials mode is "include"."""
    return origin_check(origin, include, fields) or credentials_check(include, fields)


def origin_check(origin: str, include: bool, fields: CorsHeaders) -> Failed | None:
    """Steps 1 to 4: Access-Control-Allow-Origin."""
    found = fields.allow_origin
    if found == origin or (found == "*" and not include):
        return None
    reason = origin_reason(found)
    return Failed("allow-origin", reason, ALLOW_ORIGIN, origin, found, () if found is None else (found,))


def origin_reason(found: str | None) -> Reason:
    """How a refused Access-Control-Allow-Origin is wrong, in Chromium's distinctions (cors.cc, CheckAccessInternal)."""
    if found is None:
        return "origin-missing"
    if found == "*":
        return "origin-wildcard-with-credentials"
    if "," in found or " " in found:
        return "origin-multiple"
    if found != "null" and parse_url(found) is None:
        return "origin-invalid"
    return "origin-mismatch"


def credentials_check(include: bool, fields: CorsHeaders) -> Failed | None:
    """Steps 5 to 8: Access-Control-Allow-Credentials, asked for only with credentials."""
    found = fields.allow_credentials
    if not include or found == "true":
        return None
    return Failed(
        "allow-credentials", "credentials-not-true", ALLOW_CREDENTIALS, "true", found, () if found is None else (found,)
    )


class Asked(NamedTuple):
    """What a preflight asked for: the actual request's method and its CORS-unsafe request-header names (lower-case)."""

    origin: str
    method: str
    names: tuple[str, ...]


@once_a_list
def asked_by(headers: Pairs) -> Asked:
    """What a preflight with these request header lines asked for; "" and () where it lacks a line."""
    return Asked(
        origin=combined(headers, "origin") or "",
        method=combined(headers, "access-control-request-method") or "",
        names=asked_names(combined(headers, "access-control-request-headers")),
    )


@lru_cache(maxsize=2048)
def asked_names(value: str | None) -> tuple[str, ...]:
    """The names in an Access-Control-Request-Headers, lower-case, in order, read leniently (a proxy may respell it)."""
    if not value:
        return ()
    return tuple(name for name in re.split(r"[\s,]+", value.lower()) if name)


def preflight_failures(
    asked: Asked, include: bool, status: int, location: str | None, fields: CorsHeaders
) -> dict[str, Failed]:
    """Every check of a preflight's response that fails, by name; {} where the actual request may be sent.

    `location`: the Location header of a 3xx that redirects, else None. Fetch, "CORS-preflight fetch", step 7; a
    redirect fails there by its status, engines call it by its name.
    """
    failures: dict[str, Failed] = {}
    if location is not None:
        failures["redirect"] = Failed("redirect", "preflight-redirect", None, "200–299", str(status))
    elif not 200 <= status <= 299:
        failures["status"] = Failed("status", "preflight-status", None, "200–299", str(status))
    if failed := origin_check(asked.origin, include, fields):
        failures["allow-origin"] = failed
    if failed := credentials_check(include, fields):
        failures["allow-credentials"] = failed
    if failed := methods_check(asked.method, include, fields.allow_methods):
        failures[failed.check] = failed
    if failed := headers_check(asked.names, include, fields.allow_headers):
        failures[failed.check] = failed
    return failures


def methods_check(method: str, include: bool, found: str | None) -> Failed | None:
    """Access-Control-Allow-Methods: parses, and lists the method (case-sensitively) or `*` without credentials."""
    methods = token_list(found)
    if methods is None:
        return Failed("allow-methods-list", "allow-methods-invalid", ALLOW_METHODS, method, found)
    if method in methods or method in SAFELISTED_METHODS or ("*" in methods and not include):
        return None
    # a forced preflight of an unlisted method passes without the header only where the method is safelisted anyway
    return Failed("allow-methods", "method-not-allowed", ALLOW_METHODS, method, found, (method,))


def headers_check(names: tuple[str, ...], include: bool, found: str | None) -> Failed | None:
    """Access-Control-Allow-Headers: parses, and lists every name (in any case) or `*` without credentials.

    The standard lets `*` cover anything but Authorization; no engine makes that exception (cors.cc, feature off by
    default; nsCORSListenerProxy.cpp only warns; WebKit has no special case), so it isn't made here.
    """
    listed = token_list(found)
    if listed is None:
        return Failed("allow-headers-list", "allow-headers-invalid", ALLOW_HEADERS, ", ".join(names), found)
    if not names or ("*" in listed and not include):
        return None
    lower = _lower_tokens(found)
    refused = tuple([name for name in names if name not in lower])
    if not refused:
        return None
    return Failed("allow-headers", "header-not-allowed", ALLOW_HEADERS, ", ".join(names), found, refused)


@lru_cache(maxsize=2048)
def _lower_tokens(value: str | None) -> frozenset[str]:
    return frozenset(token.lower() for token in token_list(value) or ())


def first_failure(failures: dict[str, Failed], order: tuple[str, ...] = CHECKS) -> Failed | None:
    """The failure that an engine reports, by the order of its checks."""
    for check in order:
        if check in failures:
            return failures[check]
    return None
