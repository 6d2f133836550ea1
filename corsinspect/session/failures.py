"""Why an exchange failed, from the words of who noticed: mitmproxy, Chromium or Firefox.

mitmproxy has no error codes: `flow.error.msg` is what asyncio, OpenSSL or its own layers said (read in 11.0 and 12.2:
proxy/server.py, proxy/layers/tls.py, proxy/layers/http/). The first pattern that is found decides.
"""

import re

from corsinspect.model import Failure, FailureKind

_Table = tuple[tuple[FailureKind, str], ...]

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
# Some messages quote what the peer sent, which may hold anything, secrets too.
_QUOTED = re.compile(
    r"""(unexpected server response|before completing request headers|invalid header \w+|Bad HTTP \w+ line)\b.*""", re.S
)


def failure(text: str) -> Failure:
    """From mitmproxy's `flow.error.msg`, or `conn.error`."""
    return Failure(kind=_kind(_PROXY, text), text=_QUOTED.sub(r"\1", text))


def browser_failure(text: str) -> Failure:
    """From a browser's own words in a HAR: mostly `net::ERR_…` or `NS_ERROR_…`."""
    return Failure(kind=_kind(_BROWSER, text), text=text)


SILENT = Failure(kind="failed-unexplained", text="No response; the HAR doesn't say why.")
"""Of a browser's call that has neither a status nor a word why."""


def _kind(table: _Table, text: str) -> FailureKind:
    for kind, pattern in table:
        if re.search(pattern, text):
            return kind
    return "other"
