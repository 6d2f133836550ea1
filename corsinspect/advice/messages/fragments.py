"""What browsers print when a call fails, as data: each fragment of a message and what it means.

Sources: Chromium's cors_error_string.cc, Firefox's security.properties, WebKit's CrossOriginAccessControl.cpp,
NetworkLoadChecker.cpp and ThreadableLoader.cpp; and what Chromium 156 and Firefox ESR 153 actually printed.
"""

import functools
import re
from typing import Literal

import msgspec

from corsinspect.fetch.reasons import TWO_ORIGIN_LINES
from corsinspect.model import EngineName, Stage

Role = Literal["reason", "aftermath", "hint", "setting"]
"""reason: says what failed. aftermath: says only that something failed (its candidates count if no reason is given).
hint: the browser's suggestion. setting: which call it was, and from where."""

EVERY_STAGE: tuple[Stage, ...] = ("preflight", "redirect", "actual")
AFTER: tuple[Stage, ...] = ("redirect", "actual")
PREFLIGHT: tuple[Stage, ...] = ("preflight",)
REDIRECT: tuple[Stage, ...] = ("redirect",)

LONGEST = 4000
"""Characters that a placeholder in a message may match: bounds the search in hostile text."""


class Fragment(msgspec.Struct, frozen=True):
    """One thing that a browser says. In `says`, {value} and the like are placeholders; a quote matches any quotation
    mark and a space any white space."""

    says: str
    slugs: tuple[str, ...] = ()
    browser: EngineName | None = None
    """None: more than one browser says it."""
    stages: tuple[Stage, ...] = EVERY_STAGE
    role: Role = "reason"
    meaning: str = ""
    """Needed only where the words for the reason don't say it."""
    code: str | None = None
    """The browser's own name, where `fetch.engines` has none."""
    ignore: bool = False
    """A hint that is harmful or misleading."""

    def find(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The first place in `text` (white space collapsed) that says this."""
        return _pattern(self.says).search(text, start)


_QUOTES = "['\"`´‘’‚‛“”„«»‹›]"
_PLACES = {
    "value": rf"(?P<value>.{{0,{LONGEST}}}?)",
    "url": rf"(?P<url>[^‘’“”]{{0,{LONGEST}}}?)",
    "from": rf"(?P<from>.{{0,{LONGEST}}}?)",
    "origin": rf"(?P<origin>\S{{0,{LONGEST}}}?)",
    "word": r"(?P<word>[\w ]{1,30}?)",
    "code": r"(?P<code>[A-Z0-9_]{1,60})",
    "method": r"(?P<method>[A-Za-z]{1,20})",
    "status": r"(?P<status>[0-9]{1,3}|\(?null\)?)",
    "web url": rf"(?P<url>https?://\S{{0,{LONGEST}}}?)",
    "target": rf"(?P<target>\S{{0,{LONGEST}}}?)",
    "rest": rf"(?P<value>.{{1,{LONGEST}}}?)(?= \(\S+, line [0-9]+\)|\s*$)",
    "last url": rf"(?P<url>\S{{1,{LONGEST}}}?)\.?(?=\s|$)",
    "last origin": rf"(?P<origin>\S{{1,{LONGEST}}}?)\.?(?=\s|$)",
}


@functools.cache
def _pattern(says: str) -> re.Pattern[str]:
    parts: list[str] = []
    for part in re.split(r"(\{[\w ]+\}|['\" ])", says):
        if part[:1] == "{":
            parts.append(_PLACES[part[1:-1]])
        elif part in ("'", '"'):
            parts.append(_QUOTES)
        else:
            parts.append(re.escape(part))
    return re.compile("".join(parts), re.IGNORECASE)


SAYS_NO_MORE = (
    "It says no more on purpose: a page must not learn what happens on another origin. Another line in the console "
    "names the reason."
)

NETWORK = ("network-error", "refused", "dns", "tls", "closed", "preflight-network-error")
"""No answer came; the browser's message often doesn't say why."""

UNNAMED = (
    *NETWORK,
    *("redirect-credentials", "redirect-disallowed-scheme", "redirect-invalid-location", "redirect-limit"),
    *("redirect-mode-error", "redirect-stream-body", "mixed-content", "mime", "aborted-by-page"),
    *("csp", "ad-blocker", "local-network-denied"),
)
"""The possible reasons behind a message that names none."""

ANY = (
    *("origin-missing", "origin-mismatch", "origin-invalid", "origin-multiple", "origin-wildcard-with-credentials"),
    *("credentials-not-true", "preflight-status", "preflight-redirect", "method-not-allowed", "header-not-allowed"),
    *("allow-methods-invalid", "allow-headers-invalid"),
    *UNNAMED,
)
"""The same where CORS is possible too."""

_C: EngineName = "chromium"
_F: EngineName = "firefox"
_W: EngineName = "webkit"
_NO_CORS = "set the request's mode to 'no-cors' to fetch the resource with CORS disabled"
NO_CORS_MEANING = (
    "Ignore this. With no-cors the call is sent, but the page can never read the answer: the error goes away, and so "
    "does the data."
)

SETTINGS: tuple[Fragment, ...] = (
    Fragment(
        "Access to {word} at '{url}' (redirected from '{from}') from origin '{origin}' has been blocked by", browser=_C
    ),
    Fragment("Access to {word} at '{url}' from origin '{origin}' has been blocked by", browser=_C),
    Fragment("Redirect from '{from}' to '{url}' has been blocked by CORS policy:", browser=_C, stages=REDIRECT),
    Fragment(
        "cannot load {web url}. A wildcard '*' cannot be used in the 'Access-Control-Allow-Origin' header when the "
        "credentials flag is true. Origin '{origin}' is",
        browser=_C,
    ),
    Fragment("cannot load {web url}. No 'Access-Control", browser=_C),
    Fragment("Failed to load '{url}'. A ServiceWorker ", browser=_F),
    Fragment("The FetchEvent for '{url}' resulted in a network error response", browser=_C),
    Fragment("Failed to load {web url}: ", browser=_C),
    Fragment(
        "Fetch API cannot load {url}. Request mode is 'same-origin' but the URL's origin is not same as the request "
        "origin {last origin}",
        browser=_C,
    ),
    Fragment("Fetch API cannot load {url}. Request mode is", browser=_C),
    Fragment("The Same Origin Policy disallows reading the remote resource at '{url}'. (Reason", browser=_F),
    Fragment("The Same Origin Policy disallows reading the remote resource at {url}. (Reason", browser=_F),
    Fragment(
        "Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at {url} soon",
        browser=_F,
    ),
    Fragment("Security Error: Content at {from} may not load or link to {last url}", browser=_F),
    Fragment("Security Error: Content at {origin} may not load data from {last url}", browser=_F),
    # the answer at fault is the one that redirects: the next line has its address
    Fragment(
        "Cross-origin redirection to {target} denied by Cross-Origin Resource Sharing policy:",
        browser=_W,
        stages=REDIRECT,
    ),
    Fragment("Cannot load image {web url} due to access control checks", browser=_W),
    Fragment("Beacon API cannot load {web url}. ", browser=_W),
    Fragment("cannot load {url} due to access control checks", browser=_W),
    Fragment("requested insecure content from {web url}. This content was", browser=_W),
    Fragment("Cannot load script {web url}. Failed integrity", browser=_W),
    Fragment("Failed integrity metadata check. {web url}. Failed", browser=_W),
    Fragment("for resource '{url}' with computed SHA-", browser=_C),
    Fragment("Subresource Integrity: The resource '{url}' has an integrity attribute", browser=_C),
    Fragment("Refused to execute {web url} as script because", browser=_W),
    Fragment("Refused to execute script from '{url}' because", browser=_C),
    Fragment("{method} {web url} net::ERR_", browser=_C),
    Fragment("{method} {web url} CORS ", browser=_F),
    Fragment("{method} {web url} NS_", browser=_F),
    Fragment("requested an insecure resource '{url}'", browser=_C),
    Fragment("Blocked loading mixed active content '{url}'", browser=_F),
    Fragment("XMLHttpRequest cannot load {web url}. ", browser=_C),
    Fragment("Fetch API cannot load {web url}. ", browser=_C),
)
"""The frames of messages: which call, and from where. More specific ones come first."""

REASON_MESSAGES: tuple[Fragment, ...] = (
    # Chromium
    Fragment("No 'Access-Control-Allow-Origin' header is present on the requested resource", ("origin-missing",), _C),
    Fragment(
        "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when",
        ("origin-wildcard-with-credentials",),
        _C,
    ),
    Fragment(
        "'Access-Control-Allow-Origin' header contains multiple values '{value}', but only one",
        ("origin-multiple",),
        _C,
    ),
    Fragment("'Access-Control-Allow-Origin' header contains the invalid value '{value}'.", ("origin-invalid",), _C),
    Fragment(
        "'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to", ("origin-mismatch",), _C
    ),
    Fragment(
        "'Access-Control-Allow-Credentials' header in the response is '{value}' which must be 'true' when",
        ("credentials-not-true",),
        _C,
    ),
    # Chrome before version 59 or so
    Fragment(
        "A wildcard '*' cannot be used in the 'Access-Control-Allow-Origin' header when",
        ("origin-wildcard-with-credentials",),
        _C,
    ),
    Fragment(
        "Credentials flag is 'true', but the 'Access-Control-Allow-Credentials' header is '{value}'. It must",
        ("credentials-not-true",),
        _C,
    ),
    Fragment("Response for preflight is invalid (redirect)", ("preflight-redirect",), _C, PREFLIGHT),
    Fragment(
        "which is disallowed for cross-origin requests that require preflight", ("preflight-redirect",), _C, PREFLIGHT
    ),
    Fragment("It does not have HTTP ok status", ("preflight-status",), _C, PREFLIGHT),
    Fragment("Response for preflight has invalid HTTP status code {status}", ("preflight-status",), _C, PREFLIGHT),
    Fragment("Redirect is not allowed for a preflight request", ("preflight-redirect",), _C, PREFLIGHT),
    Fragment(
        "Cannot parse Access-Control-Allow-Methods response header field", ("allow-methods-invalid",), _C, PREFLIGHT
    ),
    Fragment(
        "Cannot parse Access-Control-Allow-Headers response header field", ("allow-headers-invalid",), _C, PREFLIGHT
    ),
    Fragment(
        "Method {value} is not allowed by Access-Control-Allow-Methods in", ("method-not-allowed",), _C, PREFLIGHT
    ),
    Fragment(
        "Request header field {value} is not allowed by Access-Control-Allow-Headers in",
        ("header-not-allowed",),
        _C,
        PREFLIGHT,
    ),
    Fragment("Redirect location '{value}' contains a username and password", ("redirect-credentials",), _C, REDIRECT),
    Fragment(
        "Cross origin requests are only supported for protocol schemes",
        ("redirect-disallowed-scheme", "scheme-not-cors"),
        _C,
        AFTER,
    ),
    Fragment(
        "Cross origin requests are not allowed by request mode", ("mode-same-origin",), _C, code="DisallowedByMode"
    ),
    Fragment(
        "Request mode is 'same-origin' but the URL's origin is not same",
        ("mode-same-origin",),
        _C,
        code="DisallowedByMode",
    ),
    Fragment(
        "Request mode is 'no-cors' but the redirect mode is not 'follow'",
        ("no-cors-redirect-mode",),
        _C,
        code="NoCorsRedirectModeNotFollow",
    ),
    Fragment("The response is invalid", ("network-error", "preflight-network-error"), _C, code="InvalidResponse"),
    Fragment(
        "Permission was denied for this request to access the",
        ("local-network-denied",),
        _C,
        code="LocalNetworkAccessPermissionDenied",
    ),
    Fragment(
        "The request client is not a secure context and", ("local-network-insecure",), _C, code="InsecureLocalNetwork"
    ),
    Fragment(
        "Request had a target IP address space of", ("local-network-mismatch",), _C, code="InvalidLocalNetworkAccess"
    ),
    Fragment(
        "'Access-Control-Allow-Private-Network' header",
        ("private-network-header",),
        _C,
        PREFLIGHT,
        code="PreflightMissingAllowPrivateNetwork",
    ),
    Fragment("Mixed Content: The page at '{origin}' was loaded over HTTPS, but requested", ("mixed-content",), _C),
    # Firefox
    Fragment("(Reason: CORS header 'Access-Control-Allow-Origin' missing)", ("origin-missing",), _F),
    Fragment(
        "(Reason: CORS header 'Access-Control-Allow-Origin' does not match '{value}').",
        ("origin-mismatch", "origin-invalid", "origin-multiple"),
        _F,
    ),
    Fragment(
        "(Reason: Multiple CORS header 'Access-Control-Allow-Origin' not allowed)",
        ("origin-multiple",),
        _F,
        code=TWO_ORIGIN_LINES,
    ),
    Fragment(
        "(Reason: Credential is not supported if the CORS header 'Access-Control-Allow-Origin' is '*')",
        ("origin-wildcard-with-credentials",),
        _F,
    ),
    Fragment(
        "(Reason: expected 'true' in CORS header 'Access-Control-Allow-Credentials')", ("credentials-not-true",), _F
    ),
    Fragment("(Reason: CORS preflight response did not succeed)", ("preflight-status",), _F, PREFLIGHT),
    Fragment("(Reason: CORS preflight channel did not succeed)", ("preflight-status",), _F, PREFLIGHT),
    Fragment("(Reason: CORS request external redirect not allowed)", ("preflight-redirect",), _F, PREFLIGHT),
    Fragment(
        "(Reason: invalid token '{value}' in CORS header 'Access-Control-Allow-Methods')",
        ("allow-methods-invalid",),
        _F,
        PREFLIGHT,
    ),
    Fragment(
        "(Reason: invalid token '{value}' in CORS header 'Access-Control-Allow-Headers')",
        ("allow-headers-invalid",),
        _F,
        PREFLIGHT,
    ),
    Fragment(
        "(Reason: Did not find method in CORS header 'Access-Control-Allow-Methods')",
        ("method-not-allowed",),
        _F,
        PREFLIGHT,
    ),
    Fragment(
        "(Reason: header '{value}' is not allowed according to header 'Access-Control-Allow-Headers'",
        ("header-not-allowed",),
        _F,
        PREFLIGHT,
    ),
    Fragment(
        "(Reason: missing token '{value}' in CORS header 'Access-Control-Allow-Headers' from CORS preflight",
        ("header-not-allowed",),
        _F,
        PREFLIGHT,
    ),
    Fragment(
        "(Reason: When the 'Access-Control-Allow-Headers' is '*', the 'Authorization' header is not covered",
        ("authorization-not-listed",),
        _F,
        PREFLIGHT,
        meaning="Only a warning: this Firefox still lets * cover Authorization, a later one will not.",
        code="CORSAllowHeaderFromPreflightDeprecation",
    ),
    Fragment("(Reason: CORS request not http)", ("scheme-not-cors",), _F, code="CORSRequestNotHttp"),
    Fragment("(Reason: CORS disabled)", ("cors-disabled-by-user",), _F, code="CORSDisabled"),
    Fragment(
        "(Reason: CORS header 'Origin' cannot be added)",
        ("origin-header-not-added",),
        _F,
        code="CORSOriginHeaderNotAdded",
    ),
    Fragment("may not load data from", ("mode-same-origin",), _F),
    Fragment("may not load or link to", ("redirect-disallowed-scheme",), _F, REDIRECT),
    Fragment("Blocked loading mixed active content", ("mixed-content",), _F),
    Fragment("blocked due to its Cross-Origin-Resource-Policy header", ("corp",), _F, ("actual",)),
    Fragment("blocked by OpaqueResponseBlocking", ("orb",), _F, ("actual",)),
    Fragment("was blocked due to MIME type", ("mime",), _F, ("actual",)),
    # Safari
    Fragment(
        "Origin {origin} is not allowed by Access-Control-Allow-Origin",
        ("origin-missing", "origin-mismatch", "origin-invalid"),
        _W,
    ),
    Fragment(
        "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true",
        ("origin-wildcard-with-credentials",),
        _W,
    ),
    Fragment("Access-Control-Allow-Origin cannot contain more than one origin", ("origin-multiple",), _W),
    Fragment("Credentials flag is true, but Access-Control-Allow-Credentials is not", ("credentials-not-true",), _W),
    Fragment("Preflight response is not successful", ("preflight-status", "preflight-redirect"), _W, PREFLIGHT),
    Fragment("Access-Control-Allow-Methods has an invalid value: {rest}", ("allow-methods-invalid",), _W, PREFLIGHT),
    Fragment("Access-Control-Allow-Headers has an invalid value: {rest}", ("allow-headers-invalid",), _W, PREFLIGHT),
    Fragment("Access-Control-Allow-Methods has an invalid value", ("allow-methods-invalid",), _W, PREFLIGHT),
    Fragment("Access-Control-Allow-Headers has an invalid value", ("allow-headers-invalid",), _W, PREFLIGHT),
    Fragment("requested insecure content from", ("mixed-content",), _W),
    Fragment("was not allowed to display insecure content from", ("mixed-content",), _W),
    Fragment("Cross origin requests are only supported for HTTP", ("scheme-not-cors",), _W),
    Fragment("as script because 'X-Content-Type-Options: nosniff' was given", ("mime",), _W, ("actual",)),
    Fragment("Failed integrity metadata check", ("integrity",), _W, ("actual",)),
    Fragment("Method must be GET, POST or HEAD in no-cors mode", ("no-cors",), _W),
    Fragment("Fetch is aborted", ("aborted-by-page",), _W),
    Fragment("Method {value} is not allowed by Access-Control-Allow-Methods", ("method-not-allowed",), _W, PREFLIGHT),
    Fragment(
        "Request header field {value} is not allowed by Access-Control-Allow-Headers",
        ("header-not-allowed",),
        _W,
        PREFLIGHT,
    ),
    Fragment("redirection URL {value} has credentials", ("redirect-credentials",), _W, REDIRECT),
    Fragment("redirection with non CORS scheme", ("redirect-disallowed-scheme",), _W, REDIRECT),
    Fragment("cannot follow more than 20 redirections", ("redirect-limit",), _W, REDIRECT),
    Fragment("Not allowed to follow a redirection while loading", ("redirect-mode-error",), _W, REDIRECT),
    Fragment("Unsafe attempt to load URL", ("mode-same-origin",)),
    Fragment("because it violates the resource's Cross-Origin-Resource-Policy", ("corp",), _W, ("actual",)),
    # not CORS, whichever browser says it
    Fragment(
        "Refused to get unsafe header '{value}'",
        ("hidden-header",),
        stages=("actual",),
        meaning="Script asked for a response header that CORS doesn't show it. The call itself was allowed.",
    ),
    Fragment(
        "A ServiceWorker passed an opaque Response",
        ("service-worker",),
        _F,
        meaning="The page's service worker answered this call with a response that it had fetched or cached with mode "
        "'no-cors'. Let it fetch with the request itself: fetch(event.request).",
    ),
    Fragment(
        "an 'opaque' response was used for a request whose type is not no-cors",
        ("service-worker",),
        _C,
        meaning="The page's service worker answered this call with a response that it had fetched or cached with mode "
        "'no-cors'. Let it fetch with the request itself: fetch(event.request).",
    ),
    Fragment("The FetchEvent for '{url}' resulted in a network error response", ("service-worker",), _C),
    Fragment("A ServiceWorker ", ("service-worker",), _F),
    Fragment("Failed to find a valid digest in the 'integrity' attribute", ("integrity",), _C, ("actual",)),
    Fragment("has an integrity attribute, but the resource requires", ("integrity",), _C, ("actual",)),
    Fragment("hashes in the integrity attribute match the content", ("integrity",), _F, ("actual",)),
    Fragment("is not executable, and strict MIME type checking is enabled", ("mime",), _C, ("actual",)),
    Fragment("has been rejected because it is in a cross-site context", ("cookies",), _F),
    Fragment("attribute but came from a cross-site response", ("cookies",), _C),
    Fragment("Content Security Policy directive", ("csp",)),
    Fragment("Content-Security-Policy: The page", ("csp",), _F),
    Fragment("Refused to connect to {url} because it", ("csp",)),
    Fragment("net::ERR_CONNECTION_REFUSED", ("refused",), _C, code="ERR_CONNECTION_REFUSED"),
    Fragment("net::ERR_NAME_NOT_RESOLVED", ("dns",), _C, code="ERR_NAME_NOT_RESOLVED"),
    Fragment("net::ERR_CERT_", ("tls",), _C),
    Fragment("net::ERR_SSL_", ("tls",), _C),
    Fragment("net::ERR_EMPTY_RESPONSE", ("closed",), _C, code="ERR_EMPTY_RESPONSE"),
    Fragment("net::ERR_CONNECTION_RESET", ("closed",), _C, code="ERR_CONNECTION_RESET"),
    Fragment("net::ERR_CONNECTION_CLOSED", ("closed",), _C, code="ERR_CONNECTION_CLOSED"),
    Fragment("net::ERR_BLOCKED_BY_CLIENT", ("ad-blocker",), _C),
    Fragment("net::ERR_BLOCKED_BY_CSP", ("csp",), _C),
    Fragment("net::ERR_BLOCKED_BY_ORB", ("orb",), _C),
    Fragment("net::ERR_BLOCKED_BY_RESPONSE.NotSame", ("corp",), _C, ("actual",)),
    Fragment("net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS", ("local-network-denied",), _C),
    Fragment("net::ERR_TOO_MANY_REDIRECTS", ("redirect-limit",), _C, REDIRECT, code="ERR_TOO_MANY_REDIRECTS"),
    Fragment("net::ERR_INVALID_REDIRECT", ("redirect-invalid-location",), _C, REDIRECT, code="ERR_INVALID_REDIRECT"),
    Fragment("net::ERR_UNSAFE_REDIRECT", ("redirect-disallowed-scheme",), _C, REDIRECT, code="ERR_UNSAFE_REDIRECT"),
    Fragment("net::ERR_QUIC_PROTOCOL_ERROR", ("quic",), _C),
    Fragment("net::ERR_ABORTED", ("aborted-by-page",), _C, role="aftermath", meaning="The page gave up the call."),
)
"""Messages that name the reason. More specific ones come first."""

_CUT = "The message is cut off here, and the rest names the reason. Paste all of it."

AFTERMATH: tuple[Fragment, ...] = (
    Fragment(
        "(Reason: CORS request did not succeed)",
        UNNAMED,
        _F,
        role="aftermath",
        meaning="Firefox got no usable answer. Alone this is usually not CORS: the server is down, its certificate is "
        "refused, something blocked the call, or a redirect could not be followed. After another reason it only "
        "repeats that the call failed.",
        code="CORSDidNotSucceed2",
    ),
    Fragment(
        "Cross-origin script load denied by Cross-Origin Resource Sharing policy",
        ANY,
        _W,
        ("actual",),
        role="aftermath",
        meaning="Safari withheld a script that was loaded with crossorigin, and prints no address for it. The line "
        "before it names the reason.",
    ),
    Fragment(
        "Not allowed to request resource",
        UNNAMED,
        _W,
        role="aftermath",
        meaning="Safari did not send it. The line before it says why.",
    ),
    Fragment(
        "due to access control checks",
        ANY,
        _W,
        role="aftermath",
        meaning="Safari prints this for any call that it withheld, and also for one that the page gave up, so alone it "
        "doesn't prove CORS. The line before it names the reason.",
    ),
    Fragment(
        "net::ERR_FAILED",
        ANY,
        _C,
        role="aftermath",
        meaning="The network's message for the same failure. A status after it, as in 200 (OK), means that the server "
        "did answer and the browser withheld that answer from the page.",
    ),
    Fragment(
        "TypeError: Failed to fetch",
        ANY,
        _C,
        role="aftermath",
        meaning=f"The error that the page's script gets. {SAYS_NO_MORE}",
    ),
    Fragment(
        "NetworkError when attempting to fetch resource",
        ANY,
        _F,
        role="aftermath",
        meaning=f"The error that the page's script gets. {SAYS_NO_MORE}",
    ),
    Fragment(
        "TypeError: Load failed",
        ANY,
        _W,
        role="aftermath",
        meaning=f"The error that the page's script gets. {SAYS_NO_MORE}",
    ),
    Fragment(
        "AxiosError: Network Error",
        ANY,
        role="aftermath",
        meaning=f"The error that the page's script gets from axios. {SAYS_NO_MORE}",
    ),
    Fragment("has been blocked by CORS policy", ANY, _C, role="aftermath", meaning=_CUT),
    Fragment("Access to {word} at '", ANY, _C, role="aftermath", meaning=_CUT),
    Fragment("Cross-Origin Request Blocked", ANY, _F, role="aftermath", meaning=_CUT),
    Fragment("denied by Cross-Origin Resource Sharing policy", ANY, _W, REDIRECT, role="aftermath", meaning=_CUT),
)
"""Messages that say only that the call failed."""

HINTS: tuple[Fragment, ...] = (
    Fragment(
        f"Have the server send the header with a valid value, or, if an opaque response serves your needs, {_NO_CORS}.",
        role="hint",
        browser=_C,
        meaning=f"The first half is right: the server must change. {NO_CORS_MEANING.replace('this', 'the rest')}",
        ignore=True,
    ),
    Fragment(
        f"If an opaque response serves your needs, {_NO_CORS}.",
        role="hint",
        browser=_C,
        meaning=NO_CORS_MEANING,
        ignore=True,
    ),
    Fragment(_NO_CORS, role="hint", browser=_C, meaning=NO_CORS_MEANING, ignore=True),
    Fragment(
        "strict-origin-when-cross-origin",
        role="hint",
        meaning="Ignore this. It is the default for how much of the page's address goes into Referer, and never why a "
        "call fails.",
        ignore=True,
    ),
    Fragment(
        "Have the server send the header with a valid value.",
        role="hint",
        browser=_C,
        meaning="Right: nothing in the page can fix this.",
    ),
    Fragment(
        "The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials",
        role="hint",
        browser=_C,
        meaning="Right: if the call needs no cookies, withCredentials = false fixes it too.",
    ),
    Fragment(
        "The response had HTTP status code {status}",
        role="hint",
        browser=_C,
        meaning="An error page. These often lack the headers that other answers have. Fix the error first.",
    ),
)
"""What the browser suggests. Longer ones come first."""
