"""What `corsinspect explain` says beyond the words of a call: an example for every reason, and what no proxy sees.

A reason's sentences are those of `reasons.py`, filled with the example's values: there is no second table of them.
"""

import msgspec

from corsinspect.advice.hypothetical import UNTOLD, Known
from corsinspect.model import Stage

PAGE = "https://app.example"
API = "https://api.example/tasks"
"""The example: a page of the one calls the other."""


class Topic(msgspec.Struct, frozen=True):
    """What is told of a reason beside its words."""

    wanted: str
    """What the browser wanted to see."""
    example: Known = Known(url=API, page=PAGE)
    wrong: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    """What the server answers; or what the page does, where that is at fault."""
    mdn: str | None = None
    """The page's name on MDN (developer.mozilla.org)."""


class Guide(msgspec.Struct, frozen=True):
    """Something that is no reason of a captured call: what it is, and how to see whether it is so."""

    title: str
    happened: str
    check: str
    mend: str = ""
    unseen: bool = True
    """Whether it leaves nothing for a proxy to see."""
    mdn: str | None = None


def _known(
    stage: Stage | None = None,
    found: str | None = UNTOLD,
    *,
    method: str | None = None,
    needed: str | None = None,
    status: int | None = None,
    location: str | None = None,
) -> Known:
    return Known(API, PAGE, stage, method, needed, found, status, location)


_OPTIONS = "OPTIONS /tasks"
_ALLOW = f"Access-Control-Allow-Origin: {PAGE}"

TOPICS: dict[str, Topic] = {
    "origin-missing": Topic(
        "One Access-Control-Allow-Origin header in the answer, also when the answer is an error.",
        _known("actual", found=None),
        ("(no Access-Control-Allow-Origin)",),
        (_ALLOW, "Vary: Origin"),
        "Reason: CORS header 'Access-Control-Allow-Origin' missing",
    ),
    "origin-wildcard-with-credentials": Topic(
        "The page's own origin by name: with cookies or a login the wildcard does not count.",
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
        "An origin: scheme, host, and the port where it is not the usual one.",
        _known("actual", found="app.example"),
        ("Access-Control-Allow-Origin: app.example",),
        (_ALLOW,),
        "Reason: CORS header 'Access-Control-Allow-Origin' does not match 'xyz'",
    ),
    "origin-mismatch": Topic(
        "The page's origin character for character: no slash at the end, the same scheme, host and port.",
        _known("actual", found=f"{PAGE}/"),
        (f"Access-Control-Allow-Origin: {PAGE}/",),
        (_ALLOW, "Vary: Origin"),
        "Reason: CORS header 'Access-Control-Allow-Origin' does not match 'xyz'",
    ),
    "credentials-not-true": Topic(
        "The word true, for the page made the call with cookies or a login (credentials: 'include').",
        _known("actual", found="True"),
        (_ALLOW, "Access-Control-Allow-Credentials: True"),
        (_ALLOW, "Access-Control-Allow-Credentials: true"),
        "Reason: expected 'true' in CORS header 'Access-Control-Allow-Credentials'",
    ),
    "preflight-network-error": Topic(
        "Any answer to the preflight.",
        _known("preflight"),
        (f"{_OPTIONS} → (connection closed)",),
        (f"{_OPTIONS} → 204", _ALLOW),
        "Reason: CORS request did not succeed",
    ),
    "preflight-redirect": Topic(
        "An answer to the preflight at this very address.",
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
        "Method names with commas between them.",
        _known("preflight", "GET; PUT"),
        ("Access-Control-Allow-Methods: GET; PUT",),
        ("Access-Control-Allow-Methods: GET, PUT",),
        "Reason: invalid token 'xyz' in CORS header 'Access-Control-Allow-Methods'",
    ),
    "allow-headers-invalid": Topic(
        "Header names with commas between them.",
        _known("preflight", "content-type x-token"),
        ("Access-Control-Allow-Headers: content-type x-token",),
        ("Access-Control-Allow-Headers: content-type, x-token",),
        "Reason: invalid token 'xyz' in CORS header 'Access-Control-Allow-Headers'",
    ),
    "method-not-allowed": Topic(
        "The method in the list; GET, HEAD and POST need not be there.",
        _known("preflight", "GET, POST", method="PUT"),
        ("Access-Control-Allow-Methods: GET, POST",),
        ("Access-Control-Allow-Methods: GET, POST, PUT",),
        "Reason: Did not find method in CORS header 'Access-Control-Allow-Methods'",
    ),
    "header-not-allowed": Topic(
        "Every request header in the list that is not a plain one (Accept, a form's Content-Type, …).",
        _known("preflight", "content-type", needed="authorization"),
        ("Access-Control-Allow-Headers: content-type",),
        ("Access-Control-Allow-Headers: content-type, authorization",),
        "Reason: missing token 'xyz' in CORS header 'Access-Control-Allow-Headers' from CORS preflight channel",
    ),
    "authorization-not-listed": Topic(
        "Authorization by name. Browsers of today still let * cover it, and have announced that they will not.",
        _known("preflight", "*"),
        ("Access-Control-Allow-Headers: *",),
        ("Access-Control-Allow-Headers: authorization, content-type",),
        "Access-Control-Allow-Headers",
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
        "An answer that is no redirect, after 20 of them at most.",
        _known("redirect", status=302),
        mdn="Redirections in HTTP",
    ),
    "redirect-mode-error": Topic(
        "An answer that is no redirect.",
        _known("redirect", status=302),
        ("fetch(url, {redirect: 'error'})",),
        ("fetch(finalUrl)",),
        "Request: redirect property",
    ),
    "redirect-invalid-location": Topic(
        "A Location that is an address.",
        _known("redirect", "https://:0:/", status=302),
        ("Location: https://:0:/",),
        ("Location: https://api.example/v2/tasks",),
        "Location header",
    ),
    "redirect-stream-body": Topic(
        "An answer that is no redirect.", _known("redirect", status=307), mdn="Request: duplex property"
    ),
    "mode-same-origin": Topic(
        "An address on the page's own origin.",
        _known(),
        ("fetch(url, {mode: 'same-origin'})",),
        ("fetch(url)",),
        "Request: mode property",
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
    "mixed-content": Topic(
        "https, for the page itself came by https.",
        _known(),
        ("fetch('http://api.example/tasks')",),
        (f"fetch('{API}')",),
        "Mixed content",
    ),
    "local-network-denied": Topic(
        "The person's permission to reach the local network.",
        _known(),
        mdn="Local network access",
    ),
    "local-network-insecure": Topic("A page that came by https.", _known(), mdn="Secure contexts"),
    "local-network-mismatch": Topic(
        "A server in the network that the page had declared.", _known(), mdn="Local network access"
    ),
    "private-network-header": Topic(
        "Leave to reach a private network, in the answer to the preflight. Browsers of today ask the person instead.",
        _known("preflight", None),
        ("(no Access-Control-Allow-Private-Network)",),
        ("Access-Control-Allow-Private-Network: true",),
        "Local network access",
    ),
    "cors-disabled-by-user": Topic("CORS to be switched on.", _known(), mdn="Reason: CORS disabled"),
    "origin-header-not-added": Topic(
        "A request to which it can add Origin.",
        _known(),
        mdn="Reason: CORS header 'Origin' cannot be added",
    ),
    "corp": Topic(
        "A policy that lets the page's origin embed this.",
        _known("actual", found="same-origin"),
        ("Cross-Origin-Resource-Policy: same-origin",),
        ("Cross-Origin-Resource-Policy: cross-origin",),
        "Cross-Origin Resource Policy (CORP)",
    ),
    "orb": Topic(
        "An image, a script or media, as the element loads; not HTML or JSON.",
        _known("actual"),
        ("<script src='https://api.example/tasks.json'>",),
        (f"fetch('{API}')",),
    ),
    "mime": Topic(
        "A Content-Type that fits the use.",
        _known("actual"),
        ("Content-Type: application/json", "X-Content-Type-Options: nosniff"),
        ("Content-Type: text/javascript", "X-Content-Type-Options: nosniff"),
        "X-Content-Type-Options header",
    ),
    "no-actual-seen": Topic("Nothing more: the preflight was granted.", _known("preflight", method="PUT")),
    "no-response-seen": Topic("An answer."),
    "refused": Topic("A server that listens there.", mdn="Reason: CORS request did not succeed"),
    "dns": Topic("A name that can be resolved.", mdn="Reason: CORS request did not succeed"),
    "tls": Topic("A certificate that it trusts.", mdn="Reason: CORS request did not succeed"),
    "closed": Topic("An answer.", mdn="Reason: CORS request did not succeed"),
    "aborted-by-page": Topic("Time: the page did not wait for the answer.", mdn="AbortController"),
    "network-error": Topic("An answer.", mdn="Reason: CORS request did not succeed"),
    "allowed-same-origin": Topic("Nothing: a page may read its own origin.", mdn="Same-origin policy"),
    "depends-on-credentials": Topic(
        "With credentials, more than the answer has; without, what is there.",
        mdn="Request: credentials property",
    ),
    "not-a-browser": Topic("Nothing: there was no browser.", mdn="Cross-Origin Resource Sharing (CORS)"),
}

GUIDES: dict[str, Guide] = {
    "csp": Guide(
        "Content Security Policy (connect-src)",
        "The page's own Content-Security-Policy forbids the call, so the browser never sends it.",
        "The console names a “Content Security Policy directive”. Or look at the page's answer for a "
        "Content-Security-Policy header or meta tag with connect-src (default-src counts where that is missing).",
        "Whoever serves the page must add the API's origin to connect-src.",
        mdn="CSP: connect-src",
    ),
    "ad-blocker": Guide(
        "ad blocker or other extension",
        "An extension holds back calls whose address looks like advertising or tracking (/ads, /analytics, /track).",
        "The console says net::ERR_BLOCKED_BY_CLIENT. Repeat it in a private window without extensions, or in the "
        "browser that corsinspect opens: it has none.",
        "Rename the address, or allow the page in the extension.",
    ),
    "service-worker": Guide(
        "service worker",
        "The page's service worker answers by itself, from its cache for instance. The proxy sees only what the worker "
        "fetches, which may be another call with another mode.",
        "The network panel says “(ServiceWorker)” for the size. In Chrome: Application, Service workers, “Bypass for "
        "network”; in Firefox: about:debugging, This Firefox, unregister it. Then reload.",
        mdn="Using Service Workers",
    ),
    "local-network": Guide(
        "Local Network Access",
        "Chrome asks the person before a page from the internet may call this machine or the local network, and stops "
        "the call where that was refused. Through a proxy the check may not take place at all: “works with the proxy, "
        "fails without” points here.",
        "The console says “Permission was denied for this request to access the … address space”. Look at “Local "
        "network access” in the page's site settings.",
        "Allow it there; the page must have come by https.",
    ),
    "http-cache": Guide(
        "HTTP cache",
        "The browser answers from its cache, with the headers of then: an answer that was stored for another page, or "
        "for an <img>, may lack Access-Control-Allow-Origin though the server sends it today.",
        "The network panel says “(disk cache)” or “(memory cache)”. Tick “Disable cache” there and reload: if it works "
        "now, this was it.",
        "The server must send “Vary: Origin” with every answer whose Access-Control-Allow-Origin depends on the page.",
        mdn="Vary header",
    ),
    "preflight-cache": Guide(
        "preflight cache",
        "A granted preflight counts for a while (5 seconds, or as long as Access-Control-Max-Age says: at most 2 hours "
        "in Chrome, 24 in Firefox, 10 minutes in Safari), so the browser does not ask again: no OPTIONS is no error.",
        "Tick “Disable cache” in the network panel, or wait, or add a query (?again) to the address.",
        mdn="Access-Control-Max-Age header",
    ),
    "localhost-bypass": Guide(
        "localhost goes round the proxy",
        "Browsers do not use a proxy for localhost and 127.0.0.1 unless they are told to.",
        "Calls to other hosts appear here, those to localhost do not. Use the browser that corsinspect opens "
        "(corsinspect --browser chromium URL).",
        "In a browser of your own: Chrome needs --proxy-bypass-list='<-loopback>', Firefox "
        "network.proxy.allow_hijacking_localhost = true in about:config.",
    ),
    "quic": Guide(
        "QUIC (HTTP/3)",
        "HTTP/3 runs over UDP, and a proxy for TCP does not see it. A browser with a proxy set does not use it; one "
        "whose traffic is only diverted does.",
        "The network panel's column “Protocol” says h3.",
        "Set the proxy in the browser, or switch QUIC off (chrome://flags; network.http.http3.enable in Firefox).",
        mdn="HTTP/3",
    ),
    "curl-works": Guide(
        "curl and Postman work, the browser does not",
        "CORS is a check that browsers make for the sake of the person who uses them. curl, Postman and servers do not "
        "check and send no preflight, so they get the answer: the server itself works.",
        "curl -i -H 'Origin: https://app.example' shows the headers that the browser looks at.",
        "The server must allow the page's origin, or the page must call a route of its own server that fetches it.",
        unseen=False,
        mdn="Cross-Origin Resource Sharing (CORS)",
    ),
    "no-cors": Guide(
        "mode: 'no-cors'",
        "The browser sends the call and keeps the whole answer from the page: status 0, no headers, no body. It makes "
        "the message go away and mends nothing.",
        "response.type is “opaque” in the page.",
        "Leave the mode out, and let the server allow the page's origin.",
        unseen=False,
        mdn="Request: mode property",
    ),
    "cookies": Guide(
        "cookies are not sent along",
        "A call to another site carries only cookies with SameSite=None; Secure, and only with credentials: 'include'; "
        "Safari and Firefox hold back third-party cookies even so. CORS is not at fault, and a 401 may follow.",
        "Look for the cookie in the request here; the network panel's “Cookies” says why one was held back.",
        "The server must set the cookie with “SameSite=None; Secure” (or “Partitioned”), or page and API must share a "
        "site.",
        unseen=False,
        mdn="Set-Cookie header: SameSite",
    ),
    "other-frame": Guide(
        "a frame or window of another origin",
        "Scripts may not reach into a frame or window of another origin. That is the same-origin policy itself: it is "
        "not about calls, and no CORS header changes it.",
        "The console says “Blocked a frame with origin …”.",
        "The two pages must talk by postMessage().",
        unseen=False,
        mdn="Window: postMessage() method",
    ),
    "referrer-policy": Guide(
        "the network panel's line “Referrer Policy”",
        "Chrome's network panel shows “strict-origin-when-cross-origin” beside every call. It says how much of the "
        "page's address goes into Referer, and is the default: never why a call fails.",
        "The console names the reason; or look at the call in the list here.",
        "Nothing: another policy mends no CORS error.",
        unseen=False,
        mdn="Referrer-Policy header",
    ),
    "error-behind-cors": Guide(
        "an error of the server shows as a CORS error",
        "Error pages (500, 502, 404, 413, a login's 401) are often written by a layer that adds no CORS headers. The "
        "browser then reports the missing header and hides the status.",
        "corsinspect shows the status of the answer. Calls of the same API that succeed have the headers.",
        "Mend the error first; then let error answers carry the headers, too (in nginx: add_header … always).",
        unseen=False,
        mdn="Reason: CORS header 'Access-Control-Allow-Origin' missing",
    ),
}
