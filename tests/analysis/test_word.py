"""What a browser's word does to a verdict, and the calls that it alone tells of."""

from typing import Any

import msgspec
import pytest

from corsinspect import analysis
from corsinspect.advice import alternatives, certainty, engines, explanation, headline, sentence, short_reason
from corsinspect.advice.causes import causes
from corsinspect.advice.compare.comparison import comparison
from corsinspect.advice.compare.contrast import conclusion, contrast
from corsinspect.advice.curl import curl
from corsinspect.advice.fix import fix
from corsinspect.advice.prompt import prompt
from corsinspect.advice.solution import solution
from corsinspect.analysis import Tracker, assuming, by_server, judge_all
from corsinspect.analysis.across.patterns import patterns
from corsinspect.analysis.across.traits import traits
from corsinspect.dashboard.detail import tabs
from corsinspect.dashboard.detail.subject import Subject
from corsinspect.dashboard.state.tab_names import TABS
from corsinspect.listing.rows import row_of
from corsinspect.model import Call, Exchange
from corsinspect.report import text
from corsinspect.report.jsonl import row
from corsinspect.said import Place, Said, WithheldCookie
from corsinspect.session import load
from tests.analysis.build import API, GRANT, OPEN, PAGE, exchange, preflight
from tests.analysis.test_matching import SPOKEN
from tests.analysis.test_tracker import Calls
from tests.corpus import recording, truth
from tests.corpus.scoring import accepted
from tests.said import said_of, saids_of

STAR = {"Access-Control-Allow-Origin": "*"}


def told(*exchanges: Exchange, **more: Any) -> Call:
    """The Call of these exchanges, with what the browser said of the last one."""
    (call,) = judge_all(exchanges, [said_of(exchanges[-1], "1:r", **more)])
    return call


def verdict(call: Call) -> tuple[str, str | None, str, str, bool | None]:
    found = call.verdict
    return found.outcome, found.reason, found.certainty, call.credentials, call.browser and call.browser.confirmed


def test_what_depends_is_settled_by_a_mode_that_was_told() -> None:
    assert verdict(told(exchange(got=STAR), code="WildcardOriginNotAllowed", credentials="include")) == (
        "blocked",
        "origin-wildcard-with-credentials",
        "certain",
        "include",
        True,
    )
    assert verdict(told(exchange(got=STAR), credentials="same-origin")) == ("allowed", None, "certain", "omit", True)


def test_what_depends_is_settled_by_what_became_of_it() -> None:
    assert verdict(told(exchange(got=STAR))) == ("allowed", None, "certain", "omit", True)
    assert verdict(told(exchange(got=OPEN), code="InvalidAllowCredentials")) == (
        "blocked",
        "credentials-not-true",
        "certain",
        "include",
        True,
    )


def test_cookies_that_were_looked_for_show_the_mode() -> None:
    cookie = WithheldCookie(name="sid", reasons=("SameSiteLax",))
    call = told(exchange(got=STAR), code="WildcardOriginNotAllowed", cookies_withheld=(cookie,))
    assert verdict(call)[:4] == ("blocked", "origin-wildcard-with-credentials", "certain", "include")
    own = exchange(url=f"{PAGE}/own", sent={"Origin": None, "Sec-Fetch-Site": "same-origin"})
    assert told(own, cookies_sent=("sid",)).credentials == "unknown"


def test_a_refused_preflight_is_not_that_of_a_request_that_was_answered() -> None:
    """Firefox doesn't say whose it is."""
    sent = exchange(got=OPEN)
    other = said_of(preflight(got={}), "1:p", engine="firefox", code="CORSMissingAllowOrigin2", preflight_of="1:r")
    (call,) = judge_all([sent], [other, said_of(sent, "1:r", engine="firefox", credentials="omit")])
    assert verdict(call) == ("allowed", None, "certain", "omit", True)


def test_a_likely_word_changes_nothing() -> None:
    made = [exchange(at=100 + number / 1000, got=STAR, id=f"e{number}") for number in range(2)]
    for call in judge_all(made, [said_of(made[0], "1:r", code="WildcardOriginNotAllowed", credentials="include")]):
        if call.browser is not None:
            assert (call.browser.match, call.browser.confirmed) == ("likely", None)
        assert (call.verdict.outcome, call.verdict.certainty, call.credentials) == ("allowed", "depends", "unknown")


def test_a_certain_verdict_that_the_browser_contradicts_stands_beside_its_own() -> None:
    made = exchange(got={**OPEN, "Access-Control-Allow-Credentials": "true"})
    call = told(made, code="PreflightMissingAllowOriginHeader", parameter="x")
    assert verdict(call) == ("blocked", "origin-missing", "certain", "unknown", False)
    assert call.browser is not None and call.browser.computed is not None
    assert call.browser.computed.outcome == "allowed"
    assert call.verdict.engines is not None and call.verdict.engines["chromium"].code is not None
    assert "browser-disagrees" in [pattern.slug for pattern in patterns({traits(call): 1})]
    assert "report" in text_of(call) and "allowed" in text_of(call)


def test_what_was_not_certain_is_as_the_browser_said_without_a_dispute() -> None:
    asked = preflight(got=GRANT, id="p")
    main = said_of(exchange("PUT", at=100.1), "1:r", sent=None, status=None, response_headers=None, canceled=True)
    (call,) = judge_all([asked], [said_of(asked, "1:p", preflight_of="1:r"), main])
    assert verdict(call)[:3] == ("network-error", "aborted-by-page", "certain")
    assert call.browser is not None and (call.browser.confirmed, call.browser.computed) == (True, None)


def test_a_server_that_does_not_answer_is_not_called_blocked() -> None:
    call = told(exchange(failed="refused"), code="MissingAllowOriginHeader", status=502, failed="net::ERR_FAILED")
    assert verdict(call)[:3] == ("network-error", "refused", "certain")


def test_an_abort_after_the_answer_says_only_that_cors_did_not_refuse_it() -> None:
    assert verdict(told(exchange(got=STAR), canceled=True, failed="net::ERR_ABORTED"))[:3] == (
        "allowed",
        None,
        "likely",
    )


def test_the_wire_s_proof_stands() -> None:
    made = exchange(got={**OPEN, "Access-Control-Allow-Credentials": "true"}, sent={"Cookie": "sid=1"})
    assert told(made, credentials="omit").credentials_signal == "cookie"


def test_what_was_confirmed_is_not_assumed_otherwise() -> None:
    call = told(exchange(got=STAR))
    assert assuming(call, "include") is call


def test_a_tried_fix_leaves_the_server_s_own_answer_unconfirmed() -> None:
    made = msgspec.structs.replace(exchange(got=OPEN), server_status=200, server_headers=())
    call = told(made)
    assert verdict(call)[0::4] == ("simulated", True)
    own = by_server(call)
    assert (own.verdict.outcome, own.browser and own.browser.confirmed) == ("blocked", None)


@pytest.mark.parametrize("name", SPOKEN)
def test_the_outcome_is_the_browser_s_wherever_it_is_sure(name: str) -> None:
    exchanges, rows = load(recording(name)).exchanges, truth(name)
    calls = judge_all(exchanges, saids_of(rows, exchanges).values())
    holders = {each.id: call for call in calls for each in call.exchanges}
    for wanted in rows:
        call = holders.get(wanted["flows"][-1]) if wanted["flows"] else None
        if call is None or wanted["outcome"] not in ("allowed", "blocked", "opaque", "network-error"):
            continue
        if call.browser is None or call.browser.match != "sure":
            continue
        depends = call.verdict.certainty == "depends"
        # plain http and a POST: no event tells a no-cors request from another
        assert call.verdict.outcome in accepted(wanted) or (depends and "nocors" in wanted["case"]), wanted["case"]
        if depends:
            assert {name for other in call.verdict.alternatives for name in other.condition} == {"mode"}


# what never was on the wire

UNSENT: dict[str, Any] = {"sent": None, "status": None, "answered": None, "connection": None}
UNSENT |= {"request_headers": None, "response_headers": None}
KINDS: dict[str, tuple[dict[str, Any], tuple[str, str | None, str | None]]] = {
    "mixed content": (
        {"url": "http://api.test/x", "blocked": "mixed-content"},
        ("network-error", "mixed-content", "simple"),
    ),
    "csp": ({"blocked": "csp", "directive": "connect-src 'self'", "method": ""}, ("blocked", "csp", "simple")),
    "extension": ({"blocked": "extension", "failed": "net::ERR_BLOCKED_BY_CLIENT"}, ("blocked", "extension", "simple")),
    "inspector": ({"blocked": "inspector", "method": "PUT"}, ("blocked", "extension", "preflighted")),
    "bad port": (
        {"url": "http://api.test:6000/", "failed": "net::ERR_UNSAFE_PORT"},
        ("network-error", "bad-port", "simple"),
    ),
    "bad port (Firefox)": ({"engine": "firefox", "blocked": "bad-port"}, ("network-error", "bad-port", "simple")),
    "aborted": ({"canceled": True, "failed": "net::ERR_ABORTED"}, ("network-error", "aborted-by-page", "simple")),
    "cached without CORS": ({"code": "MissingAllowOriginHeader"}, ("blocked", "cached-without-cors", "simple")),
    "method refused": (
        {"code": "MethodDisallowedByPreflightResponse", "method": "PUT"},
        ("blocked", "method-not-allowed", "preflighted"),
    ),
    "mode": ({"code": "DisallowedByMode"}, ("blocked", "mode-same-origin", "simple")),
    "unknown code": ({"code": "SomethingNew"}, ("blocked", "failed-unexplained", "simple")),
    "failure": ({"failed": "net::ERR_SOMETHING"}, ("network-error", "network-error", "simple")),
    "from the cache": ({"from_cache": True, "status": 200}, ("allowed", None, "simple")),
    "an image from the cache": ({"from_cache": True, "status": 200, "kind": "image"}, ("opaque", None, "no-cors")),
    "its own from the cache": (
        {"from_cache": True, "status": 200, "url": f"{PAGE}/a.js"},
        ("not-cors", None, "same-origin"),
    ),
    "a page from the cache": (
        {"from_cache": True, "status": 200, "kind": "document", "page": None},
        ("not-cors", None, "navigation"),
    ),
    "service worker": ({"by_service_worker": True, "status": 200}, ("allowed", None, "simple")),
    "no page": ({"blocked": "csp", "page": None}, ("blocked", "csp", "simple")),
}


def unsent(name: str, **more: Any) -> Said:
    return said_of(exchange(at=200, id="x"), "1:r", **{**UNSENT, **KINDS[name][0], **more})


def never(*saids: Said) -> list[Call]:
    return judge_all([], saids)


@pytest.mark.parametrize("name", KINDS)
def test_a_call_that_never_reached_the_wire_is_a_row(name: str) -> None:
    (call,) = never(unsent(name))
    assert (call.id, call.hops, call.exchanges) == ("browser:1:r", (), ())
    assert (call.verdict.outcome, call.verdict.reason, call.kind) == KINDS[name][1]
    assert call.verdict.certainty == "certain" and call.browser is not None and call.browser.confirmed is True


@pytest.mark.parametrize("name", KINDS)
def test_everything_can_be_asked_of_it(name: str) -> None:
    (call,) = never(unsent(name, method=KINDS[name][0].get("method", "GET"), console="line\x1b[1m"))
    other = judge_all([exchange(got=OPEN)])[0]
    assert headline(call) and explanation(call).happened and sentence(call)
    assert short_reason(call) or call.verdict.reason is None
    assert certainty(call) in ("", "said by Chromium 156")
    assert alternatives(call) == engines(call) == ""
    assert fix(call) is None and analysis.readable_headers(call) == [] and analysis.also_failing(call) == []
    assert by_server(call) is call and assuming(call, "include") is call
    steps = analysis.trace(call)
    failed = [step.reason for step in steps if step.state == "failed"]
    assert failed == ([call.verdict.reason] if call.verdict.outcome in ("blocked", "network-error") else [])
    assert (
        comparison(call, steps) is not None
        and solution(call, [call, other])
        and causes(call, [call, other]) is not None
    )
    assert "called by: https://app.test/api.js:42" in prompt(call, steps, solution(call, [call]))
    assert contrast(call, other) and conclusion(call, other, contrast(call, other))
    assert text.lines(call) and row(call)["exchanges"] == []
    assert row_of(0, call, traits(call)).line == "https://app.test/api.js:42"
    subject = Subject(call, lambda: [call, other])
    for tab in range(len(TABS)):
        assert "\x1b" not in tabs.draw(tab, subject, 60).plain
    assert curl(call) is not None or not call.exchanges


def text_of(call: Call) -> str:
    return tabs.draw(0, Subject(call, lambda: [call]), 200).plain


def test_each_failure_of_them_says_what_to_change() -> None:
    for name, (_, (outcome, reason, _)) in KINDS.items():
        if outcome in ("blocked", "network-error"):
            (call,) = never(unsent(name))
            assert explanation(call).change or reason == "aborted-by-page", name


def test_the_answer_that_the_cache_gave_is_named() -> None:
    image = exchange(
        at=100, got={"Cache-Control": "max-age=600"}, sent={"Origin": None, "Sec-Fetch-Mode": "no-cors"}, id="img"
    )
    said = [said_of(image, "1:i", kind="image"), unsent("cached without CORS")]
    calls = {call.id: call for call in judge_all([image], said)}
    call = calls["browser:1:r"]
    assert call.browser is not None and call.browser.cached == image
    (cause,) = causes(call, list(calls.values()))
    assert "without “Vary: Origin”" in cause.seen and "came at" in cause.seen


@pytest.mark.parametrize(
    "more",
    [
        {"url": "data:text/plain,x", "blocked": "csp"},
        {"url": "chrome-extension://abc/x", "blocked": "csp"},
        {"ended": None, "canceled": False},
        {"sent": 199.9, "blocked": "csp"},
        {"engine": "firefox", "code": "CORSMissingAllowOrigin2"},
        {"status": 200},
        {"preflight_of": "1:other", "failed": "net::ERR_FAILED"},
    ],
)
def test_what_may_have_been_sent_or_is_no_call_is_no_row(more: dict[str, Any]) -> None:
    assert never(said_of(exchange(at=200), "1:r", **{**UNSENT, **more})) == []


def test_a_row_goes_when_its_request_is_found_on_the_wire() -> None:
    calls = Calls()
    made = exchange(at=200, got=OPEN, id="e")
    calls.take(calls.tracker.hear([said_of(made, "1:r", sent=None, canceled=True, answered=None, status=None)]))
    assert list(calls.now) == ["browser:1:r"]
    calls.feed(made)
    calls.take(calls.tracker.advance(201))
    assert list(calls.now) == ["e"]


def test_rows_stand_in_order_of_their_start_and_count_as_others(tmp_path: Any) -> None:
    first, last = exchange(at=100, got=OPEN, id="a"), exchange(at=300, got=OPEN, id="b")
    calls = judge_all([first, last], [unsent("csp")])
    assert [call.id for call in calls] == ["a", "browser:1:r", "b"]


def test_without_saids_nothing_is_joined() -> None:
    tracker = Tracker()
    tracker.feed(exchange())
    assert tracker.hear([]).changed == [] and tracker._matching is None


def test_the_line_of_code_is_called_by_its_file() -> None:
    call = told(exchange(got=STAR), caller=Place(url="https://app.test/js/api.js?v=1", line=7))
    assert "called by api.js:7" in text_of(call)
    page = told(exchange(got=STAR), caller=Place(url="https://app.test/", line=7))
    assert "called by app.test/:7" in text_of(page)


def test_withheld_cookies_are_named_with_what_kept_them() -> None:
    cookies = (
        WithheldCookie(name="sid", reasons=("SchemefulSameSiteLax", "SameSiteLax")),
        WithheldCookie(name="lang", reasons=("SomethingNew",)),
        WithheldCookie(name="bare"),
    )
    call = told(exchange(got=STAR), cookies_withheld=cookies, console="Access to fetch at …")
    shown = text_of(call)
    assert "cookies withheld: sid (SameSite=Lax), lang (SomethingNew), bare" in shown
    assert "> Access to fetch at …" in shown and API in shown
    assert row(call)["browser"] == {
        "confirmed": True,
        "match": "sure",
        "code": None,
        "credentials": None,
        "initiator": "https://app.test/api.js:42",
        "cookies_withheld": [
            {"name": "sid", "reasons": ["SchemefulSameSiteLax", "SameSiteLax"]},
            {"name": "lang", "reasons": ["SomethingNew"]},
            {"name": "bare", "reasons": []},
        ],
        "console": "Access to fetch at …",
    }


def test_a_preflight_alone_says_nothing_of_the_call() -> None:
    call = told(preflight(got={}, status=200), preflight_of="1:q", kind="preflight")
    assert call.browser is not None and call.browser.match == "sure"
    assert verdict(call)[:3] == ("blocked", "origin-missing", "certain")


@pytest.mark.parametrize(
    ("status", "more", "confirmed"),
    [
        (101, {}, True),
        (403, {"status": None, "failed": "WebSocket connection failed"}, True),
        (101, {"status": None, "failed": "WebSocket connection failed"}, None),
    ],
)
def test_of_a_websocket_the_browser_confirms_the_handshake(status: int, more: Any, confirmed: bool | None) -> None:
    sent = {"Upgrade": "websocket", "Sec-WebSocket-Key": "abc", "Sec-Fetch-Mode": None, "Sec-Fetch-Dest": None}
    made = exchange(url="http://api.test/live", status=status, sent=sent)
    # Chromium's stamp is late
    call = told(made, url="ws://api.test/live", kind="websocket", sent=made.started + 0.03, **more)
    assert (call.kind, call.verdict.outcome) == ("websocket", "not-cors")
    assert call.browser is not None and (call.browser.match, call.browser.confirmed) == ("sure", confirmed)
