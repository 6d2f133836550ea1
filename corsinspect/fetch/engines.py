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
    metadata_since: int | None = None
    """The version since which every request to a trustworthy URL has Sec-Fetch-*; None: the User-Agent doesn't tell (of
    WebKit's many ports). Browser compatibility data of MDN, "Sec-Fetch-Mode"."""


CHROMIUM = Engine(
    name="chromium",
    checks=CHECKS,
    max_age_cap=7200,
    max_age_invalid=5,
    max_age_empty=5,
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
    cached_wildcard=False,
    cached_wildcard_authorization=False,
    include_serves_omit=False,
    metadata_since=90,
    cached_methods=frozenset({"GET", "POST"}),
    replaces_entry=False,
    unsafe_redirects=None,
    empty_location_redirects=True,
    tainted_preflight_origin=True,
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
    cached_wildcard=True,
    cached_wildcard_authorization=True,
    include_serves_omit=True,
    cached_methods=frozenset({"GET", "HEAD", "POST"}),
    replaces_entry=True,
)

ENGINES: dict[EngineName, Engine] = {"chromium": CHROMIUM, "firefox": GECKO, "webkit": WEBKIT}
