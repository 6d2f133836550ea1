"""Where the engines differ from each other, as data.

Sources: Chromium's services/network (cors.cc, preflight_controller.cc, preflight_result.cc, preflight_cache.cc,
cors_url_loader.cc), Gecko's netwerk/protocol/http/nsCORSListenerProxy.cpp, WebKit's CrossOriginAccessControl.cpp and
CrossOriginPreflightResultCache.cpp; and what Chromium 156 and Firefox ESR 153 were seen to do, which wins.
"""

import functools
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

    name: EngineName
    checks: tuple[str, ...]
    """The order of a preflight's checks: the first failure is the one that is reported. Chromium: PreflightController,
    Gecko: nsCORSListenerProxy.cpp, WebKit: validatePreflightResponse; the first two seen (preflight_status group)."""
    max_age_cap: int
    """Seconds; the most that Access-Control-Max-Age counts for. preflight_result.cc; nsCORSListenerProxy.cpp;
    CrossOriginPreflightResultCache.cpp."""
    max_age_invalid: int
    """Seconds that a grant holds when Max-Age is there and doesn't parse; 0: isn't cached. Seen (cache group)."""
    max_age_empty: int
    """The same for an empty Max-Age. Seen (cache group)."""
    max_age_largest: int | None
    """The largest number that parses as a Max-Age; None: any. Chromium's StringToInt64, WebKit's parseInteger."""
    max_age_plus: bool
    """Whether a Max-Age may have a plus in front. WebKit's parseInteger; seen (cache group)."""
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
    wildcard_serves_omit: bool = False
    """Whether a `*` stored for a credentialed request counts as a wildcard for one without.
    CrossOriginPreflightResultCache.cpp, allowsRequest; seen."""
    remembers_refusals: bool = False
    """Whether a preflight that refuses only the method or a header is stored for what it does grant. WebKit's
    NetworkCORSPreflightChecker.cpp; seen."""
    uncovered_drops_entry: bool = False
    """Whether a request that the entry doesn't cover drops it. CrossOriginPreflightResultCache.cpp, canSkipPreflight;
    seen."""
    cache_modes_bypass: bool = True
    """Whether fetch's cache modes no-store, reload and no-cache ask anew. preflight_controller.cc; seen (cache)."""
    safelisted_hints: frozenset[str] = frozenset()
    """Request headers (lower-case) that need no preflight here, beyond the standard's. cors.cc, IsCorsSafelistedHeader;
    seen (methods_headers group)."""
    no_preflight_for: frozenset[str] = frozenset()
    """Request headers that a page may set without a preflight because the engine drops them. Seen (methods_headers)."""
    adds_itself: frozenset[str] = frozenset()
    """Request headers (lower-case) that this engine adds of its own accord, without a preflight, and others only send
    for a page. Seen (subresources group): GStreamer's, on media."""
    range_in_any_case: bool = False
    """Whether a safelisted Range may spell its unit in any case. HTTPParsers.cpp, parseRange; seen (subresources)."""
    range_end: int | None = None
    """The largest number in a safelisted Range; None: any. HTTPParsers.cpp, parseRange; seen."""
    unsafe_redirects: frozenset[str] | None = frozenset()
    """Schemes to which a redirect is a plain network error, not a CORS failure; None: all but HTTP(S). Seen (redirects
    group)."""
    invalid_location_fails_cors: bool = False
    """Whether a Location that is no URL is a CORS failure, not a plain network error. Seen (redirects group)."""
    empty_location_redirects: bool = False
    """Whether an empty Location leads back to the same URL (else it's no redirect). Seen (redirects group)."""
    tainted_preflight_origin: bool = False
    """Whether a preflight on a redirect-tainted hop still carries the page's origin. Seen (redirects group)."""
    loopback_is_mixed: bool = False
    """Whether a secure page may not ask http://localhost or http://127.0.0.1. Seen (basic group)."""
    fonts_without_cors: bool = False
    """Whether a style sheet's fonts are asked for in no-cors mode. Seen (subresources group)."""
    own_redirect_needs_credentials: bool = False
    """Whether a redirect of another origin, to which the page's own redirected, has to grant credentials unless the
    mode is "omit". Seen (redirects group)."""
    asks_for_dropped_authorization: bool = False
    """Whether a preflight after a redirect to another origin still asks for the Authorization that the request then
    doesn't carry. Seen (redirects group)."""
    apart_by_credentials: frozenset[str] = frozenset()
    """The versions of HTTP over which requests with credentials and those without never share a connection: Chromium's
    privacy mode, Gecko's LOAD_ANONYMOUS. Seen, over HTTP/1.1 and 2: 1,881 of 1,881 in Chromium; in Firefox 966 of 966
    over HTTP/1.1, while over HTTP/2 it mixes them."""
    storage_access_since: int | None = None
    """The first version that sends Sec-Fetch-Storage-Access on every cross-site request with credentials; None: none
    does."""
    storage_access_by_setting: bool = False
    """Whether a setting for cookies turns that off: then its absence tells nothing until it was seen. Seen."""
    beacon_priority: str | None = None
    """The Priority that beacons have and nothing else. Seen (subresources group): 20 of 20."""
    storage_access_on_preflight: bool = False
    """Whether a credentialed cross-site preflight carries Sec-Fetch-Storage-Access. Seen (credentials group)."""
    metadata_since: int | None = None
    """The version since which every request to a trustworthy URL has Sec-Fetch-*; None: the User-Agent doesn't tell (of
    WebKit's many ports). Browser compatibility data of MDN, "Sec-Fetch-Mode"."""
    loopback_metadata_since: int | None = None
    """The version since which that goes for http://localhost behind a proxy, too; None: since the same. Firefox 140 was
    seen to take it for insecure there (unless network.proxy.testing_localhost_is_secure_when_hijacked is set), 153 not;
    the versions between weren't tried."""

    @functools.cached_property
    def unasked(self) -> frozenset[str]:
        """Request headers (lower-case) beyond the standard's for which a page needs no preflight here."""
        return self.safelisted_hints | self.no_preflight_for


CHROMIUM = Engine(
    name="chromium",
    checks=CHECKS,
    max_age_cap=7200,
    max_age_invalid=5,
    max_age_empty=5,
    max_age_largest=2**63 - 1,
    max_age_plus=False,
    cached_wildcard=True,
    cached_wildcard_authorization=False,
    include_serves_omit=True,
    metadata_since=76,
    cached_methods=frozenset({"GET", "HEAD", "POST"}),
    replaces_entry=True,
    safelisted_hints=frozenset(
        """device-memory downlink dpr ect rtt save-data viewport-width width sec-ch-dpr sec-ch-width
        sec-ch-viewport-width sec-ch-device-memory""".split()
    ),
    no_preflight_for=frozenset({"user-agent"}),
    unsafe_redirects=frozenset({"data", "file", "filesystem", "blob", "about", "javascript"}),
    apart_by_credentials=frozenset({"HTTP/1.0", "HTTP/1.1", "HTTP/2.0"}),
    storage_access_since=133,
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
    max_age_cap=86400,
    max_age_invalid=0,
    max_age_empty=5,
    max_age_largest=None,
    max_age_plus=False,
    cached_wildcard=False,
    cached_wildcard_authorization=False,
    include_serves_omit=False,
    metadata_since=90,
    loopback_metadata_since=153,
    cached_methods=frozenset({"GET", "POST"}),
    replaces_entry=False,
    unsafe_redirects=None,
    empty_location_redirects=True,
    tainted_preflight_origin=True,
    apart_by_credentials=frozenset({"HTTP/1.1"}),
    storage_access_since=147,
    storage_access_by_setting=True,
    beacon_priority="u=6",
    storage_access_on_preflight=True,
)

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
    max_age_cap=600,
    max_age_invalid=5,
    max_age_empty=5,
    max_age_largest=2**64 - 1,
    max_age_plus=True,
    cached_wildcard=True,
    cached_wildcard_authorization=True,
    include_serves_omit=True,
    cached_methods=frozenset({"GET", "HEAD", "POST"}),
    replaces_entry=True,
    wildcard_serves_omit=True,
    remembers_refusals=True,
    uncovered_drops_entry=True,
    cache_modes_bypass=False,
    adds_itself=frozenset({"icy-metadata"}),
    range_in_any_case=True,
    range_end=2**63 - 1,
    invalid_location_fails_cors=True,
    loopback_is_mixed=True,
    fonts_without_cors=True,
    own_redirect_needs_credentials=True,
    asks_for_dropped_authorization=True,
)

ENGINES: dict[EngineName, Engine] = {"chromium": CHROMIUM, "firefox": GECKO, "webkit": WEBKIT}

HINTS = frozenset[str]().union(*(engine.safelisted_hints for engine in ENGINES.values()))
"""Request headers that a page may set without a preflight in some engine only."""
