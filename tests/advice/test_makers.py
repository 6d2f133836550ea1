"""Who made an error that looks like a CORS failure: each maker by its own sign, with what to change there."""

import msgspec
import pytest

from corsinspect.advice import explanation, short_reason
from corsinspect.advice.causes import causes
from corsinspect.advice.fix import fix
from corsinspect.advice.solution import solution
from corsinspect.analysis import judge_all
from corsinspect.analysis.assume import assuming
from corsinspect.fingerprints import GATES, REFUSALS, error_page, gate, refusal
from corsinspect.model import Call, Exchange
from corsinspect.report.formats import document
from corsinspect.session.redaction.redact import Redactor
from tests.analysis.build import OPEN, PAGE, exchange, only, preflight

JSON, HTML, TEXT = "application/json; charset=utf-8", "text/html; charset=utf-8", "text/plain"
SITE = "https://api.test/x"


def answered(
    status: int,
    headers: dict[str, str] | None = None,
    body: str = "",
    kind: str = "",
    *,
    url: str = SITE,
    first: bool = True,
    method: str = "PUT",
) -> Exchange:
    """The answer to a preflight (or to the request itself), captured as the addon does it: secrets replaced, and of the
    body only the name of its page."""
    got = dict(headers or {}) | ({"Content-Type": kind} if kind else {})
    made = preflight(method, url=url, status=status, got=got)
    if not first:
        made = exchange("GET", url, status=status, got=got)
    page = error_page(body.encode(), kind) if body else None
    return Redactor().exchange(msgspec.structs.replace(made, error_page=page))


def of(*exchanges: Exchange) -> tuple[Call, list[Call]]:
    calls = judge_all(exchanges)
    return calls[0], calls


VITE = 'Blocked request. This host ("api.test") is not allowed.\nTo allow this host, add "api.test" to ' + (
    "`server.allowedHosts` in vite.config.js."
)
INVOKER = (
    '<html><head>\n<meta http-equiv="content-type" content="text/html;charset=utf-8">\n<title>403 Forbidden</title>\n'
    "</head>\n<body text=#000000 bgcolor=#ffffff>\n<h1>Error: Forbidden</h1>\n<h2>Your client does not have permission "
    "to get URL <code>/x</code> from this server.</h2>\n<h2></h2>\n</body></html>"
)
RPC = '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Invalid %s header: https://app.test"},"id":null}'

IN_FRONT = [
    ("vite-host", answered(403, body=VITE, kind=TEXT), "add 'api.test' to server.allowedHosts"),
    ("vite-host", answered(403, body=VITE, kind=TEXT, first=False), "preview.allowedHosts"),
    ("webpack-host", answered(403, body="Invalid Host header"), "devServer.allowedHosts"),
    ("rails-host", answered(403, body="Blocked hosts: api.test\nTo allow", kind=TEXT), 'config.hosts << "api.test"'),
    (
        "ollama-host",
        answered(403, {**OPEN, "Date": "x", "Content-Length": "0"}, url="https://models.test/api/tags"),
        "OLLAMA_HOST=0.0.0.0",
    ),
    (
        "mcp-origin",
        answered(403, body=RPC % "Origin", kind="application/json", first=False),
        f"add {PAGE} to the allowed",
    ),
    ("mcp-origin", answered(403, body="Invalid Origin header", first=False), "allowed_origins"),
    ("mcp-host", answered(403, body=RPC % "Host", kind="application/json", first=False), "allowedHosts"),
    ("mcp-host-in-python", answered(421, body="Invalid Host header", first=False), "allowed_hosts"),
    ("cloudflare-challenge", answered(403, {"cf-mitigated": "challenge", "Server": "cloudflare"}), "skips challenges"),
    ("cloudflare-challenge", answered(503, {"cf-mitigated": "challenge"}, first=False), "skips challenges"),
    (
        "cloudflare-access-at-preflight",
        answered(403, {"WWW-Authenticate": 'Cloudflare-Access resource_metadata="x"'}),
        "bypass to the origin",
    ),
    (
        "cloudflare-access-at-preflight",
        answered(302, {"WWW-Authenticate": "Cloudflare-Access", "Location": "https://a.cloudflareaccess.com/cdn-cgi/"}),
        "bypass to the origin",
    ),
    (
        "cloudflare-access",
        answered(403, {"WWW-Authenticate": "Cloudflare-Access"}, first=False),
        "log in to the Access",
    ),
    ("cloudflare-no-origin", answered(530, {"Server": "cloudflare"}), "start the tunnel"),
    ("ngrok-warning", answered(200, {"ngrok-error-code": "ERR_NGROK_6024"}, first=False), "ngrok-skip-browser-warning"),
    ("ngrok-offline", answered(404, {"Ngrok-Error-Code": "ERR_NGROK_3200"}), "Start ngrok"),
    ("ngrok-no-server", answered(502, {"Ngrok-Error-Code": "ERR_NGROK_8012"}), "Start the server"),
    ("ngrok-error", answered(403, {"Ngrok-Error-Code": "ERR_NGROK_3205"}), "ngrok.com/docs/errors"),
    ("google-invoker", answered(403, {"Server": "Google Frontend"}, INVOKER, HTML), "Invoker for allUsers"),
    (
        "vercel-protection",
        answered(401, {"Set-Cookie": "_vercel_sso_nonce=abc; Path=/; HttpOnly"}),
        "OPTIONS Allowlist",
    ),
    ("vercel-firewall", answered(429, {"x-vercel-mitigated": "challenge"}), "bypass rule"),
    ("vercel-nothing-there", answered(404, {"x-vercel-error": "DEPLOYMENT_NOT_FOUND"}), "check the address"),
    ("vercel-function-failed", answered(500, {"x-vercel-error": "FUNCTION_INVOCATION_FAILED"}), "function's log"),
    (
        "netlify-nothing-there",
        answered(404, body="Not Found - Request ID: 01KBA2C3D4E5F6G7H8J9K0M1N2", kind=TEXT),
        "/.netlify/functions/NAME",
    ),
    (
        "kong-no-route-at-preflight",
        answered(404, body='{\n  "message":"no Route matched with those values",\n  "request_id":"1"\n}', kind=JSON),
        "add OPTIONS to the Route's methods",
    ),
    (
        "kong-no-route",
        answered(404, body='{"message":"no Route matched with those values"}', kind=JSON, first=False),
        "check the path",
    ),
    (
        "kong-login-at-preflight",
        answered(401, body='{"message":"No API key found in request"}', kind=JSON),
        "run_on_pre",
    ),
    (
        "kong-login",
        answered(401, body='{"message":"No API key found in request"}', kind=JSON, first=False),
        "cors plugin",
    ),
    ("traefik-no-server", answered(503, body="no available server\n", kind=TEXT), "behind Traefik"),
    (
        "istio-policy-at-preflight",
        answered(403, {"server": "istio-envoy"}, "RBAC: access denied", TEXT),
        "OPTIONS in the",
    ),
    ("istio-policy", answered(403, body="RBAC: access denied", kind=TEXT, first=False), "AuthorizationPolicy"),
    ("istio-token-at-preflight", answered(401, body="Jwt is missing", kind=TEXT), "bypass_cors_preflight"),
    ("istio-token", answered(401, body="Jwt is expired", kind=TEXT, first=False), "valid token"),
    ("istio-audience", answered(403, body="Audiences in Jwt are not allowed", kind=TEXT, first=False), "audience"),
    ("istio-keys", answered(401, body="Jwks remote fetch is failed", kind=TEXT, first=False), "jwksUri"),
    (
        "azure-gateway-at-preflight",
        answered(404, body='{ "statusCode": 404, "message": "Resource not found" }', kind="application/json"),
        f"with {PAGE} as an origin",
    ),
    (
        "azure-gateway",
        answered(
            401,
            body='{ "statusCode": 401, "message": "Access denied due to missing subscription key. Make sure" }',
            kind="application/json",
            first=False,
        ),
        "send the key",
    ),
    (
        "supabase-login",
        answered(
            401, body='{"code":"UNAUTHORIZED_NO_AUTH_HEADER","message":"Missing authorization header"}', kind=JSON
        ),
        "verify_jwt = false",
    ),
    (
        "supabase-login",
        answered(
            401,
            body='{"message":"No API key found in request","hint":"No `apikey` request header or url param was found"}',
            kind=JSON,
            first=False,
        ),
        "send apikey",
    ),
    (
        "supabase-no-function",
        answered(404, body='{"code":"NOT_FOUND","message":"Requested function was not found"}', kind=JSON),
        "deploy it",
    ),
    ("supabase-function-failed", answered(503, body='{"code":"BOOT_ERROR","message":"failed"}', kind=JSON), "log"),
    (
        "firebase-function-failed",
        answered(500, body="Error: could not handle the request\n", kind=TEXT),
        "functions:log",
    ),
    (
        "wordpress-no-route",
        answered(404, body='{"code":"rest_no_route","message":"No route was found"}', kind=JSON, first=False),
        "check path and method",
    ),
]


@pytest.mark.parametrize(
    ("wanted", "answer", "change"), IN_FRONT, ids=[f"{one[0]}-{i}" for i, one in enumerate(IN_FRONT)]
)
def test_what_answered_in_the_apps_place_is_named(wanted: str, answer: Exchange, change: str) -> None:
    call, calls = of(answer)
    found = causes(call, calls)
    assert [cause.id for cause in found] == [wanted]
    assert change in found[0].change
    said = explanation(call)
    assert said.change == found[0].change, "the first thing to do is the cause's"
    assert "itself answered" in said.happened and "answered by" in short_reason(call)


@pytest.mark.parametrize(
    ("wanted", "answer", "change"), IN_FRONT, ids=[f"{one[0]}-{i}" for i, one in enumerate(IN_FRONT)]
)
def test_no_line_speaks_of_another_cause(wanted: str, answer: Exchange, change: str) -> None:
    call, calls = of(answer, preflight("PUT", url=f"{SITE}/2", at=101, status=answer.status, got={}))
    printed = " ".join(" ".join(document("text", [call])).split())
    assert causes(call, calls)[0].what in printed
    for other in ("asks preflights for a login", "answers OPTIONS", "only the error", "CORS seems not", "lack the"):
        assert other not in printed


@pytest.mark.parametrize("each", GATES, ids=lambda each: each.id)
def test_headers_are_asked_only_of_what_can_send_them(each) -> None:
    (answer,) = [answer for wanted, answer, _ in IN_FRONT if wanted == each.id][:1]
    call, calls = of(answer)
    if each.by_headers and call.verdict.reason != "preflight-redirect":
        assert fix(call) is not None
    else:
        assert fix(call) is None and solution(call, calls).rendered is None


def test_every_gate_has_a_sign_and_a_source_and_is_tried_here() -> None:
    for each in GATES:
        assert each.header or each.error_page
        assert each.source.startswith("https://") and each.change.endswith(".") and each.what.endswith(".")
    assert {each.id for each in GATES} == {wanted for wanted, _, _ in IN_FRONT}


@pytest.mark.parametrize(
    ("headers", "status", "page", "url"),
    [
        ({"cf-ray": "1", "Server": "cloudflare"}, 403, None, SITE),
        ({"Server": "cloudflare"}, 502, "cloudflare", SITE),
        ({"WWW-Authenticate": "Bearer"}, 401, None, SITE),
        ({"Server": "envoy"}, 503, "envoy", SITE),
        ({"Set-Cookie": "sid=_vercel_sso_nonce"}, 401, None, SITE),
        ({"Server": "Vercel"}, 404, None, SITE),
        ({"Content-Length": "0", **OPEN, "Content-Type": "text/html"}, 403, None, "http://localhost:11434/api/tags"),
        ({}, 404, "nginx", SITE),
        ({}, 404, error_page(b'{"statusCode":404,"message":"Resource not found"}', JSON), SITE),
    ],
)
def test_a_status_alone_names_nobody(headers, status, page, url) -> None:
    for at_preflight in (True, False):
        assert gate(tuple(headers.items()), status, page, url, preflight=at_preflight) is None


@pytest.mark.parametrize(
    ("maker", "answer"),
    [
        ("MinIO", answered(204, {"Server": "MinIO", "Vary": "Origin"})),
        (
            "Google Cloud Storage",
            answered(200, {"x-guploader-uploadid": "A"}, url="https://storage.googleapis.com/b/o"),
        ),
        ("Google Cloud Storage", answered(200, {"x-goog-storage-class": "STANDARD"}, first=False)),
        ("llama.cpp", answered(204, {"Server": "llama.cpp"})),
        ("Amazon S3", answered(200, {"Server": "AmazonS3"}, first=False)),
        (
            "Starlette (FastAPI)",
            answered(400, {"Vary": "Origin"}, "Disallowed CORS origin", "text/plain; charset=utf-8"),
        ),
        ("rack-cors", answered(404, {"Vary": "Accept, Origin"}, "ActionController::RoutingError", HTML)),
        ("Ollama", answered(403, {"server": "nginx", "content-length": "0"}, url="http://localhost:11434/api/chat")),
    ],
)
def test_cors_code_that_refused_is_named(maker: str, answer: Exchange) -> None:
    call, calls = of(answer)
    first = causes(call, calls)[0]
    assert first.id in ("refused-by-its-cors-code", "no-rule-matches") and first.seen.startswith(f"{maker} refuses")
    assert [cause.id for cause in causes(call, calls)] == [first.id]
    assert PAGE in first.change


@pytest.mark.parametrize(
    ("headers", "url"),
    [
        ({"x-guploader-uploadid": "A"}, "https://www.googleapis.com/upload/drive/v3/files"),
        ({"Server": "AmazonS3", "Access-Control-Allow-Origin": "*"}, SITE),
    ],
)
def test_what_others_send_too_is_no_sign(headers, url) -> None:
    call, calls = of(answered(200, headers, url=url, first=False))
    assert all("refuse" not in cause.id and cause.id != "no-rule-matches" for cause in causes(call, calls))


def test_every_refusal_names_its_source() -> None:
    for each in REFUSALS:
        assert each.source.startswith("https://")
        assert each.header or each.error_page or each.bare
    assert refusal((), 200, None, SITE, preflight=True) is None


TABLE = [
    (
        "unlisted-refused",
        [answered(400, {**OPEN, "Access-Control-Allow-Methods": "GET, POST", "Access-Control-Max-Age": "600"})],
        "add PUT to the lists",
    ),
    (
        "method-or-header-refused",
        [
            preflight("PUT", "x-a", got={"Vary": "Origin"}),
            exchange(url=f"{SITE}/other", at=90, got={**OPEN, "Vary": "Origin"}),
        ],
        "list PUT, x-a in",
    ),
    (
        "gateway-asks-preflight",
        [answered(403, {"x-amz-apigw-id": "x", "x-amzn-ErrorType": "ForbiddenException"})],
        "no authorizer and no API key",
    ),
    (
        "keycloak-web-origins",
        [answered(200, url="https://id.test/realms/shop/protocol/openid-connect/token", first=False)],
        f"add {PAGE} to the client's Web Origins",
    ),
    (
        "keycloak-refused",
        [answered(401, url="https://id.test/auth/realms/shop/protocol/openid-connect/token", first=False)],
        "check client_id",
    ),
    ("lm-studio-cors-off", [answered(200, url="http://localhost:1234/v1/chat/completions")], "Enable CORS"),
    (
        "elasticsearch-cors-off",
        [answered(200, {"X-elastic-product": "Elasticsearch", "Allow": "GET"})],
        f"http.cors.allow-origin: {PAGE}",
    ),
    ("supabase-adds-none", [answered(200, {"x-served-by": "supabase-edge-runtime"}, first=False)], "answer OPTIONS in"),
    (
        "netlify-headers-for-files-only",
        [answered(200, {"x-nf-request-id": "01K"}, first=False)],
        "in the function itself",
    ),
    (
        "wordpress-adds-it-already",
        [
            answered(
                200,
                {
                    "Access-Control-Allow-Origin": f"{PAGE}, *",
                    "Link": '<https://api.test/wp-json/>; rel="https://api.w.org/"',
                },
                first=False,
                url="https://api.test/wp-json/wp/v2/posts",
            )
        ],
        "rest_pre_serve_request",
    ),
    (
        "wordpress-header-list",
        [
            preflight(
                "POST",
                "x-shop",
                got={**OPEN, "Access-Control-Allow-Headers": "Authorization", "Link": '<x>; rel="https://api.w.org/"'},
            )
        ],
        "rest_allowed_cors_headers",
    ),
]


@pytest.mark.parametrize(("wanted", "exchanges", "change"), TABLE, ids=[one[0] for one in TABLE])
def test_a_products_own_sign_leads_to_its_setting(wanted: str, exchanges: list[Exchange], change: str) -> None:
    _, calls = of(*sorted(exchanges, key=lambda each: -each.started))
    blocked = next(each for each in calls if each.verdict.outcome == "blocked")
    first = causes(blocked, calls)[0]
    assert first.id == wanted and change in first.change


def test_the_list_of_spring_is_said_where_it_is() -> None:
    vary = {"Vary": "Origin"}
    call, calls = of(answered(403, vary, "Invalid CORS request", TEXT))
    assert "(allowedOrigins in its CorsConfiguration" in causes(call, calls)[0].change


PHP = {"Set-Cookie": "sid=1; Path=/; HttpOnly"}
STAR = {"Access-Control-Allow-Origin": "*"}


@pytest.mark.parametrize(
    ("login", "needed"),
    [
        (exchange("POST", "https://api.test/login", at=99, got={**OPEN, **PHP}), True),
        (exchange("POST", "https://api.test:8443/login", at=99, got={**OPEN, **PHP}), True),
        (exchange("POST", "https://id.test/login", at=99, got={"Set-Cookie": "s=1; Domain=.api.test"}), True),
        (exchange("POST", "https://id.test/login", at=99, got=PHP), False),
        (exchange("POST", "https://id.test/login", at=99, got={"Set-Cookie": "s=1; Domain=pi.test"}), False),
    ],
)
def test_a_page_whose_login_set_a_cookie_has_credentials(login: Exchange, needed: bool) -> None:
    call = assuming(only(exchange("GET", SITE, got=STAR)), "include")
    assert call.verdict.reason == "origin-wildcard-with-credentials"
    said = [cause.id for cause in causes(call, judge_all([login]))]
    assert ("credentials-for-nothing" not in said) == needed


def test_what_a_gate_stopped_changed_no_data_and_what_crashed_may_have() -> None:
    stopped = msgspec.structs.replace(answered(403, {"cf-mitigated": "challenge"}, first=False), method="POST")
    crashed = msgspec.structs.replace(answered(500, {"x-vercel-error": "FUNCTION_X"}, first=False), method="POST")
    assert explanation(only(stopped)).consequence == "Your POST went no further: your data did not change."
    assert "did reach the server" in explanation(only(crashed)).consequence


@pytest.mark.parametrize(
    ("url", "link", "by_api"),
    [
        ("https://api.test/wp-json/wp/v2/posts", "https://api.test/wp-json/", True),
        ("https://api.test/?rest_route=/wp/v2/posts", "https://api.test/?rest_route=/", True),
        ("https://api.test/about/", "https://api.test/wp-json/", False),
    ],
)
def test_a_page_of_wordpress_is_not_its_rest_api(url: str, link: str, by_api: bool) -> None:
    twice = {"Access-Control-Allow-Origin": f"{PAGE}, *", "Link": f'<{link}>; rel="https://api.w.org/"'}
    call, calls = of(answered(200, twice, url=url, first=False))
    assert (causes(call, calls)[0].id == "wordpress-adds-it-already") is by_api


@pytest.mark.parametrize("text", ["Jwt payload is an invalid Base64 or an invalid JSON", "Jwt not yet valid"])
def test_each_of_envoys_texts_about_a_token_is_known(text: str) -> None:
    call, calls = of(answered(401, body=text, kind=TEXT, first=False))
    assert causes(call, calls)[0].id == "istio-token"
