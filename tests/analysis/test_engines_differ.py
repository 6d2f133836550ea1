"""One Call, three engines: where they report or do different things."""

import pytest

from corsinspect.model import Call
from tests.analysis.build import FIREFOX, GRANT, OPEN, PAGE, exchange, only, preflight


def said(call: Call) -> dict[str, tuple[str, str | None]]:
    assert call.verdict.engines is not None
    return {name: (engine.outcome, engine.reason) for name, engine in call.verdict.engines.items()}


def test_the_reason_is_the_one_of_the_engine_that_made_the_call() -> None:
    redirect = {"Location": "https://api.test/login"}
    chromium = only(preflight(status=302, got=redirect))
    firefox = only(preflight(status=302, got=redirect, agent=FIREFOX))
    assert chromium.verdict.reason == "preflight-redirect"
    assert firefox.verdict.reason == "origin-missing"
    assert said(chromium) == said(firefox)


def test_webkit_looks_at_the_status_first() -> None:
    assert said(only(preflight(status=404, got={}))) == {
        "chromium": ("blocked", "origin-missing"),
        "firefox": ("blocked", "origin-missing"),
        "webkit": ("blocked", "preflight-status"),
    }


def test_a_client_hint_needs_no_preflight_in_chromium() -> None:
    call = only(preflight("GET", "dpr", got=GRANT, agent=FIREFOX))
    assert call.verdict.reason == "header-not-allowed"
    assert said(call) == {
        "chromium": ("unknown", "no-actual-seen"),
        "firefox": ("blocked", "header-not-allowed"),
        "webkit": ("blocked", "header-not-allowed"),
    }


def test_a_refused_client_hint_beside_a_granted_header_is_firefox_s_alone() -> None:
    got = {**GRANT, "Access-Control-Allow-Headers": "x-a"}
    call = only(preflight("GET", "dpr,x-a", got=got, agent=FIREFOX))
    assert said(call)["chromium"] == ("unknown", "no-actual-seen")
    assert said(call)["webkit"] == ("blocked", "header-not-allowed")


@pytest.mark.parametrize(
    ("where", "chromium", "firefox"),
    [("mailto:x@y", "blocked", "network-error"), ("data:,x", "network-error", "network-error")],
)
def test_a_redirect_to_a_strange_scheme(where: str, chromium: str, firefox: str) -> None:
    call = only(exchange(status=302, got={**OPEN, "Location": where}))
    assert call.verdict.engines is not None
    assert call.verdict.engines["chromium"].outcome == chromium
    assert call.verdict.engines["firefox"].outcome == firefox


def test_opaque_response_blocking_is_chromium_s() -> None:
    sent = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Origin": None, "Sec-Fetch-Site": "cross-site"}
    call = only(exchange(sent=sent, got={"Content-Type": "application/json"}))
    assert said(call) == {
        "chromium": ("blocked", "orb"),
        "firefox": ("opaque", None),
        "webkit": ("opaque", None),
    }


def test_two_lines_have_a_name_of_their_own_in_firefox() -> None:
    lines = (("Access-Control-Allow-Origin", PAGE), ("Access-Control-Allow-Origin", PAGE))
    import msgspec

    over_http1 = only(msgspec.structs.replace(exchange(), response_headers=lines))
    over_http2 = only(msgspec.structs.replace(exchange(), response_headers=lines, http_version="HTTP/2.0"))
    for call, name in (
        (over_http1, "CORSMultipleAllowOriginNotAllowed"),
        (over_http2, "CORSAllowOriginNotMatchingOrigin"),
    ):
        assert call.verdict.engines is not None
        assert call.verdict.engines["firefox"].code == name
