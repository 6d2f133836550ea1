"""Calls of WebKit: where it does what no other engine does, as measured in WebKitGTK 2.50 (the corpus has it all)."""

import pytest

from corsinspect.analysis import judge_all
from corsinspect.model import Call, Exchange
from tests.analysis.build import API, CHROMIUM, OPEN, PAGE, SAFARI, exchange, only, preflight

ELSEWHERE = "https://other.test/y"
GONE = {"Sec-Fetch-Mode": None, "Sec-Fetch-Site": None, "Sec-Fetch-Dest": None}
"""What WebKit leaves out once a cors request was redirected to another origin."""


def authorized(agent: str, at: float = 100.0) -> list[Exchange]:
    """A GET with Authorization that is redirected to another origin, where its preflight asks for it again."""
    asked = {"Access-Control-Allow-Headers": "authorization"}
    return [
        preflight("GET", "authorization", at=at, got={**OPEN, **asked}, agent=agent, id="p0"),
        exchange(
            at=at + 0.1,
            status=302,
            sent={"Authorization": "Bearer x"},
            got={**OPEN, "Location": ELSEWHERE},
            agent=agent,
            id="r0",
        ),
        preflight(
            "GET",
            "authorization",
            ELSEWHERE,
            at + 0.2,
            got={"Access-Control-Allow-Origin": "*", **asked},
            sent={"Origin": "null", "Sec-Fetch-Site": "cross-site"},
            agent=agent,
            id="p1",
        ),
        exchange(
            "GET",
            ELSEWHERE,
            at + 0.3,
            sent={"Origin": "null", **GONE},
            got={"Access-Control-Allow-Origin": "*"},
            agent=agent,
            id="r1",
        ),
    ]


def test_the_authorization_that_a_redirect_drops_is_still_asked_for() -> None:
    call = only(*authorized(SAFARI))
    assert [role for role, _ in call.roles()] == ["preflight:0", "redirect:0", "preflight:1", "actual:1"]
    assert (call.verdict.outcome, call.verdict.certainty) == ("allowed", "certain")


def test_within_the_origin_the_authorization_that_was_asked_for_comes() -> None:
    calls = judge_all(authorized(SAFARI)[2:])
    assert sorted(call.id for call in calls) == ["p1", "r1"]


@pytest.mark.parametrize(("agent", "use"), [(SAFARI, "none"), (CHROMIUM, "missing")])
def test_media_ask_for_metadata_without_a_preflight(agent: str, use: str) -> None:
    sent = {"Icy-Metadata": "1", "Sec-Fetch-Dest": "audio", "Range": "bytes=0-"}
    assert only(exchange(sent=sent, got=OPEN, agent=agent)).preflight == use


@pytest.mark.parametrize("where", ["http://[oops", "mailto:x@y", "data:,x", "file:///x"])
def test_a_redirect_to_no_http_url_is_a_cors_failure(where: str) -> None:
    call = only(exchange(status=302, got={**OPEN, "Location": where}, agent=SAFARI))
    assert (call.verdict.outcome, call.verdict.certainty, call.verdict.stage) == ("blocked", "certain", "redirect")


def test_a_redirect_to_no_url_is_a_cors_failure_in_webkit_alone() -> None:
    verdict = only(exchange(status=302, got={**OPEN, "Location": "http://[oops"})).verdict
    assert verdict.outcome == "network-error"
    assert {name: engine.outcome for name, engine in (verdict.engines or {}).items()} == {
        "chromium": "network-error",
        "firefox": "network-error",
        "webkit": "blocked",
    }


KEPT = {"Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Methods": "DELETE", "Access-Control-Max-Age": "60"}


def uses(exchanges: list[Exchange]) -> dict[str, str | None]:
    """How each Call with a request of its own came by its preflight."""
    return {call.id: call.preflight for call in judge_all(exchanges)}


@pytest.mark.parametrize(("agent", "use"), [(SAFARI, "cached"), (CHROMIUM, "missing")])
def test_what_a_refusal_grants_is_remembered(agent: str, use: str) -> None:
    refused = preflight("PUT", at=100, got=KEPT, agent=agent, id="p")
    assert uses([refused, exchange("DELETE", at=110, got=OPEN, agent=agent, id="r")])["r"] == use


def test_a_refusal_for_its_status_is_not_remembered() -> None:
    refused = preflight("PUT", at=100, status=404, got=KEPT, agent=SAFARI, id="p")
    assert uses([refused, exchange("DELETE", at=110, got=OPEN, agent=SAFARI, id="r")])["r"] == "missing"


@pytest.mark.parametrize(("agent", "use"), [(SAFARI, "missing"), (CHROMIUM, "cached")])
def test_a_request_that_the_entry_does_not_cover_drops_it(agent: str, use: str) -> None:
    exchanges = [
        preflight("DELETE", at=100, got=KEPT, agent=agent, id="p"),
        exchange("DELETE", at=100.1, got=OPEN, agent=agent, id="r"),
        preflight("PUT", at=105, status=404, got=KEPT, agent=agent, id="q"),
        exchange("DELETE", at=110, got=OPEN, agent=agent, id="s"),
    ]
    assert uses(exchanges)["s"] == use


@pytest.mark.parametrize(("agent", "use"), [(SAFARI, "cached"), (CHROMIUM, "missing")])
def test_a_page_s_cache_mode_leaves_the_entry_in_use(agent: str, use: str) -> None:
    sent = {"Cache-Control": "no-cache", "Pragma": "no-cache"}
    exchanges = [
        preflight("DELETE", at=100, got=KEPT, agent=agent, id="p"),
        exchange("DELETE", at=100.1, got=OPEN, agent=agent, id="r"),
        exchange("DELETE", at=105, sent=sent, got=OPEN, agent=agent, id="s"),
    ]
    assert uses(exchanges)["s"] == use


def conditions(call: Call) -> list[dict[str, str]]:
    return [other.condition for other in call.verdict.alternatives]


@pytest.mark.parametrize("agent", [SAFARI, CHROMIUM])
def test_credentials_may_be_why_nothing_followed_a_redirect(agent: str) -> None:
    call = only(
        exchange(status=302, got={**OPEN, "Location": ELSEWHERE}, agent=agent, sent={"Sec-Fetch-Site": "same-site"})
    )
    assert (call.verdict.outcome, call.verdict.certainty) == ("network-error", "depends")
    assert conditions(call) == [{"credentials": "include"}, {"redirect": "manual"}]
    assert (call.verdict.alternatives[0].outcome, call.verdict.alternatives[0].reason) == (
        "blocked",
        "credentials-not-true",
    )


@pytest.mark.parametrize(("agent", "credentials"), [(SAFARI, "unknown"), (CHROMIUM, "include")])
def test_a_page_that_followed_one_redirect_follows_all_that_it_may(agent: str, credentials: str) -> None:
    """WebKit wants credentials granted after the page's own redirect, whatever the page asked for."""
    own = {"Sec-Fetch-Site": "same-origin", "Origin": None}
    call = only(
        exchange(url=f"{PAGE}/a", at=100, status=302, sent=own, got={"Location": API}, agent=agent),
        exchange(
            at=100.1,
            status=302,
            got={**OPEN, "Location": f"{PAGE}/b"},
            sent=GONE if agent == SAFARI else {},
            agent=agent,
        ),
    )
    assert (call.verdict.outcome, call.verdict.reason, call.verdict.certainty, call.verdict.hop) == (
        "blocked",
        "credentials-not-true",
        "likely",
        1,
    )
    assert call.credentials == credentials


LOOPBACK = "http://localhost:8000/x"


def outcomes(call: Call) -> dict[str, tuple[str, str | None]]:
    assert call.verdict.engines is not None
    return {name: (engine.outcome, engine.reason) for name, engine in call.verdict.engines.items()}


def test_a_secure_page_asks_no_local_server_there() -> None:
    call = only(exchange(url=LOOPBACK, got=OPEN, sent={"Sec-Fetch-Site": "cross-site"}))
    assert outcomes(call) == {
        "chromium": ("allowed", None),
        "firefox": ("allowed", None),
        "webkit": ("network-error", "mixed-content"),
    }
    plain = {"Origin": "http://app.test", "Referer": "http://app.test/", "Sec-Fetch-Site": "cross-site"}
    plain_page = only(exchange(url=LOOPBACK, sent=plain, got={"Access-Control-Allow-Origin": "http://app.test"}))
    assert {outcome for outcome, _ in outcomes(plain_page).values()} == {"allowed"}


def test_nor_is_it_redirected_to_one() -> None:
    grant = {**OPEN, "Access-Control-Allow-Credentials": "true", "Location": LOOPBACK}
    call = only(exchange(status=302, got=grant, agent=SAFARI))
    assert (call.verdict.outcome, call.verdict.reason, call.verdict.certainty) == (
        "network-error",
        "mixed-content",
        "certain",
    )


def test_fonts_are_no_cors_requests_there() -> None:
    font = {"Sec-Fetch-Dest": "font"}
    assert outcomes(only(exchange(sent=font))) == {
        "chromium": ("blocked", "origin-missing"),
        "firefox": ("blocked", "origin-missing"),
        "webkit": ("opaque", None),
    }


def test_another_engine_s_fonts_have_to_pass_the_check() -> None:
    font = {"Sec-Fetch-Dest": "font", "Sec-Fetch-Mode": "no-cors", "Origin": None}
    allowed = outcomes(only(exchange(sent=font, got={"Access-Control-Allow-Origin": "*"}, agent=SAFARI)))
    silent = outcomes(only(exchange(sent=font, agent=SAFARI)))
    assert allowed["chromium"] == allowed["firefox"] == ("allowed", None)
    # a server may well answer otherwise where it's told the Origin
    assert silent["chromium"] == silent["firefox"] == ("unknown", "no-actual-seen")
    assert allowed["webkit"] == silent["webkit"] == ("opaque", None)


@pytest.mark.parametrize("got", [OPEN, {}])
def test_client_hints_that_chromium_alone_sends_unasked_leave_the_others_open(got: dict[str, str]) -> None:
    call = only(exchange(sent={"DPR": "2"}, got=got))
    assert call.preflight == "none"
    assert outcomes(call)["firefox"] == outcomes(call)["webkit"] == ("unknown", "no-actual-seen")
    assert outcomes(call)["chromium"][0] == call.verdict.outcome


@pytest.mark.parametrize(("listed", "outcome"), [("x-a, dpr", "allowed"), ("x-a", "unknown")])
def test_client_hints_beside_what_was_asked_for(listed: str, outcome: str) -> None:
    call = only(
        preflight("GET", "x-a", got={**OPEN, "Access-Control-Allow-Headers": listed}),
        exchange(at=100.1, sent={"X-A": "1", "DPR": "2"}, got=OPEN),
    )
    assert {name: said for name, (said, _) in outcomes(call).items()} == {
        "chromium": "allowed",
        "firefox": outcome,
        "webkit": outcome,
    }


def test_after_the_page_s_own_redirect_webkit_alone_wants_credentials_granted() -> None:
    own = {"Sec-Fetch-Site": "same-origin", "Origin": None}

    def hops(agent: str) -> list[Exchange]:
        gone = GONE if agent == SAFARI else {}
        return [
            exchange(url=f"{PAGE}/a", at=100, status=302, sent=own, got={"Location": API}, agent=agent),
            exchange(at=100.1, status=302, got={**OPEN, "Location": ELSEWHERE}, sent=gone, agent=agent),
        ]

    last = exchange("GET", ELSEWHERE, 100.2, sent={"Origin": "null"}, got={"Access-Control-Allow-Origin": "null"})
    assert outcomes(only(*hops(CHROMIUM), last)) == {
        "chromium": ("allowed", None),
        "firefox": ("allowed", None),
        "webkit": ("blocked", "credentials-not-true"),
    }
    assert outcomes(only(*hops(SAFARI))) == {
        "chromium": ("unknown", "no-actual-seen"),
        "firefox": ("unknown", "no-actual-seen"),
        "webkit": ("blocked", "credentials-not-true"),
    }


def test_a_script_stays_one_after_a_redirect_that_takes_its_destination_away() -> None:
    script = {"Sec-Fetch-Dest": "script", "Sec-Fetch-Site": "same-origin", "Origin": None}
    json = {**OPEN, "Content-Type": "application/json", "X-Content-Type-Options": "nosniff"}
    call = only(
        exchange(url=f"{PAGE}/a.js", at=100, status=302, sent=script, got={"Location": API}, agent=SAFARI),
        exchange(at=100.1, sent=GONE, got=json, agent=SAFARI),
    )
    assert (call.verdict.outcome, call.verdict.reason) == ("network-error", "mime")
