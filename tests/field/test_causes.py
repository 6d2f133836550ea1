"""Files as people send them: the cause that is named first for each, and who is to change what."""

from pathlib import Path

import pytest

from corsinspect.advice import explanation
from corsinspect.advice.causes import causes
from corsinspect.advice.evidence.login import is_login
from corsinspect.advice.evidence.wanted import wanted_and_hidden
from corsinspect.advice.fix import fix
from corsinspect.advice.recipes import needs_of
from corsinspect.advice.solution import solution
from corsinspect.analysis import judge_all
from corsinspect.session import load
from tests.analysis.build import API, OPEN, exchange, only
from tests.test_cli import run

HERE = Path(__file__).parent

EXPECTED: dict[str, list[tuple[str, str, str]]] = {
    # per failed call: the cause, and parts of its texts
    "06-session-expired.jsonl": [("session-expired", "api.a71.localhost redirected", "scripts with 401")],
    "09-login-in-the-path.jsonl": [("https-redirect", "https://api.a66.localhost/accounts/login", "use https")],
    "23-slash-and-downgrade.har": [
        ("scheme-lost", "http://api.shop.example/items/", "call https://api.shop.example/items/, so")
    ],
    "07-403-gin-contrib.jsonl": [
        ("refused-by-its-cors-code", "Ollama", "OLLAMA_ORIGINS=http://app.shop.localhost"),
        ("refused-by-its-cors-code", "Ollama", "OLLAMA_ORIGINS=http://app.shop.localhost"),
    ],
    "07c-403-azure-blob.jsonl": [("no-rule-matches", "CorsPreflightFailure", "to the storage account")],
    "08-spring-two-stories.jsonl": [("origin-not-in-list", "CORS code did run", "add exactly http://app.shop")],
    "10-rack-cors-404.jsonl": [("refused-by-its-cors-code", "no-origin", "the origins line of the rack-cors block")],
    "12-api-gateway-authorizer.jsonl": [("gateway-answers-itself", "x-amzn-ErrorType", "Responses DEFAULT_4XX")],
    "13-laravel-sanctum.jsonl": [("credentials-switched-off", "Credentials are off", "turn them on")],
    "15-mcp-session-id.jsonl": [
        ("wanted-header-not-exposed", "mcp-session-id", "“Access-Control-Expose-Headers: mcp-session-id”")
    ],
    "17-private-network.har": [("private-network-unknown", "private network", "Allow-Private-Network: true")],
    "18-socketio-404.jsonl": [("socket-io-not-attached", "404", "attach socket.io to the HTTP server")],
    "21-response-header-sent-by-page.jsonl": [
        ("response-header-on-request", "access-control-allow-origin", "leave access-control-allow-origin out")
    ],
    "05-old-chrome.har": [("no-cors-code", "No answer from api.shop.example", "allow https://app.shop.example")],
    "19-capacitor.har": [("app-not-in-list", "a Capacitor app on iOS", "add capacitor://localhost to the list")],
    "20-h2-authority.mitm": [("no-cors-code", "No answer from api.app.example", "api.app.example: add it")],
    "40-two-clicks-one-fix-between.jsonl": [
        ("misspelt-host", "resolved", "check its configuration"),
        *[("wildcard-by-default", "The value is *", "a list of origins with http://localhost:3000 in it")] * 10,
    ],
    "31-chrome-extension-none.har": [("refused-by-its-cors-code", "Ollama", "OLLAMA_ORIGINS=chrome-extension://gfn")],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_cause_is_what_the_traffic_shows(name: str) -> None:
    calls = judge_all(load(HERE / name).exchanges)
    found = [causes(call, calls)[0] for call in calls if causes(call, calls)]
    for cause, (wanted, seen, change) in zip(found, EXPECTED[name], strict=True):
        assert cause.id == wanted
        assert seen in cause.what + cause.seen
        assert change in cause.change


@pytest.mark.parametrize(
    ("name", "never"),
    [
        ("06-session-expired.jsonl", "no CORS code"),
        ("09-login-in-the-path.jsonl", "login page"),
        ("23-slash-and-downgrade.har", "that address"),
        ("07-403-gin-contrib.jsonl", "login"),
        ("07-403-gin-contrib.jsonl", "only the error"),
        ("07c-403-azure-blob.jsonl", "login"),
        ("08-spring-two-stories.jsonl", "login"),
        ("10-rack-cors-404.jsonl", "OPTIONS"),
        ("12-api-gateway-authorizer.jsonl", "only the error"),
        ("13-laravel-sanctum.jsonl", "none to send"),
        ("31-chrome-extension-none.har", "login"),
    ],
)
def test_no_line_contradicts_the_cause(name: str, never: str) -> None:
    assert never not in run("check", HERE / name).stdout


def test_no_header_is_asked_of_a_login_page() -> None:
    calls = judge_all(load(HERE / "06-session-expired.jsonl").exchanges)
    (call,) = calls
    assert fix(call) is None and solution(call, calls).rendered is None
    assert [cause.id for cause in causes(call, calls)] == ["session-expired"]
    assert "login.a71.localhost" not in explanation(call).change


@pytest.mark.parametrize(
    ("asked", "target", "wanted"),
    [
        ("https://api.test/x", "/login?next=/x", True),
        ("https://api.test/x", "https://sso.test/a", True),
        ("https://api.test/x", "https://tenant.okta.com/a", True),
        ("https://api.test/x", "/users/sign_in", True),
        ("https://api.test/x", "/Account/Login.aspx", True),
        ("https://api.test/x", "https://bank.test/start?client_id=1&response_type=code", True),
        ("https://api.test/x", "/lessons", False),
        ("https://api.test/x", "/authors/1", False),
        ("https://api.test/x", "/x/?from=login", False),
        ("http://api.test/login", "https://api.test/login", False),
        ("https://api.test/auth/me", "https://api.test/auth/me/", False),
        ("https://auth.test/x", "https://auth.test/y", False),
    ],
)
def test_login_words_are_whole_segments(asked: str, target: str, wanted: bool) -> None:
    assert is_login(target, asked) is wanted


def test_a_guess_at_the_app_never_outranks_a_proxy_that_is_certain() -> None:
    calls = judge_all(load(HERE / "12-api-gateway-authorizer.jsonl").exchanges)
    found = solution(calls[0], calls)
    assert found.recognised is not None and found.rendered is not None
    assert (found.recognised.name, found.recognised.confidence) == ("aws-api-gateway", "certain")


def test_nothing_allows_a_response_header_that_the_page_sends() -> None:
    (call,) = calls = judge_all(load(HERE / "21-response-header-sent-by-page.jsonl").exchanges)
    assert fix(call) is None and solution(call, calls).rendered is None
    assert all("access-control-allow-origin" not in needs.headers for needs in needs_of(calls).values())
    assert explanation(call).change == "The page must not set access-control-allow-origin."


def test_a_404_under_wrong_headers_is_masked() -> None:
    (call,) = judge_all(load(HERE / "18-socketio-404.jsonl").exchanges)
    assert call.masked == "not-found"
    assert "an error (status 404)" in explanation(call).happened


def test_a_header_that_script_needs_and_cannot_read_is_named_in_check() -> None:
    done = run("check", HERE / "15-mcp-session-id.jsonl")
    said = " ".join(done.stdout.split())
    assert done.returncode == 0 and "2 allowed" in said
    assert "the next call to this address came without it and was answered 400" in said
    assert said.count("Access-Control-Expose-Headers: mcp-session-id") == 1


@pytest.mark.parametrize(
    ("sent", "got", "url", "hidden"),
    [
        ({"Content-Type": "application/grpc-web+proto"}, {"grpc-status": "0"}, API, ["grpc-status"]),
        ({"Range": "bytes=0-9"}, {"Content-Range": "bytes 0-9/20"}, API, ["content-range"]),
        ({"Tus-Resumable": "1.0.0"}, {"Location": "/files/1"}, API, ["location"]),
        ({}, {"X-Total-Count": "9"}, f"{API}?_start=0&_end=9", ["x-total-count"]),
        ({}, {"X-Total-Count": "9"}, API, []),
        ({}, {"X-Total-Count": "9", "Access-Control-Expose-Headers": "X-Total-Count"}, f"{API}?_start=0", []),
        ({}, {"X-Total-Count": "9", "Access-Control-Expose-Headers": "*"}, f"{API}?_start=0", []),
    ],
)
def test_a_header_is_wanted_where_the_request_shows_it(sent, got, url, hidden) -> None:
    call = only(exchange(url=url, sent=sent, got={**OPEN, **got}))
    assert call.verdict.outcome == "allowed"
    assert wanted_and_hidden(call) == hidden


@pytest.mark.parametrize("name", [name for name in EXPECTED if name[:2] in ("07", "08", "10", "31")])
def test_what_cors_code_refused_is_said_so_everywhere(name: str) -> None:
    for call in judge_all(load(HERE / name).exchanges):
        words = explanation(call)
        assert "CORS code of" in words.happened and "in its CORS settings" in words.change
