"""Where the engines differ from each other, as data.

Sources: Chromium's services/network (cors.cc, preflight_controller.cc, preflight_result.cc, preflight_cache.cc,
cors_url_loader.cc), Gecko's netwerk/protocol/http/nsCORSListenerProxy.cpp, WebKit's CrossOriginAccessControl.cpp and
CrossOriginPreflightResultCache.cpp; and what Chromium 156 and Firefox ESR 153 were seen to do, which wins.
"""

from dataclasses import dataclass
from typing import Literal

EngineName = Literal["chromium", "firefox", "webkit"]

CHECKS = (
    "redirect",
    "allow-origin",
    "allow-credentials",
    "status",
    "allow-methods-list",
    "allow-headers-list",
    "allow-methods",
    "allow-headers",
)
"""The checks of a preflight's response; every engine makes all of them, each in an order of its own."""


@dataclass(frozen=True, eq=False)
class Engine:
    """One engine's ways. Compared by identity: there is one object an engine."""

    name: str
    checks: tuple[str, ...]
    """The order of a preflight's checks: the first failure is the one that is reported. Chromium: PreflightController,
    Gecko: nsCORSListenerProxy.cpp, WebKit: validatePreflightResponse; the first two seen (preflight_status group)."""
    codes: dict[str, str]
    """Reason slug -> the engine's own name for it, on any but a preflight's response. Chromium: CDP's CorsError,
    Gecko: the console category (security.properties); both seen."""
    preflight_codes: dict[str, str]
    """The same for a preflight's response, where it differs."""
    max_age_cap: int
    """Seconds; the most that Access-Control-Max-Age counts for. preflight_result.cc; nsCORSListenerProxy.cpp;
    CrossOriginPreflightResultCache.cpp."""
    max_age_invalid: int
    """Seconds that a grant holds when Max-Age is there and doesn't parse; 0: isn't cached. Seen (cache group)."""
    max_age_empty: int
    """The same for an empty Max-Age. Seen (cache group)."""
    cached_wildcard: bool
    """Whether a cached `*` grants anything. Seen (cache group); nsPreflightCache compares names literally."""
    cached_wildcard_authorization: bool
    """Whether a cached `*` in Allow-Headers covers Authorization. preflight_result.cc, EnsureAllowedCrossOriginHeaders;
    seen (cache group)."""
    include_serves_omit: bool
    """Whether an entry stored for a credentialed request serves one without. preflight_result.cc; seen (cache)"""
    cached_methods: frozenset[str]
    """Methods that a cached entry needn't list. preflight_result.cc; nsCORSListenerProxy.cpp; the standard."""
    replaces_entry: bool
    """Whether a new grant replaces the old entry (else they are merged). preflight_cache.cc; nsPreflightCache."""
    safelisted_hints: frozenset[str] = frozenset()
    """Request headers (lower-case) that need no preflight here, beyond the standard's. cors.cc, IsCorsSafelistedHeader;
    seen (methods_headers group)."""
    no_preflight_for: frozenset[str] = frozenset()
    """Request headers that a page may set without a preflight because the engine drops them. Seen (methods_headers)."""
    unsafe_redirects: frozenset[str] | None = frozenset()
    """Schemes to which a redirect is a plain network error, not a CORS failure; None: all but HTTP(S). Seen (redirects
    group)."""
    empty_location_redirects: bool = False
    """Whether an empty Location leads back to the same URL (else it's no redirect). Seen (redirects group)."""
    tainted_preflight_origin: bool = False
    """Whether a preflight on a redirect-tainted hop still carries the page's origin. Seen (redirects group)."""
    storage_access_on_preflight: bool = False
    """Whether a credentialed cross-site preflight carries Sec-Fetch-Storage-Access. Seen (credentials group)."""


_CHROMIUM_ORIGIN = {
    "origin-missing": "MissingAllowOriginHeader",
    "origin-wildcard-with-credentials": "WildcardOriginNotAllowed",
    "origin-multiple": "MultipleAllowOriginValues",
    "origin-invalid": "InvalidAllowOriginValue",
    "origin-mismatch": "AllowOriginMismatch",
    "credentials-not-true": "InvalidAllowCredentials",
}

CHROMIUM = Engine(
    name="chromium",
    checks=CHECKS,
    codes=_CHROMIUM_ORIGIN
    | {
        "preflight-redirect": "PreflightDisallowedRedirect",
        "preflight-status": "PreflightInvalidStatus",
        "allow-methods-invalid": "InvalidAllowMethodsPreflightResponse",
        "allow-headers-invalid": "InvalidAllowHeadersPreflightResponse",
        "method-not-allowed": "MethodDisallowedByPreflightResponse",
        "header-not-allowed": "HeaderDisallowedByPreflightResponse",
        "redirect-credentials": "RedirectContainsCredentials",
        "redirect-disallowed-scheme": "CorsDisabledScheme",
        "mode-same-origin": "DisallowedByMode",
    },
    preflight_codes={slug: "Preflight" + code for slug, code in _CHROMIUM_ORIGIN.items()},
    max_age_cap=7200,
    max_age_invalid=5,
    max_age_empty=5,
    cached_wildcard=True,
    cached_wildcard_authorization=False,
    include_serves_omit=True,
    cached_methods=frozenset({"GET", "HEAD", "POST"}),
    replaces_entry=True,
    safelisted_hints=frozenset(
        """device-memory downlink dpr ect rtt save-data viewport-width width sec-ch-dpr sec-ch-width
        sec-ch-viewport-width sec-ch-device-memory""".split()
    ),
    no_preflight_for=frozenset({"user-agent"}),
    unsafe_redirects=frozenset({"data", "file", "filesystem", "blob", "about", "javascript"}),
)

GECKO = Engine(
    name="firefox",
    checks=(
        "allow-origin",
        "allow-credentials",
        "redirect",
        "status",
        "allow-methods-list",
        "allow-methods",
        "allow-headers-list",
        "allow-headers",
    ),
    codes={
        "origin-missing": "CORSMissingAllowOrigin2",
        "origin-wildcard-with-credentials": "CORSNotSupportingCredentials",
        "origin-multiple": "CORSAllowOriginNotMatchingOrigin",
        "origin-invalid": "CORSAllowOriginNotMatchingOrigin",
        "origin-mismatch": "CORSAllowOriginNotMatchingOrigin",
        "credentials-not-true": "CORSMissingAllowCredentials",
        "preflight-redirect": "CORSExternalRedirectNotAllowed",
        "preflight-status": "CORSPreflightDidNotSucceed3",
        "allow-methods-invalid": "CORSInvalidAllowMethod",
        "allow-headers-invalid": "CORSInvalidAllowHeader",
        "method-not-allowed": "CORSMethodNotFound",
        "header-not-allowed": "CORSMissingAllowHeaderFromPreflight2",
        "redirect-credentials": "CORSDidNotSucceed2",
        "redirect-disallowed-scheme": "CORSDidNotSucceed2",
        "redirect-invalid-location": "CORSDidNotSucceed2",
        "redirect-limit": "CORSDidNotSucceed2",
        "mixed-content": "CORSDidNotSucceed2",
    },
    preflight_codes={},
    max_age_cap=86400,
    max_age_invalid=0,
    max_age_empty=5,
    cached_wildcard=False,
    cached_wildcard_authorization=False,
    include_serves_omit=False,
    cached_methods=frozenset({"GET", "POST"}),
    replaces_entry=False,
    unsafe_redirects=None,
    empty_location_redirects=True,
    tainted_preflight_origin=True,
    storage_access_on_preflight=True,
)

TWO_ORIGIN_LINES = "CORSMultipleAllowOriginNotAllowed"
"""Gecko's code for several Access-Control-Allow-Origin lines over HTTP/1; it counts them by the name's usual case, and
over HTTP/2, where names are lower-case, falls through to the mismatch."""

WEBKIT = Engine(
    name="webkit",
    checks=(
        "redirect",
        "status",
        "allow-origin",
        "allow-credentials",
        "allow-methods-list",
        "allow-headers-list",
        "allow-methods",
        "allow-headers",
    ),
    codes={},  # WebKit has sentences, no codes
    preflight_codes={},
    max_age_cap=600,
    max_age_invalid=5,
    max_age_empty=5,
    cached_wildcard=True,
    cached_wildcard_authorization=True,
    include_serves_omit=True,
    cached_methods=frozenset({"GET", "HEAD", "POST"}),
    replaces_entry=True,
)

ENGINES: dict[EngineName, Engine] = {"chromium": CHROMIUM, "firefox": GECKO, "webkit": WEBKIT}


def code(engine: Engine, reason: str, preflight: bool, origin_lines: int, http2: bool) -> str | None:
    """The engine's own name for a failure; None where it has none.

    `origin_lines`: how many Access-Control-Allow-Origin lines the response had; `http2`: over HTTP/2.
    """
    if engine is GECKO and reason == "origin-multiple" and origin_lines > 1 and not http2:
        return TWO_ORIGIN_LINES
    if preflight and reason in engine.preflight_codes:
        return engine.preflight_codes[reason]
    return engine.codes.get(reason)
