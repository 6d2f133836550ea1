"""Causes that only the whole story shows: what redirected, what worked before, what the page asked for or lacks."""

import pytest

from corsinspect.advice import explanation, short_reason
from corsinspect.advice.causes import causes
from corsinspect.advice.evidence.login import is_login
from corsinspect.advice.fix import fix
from corsinspect.advice.solution import solution
from corsinspect.analysis import judge_all
from corsinspect.analysis.assume import assuming
from corsinspect.model import Call, Exchange
from corsinspect.report.formats import document
from tests.analysis.build import API, FIREFOX, OPEN, PAGE, exchange, only, preflight

STAR = {"Access-Control-Allow-Origin": "*"}


def told(*exchanges: Exchange) -> tuple[Call, list[str]]:
    """The last call of these, and the ids of its causes."""
    calls = judge_all(exchanges)
    return calls[-1], [cause.id for cause in causes(calls[-1], calls)]


def printed(*exchanges: Exchange) -> str:
    return " ".join(" ".join(document("text", judge_all(exchanges))).split())


LOGINS = {
    "Microsoft": "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=1&response_type=code",
    "Microsoft account": "https://login.live.com/oauth20_authorize.srf?client_id=1&redirect_uri=https://a.test",
    "Microsoft government": "https://login.microsoftonline.us/t/saml2",
    "Entra External ID": "https://shop.ciamlogin.com/shop.onmicrosoft.com/x",
    "Azure App Service": "https://api.test/.auth/login/aad?post_login_redirect_uri=/x",
    "Google": "https://accounts.google.com/o/oauth2/v2/auth?client_id=1&response_type=code",
    "Google sign-in": "https://accounts.google.com/ServiceLogin?continue=https://api.test",
    "Auth0": "https://shop.eu.auth0.com/authorize?client_id=1",
    "Auth0, own domain": "https://hello.test/u/login?state=x",
    "Okta": "https://shop.oktapreview.com/app/x",
    "Keycloak": "https://sso.test/realms/shop/protocol/openid-connect/auth?client_id=1",
    "Keycloak, a page of it": "https://id.test/realms/shop/login-actions/authenticate?execution=1",
    "Cloudflare Access": "https://shop.cloudflareaccess.com/cdn-cgi/access/login/api.test?kid=1",
    "oauth2-proxy": "/oauth2/start?rd=%2Fx",
    "oauth2-proxy, elsewhere": "https://proxy.test/?rd=https%3A%2F%2Fapi.test%2Fx",
    "AD FS": "https://fs.test/adfs/ls/?wa=wsignin1.0&wtrealm=urn:x",
    "Cognito": "https://shop.auth.eu-central-1.amazoncognito.com/x",
    "authentik": "https://api.test/outpost.goauthentik.io/start?rd=x",
    "a bank": "https://banking.test/ib/logon.do",
    "a session that ended": "/session-expired",
    "CAS": "https://cas.test/x?service=https://api.test",
    "Codespaces": "https://github.test/pf-signin?id=x",
}


@pytest.mark.parametrize("target", LOGINS.values(), ids=LOGINS)
def test_a_redirect_to_a_login_is_the_apis_to_change(target: str) -> None:
    there = target if target.startswith("http") else f"https://api.test{target}"
    call, said = told(
        exchange(status=302, got={**OPEN, "Location": target}, at=100),
        exchange(url=there, at=100.1, sent={"Origin": "null"}, got={"Content-Type": "text/html"}),
    )
    assert call.verdict.outcome == "blocked" and said == ["session-expired"]
    assert causes(call)[0].change.startswith("api.test: answer calls from scripts with 401")
    assert fix(call) is None and solution(call, [call]).rendered is None


@pytest.mark.parametrize(
    "target",
    [
        "https://api.test/lessons/authors",
        "https://api.test/blog/login-tips/1",
        "https://api.test/authority",
        "https://api.test/x?rd=1",
        "https://cdn.test/oauth.js.map/x",
        "https://myaccounts.test/x",
        "https://api.test/v1/login/17",
        "https://notauth0.com/x",
    ],
)
def test_a_word_within_another_is_no_login(target: str) -> None:
    assert not is_login(target, API)


def test_a_scheme_that_was_lost_is_named_where_the_redirect_was_followed() -> None:
    page = {"Origin": "http://localhost:3000", "Referer": "http://localhost:3000/"}
    down = "http://api.test/items/"
    call, said = told(
        exchange(url="https://api.test/items", status=307, got={**STAR, "Location": down}, sent=page),
        exchange(url=down, at=100.1, sent={**page, "Origin": "null"}, got=OPEN),
    )
    assert (call.verdict.outcome, call.verdict.hop) == ("blocked", 1)
    assert said == ["scheme-lost"]
    found = causes(call)[0]
    assert "call https://api.test/items/, so" in found.change and "X-Forwarded-Proto" in found.change
    assert "from https to http" in explanation(call).happened and "null" not in explanation(call).change
    assert fix(call) is None


def test_where_nothing_listens_at_the_lost_scheme_it_is_not_said_that_the_server_is_down() -> None:
    page = {"Origin": "http://localhost:3000", "Referer": "http://localhost:3000/"}
    down = "http://api.test/items/"
    call, said = told(
        exchange(url="https://api.test/items", status=308, got={**STAR, "Location": down}, sent=page),
        exchange(url=down, at=100.1, sent={**page, "Origin": "null"}, failed="refused"),
    )
    assert call.verdict.outcome == "network-error" and said == ["scheme-lost"]
    assert "Start the server" not in explanation(call).change


@pytest.mark.parametrize(
    ("got", "reason"),
    [
        ({"Access-Control-Allow-Origin": "https://b.test"}, "origin-mismatch"),
        ({"Access-Control-Allow-Origin": "app.test"}, "origin-invalid"),
        ({"Access-Control-Allow-Origin": f"{PAGE}, {PAGE}"}, "origin-multiple"),
        ({}, "origin-missing"),
    ],
)
@pytest.mark.parametrize("status", [404, 500, 401])
def test_an_error_is_said_whatever_header_failed(got, reason: str, status: int) -> None:
    call = only(exchange(status=status, got=got))
    assert call.verdict.reason == reason
    assert f"status {status}" in explanation(call).happened
    assert f"hides a {status}" in printed(exchange(status=status, got=got))


def test_what_worked_a_minute_ago_was_changed_at_the_server() -> None:
    other = {"Access-Control-Allow-Origin": "https://old.test"}
    _, said = told(exchange(at=40, got=OPEN), exchange(at=100, got=other))
    assert "worked-before" in said
    assert "worked-before" not in told(exchange(at=40, url=f"{API}/y", got=OPEN), exchange(at=100, got=other))[1]
    assert "worked-before" not in told(exchange(at=40, status=500, got=OPEN), exchange(at=100, got=other))[1]


def test_user_agent_is_for_the_page_to_leave_out() -> None:
    call, said = told(preflight("GET", "user-agent", agent=FIREFOX, got={**OPEN, "Access-Control-Allow-Headers": "x"}))
    assert said[0] == "user-agent-by-library"
    assert "leave User-Agent out" in causes(call)[0].change
    assert told(preflight("GET", "x-agent", got=OPEN))[1][0] != "user-agent-by-library"


def test_content_type_without_a_body_is_the_pages_fault() -> None:
    assert told(preflight("GET", "content-type", got=OPEN))[1][0] == "type-without-body"
    assert "type-without-body" not in told(preflight("POST", "content-type", got=OPEN))[1]


NO_CORS = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "cross-site", "Origin": None}


@pytest.mark.parametrize(
    ("method", "status", "sent", "wanted"),
    [
        ("GET", 401, {}, "no-cors-drops-login"),
        ("POST", 415, {"Content-Type": "text/plain;charset=UTF-8", "Origin": PAGE}, "no-cors-drops-type"),
        ("GET", 200, {}, "no-cors-asked"),
        ("GET", 404, {}, "no-cors-asked"),
    ],
)
def test_what_no_cors_took_away_is_said_beside_the_error(method: str, status: int, sent, wanted: str) -> None:
    answer = exchange(method, status=status, sent={**NO_CORS, **sent}, got={})
    call, said = told(answer)
    assert call.verdict.outcome == "opaque" and said[0] == wanted
    assert ("mode: 'no-cors'" in printed(answer)) == (wanted != "no-cors-asked")


@pytest.mark.parametrize(
    ("exchanges", "hidden"),
    [
        ([exchange(at=1, got={**OPEN, "X-WP-Total": "9"}, url=f"{API}?per_page=10")], "x-wp-total"),
        ([exchange(at=1, got={**OPEN, "X-Total-Count": "9"}, url=f"{API}?page%5Bsize%5D=1")], "x-total-count"),
        (
            [exchange(at=1, got={**OPEN, "Content-Disposition": 'attachment; filename="a.csv"'})],
            "content-disposition",
        ),
        ([exchange(at=1, got={**OPEN, "ETag": '"1"'}), exchange("POST", at=2, status=428, got=OPEN)], "etag"),
        (
            [
                exchange(at=1, url=f"{API}/token", got={**OPEN, "X-CSRF-Token": "t"}),
                exchange("POST", at=2, status=403, got=OPEN),
            ],
            "x-csrf-token",
        ),
    ],
)
def test_a_header_that_the_page_wanted_and_cannot_read_is_named(exchanges: list[Exchange], hidden: str) -> None:
    calls = judge_all(exchanges)
    first = causes(calls[0], calls)[0]
    assert first.id == "wanted-header-not-exposed"
    assert f"Access-Control-Expose-Headers: {hidden}" in first.change
    assert f"Access-Control-Expose-Headers: {hidden}" in printed(*exchanges)


@pytest.mark.parametrize(
    "exchanges",
    [
        [exchange(at=1, got={**OPEN, "ETag": '"1"'})],
        [exchange(at=1, got={**OPEN, "ETag": '"1"'}), exchange("POST", at=2, status=400, got=OPEN)],
        [exchange(at=1, got={**OPEN, "ETag": '"1"'}), exchange("POST", at=2, status=428, url=f"{API}/y", got=OPEN)],
        [
            exchange(at=1, got={**OPEN, "X-CSRF-Token": "t"}),
            exchange("POST", at=2, status=403, got=OPEN, sent={"X-CSRF-Token": "t"}),
        ],
        [exchange(at=1, got={**OPEN, "Content-Disposition": "inline"})],
        [exchange("POST", at=1, status=201, got={**OPEN, "Location": "/x/1"})],
        [exchange(at=1, url=f"{API}?page=1", got={**OPEN, "X-Total": "1", "Access-Control-Expose-Headers": "x-total"})],
    ],
)
def test_a_header_that_nobody_missed_is_not(exchanges: list[Exchange]) -> None:
    calls = judge_all(exchanges)
    assert all(cause.id != "wanted-header-not-exposed" for cause in causes(calls[0], calls))


def test_the_list_and_the_answer_name_it_too() -> None:
    call = only(exchange(url=f"{API}?page=2", got={**OPEN, "X-Total-Count": "9"}))
    assert short_reason(call) == "script can't read x-total-count"
    assert "can't read x-total-count" in explanation(call).happened


def test_an_error_without_headers_comes_before_missing_cors_code_where_others_have_them() -> None:
    """Only preflights of other calls show that there is CORS code."""
    other = preflight("PUT", url=f"{API}/y", at=50)
    _, said = told(other, exchange(at=100, status=500, got={}))
    assert said[0] == "error-unadorned" and "no-cors-code" not in said


@pytest.mark.parametrize(("cookies", "needless"), [({}, True), ({"Set-Cookie": "s=1"}, False)])
def test_a_token_that_script_sets_needs_no_credentials(cookies, needless: bool) -> None:
    grant = {**OPEN, "Access-Control-Allow-Headers": "authorization", "Access-Control-Allow-Credentials": "true"}
    asked = preflight("GET", "authorization", at=99, got=grant)
    failed = only(asked, exchange(sent={"Authorization": "Bearer x"}, got={**STAR, **cookies}))
    call = assuming(failed, "include")
    assert call.verdict.reason == "origin-wildcard-with-credentials"
    found = [cause for cause in causes(call) if cause.id == "credentials-for-nothing"]
    assert bool(found) == needless
    assert not found or "token in Authorization" in found[0].seen
