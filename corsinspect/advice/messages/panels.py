"""What network panels show instead of a status, and how libraries report a failure, as data like `fragments.py`.

Sources: Chromium's DevTools (NetworkDataGridNode, NetworkRequest) and Firefox's netmonitor (blocked reasons); Angular's
HttpClient, axios, the fetch() polyfill and Node's undici.
"""

from corsinspect.advice.messages.fragments import ANY, NETWORK, SAYS_NO_MORE, UNNAMED, Fragment

CHECKED = ANY[: ANY.index("preflight-status")]
"""The possible reasons for a failure after the request itself was answered."""

BY_CORS = tuple(slug for slug in ANY if slug not in UNNAMED)

PANEL: tuple[Fragment, ...] = (
    Fragment("(blocked:mixed-content)", ("mixed-content",), "chromium"),
    Fragment("(blocked:csp)", ("csp",), "chromium"),
    Fragment("(blocked:other)", ("ad-blocker",), "chromium"),
    Fragment("blocked:NotSameOrigin", ("corp",), "chromium", ("actual",)),
    Fragment("blocked:corp-not-same", ("corp",), "chromium", ("actual",)),
    Fragment("Blocked a frame with origin", ("other-frame",)),
    Fragment(
        "canvas has been tainted by cross-origin data",
        ("no-cors",),
        meaning="The image was loaded without CORS. Set crossorigin='anonymous' on its element, and let the image's "
        "server allow the page's origin.",
    ),
    Fragment("CORS Not HTTP", ("scheme-not-cors",), "firefox"),
    Fragment("CORS Multiple Origin Not Allowed", ("origin-multiple",), "firefox"),
    Fragment("CORS Missing Allow Origin", ("origin-missing",), "firefox"),
    Fragment("CORS No Allow Credentials", ("origin-wildcard-with-credentials",), "firefox"),
    Fragment(
        "CORS Allow Origin Not Matching Origin", ("origin-mismatch", "origin-invalid", "origin-multiple"), "firefox"
    ),
    Fragment("CORS Missing Allow Credentials", ("credentials-not-true",), "firefox"),
    Fragment("CORS Origin Header Missing", ("origin-header-not-added",), "firefox"),
    Fragment("CORS External Redirect Not Allowed", ("preflight-redirect",), "firefox", ("preflight",)),
    Fragment("CORS Preflight Did Not Succeed", ("preflight-status",), "firefox", ("preflight",)),
    Fragment("CORS Invalid Allow Method", ("allow-methods-invalid",), "firefox", ("preflight",)),
    Fragment("CORS Method Not Found", ("method-not-allowed",), "firefox", ("preflight",)),
    Fragment("CORS Invalid Allow Header", ("allow-headers-invalid",), "firefox", ("preflight",)),
    Fragment("CORS Missing Allow Header", ("header-not-allowed",), "firefox", ("preflight",)),
    Fragment("NS_ERROR_CONNECTION_REFUSED", ("refused",), "firefox", code="NS_ERROR_CONNECTION_REFUSED"),
    Fragment("NS_ERROR_UNKNOWN_HOST", ("dns",), "firefox", code="NS_ERROR_UNKNOWN_HOST"),
    Fragment("NS_ERROR_NET_RESET", ("closed",), "firefox", code="NS_ERROR_NET_RESET"),
    Fragment("NS_ERROR_NET_INTERRUPT", ("closed",), "firefox", code="NS_ERROR_NET_INTERRUPT"),
    Fragment("NS_ERROR_NET_EMPTY_RESPONSE", ("closed",), "firefox", code="NS_ERROR_NET_EMPTY_RESPONSE"),
    Fragment("SEC_ERROR_UNKNOWN_ISSUER", ("tls",), "firefox", code="SEC_ERROR_UNKNOWN_ISSUER"),
    Fragment("MOZILLA_PKIX_ERROR_", ("tls",), "firefox"),
    Fragment("NS_ERROR_REDIRECT_LOOP", ("redirect-limit",), "firefox", ("redirect",), code="NS_ERROR_REDIRECT_LOOP"),
)
"""Messages that name the reason."""

VAGUE: tuple[Fragment, ...] = (
    Fragment(
        "CORS error",
        BY_CORS,
        "chromium",
        role="aftermath",
        meaning="The network panel shows this instead of a status. Hover over it to see the code; the console names "
        "the reason.",
    ),
    Fragment(
        "CORS Failed",
        UNNAMED,
        "firefox",
        role="aftermath",
        meaning="The network panel shows this for “CORS request did not succeed”: usually it is not CORS. The server "
        "is down, its certificate is refused, or something blocked the call.",
    ),
    Fragment(
        "NS_ERROR_DOM_BAD_URI", ANY, "firefox", role="aftermath", meaning=f"The browser refused it. {SAYS_NO_MORE}"
    ),
    Fragment(
        "NS_BINDING_ABORTED", ("aborted-by-page",), "firefox", role="aftermath", meaning="The page gave up the call."
    ),
    Fragment(
        "doesn't pass access control check",
        BY_CORS,
        "chromium",
        ("preflight",),
        role="aftermath",
        meaning="The call stopped at the preflight. The rest of the message names the reason: paste all of it.",
    ),
    Fragment(
        "Http failure response for {web url}: 0 ",
        ANY,
        role="aftermath",
        meaning=f"The error that the page's script gets from Angular; 0 means no status. {SAYS_NO_MORE}",
    ),
    Fragment(
        "Error: Network Error",
        ANY,
        role="aftermath",
        meaning=f"The error that the page's script gets from axios. {SAYS_NO_MORE}",
    ),
    Fragment(
        "Network request failed",
        ANY,
        role="aftermath",
        meaning=f"The error that the page's script gets from a library's fetch(). {SAYS_NO_MORE} There is no "
        "CORS at all in React Native.",
    ),
    Fragment(
        "TypeError: fetch failed",
        NETWORK,
        role="aftermath",
        meaning="This is Node, which doesn't check CORS as browsers do: no answer came. The error's “cause” says why.",
    ),
    Fragment(
        "net::ERR_{code}",
        NETWORK,
        "chromium",
        role="aftermath",
        meaning="A network failure, not CORS: no answer came.",
    ),
)
"""Messages that say only that the call failed."""
