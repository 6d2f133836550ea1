"""The demo's calls as data: what the page asks for, what the server answers, and how a browser judges it.

`expected` is only for the page's text and for the tests; the analysis never reads it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from corsinspect.demo.looks import Headers, Look
from corsinspect.model import Outcome, Stage

Server = Literal["localhost", "127.0.0.1", "fastapi", "gateway", "https", "down"]
"""Where a call goes: an API under one of its two names, one of another framework, one behind a gateway, one with a
self-signed certificate, or a closed port."""

LOOKS: dict[Server, Look] = {
    "localhost": "express",
    "127.0.0.1": "express",
    "fastapi": "fastapi",
    "gateway": "nginx-express",
    "https": "nginx",
}
"""What answers there; at the closed port nothing does."""


@dataclass(frozen=True)
class Fetch:
    """What the page passes to fetch() in addition to the URL."""

    method: str = "GET"
    headers: Headers = ()
    body: str | None = None
    credentials: Literal["same-origin", "include"] = "same-origin"
    mode: Literal["cors", "no-cors"] = "cors"

    def init(self) -> dict[str, object]:
        """As fetch()'s second argument, without default values."""
        given: dict[str, object] = {"method": self.method, "headers": dict(self.headers), "body": self.body}
        given |= {"credentials": self.credentials, "mode": self.mode}
        defaults = (None, {}, "GET", "same-origin", "cors")
        return {name: value for name, value in given.items() if value not in defaults}


GET = Fetch()


@dataclass(frozen=True)
class Answer:
    """A response; in header values `{page}` stands for the page's origin, `{port}` for its port, and `{api}` for the
    API's origin."""

    status: int = 200
    headers: Headers = ()
    body: str = '{"ok":true}'
    content_type: str = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Expected:
    """How a browser judges a call."""

    outcome: Outcome
    stage: Stage | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Case:
    """One call of the demo page.

    `preflight` is the answer to OPTIONS (None: the call needs none), `answer` the answer to the call itself (None: the
    server closes the connection without an answer).
    """

    id: str
    title: str
    note: str
    expected: Expected
    answer: Answer | None
    preflight: Answer | None = None
    fetch: Fetch = GET
    server: Server = "localhost"
    fixes: str | None = None
    """The id of the broken case that this one fixes."""

    @property
    def path(self) -> str:
        return f"/{self.id}"


ORIGIN = ("Access-Control-Allow-Origin", "{page}")
VARY = ("Vary", "Origin")
CREDENTIALS = ("Access-Control-Allow-Credentials", "true")

READABLE = Answer(headers=(ORIGIN, VARY))
SILENT = Answer()
ALLOWED = Expected("allowed", "actual")


def _allow_origin(value: str) -> Answer:
    return Answer(headers=(("Access-Control-Allow-Origin", value),))


def _express_error(status: int, message: str) -> Answer:
    """As Express's own error handler writes it."""
    headers = (("Content-Security-Policy", "default-src 'none'"), ("X-Content-Type-Options", "nosniff"))
    body = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n'
        f"<pre>{message}</pre>\n</body>\n</html>\n"
    )
    return Answer(status, headers, body, "text/html; charset=utf-8")


def _fastapi_error(answer: Answer, detail: str) -> Answer:
    return replace(answer, body=f'{{"detail":"{detail}"}}', content_type="application/json")


def _grant(methods: str | None = None, headers: str | None = None, *more: tuple[str, str], status: int = 204) -> Answer:
    lines: list[tuple[str, str]] = [ORIGIN, VARY]
    if methods is not None:
        lines.append(("Access-Control-Allow-Methods", methods))
    if headers is not None:
        lines.append(("Access-Control-Allow-Headers", headers))
    return Answer(status, (*lines, *more), body="")


def _blocked(stage: Stage, reason: str) -> Expected:
    return Expected("blocked", stage, reason)


POST_JSON = Fetch("POST", (("Content-Type", "application/json"),), '{"demo": true}')
POST_JSON_WITH_COOKIES = replace(POST_JSON, credentials="include")
PUT = Fetch("PUT")
WITH_TOKEN = Fetch(headers=(("Authorization", "Bearer demo-token"),))
WITH_COOKIES = Fetch(credentials="include")

CASES: tuple[Case, ...] = (
    Case(
        "missing-header",
        "No Access-Control-Allow-Origin",
        "The API answers 200 but never says that this page may read the answer.",
        _blocked("actual", "origin-missing"),
        SILENT,
    ),
    Case(
        "missing-header-fixed",
        "No Access-Control-Allow-Origin",
        "The answer names the page's origin.",
        ALLOWED,
        READABLE,
        fixes="missing-header",
    ),
    Case(
        "trailing-slash",
        "A trailing slash in the origin",
        "An origin has no path: with one extra character it is another value.",
        _blocked("actual", "origin-mismatch"),
        _allow_origin("{page}/"),
    ),
    Case(
        "trailing-slash-fixed",
        "A trailing slash in the origin",
        "The same without the slash.",
        ALLOWED,
        READABLE,
        fixes="trailing-slash",
    ),
    Case(
        "wildcard-credentials",
        "Wildcard with cookies",
        "With cookies, * isn't enough.",
        _blocked("actual", "origin-wildcard-with-credentials"),
        Answer(headers=(("Access-Control-Allow-Origin", "*"), CREDENTIALS)),
        fetch=WITH_COOKIES,
    ),
    Case(
        "wildcard-credentials-fixed",
        "Wildcard with cookies",
        "The page's full origin, and Access-Control-Allow-Credentials: true.",
        ALLOWED,
        Answer(headers=(ORIGIN, CREDENTIALS, VARY)),
        fetch=WITH_COOKIES,
        fixes="wildcard-credentials",
    ),
    Case(
        "credentials-header",
        "Cookies not allowed",
        "The origin is right, but nothing says that cookies are allowed.",
        _blocked("actual", "credentials-not-true"),
        READABLE,
        fetch=WITH_COOKIES,
    ),
    Case(
        "credentials-header-fixed",
        "Cookies not allowed",
        "The answer has Access-Control-Allow-Credentials: true.",
        ALLOWED,
        Answer(headers=(ORIGIN, CREDENTIALS, VARY)),
        fetch=WITH_COOKIES,
        fixes="credentials-header",
    ),
    Case(
        "credentials-preflight",
        "Cookies not allowed in the preflight",
        "The answer to OPTIONS must allow cookies too, though OPTIONS itself never carries any.",
        _blocked("preflight", "credentials-not-true"),
        Answer(headers=(ORIGIN, CREDENTIALS, VARY)),
        preflight=_grant("POST", "content-type"),
        fetch=POST_JSON_WITH_COOKIES,
    ),
    Case(
        "credentials-preflight-fixed",
        "Cookies not allowed in the preflight",
        "Both answers have Access-Control-Allow-Credentials: true.",
        ALLOWED,
        Answer(headers=(ORIGIN, CREDENTIALS, VARY)),
        preflight=_grant("POST", "content-type", CREDENTIALS),
        fetch=POST_JSON_WITH_COOKIES,
        fixes="credentials-preflight",
    ),
    Case(
        "options-404",
        "OPTIONS is answered 404",
        "No route handles OPTIONS. The console complains about a missing header; the 404 is the real problem.",
        _blocked("preflight", "origin-missing"),
        READABLE,
        preflight=_express_error(404, "Cannot OPTIONS /options-404"),
        fetch=POST_JSON,
    ),
    Case(
        "options-404-fixed",
        "OPTIONS is answered 404",
        "A route answers OPTIONS.",
        ALLOWED,
        READABLE,
        preflight=_grant("POST", "content-type"),
        fetch=POST_JSON,
        fixes="options-404",
    ),
    Case(
        "options-405",
        "OPTIONS is answered 405",
        "All headers are there, but a preflight needs a status of 200 to 299.",
        _blocked("preflight", "preflight-status"),
        READABLE,
        preflight=_fastapi_error(
            _grant("POST", "content-type", ("Allow", "GET, POST"), status=405), "Method Not Allowed"
        ),
        fetch=POST_JSON,
        server="fastapi",
    ),
    Case(
        "options-405-fixed",
        "OPTIONS is answered 405",
        "The same headers with status 204.",
        ALLOWED,
        READABLE,
        preflight=_grant("POST", "content-type"),
        fetch=POST_JSON,
        server="fastapi",
        fixes="options-405",
    ),
    Case(
        "options-401",
        "OPTIONS needs a login",
        "Authentication runs before CORS, but a preflight never carries credentials.",
        _blocked("preflight", "preflight-status"),
        READABLE,
        preflight=_fastapi_error(
            _grant(None, "authorization", ("WWW-Authenticate", "Bearer"), status=401), "Not authenticated"
        ),
        fetch=WITH_TOKEN,
        server="fastapi",
    ),
    Case(
        "options-401-fixed",
        "OPTIONS needs a login",
        "OPTIONS is answered before authentication.",
        ALLOWED,
        READABLE,
        preflight=_grant(None, "authorization"),
        fetch=WITH_TOKEN,
        server="fastapi",
        fixes="options-401",
    ),
    Case(
        "method-not-listed",
        "PUT isn't listed",
        "Access-Control-Allow-Methods lists GET, POST.",
        _blocked("preflight", "method-not-allowed"),
        READABLE,
        preflight=_grant("GET, POST"),
        fetch=PUT,
    ),
    Case(
        "method-not-listed-fixed",
        "PUT isn't listed",
        "Access-Control-Allow-Methods lists GET, POST, PUT.",
        ALLOWED,
        READABLE,
        preflight=_grant("GET, POST, PUT"),
        fetch=PUT,
        fixes="method-not-listed",
    ),
    Case(
        "header-not-listed",
        "Authorization isn't listed",
        "Access-Control-Allow-Headers lists only content-type.",
        _blocked("preflight", "header-not-allowed"),
        READABLE,
        preflight=_grant("GET, POST", "content-type"),
        fetch=WITH_TOKEN,
    ),
    Case(
        "header-not-listed-fixed",
        "Authorization isn't listed",
        "Access-Control-Allow-Headers lists content-type, authorization.",
        ALLOWED,
        READABLE,
        preflight=_grant("GET, POST", "content-type, authorization"),
        fetch=WITH_TOKEN,
        fixes="header-not-listed",
    ),
    Case(
        "http-https",
        "http against https",
        "The API allows https://localhost, but this page uses http. (The API's certificate is self-signed.)",
        _blocked("actual", "origin-mismatch"),
        _allow_origin("https://localhost:{port}"),
        server="https",
    ),
    Case(
        "http-https-fixed",
        "http against https",
        "The API allows the page's scheme.",
        ALLOWED,
        READABLE,
        server="https",
        fixes="http-https",
    ),
    Case(
        "localhost-127",
        "localhost against 127.0.0.1",
        "They are the same machine but two origins.",
        _blocked("actual", "origin-mismatch"),
        _allow_origin("http://127.0.0.1:{port}"),
        server="127.0.0.1",
    ),
    Case(
        "localhost-127-fixed",
        "localhost against 127.0.0.1",
        "The API allows the page's host name.",
        ALLOWED,
        READABLE,
        server="127.0.0.1",
        fixes="localhost-127",
    ),
    Case(
        "preflight-redirect",
        "Redirect in the preflight",
        "OPTIONS is redirected to the URL with a trailing slash; browsers don't follow.",
        _blocked("preflight", "preflight-redirect"),
        READABLE,
        preflight=_grant("PUT", None, ("Location", "{api}/preflight-redirect/"), status=307),
        fetch=PUT,
        server="fastapi",
    ),
    Case(
        "preflight-redirect-fixed",
        "Redirect in the preflight",
        "OPTIONS is answered at the URL itself.",
        ALLOWED,
        READABLE,
        preflight=_grant("PUT"),
        fetch=PUT,
        server="fastapi",
        fixes="preflight-redirect",
    ),
    Case(
        "login-redirect",
        "Redirect to a login page",
        "The session expired and the API redirects to its login page: without CORS headers that fails at the redirect.",
        _blocked("redirect", "origin-missing"),
        Answer(302, (("Location", "/login"),), body=""),
    ),
    Case(
        "login-redirect-fixed",
        "Redirect to a login page",
        "The API answers a readable 401 instead of a redirect.",
        ALLOWED,
        Answer(401, (ORIGIN, VARY), body='{"error":"please log in"}'),
        fixes="login-redirect",
    ),
    Case(
        "error-500",
        "500 without CORS headers",
        "The handler crashed and the error page lacks the CORS headers, so the console blames CORS.",
        _blocked("actual", "origin-missing"),
        Answer(500, body="Internal Server Error", content_type="text/plain; charset=utf-8"),
        server="fastapi",
    ),
    Case(
        "error-500-fixed",
        "500 without CORS headers",
        "Errors have the header too, so the page can show them.",
        ALLOWED,
        _fastapi_error(Answer(500, (ORIGIN, VARY)), "database is locked"),
        server="fastapi",
        fixes="error-500",
    ),
    Case(
        "server-down",
        "The server is down",
        "Nothing listens on that port. This isn't CORS at all, though it looks the same to the page.",
        Expected("network-error", "actual", "refused"),
        None,
        server="down",
    ),
    Case(
        "server-down-fixed",
        "The server is down",
        "The same call to a running server.",
        ALLOWED,
        READABLE,
        fixes="server-down",
    ),
    Case(
        "hang-up",
        "The server hangs up",
        "It reads the request and closes the connection without an answer.",
        Expected("network-error", "actual", "closed"),
        None,
    ),
    Case(
        "hang-up-fixed",
        "The server hangs up",
        "It answers.",
        ALLOWED,
        READABLE,
        fixes="hang-up",
    ),
    Case(
        "no-cors",
        'mode: "no-cors"',
        "No error any more, but no answer either: the page can't read a byte of it.",
        Expected("opaque", "actual"),
        Answer(body="nobody reads this", content_type="text/plain"),
        fetch=Fetch(mode="no-cors"),
    ),
    Case(
        "no-cors-fixed",
        'mode: "no-cors"',
        "Without the mode, and with the header from the server.",
        ALLOWED,
        READABLE,
        fixes="no-cors",
    ),
    Case(
        "two-values",
        "Two origins in one header",
        "The header takes one origin; a list is never valid.",
        _blocked("actual", "origin-multiple"),
        _allow_origin("{page}, https://shop.example"),
    ),
    Case(
        "two-values-fixed",
        "Two origins in one header",
        "The server picks the origin that asked.",
        ALLOWED,
        READABLE,
        fixes="two-values",
    ),
    Case(
        "two-lines",
        "The header twice",
        "The app and the gateway in front both add the header.",
        _blocked("actual", "origin-multiple"),
        Answer(headers=(ORIGIN, ORIGIN, VARY)),
        server="gateway",
    ),
    Case(
        "two-lines-fixed",
        "The header twice",
        "Only one of them adds it.",
        ALLOWED,
        READABLE,
        server="gateway",
        fixes="two-lines",
    ),
)

BY_PATH: dict[str, Case] = {case.path: case for case in CASES}


def pairs() -> Iterator[tuple[Case, Case]]:
    """Each broken call with its fixed version, in the page's order."""
    fixed = {case.fixes: case for case in CASES}
    return ((case, fixed[case.id]) for case in CASES if case.fixes is None)
