"""Usual causes: named by what the traffic shows, the likeliest first."""

import msgspec
import pytest

from corsinspect.advice import explanation
from corsinspect.advice.cause_table import CAUSES
from corsinspect.advice.causes import MOST, VALUES, causes, usual_causes
from corsinspect.advice.context import CallContext
from corsinspect.advice.reasons import REASONS
from corsinspect.advice.topics import GUIDES
from corsinspect.advice.values import Values
from corsinspect.analysis import judge_all
from corsinspect.model import Call, Exchange
from corsinspect.session import load
from tests.analysis.build import API, GRANT, OPEN, PAGE, exchange, only, preflight
from tests.corpus import NAMES, recording

NGINX = {"Server": "nginx"}
NAMED = {"Access-Control-Allow-Origin": PAGE}


def ids(call: Call, *neighbours: Exchange) -> list[str]:
    return [cause.id for cause in causes(call, judge_all(neighbours))]


def other(**more) -> Exchange:
    """Another answer of the server, to another path."""
    return exchange(url=API.replace("/x", "/other"), at=50, **more)


@pytest.mark.parametrize(
    ("exchanges", "wanted"),
    [
        ([preflight(status=401, got={})], "login-before-cors"),
        ([preflight(status=403, got={})], "login-before-cors"),
        ([preflight(status=401)], "login-before-cors"),
        ([preflight(status=404, got={})], "options-not-routed"),
        ([preflight(status=405)], "options-not-routed"),
        ([preflight(status=403, got={"Vary": "Origin"})], "origin-not-in-list"),
        ([preflight(got={"Access-Control-Allow-Credentials": "true"})], "origin-not-in-list"),
        ([preflight(status=500, got={})], "preflight-crashes"),
        ([preflight(status=502, got={})], "backend-down"),
        ([exchange(status=504, got={})], "backend-down"),
        ([preflight(status=429, got={})], "rate-limit"),
        ([preflight(status=301, got={"Location": f"{API}/"})], "slash-redirect"),
        (
            [preflight(url="http://api.test/x", status=308, got={"Location": API}, sent={"Sec-Fetch-Mode": None})],
            "https-redirect",
        ),
        ([preflight(status=302, got={"Location": "https://id.test/login?next=x"})], "login-redirect"),
        ([exchange(got={})], "no-cors-code"),
        ([exchange(status=500, got={})], "no-cors-code"),
        ([exchange(got={"X-Cache": "HIT from here"})], "from-a-cache"),
        ([exchange(got={"Access-Control-Allow-Origin": PAGE + "/"})], "trailing-slash"),
        ([exchange(got={"Access-Control-Allow-Origin": "http://app.test"})], "scheme-differs"),
        ([exchange(got={"Access-Control-Allow-Origin": "app.test"})], "no-scheme"),
        ([exchange(got={"Access-Control-Allow-Origin": PAGE + ":3000"})], "port-differs"),
        ([exchange(got={"Access-Control-Allow-Origin": "https://www.app.test"})], "subdomain"),
        ([exchange(got={"Access-Control-Allow-Origin": "https://staging.example"})], "other-environment"),
        (
            [
                exchange(status=302, got={**OPEN, "Location": "https://other.test/"}),
                exchange(url="https://other.test/", at=100.1, sent={"Origin": "null"}, got=OPEN),
            ],
            "redirect-hides-page",
        ),
        ([exchange(got=OPEN, sent={"Origin": "null", "Referer": None})], "page-without-origin"),
        ([exchange(got={"Access-Control-Allow-Origin": "null"})], "null-configured"),
        ([exchange(got={"Access-Control-Allow-Origin": "https://api.test"})], "own-origin"),
        ([exchange(got={"Access-Control-Allow-Origin": "https://*.test"})], "pattern"),
        ([exchange(got={"Access-Control-Allow-Origin": f"{PAGE}, https://b.test"})], "list-in-one-line"),
        ([exchange(got={"Access-Control-Allow-Origin": f"{PAGE}, {PAGE}"})], "two-pieces-of-code"),
        ([exchange(got={"Access-Control-Allow-Origin": f"{PAGE}, {PAGE}", **NGINX})], "two-layers"),
        ([exchange(got={"Access-Control-Allow-Origin": "*"}, sent={"Cookie": "a=b"})], "wildcard-by-default"),
        (
            [exchange(got={**NAMED, "Access-Control-Allow-Credentials": "True"}, sent={"Cookie": "a=b"})],
            "true-in-capitals",
        ),
        ([exchange(got=NAMED, sent={"Cookie": "a=b"})], "credentials-switched-off"),
        ([preflight("PATCH", got={**NAMED, "Allow": "GET, PATCH"})], "automatic-options"),
        ([preflight("DELETE", got={**NAMED, "Access-Control-Allow-Methods": "GET,HEAD,POST"})], "methods-by-default"),
        ([preflight("patch", got={**NAMED, "Access-Control-Allow-Methods": "PATCH"})], "method-in-lower-case"),
        ([preflight("PUT", "traceparent")], "header-by-tooling"),
        ([preflight("PUT", "x-tenant")], "header-not-listed"),
        ([exchange(failed="refused")], "server-down"),
        ([exchange(failed="dns")], "misspelt-host"),
        ([exchange(failed="tls")], "own-certificate"),
        ([exchange(failed="closed")], "crash"),
    ],
)
def test_the_likeliest_cause_is_what_the_traffic_shows(exchanges: list[Exchange], wanted: str) -> None:
    assert ids(only(*exchanges))[0] == wanted


def test_an_error_without_the_header_that_others_have_went_around_the_cors_code() -> None:
    failed = only(exchange(status=500, got={}))
    assert ids(failed, other(got=NAMED))[0] == "errors-go-around"
    assert "another answer from api.test has it" in causes(failed, judge_all([other(got=NAMED)]))[0].seen


def test_behind_nginx_it_is_the_missing_always() -> None:
    assert ids(only(exchange(status=500, got=NGINX)), other(got=NAMED | NGINX))[0] == "without-always"


def test_what_nginx_answers_itself_never_reached_the_app() -> None:
    page = msgspec.structs.replace(exchange(status=413, got=NGINX), error_page="nginx")
    cause = causes(only(page))[0]
    assert cause.id == "proxy-answers-itself" and "from nginx (status 413)" in cause.seen


def test_a_granted_preflight_and_a_bare_answer_come_from_two_places() -> None:
    assert ids(only(preflight(at=1, id="p"), exchange("PUT", at=1.1, got={})))[0] == "preflight-answered-elsewhere"


def test_other_paths_that_have_the_header_speak_for_a_pattern() -> None:
    assert ids(only(exchange(got={})), other(got=NAMED))[0] == "covers-other-paths"


def test_a_server_that_had_answered_has_stopped() -> None:
    assert ids(only(exchange(failed="refused")), other(got=OPEN))[0] == "server-gone"


def test_other_servers_prove_nothing() -> None:
    elsewhere = exchange(url="https://elsewhere.test/", at=50, got=NAMED)
    assert ids(only(exchange(status=500, got={})), elsewhere)[0] == "no-cors-code"


def test_cookies_that_are_not_sent_are_explained_at_an_allowed_401() -> None:
    refused = only(exchange(status=401, got=OPEN, sent={"Sec-Fetch-Site": "cross-site"}))
    assert refused.verdict.outcome == "allowed"
    assert ids(refused)[0] == "credentials-left-out"
    assert ids(refused, other(got=OPEN | {"Set-Cookie": "s=1; Path=/"}))[0] == "cookie-is-lax"
    assert ids(refused, other(got=OPEN | {"Set-Cookie": "s=1; SameSite=None; Secure"}))[0] == "credentials-left-out"


def test_an_opaque_answer_that_code_asked_for_is_explained_and_an_image_is_not() -> None:
    sent = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "cross-site", "Origin": None}
    assert ids(only(exchange(got={}, sent=sent))) == ["no-cors-asked"]
    assert ids(only(exchange(got={"Content-Type": "image/png"}, sent={**sent, "Sec-Fetch-Dest": "image"}))) == []


def test_a_call_that_went_well_has_no_causes() -> None:
    assert ids(only(exchange(got=OPEN))) == []
    assert ids(only(preflight(at=1, got=GRANT), exchange("PUT", at=1.1, got=OPEN))) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_failed_call_of_the_corpus_has_causes_with_all_values_filled_in(name: str) -> None:
    calls = judge_all(load(recording(name)).exchanges)
    for call in calls:
        found = causes(call, calls)
        if call.verdict.outcome in ("blocked", "network-error"):
            assert 1 <= len(found) <= MOST, (call.url, call.verdict)
        for cause in found:
            assert not {"{", "}"} & set(cause.what + cause.change)
            assert cause.what and cause.seen and cause.change


def test_what_the_table_names_exists() -> None:
    known = {*REASONS, *GUIDES}
    assert {slug for pattern in CAUSES for slug in pattern.reasons} <= known
    assert len({pattern.id for pattern in CAUSES}) == len(CAUSES)
    for name in known:
        for cause in usual_causes(name):
            assert not {"{", "}", "…"} & set(
                cause.what + cause.change.replace("header … always", "").replace("set …", "")
            )


def test_every_text_asks_only_for_values_that_there_are() -> None:
    values = Values(VALUES, CallContext(only(exchange()), ()))
    for pattern in CAUSES:
        for text in (pattern.seen, pattern.change):
            assert "{" not in text.format_map(values)


IMAGE = {"Origin": None, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
FRESH = {"Cache-Control": "max-age=600", "Content-Type": "image/png"}


def test_a_kept_answer_without_cors_headers_is_named_on_its_row() -> None:
    made = only(exchange(sent=IMAGE, got=FRESH))
    assert ids(made, other(got=NAMED)) == ["kept-without-cors"]
    assert ids(made) == []
    assert ids(only(exchange(sent=IMAGE, got={**FRESH, "Vary": "Origin"})), other(got=NAMED)) == []


HSTS = {"Strict-Transport-Security": "max-age=600"}
LOST = {"Origin": "null", "Referer": "http://app.test/", "Sec-Fetch-Site": "cross-site"}


def test_a_call_that_the_browser_upgraded_lost_its_origin() -> None:
    call = only(exchange(sent=LOST, got={"Access-Control-Allow-Origin": "http://app.test", **HSTS}))
    assert (call.verdict.reason, call.page_origin) == ("origin-mismatch", "http://app.test")
    assert ids(call)[0] == "upgraded-by-browser"
    assert "upgraded-by-browser" not in ids(only(exchange(sent=LOST, got={})))
    assert ids(only(exchange(sent=LOST, got={})), other(got=HSTS))[0] == "upgraded-by-browser"
    secure = {**LOST, "Referer": f"{PAGE}/"}
    assert "upgraded-by-browser" not in ids(only(exchange(sent=secure, got=HSTS)))


def test_a_redirected_preflight_is_no_upgrade() -> None:
    assert "upgraded-preflight" not in ids(only(preflight(status=301, got={"Location": f"{API}/", **HSTS})))


def test_an_isolated_page_explains_what_it_refuses() -> None:
    navigation = {"Origin": None, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Referer": None}
    page = exchange(url=f"{PAGE}/", at=90, sent=navigation, got={"Cross-Origin-Embedder-Policy": "require-corp"})
    call = judge_all([page, exchange(sent=IMAGE, got=FRESH)])[-1]
    assert ids(call)[0] == "isolated-page"
    told = explanation(call)
    assert "Cross-Origin-Embedder-Policy" in told.happened and "cross-origin" in told.change
    policy = {"Cross-Origin-Resource-Policy": "same-origin"}
    assert "isolated-page" not in ids(judge_all([page, exchange(sent=IMAGE, got=policy)])[-1])
