"""What passes: each table is one thing that differs, and each entry a case; the rest of a case is plain.

Left out, because mitmproxy itself doesn't pass them on and leaves the client waiting: interim responses, trailers over
HTTP/1.1, and empty lines before a message.
"""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import replace

from .http1 import Act, Pieces, Round

EVERY_BYTE = bytes(range(256))
K64 = 1 << 16
BIG = EVERY_BYTE * (1 << 14)
"""4 MB."""
BASE = b"http://localhost:{PORT}"
HELLO: Pieces = (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",)


def with_length(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunked(*chunks: bytes, end: bool = True) -> bytes:
    """A body in these very chunks, with the header line for it."""
    framed = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return b"Transfer-Encoding: chunked\r\n\r\n" + framed + (b"0\r\n\r\n" if end else b"")


METHODS = (
    *b"GET HEAD POST PUT PATCH DELETE OPTIONS TRACE PROPFIND PROPPATCH MKCOL COPY MOVE LOCK REPORT SEARCH".split(),
    *b"M-SEARCH PURGE QUERY LINK get Post pAtCh X X-Y.Z !#$%&'*+-.^_`|~ ANAMETHATNOBODYWILLEVERUSE".split(),
)

TARGETS = {
    "root": b"/",
    "none": b"",
    "query alone": b"?a=b",
    "empty query": b"/a?",
    "two question marks": b"/a?b?c",
    "many slashes": b"//a///b//",
    "dots": b"/a/./b/../c/..",
    "escaped": b"/%41%2f%2F%25",
    "broken escapes": b"/%zz%%%4",
    "escaped utf-8": b"/%C3%BC%F0%9F%98%80",
    "raw latin-1": b"/\xfc\xe9",
    "raw utf-8": "/ü/😀".encode(),
    "parameters": b"/a;b=c;d",
    "colon": b"/a:b@c",
    "plus and comma": b"/a+b,c!$&'()*",
    "brackets": b"/a[b]{c}|d\\e^f`g",
    "quotes": b"/\"'<>",
    "fragment": b"/a#b",
    "token": b"/?access_token=s3cret&id_token=eyJhbGciOiJub25lIn0.e30.&page=2",
    "json": b'/?variables={"password":"s3cret"}',
    "a url": b"/?next=https://user:pw@b.test/c?d=e",
    "1 kB": b"/" + b"a" * 1000,
    "16 kB": b"/?" + b"ab%20" * 3200,
    "semicolons": b"/?a=1;b=2&amp;c",
    "plus": b"/?q=a+b%2Bc",
    "bracketed keys": b"/?filter[name]=a&filter[]=b",
    "repeated": b"/?a=1&a=2&a",
    "null escaped": b"/%00?%00",
    "newline escaped": b"/%0d%0aSet-Cookie:x",
    "ends in a dot": b"/file.",
    "looks absolute": b"/http://b.test/",
}
AUTHORITIES = {
    "upper-case scheme": b"HTTP://localhost:{PORT}/",
    "upper-case host": b"http://LocalHost:{PORT}/",
    "address": b"http://127.0.0.1:{PORT}/",
    "mapped address": b"http://[::ffff:127.0.0.1]:{PORT}/",
    "userinfo": b"http://user:pw@localhost:{PORT}/",
    "empty userinfo": b"http://@localhost:{PORT}/",
    "zeros before the port": b"http://localhost:0{PORT}/",
    "unknown scheme": b"foo://localhost:{PORT}/",
    "no port number": b"http://localhost:x/",
    "no host": b"http://:{PORT}/",
    "no such host": b"http://no-such-host.invalid/",
    "port 1": b"http://127.0.0.1:1/",
}

LINES = {
    "cases": b"X-lower: 1\r\nx-LOWER: 2\r\nX-LOWER: 3",
    "order": b"B: 1\r\nA: 2\r\nB: 3\r\nC: 4\r\nA: 5",
    "empty value": b"X-Empty:",
    "spaces around": b"X-Spaces:   a  b   ",
    "tabs": b"X-Tabs:\ta\tb\t",
    "no space": b"X-None:a",
    "latin-1": b"X-Latin: \xe9\xff\xa0",
    "utf-8": "X-Utf8: ü😀".encode(),
    "separators": b'X-Separators: a,b;c="d,e\\"f";g=(h)',
    "colons": b"X-Colon: a:b::c",
    "odd name": b"!#$%&'*+-.^_`|~0aZ: 1",
    "underscores": b"x_under_score: 1",
    "numeric name": b"123: 4",
    "8 kB": b"X-Long: " + b"a" * 8192,
    "60 kB": b"X-Longer: " + b"a" * 60_000,
    "300 lines": b"\r\n".join(b"X-%d: %d" % (number, number) for number in range(300)),
    "the same 100 times": b"\r\n".join([b"X-Same: a"] * 100),
    "control character": b"X-Control: a\x01b\x7f",
    "a nul": b"X-Nul: a\x00b",
    "a bare CR": b"X-Cr: a\rb",
    "folded": b"X-Folded: a\r\n b",
    "folded by tab": b"X-Folded: a\r\n\tb",
    "space before the colon": b"X-Space : a",
    "space in the name": b"X Space: a",
    "no colon": b"X-NoColon",
    "no name": b": a",
    "non-ascii name": b"X-\xe9: a",
    "vary": b"Vary: Origin, Accept-Encoding\r\nVary: *",
    "link": b'Link: </a>; rel=preload; as=fetch; crossorigin, <https://b.test/>; rel="next"',
    "connection": b"Connection: X-Hop\r\nX-Hop: 1",
    "keep-alive": b"Connection: keep-alive\r\nKeep-Alive: timeout=5, max=9",
    "close": b"Connection: close",
    "Close": b"Connection: CLOSE, x",
    "proxy-connection": b"Proxy-Connection: keep-alive",
    "trailer": b"Trailer: X-After",
    "upgrade": b"Upgrade: foo/2\r\nConnection: Upgrade",
    "via": b"Via: 1.1 a, 1.0 b (c)",
    "forwarded": b"Forwarded: for=192.0.2.1;proto=https\r\nX-Forwarded-For: 192.0.2.1, ::1",
    "date": b"Date: Sat, 28 Nov 2026 10:00:00 GMT",
    "broken date": b"Date: yesterday",
    "alt-svc": b'Alt-Svc: h3=":443"; ma=86400, h2="b.test:443"',
    "content-type": b'Content-Type: multipart/form-data; boundary="a b"; charset=UTF-8',
    "two content-types": b"Content-Type: text/plain\r\nContent-Type: text/html",
    "content-encoding of none": b"Content-Encoding: gzip, br, zstd",
    "timing": b"Server-Timing: db;dur=53, app;dur=47.2",
}
REQUEST_LINES = {
    "origin null": b"Origin: null",
    "two origins": b"Origin: https://a.test\r\nOrigin: https://b.test",
    "preflight": b"Origin: https://a.test\r\nAccess-Control-Request-Method: PUT\r\n"
    b"Access-Control-Request-Headers: x-b,x-a",
    "preflight, odd": b"Origin: https://a.test\r\nAccess-Control-Request-Method: put \r\n"
    b"Access-Control-Request-Headers: ,X-A , x-a,\r\nAccess-Control-Request-Private-Network: true",
    "fetch metadata": b"Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"
    b"Sec-Fetch-User: ?1\r\nSec-Fetch-Storage-Access: active",
    "client hints": b'Sec-CH-UA: "Chromium";v="156", "Not;A=Brand";v="8"\r\nSec-CH-UA-Mobile: ?0',
    "cookies": b"Cookie: a=b; c=d; e\r\nCookie: f=g",
    "authorization": b"Authorization: Bearer s3cret",
    "basic": b"Authorization: Basic dTpw",
    "proxy-authorization": b"Proxy-Authorization: Basic dTpw",
    "api keys": b"X-Api-Key: s3cret\r\nX-Auth-Token: s3cret\r\nApiKey: s3cret",
    "accept": b"Accept: text/html;q=0.9, */*;q=0.1\r\nAccept-Language: de-CH\r\nAccept-Encoding: br;q=1.0, *;q=0",
    "conditions": b'If-None-Match: W/"a", "b"\r\nIf-Modified-Since: Sat, 28 Nov 2026 10:00:00 GMT\r\nIf-Match: *',
    "range": b'Range: bytes=0-9,20-\r\nIf-Range: "a"',
    "cache": b"Cache-Control: no-cache, max-age=0\r\nPragma: no-cache",
    "te": b"TE: trailers, deflate;q=0.5",
    "expect": b"Expect: 100-continue",
    "expect nothing known": b"Expect: 200-maybe",
    "priority": b"Priority: u=1, i",
    "referer": b"Referer: https://a.test/?token=s3cret#fragment",
    "user agent": b"User-Agent: \xe9 (X11; rv:1) \xff",
    "h2c": b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
    "second host": b"Host: b.test",
    "method override": b"X-HTTP-Method-Override: DELETE",
    "do not track": b"DNT: 1\r\nSec-GPC: 1\r\nSave-Data: on\r\nUpgrade-Insecure-Requests: 1",
    "early data": b"Early-Data: 1\r\nMax-Forwards: 0",
    "tracing": b"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: a=b",
}
RESPONSE_LINES = {
    "wildcard": b"Access-Control-Allow-Origin: *",
    "origin twice": b"Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Origin: https://a.test",
    "everything allowed": b"Access-Control-Allow-Origin: https://a.test\r\nAccess-Control-Allow-Credentials: true\r\n"
    b"Access-Control-Allow-Methods: GET, put,\r\nAccess-Control-Allow-Headers: *, authorization\r\n"
    b"Access-Control-Expose-Headers: x-a\r\nAccess-Control-Max-Age: 7200\r\nAccess-Control-Allow-Private-Network: true",
    "unreadable lists": b"Access-Control-Allow-Methods: GET PUT\r\nAccess-Control-Allow-Headers: \xe9\r\n"
    b"Access-Control-Max-Age: soon",
    "set-cookie": b"Set-Cookie: sid=s3cret; Path=/; Secure; HttpOnly; SameSite=None; Partitioned\r\n"
    b"Set-Cookie: a=b, c=d",
    "location": b"Location: //b.test/\xe9?token=s3cret",
    "location with a space": b"Location: /a b",
    "refresh": b"Refresh: 0; url=https://b.test/",
    "authenticate": b'WWW-Authenticate: Basic realm="a", Bearer error="invalid_token"\r\nWWW-Authenticate: Negotiate',
    "isolation": b"Cross-Origin-Resource-Policy: same-site\r\nCross-Origin-Opener-Policy: same-origin\r\n"
    b"Cross-Origin-Embedder-Policy: require-corp",
    "policy": b"Content-Security-Policy: default-src 'self' https:; report-uri /csp\r\n"
    b"Permissions-Policy: geolocation=(), camera=(self)",
    "caching": b'ETag: W/"a"\r\nCache-Control: public, max-age=60, stale-while-revalidate=30\r\nAge: 1\r\nExpires: 0',
    "transport security": b"Strict-Transport-Security: max-age=31536000; includeSubDomains; preload",
    "nosniff": b"X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nX-XSS-Protection: 0",
    "disposition": b"Content-Disposition: attachment; filename=\"a\xe9.txt\"; filename*=UTF-8''%c3%a9.txt",
    "clear": b'Clear-Site-Data: "cache", "cookies"',
    "server": b"Server: nginx/1.27 (\xe9)\r\nX-Powered-By: PHP/8.4",
    "reporting": b'NEL: {"report_to":"a","max_age":1}\r\nReport-To: {"group":"a"}',
    "allow": b"Allow: GET, , HEAD",
    "retry": b"Retry-After: 120\r\nX-RateLimit-Reset: 1795253217",
    "range": b"Content-Range: bytes 0-1/5\r\nAccept-Ranges: bytes",
    "proxy headers": b"Proxy-Authenticate: Basic\r\nProxy-Connection: close\r\nX-Cache: HIT",
    "source map": b"SourceMap: /a.js.map\r\nX-SourceMap: /b",
    "encoding twice": b"Content-Encoding: identity\r\nContent-Encoding: identity",
}

STATUS_LINES = {
    **{str(code): b"HTTP/1.1 %d Words" % code for code in (
        200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 299, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402,
        403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 425, 426, 428, 429,
        431, 451, 499, 500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 599, 600, 999,
    )},
    "no words": b"HTTP/1.1 200 ",
    "no words, no space": b"HTTP/1.1 200",
    "odd words": b"HTTP/1.1 200 \xe9 'quoted' <b>",
    "many words": b"HTTP/1.1 200 " + b"very " * 200,
    "HTTP/1.0": b"HTTP/1.0 200 OK",
    "HTTP/0.9": b"HTTP/0.9 200 OK",
    "HTTP/1.2": b"HTTP/1.2 200 OK",
    "HTTP/2.0": b"HTTP/2.0 200 OK",
    "lower case": b"http/1.1 200 ok",
    "two digits": b"HTTP/1.1 20 OK",
    "four digits": b"HTTP/1.1 2000 OK",
    "no number": b"HTTP/1.1 abc OK",
    "two spaces": b"HTTP/1.1  200 OK",
    "not HTTP": b"ICY 200 OK",
}  # fmt: skip

BODIES = {
    "none": with_length(b""),
    "1 byte": with_length(b"a"),
    "2 bytes": with_length(b"ab"),
    "every byte": with_length(EVERY_BYTE),
    "64 kB less one": with_length(b"a" * (K64 - 1)),
    "64 kB": with_length(b"a" * K64),
    "64 kB and one": with_length(b"a" * (K64 + 1)),
    "4 MB": with_length(BIG),
    "newlines": with_length(b"\r\n\r\n\n\r0\r\n\r\n"),
    "like a request": with_length(b"GET / HTTP/1.1\r\nHost: b.test\r\n\r\n"),
    "json": with_length(b'{"password": "s3cret", "name": "\xc3\xbc"}'),
    "broken utf-8": with_length(b"\xff\xfe\xed\xa0\x80"),
    "gzip": b"Content-Encoding: gzip\r\n" + with_length(gzip.compress(EVERY_BYTE, mtime=0)),
    "broken gzip": b"Content-Encoding: gzip\r\n" + with_length(gzip.compress(EVERY_BYTE, mtime=0)[:-9]),
    "no gzip": b"Content-Encoding: gzip\r\n" + with_length(b"plain"),
    "deflate": b"Content-Encoding: deflate\r\n" + with_length(zlib.compress(EVERY_BYTE)),
    "unknown coding": b"Content-Encoding: x\r\n" + with_length(b"plain"),
    "one chunk": chunked(b"hello"),
    "chunks": chunked(b"a", b"bc", b"def", b"\r\n", b"0"),
    "no chunk": chunked(),
    "500 chunks": chunked(*[b"%d" % number for number in range(500)]),
    "a chunk of 1 MB": chunked(BIG[: 1 << 20]),
    "chunks, 4 MB": chunked(*[BIG[start : start + 100_000] for start in range(0, len(BIG), 100_000)]),
    "chunks, gzip": b"Content-Encoding: gzip\r\n" + chunked(gzip.compress(EVERY_BYTE, mtime=0)),
    "extensions of chunks": b'Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nhi\r\n2 ;c="d"\r\nho\r\n0;e\r\n\r\n',
    "upper-case sizes": b"Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n00\r\n\r\n",
    "zeros before sizes": b"Transfer-Encoding: chunked\r\n\r\n0002\r\nhi\r\n0\r\n\r\n",
    "Chunked": b"Transfer-Encoding: Chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    "length with zeros": b"Content-Length: 002\r\n\r\nhi",
    "length with plus": b"Content-Length: +2\r\n\r\nhi",
    "length twice, alike": b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
    "length twice, unlike": b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
    "length in a list": b"Content-Length: 2, 2\r\n\r\nhi",
    "length that isn't one": b"Content-Length: x\r\n\r\nhi",
    "negative length": b"Content-Length: -2\r\n\r\nhi",
    "length and chunks": b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    "chunks within gzip": b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    "unknown transfer coding": b"Transfer-Encoding: x\r\n\r\nhi",
    "chunks twice": b"Transfer-Encoding: chunked, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    # a chunk before it: mitmdump begins to stream at a body's first byte only
    "a size that isn't one": b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nx\r\nhi\r\n0\r\n\r\n",
    "a chunk too long": b"Transfer-Encoding: chunked\r\n\r\n2\r\nhiho\r\n0\r\n\r\n",
}
CHUNKS = b"Transfer-Encoding: chunked\r\n\r\n"
PIECEMEAL = {
    "head in three": (b"Content-Le", Act.PAUSE, b"ngth: 2\r\n\r", Act.PAUSE, b"\nhi"),
    "head, then body": (b"Content-Length: 4\r\n\r\n", Act.PAUSE, b"hi", Act.PAUSE, b"ho"),
    "byte by byte": tuple(bytes([byte]) for byte in with_length(b"0123456789")),
    "chunk by chunk": (CHUNKS, Act.PAUSE, b"2\r\nhi\r\n", Act.PAUSE, b"2\r\nho\r\n", Act.PAUSE, b"0\r\n\r\n"),
    "a chunk in pieces": (CHUNKS + b"4", Act.PAUSE, b"\r\nhi", Act.PAUSE, b"ho\r", Act.PAUSE, b"\n0\r\n", b"\r\n"),
    "1 MB in pieces": (b"Content-Length: 1048576\r\n\r\n", *[BIG[:K64] for _ in range(16)]),
}  # fmt: skip
"""Bodies with their header lines, sent in these pieces."""

OK = b"HTTP/1.1 200 OK\r\n"
STREAM = OK + b"Content-Type: text/event-stream\r\n"
ANSWERS: dict[str, Pieces] = {
    "to the end": (OK + b"\r\nhello", Act.CLOSE),
    "nothing, to the end": (OK + b"\r\n", Act.CLOSE),
    "4 MB, to the end": (OK + b"\r\n" + BIG, Act.CLOSE),
    "to the end, HTTP/1.0": (b"HTTP/1.0 200 OK\r\nX-A: b\r\n\r\nhello", Act.CLOSE),
    "events, to the end": (STREAM + b"\r\n", *[b"data: 1\n\n", Act.PAUSE] * 5, Act.CLOSE),
    "events in chunks": (STREAM + b"Transfer-Encoding: chunked\r\n\r\n", *[b"9\r\ndata: 1\n\n\r\n", Act.PAUSE] * 5,
        b"0\r\n\r\n"),
    "half events": (STREAM + b"\r\nid: 1\ndata", Act.PAUSE, b": 2\n", Act.PAUSE, b"\n:ping\n\n", Act.CLOSE),
    "json lines": (OK + b"Content-Type: application/x-ndjson\r\n\r\n", *[b'{"a":1}\n', Act.PAUSE] * 3, Act.CLOSE),
    "an error's page in pieces": (b"HTTP/1.1 500 No\r\nContent-Type: text/html\r\nContent-Length: 3000\r\n\r\n",
        *[b"<h1>No</h1>" + b" " * 489, Act.PAUSE] * 6),
    "an error, to the end": (b"HTTP/1.1 404 No\r\nContent-Type: text/plain\r\n\r\nCannot GET /", Act.CLOSE),
    "cut short": (OK + b"Content-Length: 10\r\n\r\nhi", Act.CLOSE),
    "reset in the body": (OK + b"Content-Length: 10\r\n\r\nhi", Act.WAIT, Act.RESET),
    "chunks cut short": (OK + chunked(b"hi", end=False), Act.CLOSE),
    "a chunk cut short": (OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\nhi", Act.CLOSE),
    "nothing at all": (Act.CLOSE,),
    "reset at once": (Act.RESET,),
    "half a head": (b"HTTP/1.1 200 OK\r\nX-A", Act.CLOSE),
    "garbage": (b"\x00\x01\x02 hello\r\n\r\n", Act.CLOSE),
    "TLS": (b"\x15\x03\x01\x00\x02\x02\x28", Act.CLOSE),
    "a page without a head": (b"<html></html>\r\n\r\n", Act.CLOSE),
    "more than announced": (OK + b"Content-Length: 2\r\n\r\nhi and more",),
    "a body for 204": (b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nhi",),
    "a body for 304": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\nETag: a\r\n\r\n",),
    "LF alone": (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", Act.CLOSE),
    "close": (OK + b"Connection: close\r\nContent-Length: 2\r\n\r\nhi", Act.CLOSE),
    "early": (b"HTTP/1.1 413 Too much\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", Act.CLOSE),
}  # fmt: skip


def request(
    method: bytes = b"GET",
    url: bytes = BASE + b"/",
    lines: bytes = b"",
    rest: Pieces = (b"\r\n",),
    *,
    host: bytes = b"localhost:{PORT}",
    version: bytes = b"HTTP/1.1",
) -> Pieces:
    """A request whose `rest` ends its head and is its body."""
    head = b"%s %s %s\r\nHost: %s\r\n" % (method, url, version, host) + (lines + b"\r\n" if lines else b"")
    first, *others = rest
    assert isinstance(first, bytes)
    return (head + first, *others)


GET = request()
POST = request(b"POST", rest=(with_length(b"hi"),))


def _one(asked: Pieces, answer: Pieces = HELLO) -> list[Round]:
    return [Round(asked, answer)]


def tunnelled() -> Iterator[tuple[str, list[Round]]]:
    """The cases as a client sends them to the server itself, within a tunnel."""
    for name, rounds in cases():
        if not name.startswith("authority") and name not in ("target-none", "target-query alone"):
            yield (
                name,
                [replace(round, request=tuple(_in_tunnel(piece) for piece in round.request)) for round in rounds],
            )


def _in_tunnel(piece: bytes | Act) -> bytes | Act:
    return piece.replace(b" " + BASE, b" ", 1) if isinstance(piece, bytes) else piece


def cases() -> Iterator[tuple[str, list[Round]]]:
    """Each case's name and its rounds on one connection."""
    for method in METHODS:
        yield f"method-{method.decode()}", _one(request(method))
        if method in (b"GET", b"HEAD", b"DELETE", b"OPTIONS", b"patch"):
            yield f"method-{method.decode()}-with-body", _one(request(method, rest=(with_length(b"hi"),)))
    for name, target in TARGETS.items():
        yield f"target-{name}", _one(request(url=BASE + target))
    for name, url in AUTHORITIES.items():
        yield f"authority-{name}", _one(request(url=url))
    for name, lines in (LINES | REQUEST_LINES).items():
        yield f"asked-{name}", _one(request(lines=lines))
    for name, lines in (LINES | RESPONSE_LINES).items():
        yield f"answered-{name}", _one(GET, (OK + lines + b"\r\n" + with_length(b"hi"),))
    for name, line in STATUS_LINES.items():
        yield f"status-{name}", _one(GET, (line + b"\r\n" + with_length(b""),))
    for name, rest in BODIES.items():
        yield f"upload-{name}", _one(request(b"POST", rest=(rest,)))
        yield f"download-{name}", _one(GET, (OK + rest,))
    for name, pieces in PIECEMEAL.items():
        yield f"upload-{name}", _one(request(b"PUT", rest=pieces))
        first, *others = pieces
        assert isinstance(first, bytes)
        yield f"download-{name}", _one(GET, (OK + first, *others))
    for name, answer in ANSWERS.items():
        yield f"answer-{name}", _one(GET, answer)
        yield f"answer-to-upload-{name}", _one(POST, answer)
    yield "head-with-length", _one(request(b"HEAD"), (OK + b"Content-Length: 1000\r\n\r\n",))
    yield "head-with-chunks", _one(request(b"HEAD"), (OK + b"Transfer-Encoding: chunked\r\n\r\n",))
    yield "version-1.0", _one(request(version=b"HTTP/1.0"))
    yield "version-1.0-keep-alive", _one(request(version=b"HTTP/1.0", lines=b"Connection: keep-alive"))
    yield "version-1.2", _one(request(version=b"HTTP/1.2"))
    yield "version-none", _one((b"GET " + BASE + b"/\r\n\r\n",))
    yield "host-another", _one(request(host=b"b.test"))
    yield "host-empty", _one(request(host=b""))
    yield "no-host", _one((b"GET " + BASE + b"/ HTTP/1.1\r\n\r\n",))
    yield "lf-alone", _one((b"GET " + BASE + b"/ HTTP/1.1\nHost: localhost:{PORT}\n\n",))
    yield "garbage", _one((b"\x00\x01\x02\x03\r\n\r\n",))
    yield "no-target", _one((b"GET\r\n\r\n",))
    yield "upload-cut-short", _one((*request(b"POST", rest=(b"Content-Length: 10\r\n\r\nhi",)), Act.WAIT, Act.CLOSE))
    yield "upload-reset", _one((*request(b"POST", rest=(b"Content-Length: 10\r\n\r\nhi",)), Act.WAIT, Act.RESET))
    yield "five-in-turn", [Round(request(url=BASE + b"/%d" % number), HELLO) for number in range(5)]
    yield (
        "turns-of-all-kinds",
        [
            Round(GET, HELLO),
            Round(POST, (b"HTTP/1.1 204 No Content\r\n\r\n",)),
            Round(request(b"HEAD"), (OK + b"Content-Length: 9\r\n\r\n",)),
            Round(request(b"PUT", rest=(chunked(b"a", b"b"),)), (OK + chunked(b"c", b"d"),)),
            Round(request(b"OPTIONS", lines=REQUEST_LINES["preflight"]), (b"HTTP/1.1 304 Not Modified\r\n\r\n",)),
            Round(GET, (OK + b"\r\nto the end", Act.CLOSE)),
        ],
    )
    yield (
        "server-closes-between",
        [
            Round(GET, (OK + b"Connection: close\r\nContent-Length: 2\r\n\r\nhi", Act.CLOSE)),
            Round(GET, HELLO),
        ],
    )
    yield "after-an-error", [Round(GET, (b"HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno",)), Round(POST, HELLO)]
    yield "big-both-ways", _one(request(b"POST", rest=(with_length(BIG),)), (OK + with_length(BIG),))
