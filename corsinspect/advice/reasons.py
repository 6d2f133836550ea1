"""The words for every reason, as data: a few for a row, what happened, and who must change what.

`sentences.py` replaces the names in braces with the values of the call. `{answer}` is "its answer to the preflight",
"its answer" or "its redirect", depending on the stage. A network error is never called CORS.
"""

import msgspec

from corsinspect.model import Reason


class Words(msgspec.Struct, frozen=True):
    """The words for one reason."""

    short: str
    happened: str
    change: str = ""


REASON_WORDS: dict[Reason, Words] = {
    # the CORS check, on any stage
    "origin-missing": Words(
        "no Allow-Origin header",
        "{server} sent no Access-Control-Allow-Origin header in {answer}.",
        "{server} must add “Access-Control-Allow-Origin: {needed}” to {answer}.",
    ),
    "origin-wildcard-with-credentials": Words(
        "wildcard * with credentials",
        "{server} sent “Access-Control-Allow-Origin: *”, but the page made this call with credentials, "
        "and the wildcard does not cover them.",
        "{server} must name {needed} instead of *, and add “Access-Control-Allow-Credentials: true”; "
        "or the page must make the call without credentials.",
    ),
    "origin-multiple": Words(
        "several values in Allow-Origin",
        "{server} sent more than one value in Access-Control-Allow-Origin: {found}. Browsers accept exactly one.",
        "{server} must send only {needed}, once. Often two layers add the header, "
        "the app and a proxy in front of it: turn it off in one of them.",
    ),
    "origin-invalid": Words(
        "Allow-Origin: {difference}",
        "{server} sent {found} as Access-Control-Allow-Origin, which is not an origin ({difference}).",
        "{server} must send exactly {needed}: scheme, host and port, and nothing else.",
    ),
    "origin-mismatch": Words(
        "Allow-Origin: {difference}",
        "{server} allows {found}, but it must allow {needed} ({difference}).",
        "{server} must answer with exactly {needed}, character for character.",
    ),
    "credentials-not-true": Words(
        "Allow-Credentials is not true",
        "The page made this call with credentials, but {server} did not send "
        "“Access-Control-Allow-Credentials: true” in {answer} (it sent {sent}).",
        "{server} must add “Access-Control-Allow-Credentials: true”, in lower case and once; "
        "or the page must make the call without credentials.",
    ),
    # the preflight's own checks
    "preflight-redirect": Words(
        "preflight was redirected",
        "{server} answered the preflight (OPTIONS) with a redirect ({status}){to}. Browsers do not follow it there.",
        "{server} must answer OPTIONS at this address itself, with 204 and the CORS headers; or the page must call the "
        "final address (usual causes: https instead of http, a trailing slash, a login).",
    ),
    "preflight-status": Words(
        "preflight answered {status}",
        "{server} answered the preflight (OPTIONS) with status {status}. Browsers accept only 200 to 299.",
        "{server} must answer OPTIONS for this address with 204 and the CORS headers.",
    ),
    "allow-methods-invalid": Words(
        "Allow-Methods is malformed",
        "{server} sent a malformed Access-Control-Allow-Methods: {found}.",
        "{server} must list the methods separated by commas, without quotes: “{needed}”.",
    ),
    "allow-headers-invalid": Words(
        "Allow-Headers is malformed",
        "{server} sent a malformed Access-Control-Allow-Headers: {found}.",
        "{server} must list the header names separated by commas, without quotes: “{needed}”.",
    ),
    "method-not-allowed": Words(
        "method {method} not allowed",
        "{server} does not allow the method {method} (Access-Control-Allow-Methods: {sent}).",
        "{server} must list {method} in Access-Control-Allow-Methods when it answers the preflight.",
    ),
    "header-not-allowed": Words(
        "header {absent} not allowed",
        "{server} does not allow the request header {absent} (Access-Control-Allow-Headers: {sent}).",
        "{server} must list {absent} in Access-Control-Allow-Headers when it answers the preflight.",
    ),
    # redirects
    "redirect-credentials": Words(
        "redirect contains a password",
        "{server} redirected the call to an address with a user name or password in it.",
        "{server} must redirect to an address without them.",
    ),
    "redirect-disallowed-scheme": Words(
        "redirect leaves http(s)",
        "{server} redirected the call{to}, which is not an http or https address.",
        "{server} must redirect to an http or https address.",
    ),
    "redirect-limit": Words(
        "too many redirects",
        "The call was redirected more than 20 times, so the browser gave up.",
        "{server} must stop redirecting in a loop.",
    ),
    "redirect-mode-error": Words(
        "the page forbids redirects",
        "{server} answered with a redirect, but the page forbids redirects (redirect: 'error').",
        "The page must call the final address, or follow redirects.",
    ),
    "redirect-invalid-location": Words(
        "redirect to an invalid address",
        "{server} answered with a redirect whose Location is not a valid address: {found}.",
        "{server} must send a valid address in Location.",
    ),
    # what never becomes a CORS request
    "mode-same-origin": Words(
        "the page asked for same origin only",
        "The page made this call with mode: 'same-origin', so the browser stopped it before it left the page's origin.",
        "The page must remove that mode.",
    ),
    "mixed-content": Words(
        "mixed content, not CORS",
        "An https page called an http address, which the browser does not allow. That is not CORS.",
        "The page must call {server} over https.",
    ),
    # the local network
    "private-network-header": Words(
        "no Allow-Private-Network",
        "The browser asked for permission to reach a private network, and {server} did not give it.",
        "{server} must add “Access-Control-Allow-Private-Network: true” to its answer to the preflight.",
    ),
    # the page's own policies
    "redirect-csp": Words(
        "redirect forbidden by the page's policy",
        "{server} answered with a redirect{to}, and the page's own Content-Security-Policy doesn't allow that address: "
        "“{needed}”. That is not CORS.",
        "The page's server must add the address to that directive, or {server} must not redirect there.",
    ),
    "coep": Words(
        "frame without an embedder policy",
        "The page has a Cross-Origin-Embedder-Policy, so it shows only documents in frames that have one too. {server} "
        "sent {found}. That is not CORS.",
        "{server} must send “Cross-Origin-Embedder-Policy: require-corp” with the document, and from another origin "
        "“Cross-Origin-Resource-Policy: cross-origin” as well.",
    ),
    "redirect-not-followed": Words(
        "redirect not followed",
        "{server} answered with a redirect{to}, and the browser didn't go there. A policy of the page "
        "(Content-Security-Policy, Cross-Origin-Embedder-Policy) may have stopped it, or the page was left. That is "
        "not CORS.",
        "Look at the browser's console: it names the policy.",
    ),
    # what the browser never sent
    "csp": Words(
        "forbidden by the page's CSP (not CORS)",
        "The page's own Content-Security-Policy does not allow this call to {server}, so the browser never sent it. "
        "That is not CORS.",
        "The page's server must add the origin of {server} to that policy (connect-src, for calls from scripts).",
    ),
    "cached-without-cors": Words(
        "cached answer has no CORS headers",
        "The browser did not ask {server}. It took the answer from its cache, stored when an element (such as <img>) "
        "loaded the same address, and that answer has no Access-Control-Allow-Origin for this page.",
        "{server} must send “Vary: Origin” with every answer whose CORS headers depend on Origin, or send them always; "
        "or the page must load the element with crossorigin.",
    ),
    "extension": Words(
        "stopped by an extension (not CORS)",
        "An extension, or a filter in the browser, stopped this call before it was sent. That is not CORS.",
        "Allow the page in the extension; or rename the address: filters look for names like ads, analytics and track.",
    ),
    "bad-port": Words(
        "port forbidden by the browser (not CORS)",
        "Browsers never call {server}: its port belongs to another protocol. That is not CORS, whatever the console "
        "says.",
        "Run the server on another port, for example 8080.",
    ),
    # no-cors loads
    "corp": Words(
        "refused by Resource-Policy",
        "Cross-Origin-Resource-Policy ({sent}) on {server} stops other origins from loading this. That is not CORS.",
        "{server} must send “Cross-Origin-Resource-Policy: cross-origin”, or the page must load it with CORS.",
    ),
    "orb": Words(
        "unreadable type for this use",
        "The browser does not give this kind of answer to elements of another origin's page. That is not CORS.",
        "The page must fetch it with CORS, and {server} must allow that.",
    ),
    "mime": Words(
        "not a script's type (not CORS)",
        "{server} answered with a type that isn't JavaScript, and “X-Content-Type-Options: nosniff” tells the browser "
        "not to run it as a script. That is not CORS.",
        "{server} must send “Content-Type: text/javascript”. If this isn't a script at all, for example an error page, "
        "check the address.",
    ),
    "upload-needs-http2": Words(
        "streamed upload over HTTP/1.1",
        "The page streams this upload, and Chromium sends streams over HTTP/2 only. {server} granted the preflight "
        "over HTTP/1.1, so the browser gave the {method} up. That is not CORS.",
        "{server} must speak HTTP/2, which browsers do over https only; or the page must send a body that is not a "
        "stream.",
    ),
    # facts that are missing
    "no-actual-seen": Words(
        "request never followed",
        "{server} granted the preflight, but the {method} itself was never seen: the page may have given it up, "
        "or something in the browser stopped it.",
        "Repeat the click. If the request is missing again, the browser's console says why.",
    ),
    "no-response-seen": Words(
        "no answer was seen",
        "The recording ends before {server} answered.",
        "Repeat the click, and keep the capture running until the page is done.",
    ),
    "stored-response-not-seen": Words(
        "judged by a cached answer",
        "{server} answered 304 (Not Modified), so the browser checked the answer in its cache, which was stored before "
        "the capture.",
        "Repeat the click with the browser's cache disabled, and the whole answer can be seen.",
    ),
    "failed-unexplained": Words(
        "failed in the browser, likely by CORS",
        "The browser made this call fail, and this recording doesn't hold why{why}. That is what browsers say of calls "
        "that CORS refused, and of others.",
        "Repeat the call with corsinspect recording, or look at the browser's console.",
    ),
    "page-not-recorded": Words(
        "from which page isn't recorded",
        "This recording doesn't show which page made this call: there is no Origin, no Referer and no Sec-Fetch-Site. "
        "So it can't be said whether it left the page's own origin.",
        "Record the call with corsinspect, which sees all headers.",
    ),
    # the network
    "refused": Words(
        "server not running (not CORS)",
        "Nothing listens at {server}: the connection was refused. That is not CORS, whatever the console says.",
        "Start the server, or correct the port in the address.",
    ),
    "dns": Words(
        "no such host (not CORS)",
        "The name {host} could not be resolved. That is not CORS, whatever the console says.",
        "Check the spelling, the hosts file and the network.",
    ),
    "tls": Words(
        "no secure connection (not CORS)",
        "The browser could not open a secure connection to {server}{why}. That is not CORS, whatever the console says.",
        "Check the server's certificate and that it speaks https on this port. Your own browser must also trust "
        "corsinspect's certificate (see corsinspect ca).",
    ),
    "closed": Words(
        "connection closed (not CORS)",
        "{server} closed the connection before it answered. That is not CORS, whatever the console says.",
        "Look at the server's log: it may have crashed on this request.",
    ),
    "aborted-by-page": Words(
        "given up by the page",
        "The page gave up this call (it was left or reloaded, or it timed out) before {server} answered.",
    ),
    "network-error": Words(
        "network error (not CORS)",
        "No answer came from {server}{why}. That is not CORS, whatever the console says.",
        "Check that the server is running and that this machine can reach it.",
    ),
}

OTHER_WORDS: dict[str, Words] = {
    "preflight-network-error": Words(
        "preflight got no answer",
        "The browser asked {server} first (OPTIONS), and the connection ended before an answer came.",
        "{server} must answer OPTIONS requests for this address.",
    ),
    "authorization-not-listed": Words(
        "* does not cover Authorization",
        "{server} allows any header with *, but in the standard * does not cover Authorization.",
        "{server} must list authorization by name in Access-Control-Allow-Headers.",
    ),
    "redirect-stream-body": Words(
        "redirect of a streamed upload",
        "{server} redirected an upload that the page was streaming, but a stream cannot be sent twice.",
        "The page must call the final address, or send a body that is not a stream.",
    ),
    "no-cors-redirect-mode": Words(
        "no-cors needs redirect: 'follow'",
        "The page made a no-cors call with a redirect mode other than 'follow', which browsers refuse.",
        "The page must remove the redirect mode.",
    ),
    "scheme-not-cors": Words(
        "not an http(s) address",
        "CORS works only for http and https addresses.",
        "The page must call an http or https address.",
    ),
    "local-network-denied": Words(
        "local network not permitted",
        "The browser did not let this page call the local network. That is not CORS.",
        "Allow “local network” for {page} in the browser's site settings.",
    ),
    "local-network-insecure": Words(
        "local network from an http page",
        "Only https pages may ask for the local network, and this page is not https. That is not CORS.",
        "Serve the page over https or from localhost.",
    ),
    "local-network-mismatch": Words(
        "local network mismatch",
        "{server} is in a different network from the one that the page declared. That is not CORS.",
        "The page must declare the network that the server is in.",
    ),
    "cors-disabled-by-user": Words(
        "CORS is turned off",
        "Cross-origin calls are turned off in this browser's settings.",
        "Set content.cors.disable to false in about:config.",
    ),
    "origin-header-not-added": Words(
        "Origin could not be added",
        "The browser could not add the Origin header, usually because an extension made the call.",
    ),
    "allowed-same-origin": Words("same origin", "The page called its own origin, so CORS does not apply."),
    "depends-on-credentials": Words(
        "depends on credentials",
        "Whether this is blocked depends on whether the page sent credentials, which is not visible.",
    ),
    "not-a-browser": Words("not a browser", "This call did not come from a browser, and only browsers enforce CORS."),
}
"""What a console says, or a person looks up, and no verdict gives."""

REASONS: dict[str, Words] = {**REASON_WORDS, **OTHER_WORDS}

VARIANTS: dict[tuple[str, str], Words] = {
    # by the kind of difference
    ("method-not-allowed", "case"): Words(
        "{method}: case differs",
        "The page asked for the method “{method}”, and {server} allows {found}: methods are case-sensitive.",
        "The page must write the method in capitals ({capitals}): fetch() does that only for the oldest methods.",
    ),
    ("method-not-allowed", "wildcard"): Words(
        "* does not cover {method}",
        "{server} allows any method with *, but the page made this call with credentials, "
        "and then the wildcard does not count.",
        "{server} must list {method} by name in Access-Control-Allow-Methods.",
    ),
    ("header-not-allowed", "response-header"): Words(
        "page sends {misplaced}",
        "The page sends {misplaced} with its request. That is a header of responses: it allows nothing there, and "
        "makes the browser ask {server} for leave to send it.",
        "The page must not set {misplaced}.",
    ),
    ("header-not-allowed", "wildcard"): Words(
        "* does not cover {absent}",
        "{server} allows any header with *, but the page made this call with credentials, "
        "and then the wildcard does not count.",
        "{server} must list {absent} by name in Access-Control-Allow-Headers.",
    ),
    ("origin-multiple", "duplicated"): Words(
        "Allow-Origin sent twice",
        "{server} sent the same Access-Control-Allow-Origin more than once: {found}. Browsers accept exactly one.",
        "{server} must send it once. Often two layers add the header, the app and a proxy in front of it: "
        "turn it off in one of them.",
    ),
    ("origin-mismatch", "own-origin"): Words(
        "Allow-Origin names the server",
        "{server} allows {found}, which is the server itself; the calling page is {needed}.",
        "{server} must answer with the page's origin, {needed}.",
    ),
    ("corp", "absent"): Words(
        "no Resource-Policy",
        "The page has a Cross-Origin-Embedder-Policy, so it loads only what other origins let it load, and {server} "
        "sent no Cross-Origin-Resource-Policy header in {answer}. That is not CORS.",
        "{server} must send “Cross-Origin-Resource-Policy: cross-origin”, or the page must load it with CORS.",
    ),
    # by the status of the answer
    ("origin-missing", "refused"): Words(
        "refused by the server's CORS code ({status})",
        "The CORS code of {server} refused the call: status {status}, and no Access-Control-Allow-Origin header.",
        "{server} must allow {needed} in its CORS settings.",
    ),
    ("preflight-status", "refused"): Words(
        "refused by the server's CORS code ({status})",
        "The CORS code of {server} refused the preflight (OPTIONS): status {status}.",
        "{server} must allow the page's origin, the method and the headers in its CORS settings.",
    ),
    ("origin-missing", "preflight-unauthorized"): Words(
        "no Allow-Origin (preflight answered {status})",
        "{server} asked for a login on the preflight (OPTIONS): status {status}, without CORS headers. "
        "A preflight never carries credentials, so this can never pass.",
        "{server} must answer OPTIONS before it checks who is calling, with 204 and "
        "“Access-Control-Allow-Origin: {needed}”.",
    ),
    ("origin-missing", "preflight-not-found"): Words(
        "no Allow-Origin (preflight answered {status})",
        "{server} does not know OPTIONS at this address: it answered the preflight with status {status} "
        "and no Access-Control-Allow-Origin header.",
        "{server} must answer OPTIONS for this address with 204 and “Access-Control-Allow-Origin: {needed}”.",
    ),
    ("origin-missing", "preflight-server-error"): Words(
        "no Allow-Origin (preflight answered {status})",
        "{server} failed on the preflight (OPTIONS): status {status}, an error in the server itself, "
        "without CORS headers.",
        "See {server}'s log for the error. It must answer OPTIONS with 204 and "
        "“Access-Control-Allow-Origin: {needed}”.",
    ),
    ("preflight-status", "unauthorized"): Words(
        "preflight answered {status}",
        "{server} asked for a login on the preflight (OPTIONS): status {status}. "
        "A preflight never carries credentials, so this can never pass.",
        "{server} must answer OPTIONS before it checks who is calling, with 204 and the CORS headers.",
    ),
    ("preflight-status", "not-found"): Words(
        "preflight answered {status}",
        "{server} does not know OPTIONS at this address: it answered the preflight with status {status}.",
        "{server} must answer OPTIONS for this address with 204 and the CORS headers.",
    ),
    ("preflight-status", "server-error"): Words(
        "preflight answered {status}",
        "{server} failed on the preflight (OPTIONS): status {status}, an error in the server itself.",
        "See {server}'s log for the error. It must answer OPTIONS with 204 and the CORS headers.",
    ),
}
"""More specific words for a reason: by a kind of `differences.Difference`, or by what a status means."""

MASKED_BESIDE = "Behind it is an error (status {status}): with the right headers the call would still fail."
"""The same where the answer has CORS headers, and they are wrong."""

TO_LOGIN = Words(
    "redirected to a login",
    "{asked} redirected the call to a login page, which is made for people: script can't log in there.",
    "{asked} must answer calls from scripts with 401 instead; the page then opens the login itself.",
)
"""Whatever check the login page fails: no header on it helps."""

TO_HTTP = Words(
    "redirected from https to http",
    "{server} redirected the call from https to http ({downgraded}): it doesn't know that it was called by https, "
    "often because a proxy in front speaks https for it.",
    "{server} must redirect to https; or the page must call the address that it is redirected to, by https.",
)
"""Whatever check fails at that address: no header there helps."""

BY_GATE = Words(
    "answered by {gate} ({status})",
    "{gate} itself answered the {request} to {server}, with status {status}, in the app's place.",
    "{gate_change}",
)
"""Whatever check the answer fails: CORS settings of the app don't change it."""

MASKED: dict[str, str] = {
    "server-error": "The real problem is an error in the server itself (status {status}); error pages often lack the "
    "CORS headers. Fix that first; the server's log says more.",
    "unauthorized": "The real problem is a refused login (status {status}), answered without CORS headers.",
    "forbidden": "The real problem is that the server refused (status {status}), without CORS headers.",
    "not-found": "The real problem is a wrong address (status {status}): check the path and the method.",
    "method-not-supported": "The real problem is that the server doesn't support this method here (status {status}).",
    "too-large": "The real problem is a request that was too large (status {status}), refused without CORS headers.",
    "rate-limited": "The real problem is a rate limit (status {status}), answered without CORS headers.",
    "client-error": "The real problem is that the server refused (status {status}), without CORS headers.",
}
"""What a failed check of the answer itself hides, by `Call.masked`."""

CONDITIONS: dict[tuple[str, str], str] = {
    ("credentials", "include"): "if the page sent credentials",
    ("credentials", "omit"): "if the page sent no credentials",
    ("mode", "no-cors"): "if it was a no-cors call",
    ("mode", "cors"): "if it was a cors call",
    ("redirect", "manual"): "if the page does not follow redirects",
    ("redirect", "error"): "if the page forbids redirects",
    ("redirect", "follow"): "if the page follows redirects",
}
"""The conditions that decide between alternatives, in words."""
