"""Why an exchange failed, from the words of who noticed: mitmproxy, Chromium or Firefox.

- mitmproxy has no error codes: `flow.error.msg` is what asyncio, OpenSSL or its own layers said (read in 11.0 and 12.2:
  proxy/server.py, proxy/layers/tls.py, proxy/layers/http/). The first pattern that is found decides.
- Many of those messages quote what a peer sent: headers, a whole body. So a message is kept only where it is one of
  those known to hold nothing from the wire but an address or a number; every other is replaced by words of our own.
"""

import re

from corsinspect.model import Failure, FailureKind

MAX_TEXT = 300
"""Characters of a failure's text; the longest that is kept whole (several addresses refused) has about 200."""

_Table = tuple[tuple[FailureKind, str], ...]

OWN_ADDRESS = "this address is the proxy itself"
"""Why a connection isn't made that would lead back to the proxy that makes it."""

# What this machine, not the server, has run out of: EMFILE, ENFILE, ENOMEM, ENOBUFS, EADDRNOTAVAIL (no port is left);
# the numbers of Linux, macOS and Windows.
_OURS: tuple[tuple[str, str], ...] = (
    (
        r"\[(?:Errno|WinError) (?:24|23|10024)\]",
        "corsinspect has no file descriptors left; this isn't the server's fault. Raise their limit: `ulimit -n 8192`",
    ),
    (
        r"\[(?:Errno|WinError) (?:12|105|55|10055)\]",
        "this machine has no memory left for another connection; this isn't the server's fault",
    ),
    (
        r"\[(?:Errno|WinError) (?:99|49|10049)\] Cannot assign|Can't assign requested address",
        "this machine has no port left for another connection; this isn't the server's fault",
    ),
    # in mitmproxy's words where it knows the spelling, and behind those of the other addresses that a name stands for
    (
        rf"(?:Multiple exceptions: .{{0,{MAX_TEXT}}})?{OWN_ADDRESS}|Connection killed: Request destination unknown",
        f"{OWN_ADDRESS}, so there is no server to ask",
    ),
)

_PROXY: _Table = (
    ("aborted-by-page", r"^Client disconnected|^Client closed connection|^connection cancelled$"),
    # HTTP/2 resets read "stream reset by client (CODE)" whoever reset: a page's abort is CANCEL.
    ("aborted-by-page", r"by client \((?:CANCEL|NO_ERROR|H3_REQUEST_CANCELLED)\)"),
    ("tls", r"[Cc]ertificate|OpenSSL|\bTLS\b|tlsv1|sslv3|ssl/tls|SSL routines|handshake"),
    # getaddrinfo: EAI_* on Linux and macOS, WSA* on Windows
    ("dns", r"\[Errno (?:-\d+|8|1100[1-4])\]|Name or service not known|name resolution|getaddrinfo|nodename nor"),
    # ECONNREFUSED on Linux, macOS, Windows. Several addresses: "Multiple exceptions: [Errno 111] …, [Errno 101] …".
    ("refused", r"\[Errno (?:111|61|10061)\]|\[WinError (?:1225|10061)\]|[Cc]onnection refused"),
    ("closed", r"\[Errno (?:104|54|10054|32)\]|\[WinError (?:10054|64|121)\]|[Cc]onnection reset|[Bb]roken pipe"),
    (
        "closed",
        r"server closed connection|peer closed connection|[Cc]onnection closed|^EOF$|stream (?:reset|closed) by",
    ),
)
_BROWSER: _Table = (
    # What is said of a call that CORS refused, and of others whose trouble script isn't to know: Chromium's, Gecko's
    # for its own CORS checks, WebKit's sentences, as Playwright passes them on.
    ("failed-unexplained", r"^(?:net::)?ERR_FAILED$|^NS_ERROR_(?:FAILURE|DOM_BAD_URI)$|^NS_BINDING_FAILED$"),
    (
        "failed-unexplained",
        r"Access-Control-Allow|access control checks|Cross-Origin Request Blocked|Preflight response",
    ),
    ("aborted-by-page", r"ERR_ABORTED|NS_BINDING_ABORTED|NS_ERROR_ABORT"),
    ("dns", r"ERR_NAME_|ERR_DNS_|ERR_ICANN_|NS_ERROR_UNKNOWN_(?:HOST|PROXY_HOST)"),
    ("tls", r"ERR_CERT|ERR_SSL|ERR_TLS|ERR_BAD_SSL|ERR_ECH|SSL_ERROR|SEC_ERROR|MOZILLA_PKIX"),
    ("refused", r"ERR_CONNECTION_REFUSED|NS_ERROR_CONNECTION_REFUSED"),
    ("closed", r"ERR_CONNECTION_(?:CLOSED|RESET|ABORTED)|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED|ERR_INCOMPLETE"),
    ("closed", r"ERR_CONTENT_LENGTH_MISMATCH|ERR_HTTP2_|ERR_QUIC_"),
    ("closed", r"NS_ERROR_NET_(?:RESET|INTERRUPT|PARTIAL_TRANSFER|EMPTY_RESPONSE)"),
)

_ADDRESS = r"\('[0-9A-Za-z.:%_-]{1,255}', \d{1,5}(?:, \d+, \d+)?\)"
_HOST = r"[0-9A-Za-z.:%_\[\]*-]{1,255}"  # mitmproxy writes `*` for 0.0.0.0 and ::
_SYSTEM = rf"\[(?:Errno|WinError) -?\d{{1,6}}\] (?:Connect call failed {_ADDRESS}\.?|[A-Za-z][A-Za-z ,'/-]{{0,99}}\.?)"
_OPENSSL = r"[A-Za-z0-9 _,/()'\[\]:-]{0,200}"
_KEPT = (
    # mitmproxy's own words
    r"",
    r"unknown",
    r"EOF",
    r"Client disconnected\.",
    r"Client closed connection\.?",
    r"connection (?:cancelled|closed(?: early)?)",
    r"Connection killed\.",
    r"(?:server|peer) closed connection",
    r"(?:Request|Response) body exceeds mitmproxy's body_size_limit\.",
    r"stream (?:reset|closed) by client \((?:[A-Z][A-Z0-9_]{1,39}|\d{1,10})\)",
    # h11, h2: those of their messages that have no slot
    r"HTTP/1 protocol error: peer closed connection without sending complete message body "
    r"\((?:incomplete chunked read|received \d{1,20} bytes, expected \d{1,20})\)",
    r"HTTP/2 protocol error: (?:Invalid (?:data|HTTP/2 preamble\.|frame during header block\.)|"
    r"Received frame with (?:invalid padding\.|non-compliant data)|Too many continuation frames received\.|"
    r"Received pushed stream|Frame data missing or invalid)",
    # the operating system's and its resolver's
    _SYSTEM,
    rf"Multiple exceptions: {_SYSTEM}(?:, {_SYSTEM}){{0,9}}",
    # OpenSSL's, and mitmproxy's about it; the host is in the URL, too
    r"(?:tlsv1|sslv3|ssl/tls) alert [a-z ]{1,60}",
    r"Certificate verify failed: [A-Za-z][A-Za-z0-9 ,()'-]{0,120}",
    r"The remote server does not speak TLS\.",
    r"The remote server and mitmproxy cannot agree on a TLS version to use\. .{0,120}option\.",
    r"Client and mitmproxy cannot agree on a TLS version to use\. .{0,120}option\.",
    rf"OpenSSL Error\(\[{_OPENSSL}\]\)",
    rf"The client (?:does|may) not trust the proxy's certificate for {_HOST} "
    rf"\((?:OpenSSL Error\(\[{_OPENSSL}\]\)|[a-z0-9/ ]{{1,60}})\)",
    rf"The client disconnected during the handshake\. If this happens consistently for {_HOST}, "
    r"this may indicate that the client does not trust the proxy's certificate\.",
    r"TLS failed",
)
_WHOLE = re.compile("|".join(f"(?:{pattern})" for pattern in _KEPT))

# How messages begin that go on with a peer's own bytes, and what is said instead.
_QUOTING: tuple[tuple[str, FailureKind, str], ...] = (
    ("unexpected server response", "other", "unexpected server response"),
    ("HTTP/1 protocol error: illegal chunk", "other", "the body isn't chunked as its Transfer-Encoding says"),
    ("HTTP/1 protocol error", "other", "the body doesn't follow HTTP/1"),
    ("HTTP/2 connection closed", "closed", "the peer closed the HTTP/2 connection (GOAWAY)"),
    ("HTTP/2 protocol error", "other", "the peer doesn't follow HTTP/2"),
    ("HTTP/3 protocol error", "other", "the peer doesn't follow HTTP/3"),
    ("Cannot parse HTTP response", "other", "the response's status line or headers can't be parsed"),
    ("Bad HTTP request line", "other", "the request's first line can't be parsed"),
    ("Bad HTTP response line", "other", "the response's first line can't be parsed"),
    ("before completing request headers", "other", "the client stopped within the request's headers"),
    ("Received ", "other", "a header line is malformed, and the proxy refuses what could be request smuggling"),
    ("Upstream proxy ", "other", "the upstream proxy refused the connection"),
)
_OTHERWISE: dict[FailureKind, str] = {
    "aborted-by-page": "the client gave the request up",
    "closed": "the connection was closed before the end",
    "dns": "the server's name could not be resolved",
    "other": "the proxy could not pass this exchange on",
    "refused": "the server refused the connection",
    "tls": "the TLS handshake failed",
}
_LOOKED_AT = 80
"""Characters in which an unknown message may say its kind: further on it may quote."""
_UNREACHED = re.compile(rf"Cannot connect to {_HOST}: ")
"""Where a CONNECT came to nothing; the reason follows."""
_CODE = re.compile(r"(?:net::)?[A-Z][A-Z0-9_]{2,79}")


def failure(text: str) -> Failure:
    """From mitmproxy's `flow.error.msg`, or `conn.error`; nothing that a peer sent is kept."""
    unreached = _UNREACHED.match(text)
    if unreached is None:
        return _plain(text)
    reason = _plain(text[unreached.end() :])
    return Failure(kind=reason.kind, text=unreached[0] + reason.text)


def _plain(text: str) -> Failure:
    for pattern, words in _OURS:
        if re.match(pattern, text):
            return Failure(kind="other", text=words)
    if len(text) <= MAX_TEXT and _WHOLE.fullmatch(text):
        return Failure(kind=_kind(_PROXY, text), text=text)
    for beginning, kind, words in _QUOTING:
        if text.startswith(beginning):
            return Failure(kind=kind, text=words)
    kind = _kind(_PROXY, text[:_LOOKED_AT])
    return Failure(kind=kind, text=_OTHERWISE[kind])


def browser_failure(text: str) -> Failure:
    """From a browser's own code in a HAR: mostly `net::ERR_…` or `NS_ERROR_…`; nothing but such a code is kept."""
    kind = _kind(_BROWSER, text[:_LOOKED_AT])
    return Failure(kind=kind, text=text if _CODE.fullmatch(text) else "the browser gave no code for it")


SILENT = Failure(kind="failed-unexplained", text="No response; the HAR doesn't say why.")
"""Of a browser's call that has neither a status nor a word why."""


def _kind(table: _Table, text: str) -> FailureKind:
    for kind, pattern in table:
        if re.search(pattern, text):
            return kind
    return "other"
