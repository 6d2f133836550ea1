"""The words for every reason, as data: a few for a row, what happened, and which side must change what.

The places in braces are filled by `sentences.py` with the values of the call. `{answer}` is "its answer to the
preflight", "its answer" or "its redirect", by stage. A network error is never called CORS.
"""

import msgspec


class Words(msgspec.Struct, frozen=True):
    """What is said about one reason."""

    short: str
    happened: str
    mend: str = ""


REASONS: dict[str, Words] = {
    # the CORS check, on any stage
    "origin-missing": Words(
        "no Allow-Origin header",
        "{server} sent no Access-Control-Allow-Origin header in {answer}.",
        "{server} must add “Access-Control-Allow-Origin: {needed}” to {answer}.",
    ),
    "origin-wildcard-with-credentials": Words(
        "wildcard * with credentials",
        "{server} said “Access-Control-Allow-Origin: *”, but the page made this call with credentials, "
        "and the wildcard does not cover those.",
        "{server} must name {needed} instead of *, and add “Access-Control-Allow-Credentials: true”; "
        "or the page must make the call without credentials.",
    ),
    "origin-multiple": Words(
        "several values in Allow-Origin",
        "{server} gave more than one value in Access-Control-Allow-Origin: {found}. A browser takes exactly one.",
        "{server} must send {needed} alone, once. Often two layers add the header, "
        "the app and a proxy in front of it: switch it off in one of them.",
    ),
    "origin-invalid": Words(
        "Allow-Origin: {difference}",
        "{server} sent {found} as Access-Control-Allow-Origin, which is not an origin ({difference}).",
        "{server} must send exactly {needed}: scheme, host and port, and nothing else.",
    ),
    "origin-mismatch": Words(
        "Allow-Origin: {difference}",
        "{server} allows {found}, but the origin it has to allow is {needed} ({difference}).",
        "{server} must answer with exactly {needed}, character for character.",
    ),
    "credentials-not-true": Words(
        "Allow-Credentials is not true",
        "The page made this call with credentials, and {server} did not say "
        "“Access-Control-Allow-Credentials: true” in {answer} (it sent {sent}).",
        "{server} must add “Access-Control-Allow-Credentials: true”, in lower case and once; "
        "or the page must make the call without credentials.",
    ),
    # the preflight's own checks
    "preflight-network-error": Words(
        "preflight got no answer",
        "The browser asked {server} first (OPTIONS), and the connection ended before an answer came.",
        "{server} must answer OPTIONS requests for this address.",
    ),
    "preflight-redirect": Words(
        "preflight was redirected",
        "{server} answered the preflight (OPTIONS) with a redirect ({status}){to}. Browsers do not follow one there.",
        "{server} must answer OPTIONS itself, at this very address, with 204 and the CORS headers; or the page must "
        "call the final address (https for http, a slash more or less at the end, and logins are the usual causes).",
    ),
    "preflight-status": Words(
        "preflight answered {status}",
        "{server} answered the preflight (OPTIONS) with status {status}. Only 200 to 299 count.",
        "{server} must answer OPTIONS for this address with 204 and the CORS headers.",
    ),
    "allow-methods-invalid": Words(
        "Allow-Methods is malformed",
        "{server} sent an Access-Control-Allow-Methods that cannot be read: {found}.",
        "{server} must list the methods separated by commas, without quotes: “{needed}”.",
    ),
    "allow-headers-invalid": Words(
        "Allow-Headers is malformed",
        "{server} sent an Access-Control-Allow-Headers that cannot be read: {found}.",
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
    "authorization-not-listed": Words(
        "* does not cover Authorization",
        "{server} allows any header with *, and by the standard that does not cover Authorization.",
        "{server} must list authorization by name in Access-Control-Allow-Headers.",
    ),
    # redirects
    "redirect-credentials": Words(
        "redirect holds a password",
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
        "The call was redirected more than 20 times, and the browser gave up.",
        "{server} must stop redirecting in a circle.",
    ),
    "redirect-mode-error": Words(
        "the page forbade redirects",
        "{server} answered with a redirect, and the page had asked for none (redirect: 'error').",
        "The page must call the final address, or follow redirects.",
    ),
    "redirect-invalid-location": Words(
        "redirect to no valid address",
        "{server} answered with a redirect whose Location cannot be read: {found}.",
        "{server} must send a valid address in Location.",
    ),
    "redirect-stream-body": Words(
        "redirect of a streamed upload",
        "{server} redirected an upload that the page was streaming, and a stream cannot be sent twice.",
        "The page must call the final address, or send a body that is not a stream.",
    ),
    # what never becomes a CORS request
    "mode-same-origin": Words(
        "the page asked for same origin only",
        "The page made this call with mode: 'same-origin', and {server} is another origin.",
        "The page must leave that mode out.",
    ),
    "no-cors-redirect-mode": Words(
        "no-cors needs redirect: 'follow'",
        "The page made a no-cors call with another redirect mode than 'follow', which browsers refuse.",
        "The page must leave the redirect mode out.",
    ),
    "scheme-not-cors": Words(
        "not an http(s) address",
        "CORS works for http and https addresses only.",
        "The page must call an http or https address.",
    ),
    "mixed-content": Words(
        "mixed content, not CORS",
        "An https page called an http address, and the browser does not let it. That is not CORS.",
        "{server} must be called by https.",
    ),
    # the local network
    "local-network-denied": Words(
        "local network not permitted",
        "The browser was not permitted to reach the local network from this page. That is not CORS.",
        "Allow “local network” for {page} in the browser's site settings.",
    ),
    "local-network-insecure": Words(
        "local network from an http page",
        "Only https pages may ask for the local network, and this page is not one. That is not CORS.",
        "Serve the page by https or from localhost.",
    ),
    "local-network-mismatch": Words(
        "local network mismatch",
        "{server} turned out to be in another network than the page had declared. That is not CORS.",
        "The page must declare the network that the server is in.",
    ),
    "private-network-header": Words(
        "no Allow-Private-Network",
        "The browser asked leave to reach a private network, and {server} did not give it.",
        "{server} must add “Access-Control-Allow-Private-Network: true” to its answer to the preflight.",
    ),
    # the browser's own settings
    "cors-disabled-by-user": Words(
        "CORS is switched off",
        "Cross-origin calls are switched off in this browser's settings.",
        "Set content.cors.disable to false in about:config.",
    ),
    "origin-header-not-added": Words(
        "Origin could not be added",
        "The browser could not add the Origin header, mostly because an extension made the call.",
    ),
    # no-cors loads
    "corp": Words(
        "refused by Resource-Policy",
        "{server} keeps other origins from loading this with Cross-Origin-Resource-Policy ({sent}). That is not CORS.",
        "{server} must send “Cross-Origin-Resource-Policy: cross-origin”, or the page must load it with CORS.",
    ),
    "orb": Words(
        "unreadable type for this use",
        "The browser keeps this kind of answer from page elements of other origins. That is not CORS.",
        "The page must fetch it with CORS, and {server} must allow that.",
    ),
    # facts that are missing
    "no-actual-seen": Words(
        "request never followed",
        "{server} granted the preflight, but the {method} itself was never seen: the page may have given it up, "
        "or something in the browser held it back.",
        "Repeat the click. If nothing follows again, the browser's console says why.",
    ),
    "no-response-seen": Words(
        "no answer was seen",
        "The record ends before {server} had answered.",
        "Repeat the click, and leave the capture running until the page is done.",
    ),
    # the network
    "refused": Words(
        "server not running (not CORS)",
        "Nothing answers at {server}: the connection was refused. That is not CORS, whatever the console says.",
        "Start the server, or correct the port in the address.",
    ),
    "dns": Words(
        "no such host (not CORS)",
        "The name {host} could not be resolved. That is not CORS, whatever the console says.",
        "Check the spelling, the hosts file, or the network.",
    ),
    "tls": Words(
        "no secure connection (not CORS)",
        "No secure connection to {server} could be made{why}. That is not CORS, whatever the console says.",
        "Check the server's certificate and that it speaks https on this port; a browser of your own must also trust "
        "corsinspect's certificate (corsinspect ca says how).",
    ),
    "closed": Words(
        "connection closed (not CORS)",
        "{server} closed the connection before it had answered. That is not CORS, whatever the console says.",
        "Look into the server's log: it may have crashed on this request.",
    ),
    "aborted-by-page": Words(
        "given up by the page",
        "The page gave this call up (it was left, reloaded, or ran out of patience) before {server} had answered.",
    ),
    "network-error": Words(
        "network error (not CORS)",
        "No answer came from {server}{why}. That is not CORS, whatever the console says.",
        "Check that the server runs and can be reached from this machine.",
    ),
    # not failures, for whoever looks a slug up
    "allowed-same-origin": Words("same origin", "The page called its own origin: CORS does not apply."),
    "depends-on-credentials": Words(
        "depends on credentials",
        "Whether this is blocked depends on the page sending credentials, which is not visible.",
    ),
    "not-a-browser": Words("not a browser", "No browser made this call, and only browsers enforce CORS."),
}

VARIANTS: dict[tuple[str, str], Words] = {
    # by what the difference turned out to be
    ("method-not-allowed", "case"): Words(
        "{method}: case differs",
        "The page asked for the method “{method}”, and {server} allows {found}: methods are case-sensitive.",
        "The page must write the method in capitals ({capitals}): fetch() does so for the oldest methods only.",
    ),
    ("method-not-allowed", "wildcard"): Words(
        "* does not cover {method}",
        "{server} allows any method with *, but the page made this call with credentials, "
        "and the wildcard does not count then.",
        "{server} must list {method} by name in Access-Control-Allow-Methods.",
    ),
    ("header-not-allowed", "wildcard"): Words(
        "* does not cover {absent}",
        "{server} allows any header with *, but the page made this call with credentials, "
        "and the wildcard does not count then.",
        "{server} must list {absent} by name in Access-Control-Allow-Headers.",
    ),
    ("origin-multiple", "duplicated"): Words(
        "Allow-Origin sent twice",
        "{server} sent the same Access-Control-Allow-Origin more than once: {found}. A browser takes exactly one.",
        "{server} must send it once. Often two layers add the header, the app and a proxy in front of it: "
        "switch it off in one of them.",
    ),
    ("origin-mismatch", "own-origin"): Words(
        "Allow-Origin names the server",
        "{server} allows {found}, which is the server itself; the page that calls is {needed}.",
        "{server} must answer with the page's origin, {needed}.",
    ),
    # by the status of the answer
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
        "sent without CORS headers.",
        "{server}'s log says what went wrong; OPTIONS must be answered with 204 and "
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
        "{server}'s log says what went wrong; OPTIONS must be answered with 204 and the CORS headers.",
    ),
}
"""Better words for a reason where more is known: by a kind of `differences.Difference`, or by what a status means."""

MASKED: dict[str, str] = {
    "server-error": "Underneath is an error in the server itself (status {status}); error pages often go out without "
    "CORS headers. Mend that first: its log says more.",
    "unauthorized": "Underneath is a refused login (status {status}), sent without CORS headers.",
    "forbidden": "Underneath is a refusal (status {status}), sent without CORS headers.",
    "not-found": "Underneath is a wrong address (status {status}): check the path and the method.",
    "method-not-supported": "Underneath is a server that doesn't answer this method here (status {status}).",
    "too-large": "Underneath is a request that was too large (status {status}), refused without CORS headers.",
    "rate-limited": "Underneath is a rate limit (status {status}), answered without CORS headers.",
    "client-error": "Underneath is a refusal (status {status}), sent without CORS headers.",
}
"""What a failed check of the answer itself hides, by `Call.masked`."""

CONDITIONS: dict[tuple[str, str], str] = {
    ("credentials", "include"): "if the page sent credentials",
    ("credentials", "omit"): "if the page sent no credentials",
    ("mode", "no-cors"): "if it was a no-cors call",
    ("mode", "cors"): "if it was a cors call",
    ("redirect", "manual"): "if the page asked not to follow redirects",
    ("redirect", "error"): "if the page forbade redirects",
    ("redirect", "follow"): "if the page follows redirects",
}
"""What decides between alternatives, in words."""
