"""What `corsinspect explain` says beyond the words for a call: an example for every reason, and what no proxy sees.

A reason's sentences come from `reasons.py`, filled with the example's values, so that they exist only once.
"""

import msgspec

from corsinspect.advice.hypothetical import LEFT_OPEN, Known
from corsinspect.model import Reason, Stage

PAGE = "https://app.example"
API = "https://api.example/tasks"
"""The example: a page on the first calls the second."""


class Topic(msgspec.Struct, frozen=True):
    """What is said about a reason in addition to its words."""

    wanted: str
    """What the browser wanted to see."""
    example: Known = Known(url=API, page=PAGE)
    wrong: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    """What the server answers; or what the page does, where the page is at fault."""
    mdn: str | None = None
    """The page's name on MDN (developer.mozilla.org)."""


class Guide(msgspec.Struct, frozen=True):
    """Something that is not a reason of a captured call: what it is, and how to check for it."""

    title: str
    happened: str
    check: str
    change: str = ""
    unseen: bool = True
    """Whether a proxy sees nothing of it."""
    mdn: str | None = None


def _known(
    stage: Stage | None = None,
    found: str | None = LEFT_OPEN,
    *,
    method: str | None = None,
    needed: str | None = None,
    status: int | None = None,
    location: str | None = None,
) -> Known:
    return Known(API, PAGE, stage, method, needed, found, status, location)


_OPTIONS = "OPTIONS /tasks"
_ALLOW = f"Access-Control-Allow-Origin: {PAGE}"

REASON_TOPICS: dict[Reason, Topic] = {
    "origin-missing": Topic(
        "One Access-Control-Allow-Origin header in the answer, also when the answer is an error.",
        _known("actual", found=None),
        ("(no Access-Control-Allow-Origin)",),
        (_ALLOW, "Vary: Origin"),
        "Reason: CORS header 'Access-Control-Allow-Origin' missing",
    ),
    "origin-wildcard-with-credentials": Topic(
        "The page's own origin by name: the wildcard does not count with cookies or HTTP authentication.",
        _known("actual", found="*"),
        ("Access-Control-Allow-Origin: *",),
        (_ALLOW, "Access-Control-Allow-Credentials: true", "Vary: Origin"),
        "Reason: Credential is not supported if the CORS header 'Access-Control-Allow-Origin' is '*'",
    ),
    "origin-multiple": Topic(
        "Exactly one origin (or *), in one header line.",
        _known("actual", found=f"{PAGE}, {PAGE}"),
        (_ALLOW, _ALLOW),
        (_ALLOW,),
        "Reason: Multiple CORS header 'Access-Control-Allow-Origin' not allowed",
    ),
    "origin-invalid": Topic(
        "An origin: scheme, host, and the port unless it is the default one.",
        _known("actual", found="app.example"),
        ("Access-Control-Allow-Origin: app.example",),
        (_ALLOW,),
        "Reason: CORS header 'Access-Control-Allow-Origin' does not match 'xyz'",
    ),
    "origin-mismatch": Topic(
        "The page's origin, character for character: the same scheme, host and port, without a trailing slash.",
        _known("actual", found=f"{PAGE}/"),
        (f"Access-Control-Allow-Origin: {PAGE}/",),
        (_ALLOW, "Vary: Origin"),
        "Reason: CORS header 'Access-Control-Allow-Origin' does not match 'xyz'",
    ),
    "credentials-not-true": Topic(
        "The word true, because the page made the call with cookies or HTTP authentication (credentials: 'include').",
        _known("actual", found="True"),
        (_ALLOW, "Access-Control-Allow-Credentials: True"),
        (_ALLOW, "Access-Control-Allow-Credentials: true"),
        "Reason: expected 'true' in CORS header 'Access-Control-Allow-Credentials'",
    ),
    "preflight-redirect": Topic(
        "An answer to the preflight at this address itself.",
        _known("preflight", status=301, location="https://api.example/tasks/"),
        (f"{_OPTIONS} → 301", "Location: https://api.example/tasks/"),
        (f"{_OPTIONS} → 204", _ALLOW),
        "Reason: CORS request external redirect not allowed",
    ),
    "preflight-status": Topic(
        "A status from 200 to 299 for the preflight.",
        _known("preflight", status=401),
        (f"{_OPTIONS} → 401", _ALLOW),
        (f"{_OPTIONS} → 204", _ALLOW),
        "Reason: CORS preflight channel did not succeed",
    ),
    "allow-methods-invalid": Topic(
        "Method names separated by commas.",
        _known("preflight", "GET; PUT"),
        ("Access-Control-Allow-Methods: GET; PUT",),
        ("Access-Control-Allow-Methods: GET, PUT",),
        "Reason: invalid token 'xyz' in CORS header 'Access-Control-Allow-Methods'",
    ),
    "allow-headers-invalid": Topic(
        "Header names separated by commas.",
        _known("preflight", "content-type x-token"),
        ("Access-Control-Allow-Headers: content-type x-token",),
        ("Access-Control-Allow-Headers: content-type, x-token",),
        "Reason: invalid token 'xyz' in CORS header 'Access-Control-Allow-Headers'",
    ),
    "method-not-allowed": Topic(
        "The method in the list; GET, HEAD and POST need not be listed.",
        _known("preflight", "GET, POST", method="PUT"),
        ("Access-Control-Allow-Methods: GET, POST",),
        ("Access-Control-Allow-Methods: GET, POST, PUT",),
        "Reason: Did not find method in CORS header 'Access-Control-Allow-Methods'",
    ),
    "header-not-allowed": Topic(
        "Every request header in the list, except simple ones (Accept, a form's Content-Type, …).",
        _known("preflight", "content-type", needed="authorization"),
        ("Access-Control-Allow-Headers: content-type",),
        ("Access-Control-Allow-Headers: content-type, authorization",),
        "Reason: missing token 'xyz' in CORS header 'Access-Control-Allow-Headers' from CORS preflight channel",
    ),
    "redirect-credentials": Topic(
        "A redirect to an address without a user name and password.",
        _known("redirect", status=302),
        ("Location: https://user:secret@api.example/tasks",),
        ("Location: https://api.example/tasks",),
        "Reason: CORS request did not succeed",
    ),
    "redirect-disallowed-scheme": Topic(
        "A redirect to an http or https address.",
        _known("redirect", status=302, location="mailto:help@app.example"),
        ("Location: mailto:help@app.example",),
        ("Location: https://api.example/v2/tasks",),
        "Reason: CORS request not HTTP",
    ),
    "redirect-limit": Topic(
        "An answer that is not a redirect, after at most 20 redirects.",
        _known("redirect", status=302),
        mdn="Redirections in HTTP",
    ),
    "redirect-mode-error": Topic(
        "An answer that is not a redirect.",
        _known("redirect", status=302),
        ("fetch(url, {redirect: 'error'})",),
        ("fetch(finalUrl)",),
        "Request: redirect property",
    ),
    "redirect-invalid-location": Topic(
        "A Location that is a valid address.",
        _known("redirect", "https://:0:/", status=302),
        ("Location: https://:0:/",),
        ("Location: https://api.example/v2/tasks",),
        "Location header",
    ),
    "mode-same-origin": Topic(
        "An address on the page's own origin.",
        _known(),
        ("fetch(url, {mode: 'same-origin'})",),
        ("fetch(url)",),
        "Request: mode property",
    ),
    "mixed-content": Topic(
        "An https address, because the page itself is https.",
        _known(),
        ("fetch('http://api.example/tasks')",),
        (f"fetch('{API}')",),
        "Mixed content",
    ),
    "csp": Topic(
        "The called address in the page's own Content-Security-Policy.",
        _known(),
        ("Content-Security-Policy: connect-src 'self'   (the page's own answer)",),
        ("Content-Security-Policy: connect-src 'self' https://api.example",),
        "CSP: connect-src",
    ),
    "cached-without-cors": Topic(
        "CORS headers in the answer that it has in its cache, too.",
        _known(),
        (_ALLOW + "   (only if the request has an Origin)",),
        (_ALLOW, "Vary: Origin   (also without an Origin)"),
        "Vary header",
    ),
    "extension": Topic("No extension that stops the call.", _known()),
    "bad-port": Topic(
        "A port that no other protocol uses.",
        Known("http://api.example:6000/tasks", PAGE),
        ("fetch('http://api.example:6000/tasks')",),
        ("fetch('http://api.example:8080/tasks')",),
        "Reason: CORS request did not succeed",
    ),
    "private-network-header": Topic(
        "Permission to reach a private network, in the answer to the preflight. Today's browsers ask the user instead.",
        _known("preflight", None),
        ("(no Access-Control-Allow-Private-Network)",),
        ("Access-Control-Allow-Private-Network: true",),
        "Local network access",
    ),
    "redirect-not-followed": Topic(
        "Nothing else in the answer: what stops it is a policy of the page's own.",
        _known("redirect", status=302, location="https://login.example/"),
    ),
    "redirect-csp": Topic(
        "The address in the page's own Content-Security-Policy.",
        _known(
            "redirect", needed="connect-src 'self' https://api.example", status=302, location="https://cdn.example/"
        ),
        ("Content-Security-Policy: connect-src 'self' https://api.example",),
        ("Content-Security-Policy: connect-src 'self' https://api.example https://cdn.example",),
        "CSP: connect-src",
    ),
    "coep": Topic(
        "An embedder policy of the framed document's own, as the page that holds the frame has one.",
        _known("actual", found=None),
        ("(no Cross-Origin-Embedder-Policy)",),
        ("Cross-Origin-Embedder-Policy: require-corp", "Cross-Origin-Resource-Policy: cross-origin"),
        "Cross-Origin-Embedder-Policy header",
    ),
    "corp": Topic(
        "A policy that lets the page's origin embed this.",
        _known("actual", found="same-origin"),
        ("Cross-Origin-Resource-Policy: same-origin",),
        ("Cross-Origin-Resource-Policy: cross-origin",),
        "Cross-Origin Resource Policy (CORP)",
    ),
    "orb": Topic(
        "The image, script or media that the element loads, not HTML or JSON.",
        _known("actual"),
        ("<script src='https://api.example/tasks.json'>",),
        (f"fetch('{API}')",),
    ),
    "mime": Topic(
        "A Content-Type that matches the use.",
        _known("actual"),
        ("Content-Type: application/json", "X-Content-Type-Options: nosniff"),
        ("Content-Type: text/javascript", "X-Content-Type-Options: nosniff"),
        "X-Content-Type-Options header",
    ),
    "upload-needs-http2": Topic(
        "A connection that speaks HTTP/2, where the body is a stream.",
        _known("preflight", method="POST"),
        ("new Request(url, options) // body: stream",),
        ("new Request(url, options) // body: await new Response(stream).blob()",),
    ),
    "no-actual-seen": Topic("Nothing more: the preflight passed.", _known("preflight", method="PUT")),
    "no-response-seen": Topic("An answer."),
    "stored-response-not-seen": Topic("The CORS headers, in the 304 or in the answer that the browser stored."),
    "failed-unexplained": Topic("An answer that it can let the page read."),
    "page-not-recorded": Topic("The page's origin."),
    "refused": Topic("A server that listens at that address.", mdn="Reason: CORS request did not succeed"),
    "dns": Topic("A name that can be resolved.", mdn="Reason: CORS request did not succeed"),
    "tls": Topic("A certificate that it trusts.", mdn="Reason: CORS request did not succeed"),
    "closed": Topic("An answer.", mdn="Reason: CORS request did not succeed"),
    "aborted-by-page": Topic("Time: the page did not wait for the answer.", mdn="AbortController"),
    "network-error": Topic("An answer.", mdn="Reason: CORS request did not succeed"),
}

OTHER_TOPICS: dict[str, Topic] = {
    "preflight-network-error": Topic(
        "Any answer to the preflight.",
        _known("preflight"),
        (f"{_OPTIONS} → (connection closed)",),
        (f"{_OPTIONS} → 204", _ALLOW),
        "Reason: CORS request did not succeed",
    ),
    "authorization-not-listed": Topic(
        "Authorization by name. Today's browsers still let * cover it, but have announced that they will stop.",
        _known("preflight", "*"),
        ("Access-Control-Allow-Headers: *",),
        ("Access-Control-Allow-Headers: authorization, content-type",),
        "Access-Control-Allow-Headers",
    ),
    "redirect-stream-body": Topic(
        "An answer that is not a redirect.", _known("redirect", status=307), mdn="Request: duplex property"
    ),
    "no-cors-redirect-mode": Topic(
        "redirect: 'follow', the default.",
        _known(),
        ("fetch(url, {mode: 'no-cors', redirect: 'manual'})",),
        ("fetch(url)",),
        "Request: mode property",
    ),
    "scheme-not-cors": Topic(
        "An http or https address.",
        _known(),
        ("fetch('file:///tasks.json')",),
        (f"fetch('{API}')",),
        "Reason: CORS request not HTTP",
    ),
    "local-network-denied": Topic(
        "The user's permission to reach the local network.",
        _known(),
        mdn="Local network access",
    ),
    "local-network-insecure": Topic("An https page.", _known(), mdn="Secure contexts"),
    "local-network-mismatch": Topic(
        "A server in the network that the page declared.", _known(), mdn="Local network access"
    ),
    "cors-disabled-by-user": Topic("CORS to be turned on.", _known(), mdn="Reason: CORS disabled"),
    "origin-header-not-added": Topic(
        "A request that it can add Origin to.",
        _known(),
        mdn="Reason: CORS header 'Origin' cannot be added",
    ),
    "allowed-same-origin": Topic("Nothing: a page may read its own origin.", mdn="Same-origin policy"),
    "depends-on-credentials": Topic(
        "With credentials, more than the answer has; without them, what it has.",
        mdn="Request: credentials property",
    ),
    "not-a-browser": Topic("Nothing: there was no browser.", mdn="Cross-Origin Resource Sharing (CORS)"),
}
"""Of what no verdict gives; see `reasons.OTHER_WORDS`."""

TOPICS: dict[str, Topic] = {**REASON_TOPICS, **OTHER_TOPICS}

NEVER_SENT: dict[Reason, tuple[str, str]] = {
    "mixed-content": (
        "an https page calls an http address",
        "The console says “Mixed Content” or “Blocked loading mixed active content”.",
    ),
    "csp": (
        "the page's own policy forbids the call",
        "The console names a “Content Security Policy directive”. Or look in the page's answer for a "
        "Content-Security-Policy header or meta tag with connect-src (if that is missing, default-src applies).",
    ),
    "bad-port": (
        "the address has a port that browsers don't call",
        "The console says net::ERR_UNSAFE_PORT, or that the address is restricted.",
    ),
}
"""Reasons of which a proxy sees nothing: what it is, and how to check for it."""

GUIDES: dict[str, Guide] = {
    "ad-blocker": Guide(
        "ad blocker or other extension",
        "An extension stops calls whose address looks like advertising or tracking (/ads, /analytics, /track).",
        "The console says net::ERR_BLOCKED_BY_CLIENT. Repeat the call in a private window without extensions, or in "
        "the browser that corsinspect opens: it has none.",
        "Rename the address, or allow the page in the extension.",
    ),
    "service-worker": Guide(
        "service worker",
        "The page's service worker answers the call itself, for instance from its cache. The proxy sees only what the "
        "worker fetches, which may be another call with another mode.",
        "The network panel shows “(ServiceWorker)” as the size. In Chrome: Application, Service workers, “Bypass for "
        "network”; in Firefox: about:debugging, This Firefox, Unregister. Then reload.",
        mdn="Using Service Workers",
    ),
    "local-network": Guide(
        "Local Network Access",
        "Chrome asks the user before a page from the internet may call this machine or the local network, and stops "
        "the call if the user refuses. Through a proxy there may be no check at all: “works with the proxy, fails "
        "without” points here.",
        "The console says “Permission was denied for this request to access the … address space”. Look at “Local "
        "network access” in the page's site settings.",
        "Allow it there; the page must be https.",
    ),
    "http-cache": Guide(
        "HTTP cache",
        "The browser answers from its cache, with the headers it stored then: an answer stored for another page, or "
        "for an <img>, may lack Access-Control-Allow-Origin although the server sends it today.",
        "The network panel shows “(disk cache)” or “(memory cache)”. Tick “Disable cache” there and reload: if it "
        "works now, the cache was the cause.",
        "The server must send “Vary: Origin” with every answer whose Access-Control-Allow-Origin depends on the page.",
        mdn="Vary header",
    ),
    "preflight-cache": Guide(
        "preflight cache",
        "A preflight that passed stays valid for a while (5 seconds, or what Access-Control-Max-Age says: at most 2 "
        "hours in Chrome, 24 in Firefox, 10 minutes in Safari), so the browser does not ask again: a missing OPTIONS "
        "is not an error.",
        "Tick “Disable cache” in the network panel, wait, or add a query (?again) to the address.",
        mdn="Access-Control-Max-Age header",
    ),
    "localhost-bypass": Guide(
        "localhost bypasses the proxy",
        "By default browsers do not use a proxy for localhost and 127.0.0.1.",
        "Calls to other hosts appear here, calls to localhost do not. Use the browser that corsinspect opens "
        "(corsinspect --browser chromium URL).",
        "In your own browser: Chrome needs --proxy-bypass-list='<-loopback>', Firefox "
        "network.proxy.allow_hijacking_localhost = true in about:config. An older Firefox (140, for one) then takes "
        "localhost for insecure, without service workers, unless you set "
        "network.proxy.testing_localhost_is_secure_when_hijacked = true.",
    ),
    "quic": Guide(
        "QUIC (HTTP/3)",
        "HTTP/3 runs over UDP, which a TCP proxy does not see. A browser with a proxy set does not use HTTP/3; one "
        "whose traffic is only redirected does.",
        "The network panel's column “Protocol” says h3.",
        "Set the proxy in the browser, or turn QUIC off (chrome://flags; network.http.http3.enable in Firefox).",
        mdn="HTTP/3",
    ),
    "curl-works": Guide(
        "curl and Postman work, the browser does not",
        "CORS is a check that browsers make to protect their users. curl, Postman and servers do not check and send no "
        "preflight, so they get the answer: the server itself works.",
        "curl -i -H 'Origin: https://app.example' shows the headers that the browser looks at.",
        "The server must allow the page's origin, or the page must call a route on its own server that fetches it.",
        unseen=False,
        mdn="Cross-Origin Resource Sharing (CORS)",
    ),
    "no-cors": Guide(
        "mode: 'no-cors'",
        "The browser sends the call and withholds the whole answer from the page: status 0, no headers, no body. It "
        "only silences the message and fixes nothing.",
        "response.type is “opaque” in the page.",
        "Remove the mode, and let the server allow the page's origin.",
        unseen=False,
        mdn="Request: mode property",
    ),
    "cookies": Guide(
        "cookies are not sent",
        "A call to another site carries only cookies with SameSite=None; Secure, and only with credentials: 'include'. "
        "Safari and Firefox block third-party cookies even then. CORS is not the cause; the result may be a 401.",
        "Look for the cookie in the request here; the network panel's “Cookies” says why one was blocked.",
        "The server must set the cookie with “SameSite=None; Secure” (or “Partitioned”), or page and API must be on "
        "the same site.",
        unseen=False,
        mdn="Set-Cookie header: SameSite",
    ),
    "csrf": Guide(
        "forged requests (CSRF)",
        "CORS withholds answers; it doesn't keep requests away. A form, or a simple fetch(), of any page reaches the "
        "server with the person's cookies, and has done its work by the time the browser withholds the answer.",
        "Send a POST with a form's content type from another origin: the server carries it out, whatever its CORS "
        "headers are.",
        "The server must set its cookies with SameSite=Lax or Strict, or ask for a token that other pages can't know. "
        "A stricter Access-Control-Allow-Origin doesn't help.",
        unseen=False,
        mdn="Cross-site request forgery (CSRF)",
    ),
    "authentication": Guide(
        "login and authentication",
        "CORS decides what a page may read, not who is calling: an API that everybody may read from any page still "
        "needs its login. The two meet in one place: the browser sends no cookie and no token with OPTIONS, so a "
        "login that comes before CORS refuses every preflight; and a 401 without CORS headers looks like a CORS error.",
        "corsinspect shows the status of the answer that the console doesn't name.",
        "The server must run its CORS code before its authentication, and send the CORS headers with 401 and 403 too.",
        unseen=False,
        mdn="HTTP authentication",
    ),
    "firewall": Guide(
        "a firewall",
        "CORS protects the people who visit pages, not the server: whoever isn't a browser isn't stopped by it, and "
        "the request has arrived already when the browser reads the headers.",
        "curl gets the answer that the page doesn't.",
        "What must not be reached has to be refused by the server or the network. A list of allowed origins is no "
        "access control.",
        unseen=False,
        mdn="Cross-Origin Resource Sharing (CORS)",
    ),
    "content-security-policy": Guide(
        "Content-Security-Policy (CSP)",
        "The other way round: a policy that the page's own server sends, on where this page may send calls "
        "(connect-src). CORS is what the other server says, on who may read its answers. Each can stop a call that "
        "the other allows.",
        "The console says “violates the following Content Security Policy directive”, and the call never leaves the "
        "browser.",
        "The page's server must add the API's origin to connect-src; the API can't.",
        mdn="CSP: connect-src",
    ),
    "hidden-header": Guide(
        "a response header that script can't read",
        "CORS shows script only a few response headers. The others are in the answer, but for script they are null.",
        "The call is allowed, and headers.get(…) returns null for a header that the network panel shows.",
        "The server must list the header in Access-Control-Expose-Headers, in the answer itself (not the preflight's).",
        unseen=False,
        mdn="Access-Control-Expose-Headers header",
    ),
    "integrity": Guide(
        "a file that isn't the one expected",
        "The element has an integrity attribute, and the file's hash is another one; or the file came without CORS, "
        "and then the browser can't check it.",
        "The console names the hash that was found. Does the address have the version that the hash is of?",
        "The page: correct the integrity attribute, and load the file with crossorigin; its server must allow "
        "the page.",
        unseen=False,
        mdn="Subresource Integrity",
    ),
    "other-frame": Guide(
        "a frame or window of another origin",
        "Scripts may not access a frame or window of another origin. That is the same-origin policy itself: it is "
        "not about calls, and no CORS header changes it.",
        "The console says “Blocked a frame with origin …”.",
        "The two pages must communicate with postMessage().",
        unseen=False,
        mdn="Window: postMessage() method",
    ),
    "referrer-policy": Guide(
        "the network panel's line “Referrer Policy”",
        "Chrome's network panel shows “strict-origin-when-cross-origin” for every call. It says how much of the "
        "page's address goes into Referer. It is the default and never why a call fails.",
        "The console names the reason. Or look at the call in the list here.",
        "Nothing: another policy fixes no CORS error.",
        unseen=False,
        mdn="Referrer-Policy header",
    ),
    "error-behind-cors": Guide(
        "a server error that looks like a CORS error",
        "Error pages (500, 502, 404, 413, a login's 401) often come from a layer that adds no CORS headers. The "
        "browser then reports the missing header and hides the status.",
        "corsinspect shows the status of the answer. Calls to the same API that succeed have the headers.",
        "Fix the error first. Then add the headers to error answers too (in nginx: add_header … always).",
        unseen=False,
        mdn="Reason: CORS header 'Access-Control-Allow-Origin' missing",
    ),
}
