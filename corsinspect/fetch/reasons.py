"""Why a Call doesn't get through, as a closed set of slugs, and what each engine calls it.

Every table keyed by a reason is total: a test compares each with `Reason`, and `Reason` with what the code gives.
"""

from typing import Literal, NamedTuple, TypeGuard

from .engines import EngineName

Reason = Literal[
    # the CORS check, on any answer
    "origin-missing",
    "origin-wildcard-with-credentials",
    "origin-multiple",
    "origin-invalid",
    "origin-mismatch",
    "credentials-not-true",
    # a preflight's own checks
    "preflight-redirect",
    "preflight-status",
    "allow-methods-invalid",
    "allow-headers-invalid",
    "method-not-allowed",
    "header-not-allowed",
    "private-network-header",
    # redirects
    "redirect-credentials",
    "redirect-disallowed-scheme",
    "redirect-invalid-location",
    "redirect-limit",
    "redirect-mode-error",
    "mode-same-origin",
    "mixed-content",
    "redirect-csp",
    "redirect-not-followed",
    # never sent
    "csp",
    "cached-without-cors",
    "extension",
    "bad-port",
    # policies that aren't CORS
    "corp",
    "coep",
    "orb",
    "mime",
    "upload-needs-http2",
    # missing facts
    "no-actual-seen",
    "no-response-seen",
    "stored-response-not-seen",
    "failed-unexplained",
    "page-not-recorded",
    # the network
    "refused",
    "dns",
    "tls",
    "closed",
    "aborted-by-page",
    "network-error",
]

CREDENTIALS_USED: frozenset[Reason] = frozenset({"origin-wildcard-with-credentials", "credentials-not-true"})
"""Reasons that only a Call with credentials can have."""


class Codes(NamedTuple):
    """What the engines call one reason; None where an engine has no name for it. WebKit has sentences, no codes.

    `chromium` is CDP's CorsError, `firefox` the console category (security.properties), both as seen; on a preflight's
    answer Chromium puts "Preflight" before it where `chromium_preflight` says so.
    """

    chromium: str | None = None
    firefox: str | None = None
    chromium_preflight: bool = False


_NONE = Codes()

CODES: dict[Reason, Codes] = {
    "origin-missing": Codes("MissingAllowOriginHeader", "CORSMissingAllowOrigin2", True),
    "origin-wildcard-with-credentials": Codes("WildcardOriginNotAllowed", "CORSNotSupportingCredentials", True),
    "origin-multiple": Codes("MultipleAllowOriginValues", "CORSAllowOriginNotMatchingOrigin", True),
    "origin-invalid": Codes("InvalidAllowOriginValue", "CORSAllowOriginNotMatchingOrigin", True),
    "origin-mismatch": Codes("AllowOriginMismatch", "CORSAllowOriginNotMatchingOrigin", True),
    "credentials-not-true": Codes("InvalidAllowCredentials", "CORSMissingAllowCredentials", True),
    "preflight-redirect": Codes("PreflightDisallowedRedirect", "CORSExternalRedirectNotAllowed"),
    "preflight-status": Codes("PreflightInvalidStatus", "CORSPreflightDidNotSucceed3"),
    "allow-methods-invalid": Codes("InvalidAllowMethodsPreflightResponse", "CORSInvalidAllowMethod"),
    "allow-headers-invalid": Codes("InvalidAllowHeadersPreflightResponse", "CORSInvalidAllowHeader"),
    "method-not-allowed": Codes("MethodDisallowedByPreflightResponse", "CORSMethodNotFound"),
    "header-not-allowed": Codes("HeaderDisallowedByPreflightResponse", "CORSMissingAllowHeaderFromPreflight2"),
    "private-network-header": Codes("PreflightMissingAllowPrivateNetwork"),
    "redirect-credentials": Codes("RedirectContainsCredentials", "CORSDidNotSucceed2"),
    "redirect-disallowed-scheme": Codes("CorsDisabledScheme", "CORSDidNotSucceed2"),
    "redirect-invalid-location": Codes(None, "CORSDidNotSucceed2"),
    "redirect-limit": Codes(None, "CORSDidNotSucceed2"),
    "redirect-mode-error": _NONE,
    "mode-same-origin": Codes("DisallowedByMode"),
    "mixed-content": Codes(None, "CORSDidNotSucceed2"),
    "redirect-csp": _NONE,
    "redirect-not-followed": _NONE,
    "csp": _NONE,
    "cached-without-cors": _NONE,
    "extension": _NONE,
    "bad-port": _NONE,
    "corp": _NONE,
    "coep": _NONE,
    "orb": _NONE,
    "mime": _NONE,
    "upload-needs-http2": _NONE,
    "no-actual-seen": _NONE,
    "no-response-seen": _NONE,
    "stored-response-not-seen": _NONE,
    "failed-unexplained": _NONE,
    "page-not-recorded": _NONE,
    "refused": _NONE,
    "dns": _NONE,
    "tls": _NONE,
    "closed": _NONE,
    "aborted-by-page": _NONE,
    "network-error": _NONE,
}

TWO_ORIGIN_LINES = "CORSMultipleAllowOriginNotAllowed"
"""Gecko's code for several Access-Control-Allow-Origin lines over HTTP/1; it counts them by the name's usual case, and
over HTTP/2, where names are lower-case, falls through to the mismatch."""


VAGUE_CODES = frozenset({"CORSDidNotSucceed2"})
"""Codes that say no more than that it failed, CORS or not."""


def is_reason(slug: str | None) -> TypeGuard[Reason]:
    """Whether a slug is one that a verdict can have."""
    return slug in CODES


def chromium_codes(reason: Reason) -> tuple[str | None, str | None]:
    """Chromium's name for a failure on any answer but a preflight's, and on a preflight's."""
    codes = CODES[reason]
    return codes.chromium, f"Preflight{codes.chromium}" if codes.chromium_preflight else codes.chromium


def code(engine: EngineName, reason: Reason, preflight: bool, origin_lines: int, http2: bool) -> str | None:
    """The engine's own name for a failure; None where it has none.

    `origin_lines`: how many Access-Control-Allow-Origin lines the response had; `http2`: over HTTP/2.
    """
    if engine == "chromium":
        return chromium_codes(reason)[preflight]
    if engine != "firefox":
        return None
    if reason == "origin-multiple" and origin_lines > 1 and not http2:
        return TWO_ORIGIN_LINES
    return CODES[reason].firefox


def _reasons_by_code(engine: EngineName) -> dict[str, Reason]:
    found: dict[str, Reason] = {}
    for reason, codes in CODES.items():
        for own in (codes.firefox,) if engine == "firefox" else chromium_codes(reason):
            if own is not None and own not in VAGUE_CODES:
                found.setdefault(own, reason)
    return found


_BY_CODE: dict[EngineName, dict[str, Reason]] = {
    "chromium": _reasons_by_code("chromium"),
    "firefox": _reasons_by_code("firefox"),
}
_BY_CODE["firefox"][TWO_ORIGIN_LINES] = "origin-multiple"


def reason_of(engine: EngineName, code: str | None) -> Reason | None:
    """The reason that an engine's own name for a failure stands for; the likeliest where there are several, None where
    no rule gives it."""
    return _BY_CODE.get(engine, {}).get(code or "")
