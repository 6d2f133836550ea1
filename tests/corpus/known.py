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
}

FLOORS: dict[str, dict[str, float]] = {
    "oracle": {"outcome": 1.0, "decided": 1.0, "calls": 1.0, "stage": 1.0, "preflight": 1.0, "parameter": 1.0}
    | {"code": 0.995, "reason": 0.995, "readable": 1.0},
    "webkit": {"column": 1.0, "outcome": 1.0, "decided": 0.997, "calls": 1.0, "stage": 1.0, "reason": 0.996}
    | {"preflight": 1.0, "readable": 1.0},
    "modern": {"outcome": 1.0, "decided": 1.0, "calls": 1.0, "stage": 1.0, "code": 1.0, "reason": 1.0}
    | {"preflight": 1.0, "readable": 1.0},
}
"""Collection -> figure -> the share that each browser in it reaches, from 0 to 1."""

OVERCLAIMS = {"oracle": 0, "webkit": 0, "modern": 0}
"""Collection -> how many certain and wrong verdicts a browser may have there."""

SETTLED = {"chromium": 0.85, "firefox": 0.77}
"""Browser -> the share, over all collections, of what one exchange by itself leaves open that others settle."""
