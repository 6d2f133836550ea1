"""The rows in which corsinspect differs from the browser, each with the reason, and the floors under the figures.

By recording, then `case#step` -> the figures that differ.
"""

# The page's credentials mode isn't visible (no cookie, same-site, the preflight refused in any case), and the row was
# recorded with "include". Two faults at once are then reported in another order: the credentials check, which only
# fails with "include", comes before the one that fails either way.
_CREDENTIALS_BEHIND_A_REFUSAL = "code reason"
_CREDENTIALS_BEHIND_A_REFUSAL_IN_WEBKIT = "reason"

# A POST over plain http: cors or no-cors shows nowhere in WebKit.
_PLAIN_POST = "decided"

# The page's Cross-Origin-Embedder-Policy isn't read.
_EMBEDDER_POLICY = "outcome overclaims decided"
_EMBEDDER_POLICY_UNDECIDABLE = "outcome overclaims"

# The browser itself upgraded the redirect's target to https: the two requests aren't joined.
_UPGRADED_REDIRECT = "outcome calls decided"

KNOWN: dict[str, dict[str, str]] = {
    "chromium-preflight_status": {
        "pfstatus-faults-200-star-and-acam#0": _CREDENTIALS_BEHIND_A_REFUSAL,
        "pfstatus-faults-200-acac-and-acam#0": _CREDENTIALS_BEHIND_A_REFUSAL,
        "pfstatus-faults-404-and-acam-missing#0": _CREDENTIALS_BEHIND_A_REFUSAL,
    },
    "firefox-preflight_status": {"pfstatus-faults-200-acac-and-acam#0": _CREDENTIALS_BEHIND_A_REFUSAL},
    "webkit-preflight_status": {
        "pfstatus-faults-200-star-and-acam#0": _CREDENTIALS_BEHIND_A_REFUSAL_IN_WEBKIT,
        "pfstatus-faults-200-acac-and-acam#0": _CREDENTIALS_BEHIND_A_REFUSAL_IN_WEBKIT,
    },
    "webkit-redirects": {
        "redir-post-307-plain#0": _PLAIN_POST,
        "redir-post-308-plain#0": _PLAIN_POST,
    },
    "webkit-subresources": {
        "sub-beacon-text-blob-ok#0": _PLAIN_POST,
    },
    "chromium-modern": {
        "mod-coep-iframe-absent#0": _EMBEDDER_POLICY,
        "mod-coep-nocors-absent-shop#0": _EMBEDDER_POLICY,
        "mod-coep-img-absent-other#0": _EMBEDDER_POLICY_UNDECIDABLE,
        "mod-coep-script-absent#0": _EMBEDDER_POLICY_UNDECIDABLE,
        "mod-credless-iframe-absent#0": _EMBEDDER_POLICY,
    },
    "chromium-modern_more": {
        "modx-coep-nocors-same-site-bare#0": _EMBEDDER_POLICY,
        "modx-coep-redirect-first-bare#0": f"{_EMBEDDER_POLICY} stage",
        "modx-coep-redirect-last-bare#0": _EMBEDDER_POLICY,
        "modx-coep-redirect-own-cross-bare#0": _EMBEDDER_POLICY,
        "modx-uir-redirect-none#0": f"{_UPGRADED_REDIRECT} stage code reason",
        "modx-uir-redirect-page#0": f"{_UPGRADED_REDIRECT} readable",
    },
    "firefox-modern": {
        "mod-coep-nocors-absent-shop#0": _EMBEDDER_POLICY_UNDECIDABLE,
        "mod-coep-img-absent-other#0": _EMBEDDER_POLICY_UNDECIDABLE,
        "mod-coep-script-absent#0": _EMBEDDER_POLICY_UNDECIDABLE,
    },
    "firefox-modern_more": {
        "modx-coep-nocors-same-site-bare#0": _EMBEDDER_POLICY_UNDECIDABLE,
        "modx-coep-redirect-first-bare#0": f"{_EMBEDDER_POLICY} stage",
        "modx-coep-redirect-last-bare#0": _EMBEDDER_POLICY,
        "modx-coep-redirect-own-cross-bare#0": _EMBEDDER_POLICY,
        "modx-uir-redirect-none#0": f"{_UPGRADED_REDIRECT} stage code reason",
        "modx-uir-redirect-page#0": f"{_UPGRADED_REDIRECT} readable",
    },
}

FLOORS: dict[str, dict[str, float]] = {
    "oracle": {"outcome": 1.0, "decided": 1.0, "calls": 1.0, "stage": 1.0, "preflight": 1.0, "parameter": 1.0}
    | {"code": 0.995, "reason": 0.995, "readable": 1.0},
    "webkit": {"column": 1.0, "outcome": 1.0, "decided": 0.997, "calls": 1.0, "stage": 1.0, "reason": 0.996}
    | {"preflight": 1.0, "readable": 1.0},
    "modern": {"outcome": 0.979, "decided": 0.979, "calls": 0.996, "stage": 0.989, "code": 0.994, "reason": 0.994}
    | {"preflight": 1.0, "readable": 0.991},
}
"""Collection -> figure -> the share that each browser in it reaches, from 0 to 1."""

OVERCLAIMS = {"oracle": 0, "webkit": 0, "modern": 9}
"""Collection -> how many certain and wrong verdicts a browser may have there."""
