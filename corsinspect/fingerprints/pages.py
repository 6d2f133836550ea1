"""Error pages of frameworks, proxies and guards: recognised by their first bytes; only the name is kept."""

import re
from functools import lru_cache
from typing import NamedTuple

from .names import CONFIDENCES, Confidence

FIRST_BYTES = 2048
"""The part of a body that is examined."""


class Page(NamedTuple):
    """One form of one framework's error answers. `content_type` and `body` are patterns; "" matches any."""

    name: str
    confidence: Confidence
    content_type: re.Pattern[str]
    body: re.Pattern[str]


def _pages(name: str, *pages: tuple[Confidence, str, str]) -> list[Page]:
    return [Page(name, confidence, re.compile(kind), re.compile(body, re.S)) for confidence, kind, body in pages]


_JSON, _HTML, _TEXT = "json", "html", "^text/plain"

PAGES: list[Page] = [
    *_pages(
        "nestjs",
        ("certain", _JSON, r'"message":"Cannot [A-Z]+ /.{0,1500}"statusCode":404'),
        ("likely", _JSON, r'^\{"statusCode":500,"message":"Internal server error"\}$'),
        # its HttpException; Fastify's own 404 has the same keys in the same order
        (
            "likely",
            _JSON,
            r'^\{"message":(?!"Route )("[^{}]*"|\[[^{}]*\]),("error":"[A-Z][\w ]+",)?"statusCode":4[0-9]{2}\}$',
        ),
    ),
    *_pages("express", ("certain", _HTML, r"<pre>Cannot [A-Z]+ /"), ("likely", _HTML, r"<pre>\w*Error: [^<]*<br>")),
    *_pages(
        "fastify",
        ("certain", _JSON, r'"message":"Route [A-Z]+:/.{0,1500} not found"'),
        ("certain", _JSON, r'"code":"FST_ERR_'),
        ("certain", _TEXT, r"^Invalid Preflight Request$"),
        ("likely", _JSON, r'^\{"statusCode":500,"error":"Internal Server Error","message":"'),
    ),
    # h3 2 and h3 1, the latter as Nitro writes it
    *_pages("h3", ("certain", _JSON, r'"message": ?"Cannot find any route matching \[[A-Z]+\] http')),
    *_pages(
        "nuxt", ("certain", _JSON, r'^\{\s*"error": ?true,\s*"url": ?"[^"]{1,1500}",\s*"statusCode": ?[45][0-9]{2},')
    ),
    *_pages(
        "trpc",
        ("certain", _JSON, r'^\[?\{"error":\{("json":\{)?"message":".{0,1500}","code":-32[0-9]{3},"data":\{"code":"'),
    ),
    # https://connectrpc.com/docs/protocol, error codes; other APIs may have the same two names
    *_pages(
        "connect",
        (
            "guess",
            _JSON,
            r'^\{"code":"(canceled|unknown|invalid_argument|deadline_exceeded|not_found|already_exists|permission_denied'
            r"|resource_exhausted|failed_precondition|aborted|out_of_range|unimplemented|internal|unavailable|data_loss"
            r'|unauthenticated)"(,"message":"|\})',
        ),
    ),
    *_pages("apollo", ("certain", _JSON, r"header \(with a type that is not one of .{0,200}apollo-require-preflight")),
    *_pages(
        "socket.io",
        (
            "certain",
            _JSON,
            r'^\{"code":[0-5],"message":"(Transport unknown|Session ID unknown|Bad handshake method|Bad request'
            r'|Unsupported protocol version)"',
        ),
    ),
    # only Hono writes the charset in capitals
    *_pages("hono", ("likely", r"^text/plain; charset=UTF-8$", r"^(404 Not Found|Internal Server Error)$")),
    *_pages(
        "nextjs", ("certain", _HTML, r"/_next/.*This page could not be found|This page could not be found.*/_next/")
    ),
    *_pages(
        "flask",
        ("certain", _HTML, r"^<!doctype html>\n<html lang=en>\n<title>[45][0-9]{2} "),
        ("certain", _HTML, r"// Werkzeug Debugger</title>"),
    ),
    *_pages(
        "fastapi",
        ("certain", _TEXT, r"^Disallowed CORS (origin|method|headers)"),
        ("likely", _JSON, r'^\{"detail":"(Not Found|Method Not Allowed|Not authenticated)"\}$'),
        ("certain", _JSON, r'^\{"detail":\[\{"type":"[a-z_]+","loc":\['),
    ),
    *_pages(
        "django",
        ("certain", _HTML, r"<title>Page not found at /"),
        ("certain", _HTML, r"CSRF verification failed"),
        ("likely", _HTML, r"<title>\w+(Error|Host|Exist)\s+at /"),
        (
            "likely",
            _HTML,
            r'^\s*<!doctype html>\s*<html lang="en">\s*<head>\s*<title>'
            r"(Not Found|Server Error \(500\)|Bad Request \(400\)|403 Forbidden)</title>",
        ),
        (
            "likely",
            _JSON,
            r'^\{"detail":"(Not found\.|Authentication credentials were not|Method \\"[A-Z]+\\" not allowed)',
        ),
    ),
    *_pages(
        "aiohttp",
        ("likely", _TEXT, r"^[45][0-9]{2}: [A-Z][A-Za-z ]+$"),
        ("certain", "", r"Server got itself in trouble"),
        ("certain", _TEXT, r"^CORS preflight request failed: "),
    ),
    *_pages("tornado", ("certain", _HTML, r"^<html><title>[45][0-9]{2}: [^<]*</title><body>[45][0-9]{2}: ")),
    *_pages(
        "spring",
        ("certain", _HTML, r"Whitelabel Error Page"),
        ("certain", "", r"^Invalid CORS request$"),
        ("likely", _JSON, r'^\{"timestamp":("|[0-9]).{0,60}"status":[45][0-9]{2},"error":"'),
    ),
    *_pages(
        "aspnet",
        ("likely", _JSON, r'"type":"https://tools\.ietf\.org/html/rfc(7231|9110)#section-.{0,1500}"traceId":"'),
        ("certain", _HTML, r"Server Error in '/[^']*' Application"),
    ),
    *_pages(
        "rails",
        ("certain", _HTML, r"Action Controller: Exception caught|The page you were looking for doesn't exist"),
        ("certain", "", r"ActionController::|ActionDispatch::"),
    ),
    *_pages("sinatra", ("certain", _HTML, r"Sinatra doesn\S{1,8}t know this ditty|Sinatra::NotFound")),
    *_pages(
        "laravel",
        ("certain", _JSON, r'"message": ?"The (route \S* could not be found|[A-Z]+ method is not supported for)'),
        ("likely", _JSON, r'"exception": ?"(Symfony|Illuminate)\\\\'),
    ),
    *_pages("php", ("certain", "", r"<b>(Fatal error|Parse error|Warning)</b>: ")),
    *_pages("go", ("likely", _TEXT, r"^404 page not found\n$")),
    # the same words without a line break
    *_pages("go-gin", ("likely", _TEXT, r"^404 page not found$")),
    *_pages("nginx", ("certain", _HTML, r"<center>(nginx|openresty)(/[0-9.]+)?( \([\w ]+\))?</center>")),
    *_pages(
        "apache",
        ("certain", _HTML, r"<address>Apache"),
        ("likely", r"^text/html; charset=iso-8859-1$", r'^<!DOCTYPE HTML PUBLIC "-//(IETF|W3C)//DTD HTML '),
    ),
    *_pages(
        "envoy",
        (
            "certain",
            _TEXT,
            r"^(upstream connect error or disconnect/reset before|no healthy upstream|RBAC: access denied$"
            r"|Jwt (is|not|header|payload|signature|issuer|verification) )",
        ),
    ),
    *_pages("aws-api-gateway", ("certain", _JSON, r'^\{"message": ?"Missing Authentication Token"\}$')),
    *_pages("aws-lambda", ("likely", _JSON, r'^\{"Message": ?"(Forbidden|Internal Server Error)[^"]*"\}$')),
    *_pages("aws-s3", ("certain", "xml", r"<Error><Code>\w+</Code>.*<RequestId>")),
    *_pages("aws-cloudfront", ("certain", _HTML, r"ERROR: The request could not be satisfied")),
    *_pages("cloudflare", ("likely", _TEXT, r"^error code: [0-9]{3,4}\s*$"), ("certain", _HTML, r"cf-error-|cf_chl_")),
    *_pages("heroku", ("certain", _HTML, r"herokucdn\.com/error-pages")),
    *_pages("vercel", ("certain", _TEXT, r"^(FUNCTION|DEPLOYMENT)_[A-Z_]+\s|\n(FUNCTION|DEPLOYMENT)_[A-Z_]+\n")),
    *_pages(
        "supabase",
        ("likely", _JSON, r'"(BOOT_ERROR|WORKER_LIMIT|WORKER_ERROR)"'),
        ("likely", _JSON, r'"(Requested function was not found|Missing authorization header|Invalid JWT)"'),
        ("certain", _JSON, r'"UNAUTHORIZED_[A-Z_]+"|"hint": ?"No `apikey` request header or url param was found'),
    ),
    *_pages("firebase", ("likely", "", r"^Error: could not handle the request\s*$")),
    *_pages("vite", ("certain", "", r"^Blocked request\. This host \(.{0,300}`(server|preview)\.allowedHosts`")),
    *_pages(
        "kong",
        ("certain", _JSON, r'^\{\s*"message": ?"(no Route matched with those values|No API key found in request)"'),
    ),
    *_pages("netlify", ("certain", _TEXT, r"^Not Found - Request ID: [0-9A-Z]{20,}")),
]
"""The order matters: if two match, the more specific one comes first."""

GUARDS: list[Page] = [
    # vitejs/vite and webpack-dev-server, host checks; the MCP SDK for Python says the same, with status 421
    *_pages("host-check", ("certain", "", r"^Invalid Host header$")),
    *_pages("rails-hosts", ("certain", "", r"^\s*Blocked hosts?: |<h1>Blocked hosts?: ")),
    # modelcontextprotocol/typescript-sdk, streamableHttp.ts; python-sdk, transport_security.py
    *_pages(
        "mcp-origin",
        ("certain", _JSON, r'"jsonrpc": ?"2\.0".{0,80}"message": ?"Invalid Origin header'),
        ("certain", "", r"^Invalid Origin header$"),
    ),
    *_pages("mcp-host", ("certain", _JSON, r'"jsonrpc": ?"2\.0".{0,80}"message": ?"Invalid Host')),
    *_pages(
        "google-invoker",
        (
            "certain",
            _HTML,
            r"<h1>Error: (Forbidden|Unauthorized)</h1>\s*<h2>Your client does not have permission to get URL",
        ),
    ),
    *_pages(
        "azure-gateway",
        (
            "certain",
            _JSON,
            # with its blanks: other APIs have the same two members
            r'^\{ "statusCode": (401|404), "message": "(Access denied due to (missing|invalid) subscription key'
            r'|Resource not found" \}$)',
        ),
    ),
    # google/jwt_verify_lib, status.cc, as Envoy's jwt_authn sends them
    *_pages("envoy-audience", ("certain", _TEXT, r"^Audiences in Jwt are not allowed$")),
    *_pages("envoy-keys", ("certain", _TEXT, r"^Jwks (is|does|doesn't|remote|PEM|RSA|EC) ")),
    # traefik/traefik, loadbalancer/wrr
    *_pages("no-available-server", ("certain", _TEXT, r"^no available server\s*$")),
    *_pages("wordpress-no-route", ("certain", _JSON, r'^\{"code":"rest_no_route"')),
]
"""Answers that name what refused a request (see `gates`), and no framework: they say nothing of who made other answers.
They are more particular than PAGES."""

CONFIDENCE_OF: dict[str, Confidence] = {}
for _page in sorted(PAGES, key=lambda page: CONFIDENCES.index(page.confidence)):
    CONFIDENCE_OF[_page.name] = _page.confidence
"""Only a page's name is kept, so it counts no more than the weakest of its forms."""


@lru_cache(64)  # errors come again and again: 20 µs for each
def error_page(first_bytes: bytes, content_type: str | None) -> str | None:
    """The name of the framework, gateway or guard whose error page a body starts like; None if it isn't known.

    `first_bytes`: the start of the (decoded) body, of which FIRST_BYTES are read. Any bytes are fine.
    """
    text = first_bytes[:FIRST_BYTES].decode("latin-1")
    kind = (content_type or "").strip()
    for page in (*GUARDS, *PAGES):
        if page.content_type.search(kind) and page.body.search(text):
            return page.name
    return None
