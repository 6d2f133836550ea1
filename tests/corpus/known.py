"""The rows in which corsinspect differs from the browser, each with the reason why no rule decides it.

By recording, then `case#step` -> the figures that differ.
"""

# The page's credentials mode isn't visible (no cookie, same-site, the preflight refused in any case), and the row was
# recorded with "include". Two faults at once are then reported in another order: the credentials check, which only
# fails with "include", comes before the one that fails either way.
_CREDENTIALS_BEHIND_A_REFUSAL = "code reason"

# As above, in an allowed call: Access-Control-Expose-Headers `*` exposes everything without credentials, nothing with.
_CREDENTIALS_BEHIND_AN_EXPOSED_WILDCARD = "readable"

KNOWN: dict[str, dict[str, str]] = {
    "chromium-basic": {"basic-expose-star-cred#0": _CREDENTIALS_BEHIND_AN_EXPOSED_WILDCARD},
    "chromium-preflight_status": {
        "pfstatus-faults-200-star-and-acam#0": _CREDENTIALS_BEHIND_A_REFUSAL,
        "pfstatus-faults-200-acac-and-acam#0": _CREDENTIALS_BEHIND_A_REFUSAL,
        "pfstatus-faults-404-and-acam-missing#0": _CREDENTIALS_BEHIND_A_REFUSAL,
    },
    "firefox-basic": {"basic-expose-star-cred#0": _CREDENTIALS_BEHIND_AN_EXPOSED_WILDCARD},
    "firefox-preflight_status": {"pfstatus-faults-200-acac-and-acam#0": _CREDENTIALS_BEHIND_A_REFUSAL},
}
