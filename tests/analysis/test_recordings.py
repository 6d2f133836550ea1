"""What a recording can't show is no evidence: old browsers, browsers' own exports, pages of extensions."""

import msgspec
import pytest

from corsinspect.analysis import judge_all, trace
from corsinspect.model import ANY, Exchange, Failure
from tests.analysis.build import CHROMIUM, FIREFOX, GRANT, OPEN, PAGE, exchange, only, preflight

NO_METADATA = {"Sec-Fetch-Mode": None, "Sec-Fetch-Site": None, "Sec-Fetch-Dest": None}
PROVISIONAL = {**NO_METADATA, "Origin": None}
SANITISED = ("authorization", "cookie")
WEBOS = "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/53.0.2785.34 Safari/537.36"
ELECTRON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) app/1 Chrome/66.0 Electron/3.0"
SAFARI = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.1 Safari/605.1.15"


def lossy(made: Exchange, *names: str, **fields) -> Exchange:
    return msgspec.structs.replace(made, withheld=names or (ANY,), **fields)


def unexplained(made: Exchange) -> Exchange:
    failure = Failure(kind="failed-unexplained", text="net::ERR_FAILED")
    return msgspec.structs.replace(made, status=None, response_headers=(), answered=None, failure=failure)


@pytest.mark.parametrize(
    "agent",
    [WEBOS, ELECTRON, SAFARI, CHROMIUM.replace("156", "75"), FIREFOX.replace("153", "89")],
    ids=["television", "electron", "safari", "chrome 75", "firefox 89"],
)
def test_a_browser_from_before_sec_fetch_is_a_browser(agent: str) -> None:
    call = only(exchange(agent=agent, sent=NO_METADATA))
    assert (call.kind, call.verdict.outcome, call.verdict.reason) == ("simple", "blocked", "origin-missing")


@pytest.mark.parametrize("agent", [CHROMIUM, FIREFOX, CHROMIUM.replace("156", "76"), FIREFOX.replace("153", "90")])
def test_a_browser_without_its_signs_is_likely_none(agent: str) -> None:
    call = only(exchange(agent=agent, sent=NO_METADATA))
    assert (call.kind, call.verdict.outcome, call.verdict.certainty) == ("non-browser", "not-cors", "likely")


def test_a_tool_that_says_so_is_none_for_certain() -> None:
    call = only(exchange(agent="curl/8", sent=NO_METADATA))
    assert (call.kind, call.verdict.certainty) == ("non-browser", "certain")


@pytest.mark.parametrize("agent", [CHROMIUM, None, "Mozilla/5.0 (Unknown; engine)"])
def test_in_a_browsers_own_recording_missing_signs_say_nothing(agent: str | None) -> None:
    call = only(lossy(exchange(agent=agent, sent=NO_METADATA, got=OPEN)))
    assert (call.kind, call.verdict.outcome) == ("simple", "allowed")
    assert only(lossy(exchange(agent="PostmanRuntime/7.1", sent=NO_METADATA))).kind == "non-browser"


def test_a_request_whose_authorization_was_left_out_follows_its_preflight() -> None:
    asks = lossy(preflight("GET", "authorization", got={**GRANT, "Access-Control-Allow-Headers": "*"}), *SANITISED)
    actual = lossy(exchange(at=101, got=OPEN), *SANITISED)
    call = only(asks, actual)
    assert (call.verdict.outcome, call.preflight) == ("allowed", "sent")
    # where the wire was recorded, what isn't there wasn't sent
    apart = judge_all([msgspec.structs.replace(each, withheld=()) for each in (asks, actual)])
    assert len(apart) == 2


def test_another_name_that_is_missing_is_not_made_up() -> None:
    asks = lossy(preflight("GET", "x-a", got={**GRANT, "Access-Control-Allow-Headers": "*"}), *SANITISED)
    assert len(judge_all([asks, lossy(exchange(at=101, got=OPEN), *SANITISED)])) == 2


def test_a_preflighted_request_without_its_origin_is_the_pages() -> None:
    actual = lossy(exchange("PUT", at=101, sent=PROVISIONAL, got=OPEN))
    call = only(preflight(got=GRANT), actual)
    assert (call.page_origin, call.verdict.outcome, call.verdict.certainty) == (PAGE, "allowed", "likely")
    assert call.method == "PUT" and len(call.exchanges) == 2


def test_an_origin_that_was_left_out_is_compared_as_the_pages_and_likely() -> None:
    cors = {**NO_METADATA, "Origin": None, "Sec-Fetch-Mode": "cors"}
    right = only(lossy(exchange(sent=cors, got={**OPEN, "Access-Control-Allow-Credentials": "true"})))
    assert (right.verdict.outcome, right.verdict.certainty) == ("allowed", "likely")
    wrong = only(lossy(exchange(sent=cors, got={"Access-Control-Allow-Origin": "https://other.test"})))
    assert (wrong.verdict.outcome, wrong.verdict.certainty) == ("blocked", "likely")
    assert (wrong.verdict.expected, wrong.verdict.found) == (PAGE, "https://other.test")
    assert [step.needed for step in trace(wrong) if step.state == "failed"] == [PAGE]


def test_an_unknown_page_is_unknown() -> None:
    made = exchange(agent=SAFARI, sent={**PROVISIONAL, "Referer": None})
    assert only(lossy(made)).verdict.reason == "page-not-recorded"
    assert only(lossy(made)).verdict.outcome == "unknown"
    assert only(made).verdict.outcome != "unknown"


@pytest.mark.parametrize(
    ("sent", "outcome"),
    [
        ({}, "unknown"),
        (PROVISIONAL, "unknown"),
        ({"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Origin": None}, "network-error"),
        ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Origin": None}, "network-error"),
    ],
    ids=["cors", "provisional", "image", "navigation"],
)
def test_a_failure_that_the_browser_does_not_explain_is_unknown_where_cors_may_be_why(sent: dict, outcome: str) -> None:
    made = unexplained(exchange(sent=sent))
    call = only(lossy(made) if sent == PROVISIONAL else made)
    assert (call.verdict.outcome, call.verdict.certainty) == (outcome, "likely")
    assert not [step for step in trace(call) if step.state == "failed"] or outcome == "network-error"


def test_an_answer_without_recorded_headers_is_no_proof() -> None:
    alone = only(exchange(got={}))
    assert alone.verdict.certainty == "certain"
    recorded = msgspec.structs.replace(exchange(got={}), answer_withheld=True)
    assert only(recorded).verdict.certainty == "likely"
    granted = msgspec.structs.replace(preflight(got={}), answer_withheld=True)
    call = only(granted, exchange("PUT", at=101, got=OPEN))
    assert (call.verdict.outcome, len(call.exchanges)) == ("allowed", 2)


@pytest.mark.parametrize("scheme", ["chrome-extension", "moz-extension", "safari-web-extension"])
def test_a_call_of_an_extension_is_nothing_of_the_browsers_own(scheme: str) -> None:
    sent = {"Origin": f"{scheme}://abcdef", "Sec-Fetch-Site": "none", "Referer": None}
    assert not only(exchange(sent=sent)).background
    assert only(exchange(sent={"Origin": None, "Sec-Fetch-Site": "none", "Referer": None})).background


def test_a_redirect_to_another_origin_that_nothing_follows_is_not_certain() -> None:
    own = {"Sec-Fetch-Site": "same-origin", "Origin": None}
    away = exchange(url=f"{PAGE}/a", sent=own, status=302, got={"Location": "https://api.test/b"})
    near = exchange(url=f"{PAGE}/a", sent=own, status=302, got={"Location": "/b"})
    assert (only(away).verdict.outcome, only(away).verdict.certainty) == ("not-cors", "likely")
    assert (only(near).verdict.outcome, only(near).verdict.certainty) == ("not-cors", "certain")


def test_a_tainted_origin_is_checked_on_the_pages_own_server() -> None:
    sent = {"Origin": "null", "Sec-Fetch-Site": "cross-site"}
    call = only(exchange(url=f"{PAGE}/a", sent=sent))
    assert (call.verdict.outcome, call.verdict.reason, call.verdict.expected) == ("blocked", "origin-missing", "null")
