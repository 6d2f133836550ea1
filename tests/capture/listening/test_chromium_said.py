"""What is made of Chromium's events: recorded ones (see `record_events`), and made-up ones in odd orders."""

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from corsinspect.capture.listening import chromium_said
from corsinspect.capture.listening.chromium_said import REQUESTS, UNTOLD, Hearing
from corsinspect.said import Said

RECORDED = Path(__file__).parent / "recorded" / "chromium.jsonl"
Event = tuple[str, str, msgspec.Raw]
API, OTHER, PAGE = "http://localhost:8001", "http://127.0.0.1:8001", "http://localhost:8000/"


def recorded() -> list[Event]:
    return [msgspec.json.decode(line, type=Event) for line in RECORDED.read_bytes().splitlines()]


def heard(events: list[Event]) -> list[Said]:
    """The last state of each leg, in the order in which they were first told."""
    hearing, told, now = Hearing("L", "Chromium 156"), {}, 0.0
    for session, method, params in events:
        now += 0.01
        hearing.hear(session, method, params, now)
        for said in hearing.news(now):
            told[said.id, said.hop] = said
    for said in hearing.rest():
        told[said.id, said.hop] = said
    return list(told.values())


SAIDS = heard(recorded())


def of(path: str, *, method: str = "GET", kind: str = "fetch", hop: int = 0, origin: str = API) -> Said:
    """The one leg of this description."""
    (found,) = [
        said
        for said in SAIDS
        if (said.url.partition("?")[0], said.method, said.kind, said.hop) == (origin + path, method, kind, hop)
        and "slow" not in said.url
        and (path, method, said.url.partition("?")[1]) != ("/ok", "GET", "")
    ]
    return found


def fetches(url: str) -> list[Said]:
    return sorted((said for said in SAIDS if said.url == url and said.kind == "fetch"), key=lambda said: said.called)


def test_a_plain_call_is_told_with_its_times_headers_and_line() -> None:
    said = fetches(API + "/ok")[0]

    assert (said.engine, said.browser, said.method, said.status, said.hop) == (
        "chromium",
        "Chromium 156",
        "GET",
        200,
        0,
    )
    assert said.sent is not None and said.answered is not None and said.ended is not None
    assert said.called <= said.sent <= said.answered <= said.ended
    assert ("Origin", PAGE.rstrip("/")) in (said.request_headers or ())
    assert any(name == "Access-Control-Allow-Origin" for name, _ in said.response_headers or ())
    assert said.page == PAGE
    assert said.caller is not None and (said.caller.url, said.caller.function) == (PAGE, "call")
    assert said.caller.line == 5
    assert said.connection is not None
    assert (said.code, said.failed, said.console, said.canceled) == (None, None, None, False)


def test_cookies_tell_the_credentials_mode_of_calls_to_other_origins_only() -> None:
    said = of("/ok")
    assert (said.credentials, said.cookies_sent) == ("include", ("session",))
    assert fetches(API + "/ok")[0].credentials is None
    own = next(said for said in SAIDS if said.url == PAGE + "favicon.ico")
    assert (own.credentials, own.cookies_sent) == (None, ("session",))


def test_a_preflight_is_a_leg_of_its_own_that_names_its_request() -> None:
    preflight, refused = [said for said in SAIDS if said.kind == "preflight"]
    (actual,) = [said for said in SAIDS if said.method == "PUT" and said.status == 200]

    assert (preflight.method, preflight.preflight_of, preflight.status) == ("OPTIONS", actual.id, 200)
    assert preflight.page is None
    (unsent,) = [said for said in SAIDS if said.method == "PUT" and said.status is None]
    assert refused.preflight_of == unsent.id
    assert (unsent.sent, unsent.code, unsent.parameter) == (None, "HeaderDisallowedByPreflightResponse", "x-other")
    assert "Request header field x-other is not allowed" in (unsent.console or "")


def test_a_refused_call_has_its_code_its_answer_and_its_line_of_the_console() -> None:
    (said,) = fetches(API + "/refused")

    assert (said.code, said.parameter, said.failed) == ("MissingAllowOriginHeader", None, "net::ERR_FAILED")
    assert said.status == 200
    assert (said.console or "").startswith(f"Access to fetch at '{API}/refused' from origin")


def test_the_hops_of_a_redirect_have_each_their_own_answer() -> None:
    (first,) = fetches(API + "/redirect")
    second = next(said for said in SAIDS if said.id == first.id and said.hop == 1)

    assert (first.status, second.status, second.url) == (302, 200, API + "/ok")
    assert ("Location", "/ok") in (first.response_headers or ())
    assert first.ended is not None and second.sent is not None and first.ended <= second.sent
    assert second.caller == first.caller


def test_a_cached_image_that_is_fetched_never_left_and_was_refused() -> None:
    (image,) = [said for said in SAIDS if said.url == API + "/cached.gif" and said.kind == "image"]
    (fetched,) = fetches(API + "/cached.gif")

    assert image.sent is not None and image.status == 200
    assert (fetched.sent, fetched.code) == (None, "MissingAllowOriginHeader")


def test_calls_that_never_left_say_why() -> None:
    (port,) = fetches("http://localhost:6000/")
    assert (port.sent, port.blocked, port.failed) == (None, "bad-port", "net::ERR_UNSAFE_PORT")
    assert port.console == "Failed to load resource: net::ERR_UNSAFE_PORT"

    (aborted,) = fetches(API + "/ok?slow")
    assert (aborted.canceled, aborted.failed) == (True, "net::ERR_ABORTED")

    (made_up,) = fetches(PAGE + "made-up")
    assert (made_up.by_service_worker, made_up.sent, made_up.status) == (True, None, 200)


def test_what_a_policy_forbids_is_told_once_with_its_directive_and_line() -> None:
    (call,) = [said for said in SAIDS if said.url == API + "/forbidden"]
    assert (call.blocked, call.directive, call.sent, call.method) == ("csp", "connect-src", None, "")
    assert call.page == PAGE + "policy"
    assert call.caller is not None and (call.caller.url, call.caller.line) == (PAGE + "policy", 3)
    assert "violates the following Content Security Policy directive" in (call.console or "")

    (image,) = [said for said in SAIDS if said.url == API + "/forbidden.gif"]
    assert (image.blocked, image.directive, image.kind, image.method) == ("csp", "img-src", "image", "GET")

    first, second = [
        said for said in SAIDS if "/redirect-to-api" in said.url or (said.page == PAGE + "policy" and said.hop)
    ]
    assert (first.status, first.blocked) == (302, None)
    assert (second.hop, second.blocked, second.directive) == (1, "csp", "connect-src")
    assert (second.failed, second.canceled) == (None, False)


def test_workers_and_frames_say_who_asked() -> None:
    assert [said.page for said in fetches(API + "/from-worker")] == [PAGE + "worker.js"]
    assert [said.page for said in fetches(API + "/from-frame")] == [PAGE + "frame", OTHER + "/frame"]


def test_a_beacon_is_told() -> None:
    (said,) = [said for said in SAIDS if said.url == API + "/beacon"]
    assert (said.kind, said.method, said.status) == ("ping", "POST", 200)


def test_every_leg_has_an_id_of_its_own_with_the_launch_before_it() -> None:
    assert len({(said.id, said.hop) for said in SAIDS}) == len(SAIDS)
    assert all(said.id.startswith("L:") for said in SAIDS)


def timeless(saids: list[Said]) -> dict[tuple[str, int], Said]:
    """By leg; without the times of what is told without any, and gets that of its arrival."""
    return {
        (said.id, said.hop): msgspec.structs.replace(said, called=0.0, ended=None) if ":csp-" in said.id else said
        for said in saids
    }


@pytest.mark.parametrize("seed", range(20))
def test_the_order_in_which_the_network_layer_speaks_changes_nothing(seed: int) -> None:
    """Its words come over another channel: only each request's own order is kept."""
    chance, main, extra = random.Random(seed), [], []
    for event in recorded():
        (extra if event[1].endswith("ExtraInfo") else main).append(event)
    mixed: list[Event] = []
    while main or extra:
        source = main if main and (not extra or chance.random() < 0.5) else extra
        mixed.append(source.pop(0))

    assert timeless(heard(mixed)) == timeless(SAIDS)


def test_a_worker_that_two_sessions_tell_of_is_told_once() -> None:
    twice = [
        copy for session, method, params in recorded() for copy in ((session, method, params), ("two", method, params))
    ]
    network = [event for event in twice if event[1].startswith("Network.")]
    once = [event for event in recorded() if event[1].startswith("Network.")]

    assert heard(network) == heard(once)


# made-up events


def will(id: str = "1.1", url: str = "http://a.test/", **more: Any) -> Event:
    params: dict[str, Any] = {
        "requestId": id,
        "request": {"url": url, "method": "GET"},
        "initiator": {},
        "type": "Fetch",
    }
    return event("Network.requestWillBeSent", **params | {"timestamp": 10.0, "wallTime": 1000.0} | more)


def event(method: str, **params: Any) -> Event:
    return "s", method, msgspec.Raw(msgspec.json.encode(params))


def sent(id: str = "1.1", **more: Any) -> Event:
    known = {"requestId": id, "headers": {}, "connectTiming": {"requestTime": 10.5}}
    return event("Network.requestWillBeSentExtraInfo", **known | more)


def received(id: str = "1.1", status: int = 200, **more: Any) -> Event:
    return event("Network.responseReceivedExtraInfo", **{"requestId": id, "statusCode": status, "headers": {}} | more)


def failed(id: str = "1.1", **more: Any) -> Event:
    return event("Network.loadingFailed", requestId=id, timestamp=12.0, **more)


def test_an_answer_that_is_long_in_coming_is_not_waited_for() -> None:
    hearing = Hearing("L", "")
    hearing.hear(*will(), 0.0)
    assert hearing.news(UNTOLD / 2) == [] and hearing.waiting
    (said,) = hearing.news(UNTOLD)
    assert (said.status, said.sent) == (None, None)
    assert not hearing.waiting


def test_what_comes_late_is_told_again() -> None:
    hearing = Hearing("L", "")
    hearing.hear(*will(), 0.0)
    hearing.hear(*failed(errorText="net::ERR_FAILED"), 0.1)
    assert len(hearing.news(0.1)) == 1
    hearing.hear(*sent(), 0.2)
    (said,) = hearing.news(0.2)
    assert said.sent == 1000.5


def test_a_redirect_that_the_browser_made_up_itself_takes_no_word_of_the_network() -> None:
    """HSTS: the first hop is answered within the browser."""
    redirect = {"status": 307}
    (first, second) = heard(
        [
            will(),
            sent(headers={"X": "of the second"}),
            will(url="https://a.test/", redirectResponse=redirect, redirectHasExtraInfo=False),
            received(),
        ]
    )
    assert (first.request_headers, first.status) == (None, 307)
    assert (second.request_headers, second.status) == ((("X", "of the second"),), 200)


def test_header_lines_of_one_name_are_apart_and_bytes_are_characters() -> None:
    (said,) = heard([will(), received(headers={"Set-Cookie": "a=1\nb=2", "X": "é", ":status": "200"})])
    assert said.response_headers == (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X", "Ã©"))


def test_cookies_are_named_with_the_reasons_they_were_withheld_for() -> None:
    cookies = [
        {"cookie": {"name": "sid", "value": "secret"}, "blockedReasons": ["SameSiteLax"]},
        {"cookie": {"name": "", "value": "secret"}, "blockedReasons": []},
    ]
    refused = [{"cookie": {"name": "x", "value": "secret"}, "cookieLine": "x=secret", "blockedReasons": ["SecureOnly"]}]
    (said,) = heard(
        [will(documentURL="http://b.test/"), sent(associatedCookies=cookies), received(blockedCookies=refused)]
    )
    assert [(each.name, each.reasons) for each in said.cookies_withheld] == [("sid", ("SameSiteLax",))]
    assert [(each.name, each.reasons) for each in said.cookies_refused] == [("x", ("SecureOnly",))]
    assert (said.credentials, said.cookies_sent) == ("include", ())
    assert "secret" not in repr(said)


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        ({"errorText": "net::ERR_UNSAFE_PORT"}, "bad-port"),
        ({"errorText": "net::ERR_BLOCKED_BY_CLIENT"}, "extension"),
        ({"errorText": "net::ERR_BLOCKED_BY_CLIENT", "blockedReason": "inspector"}, "inspector"),
        ({"errorText": "", "blockedReason": "mixed-content"}, "mixed-content"),
        ({"errorText": "net::ERR_CONNECTION_REFUSED"}, None),
    ],
)
def test_why_it_was_not_sent(failure: dict[str, str], expected: str | None) -> None:
    (said,) = heard([will(), failed(**failure)])
    assert said.blocked == expected


def test_what_is_not_of_the_network_is_passed_over() -> None:
    assert (
        heard([will(url="data:text/plain,hello"), will("2", "blob:http://a.test/1"), event("Page.loadEventFired")])
        == []
    )


def test_a_violation_that_is_only_reported_is_none() -> None:
    details = {"blockedURL": "http://a.test/", "violatedDirective": "connect-src", "isReportOnly": True}
    issue = {"code": "ContentSecurityPolicyIssue", "details": {"contentSecurityPolicyIssueDetails": details}}
    assert heard([event("Audits.issueAdded", issue=issue)]) == []
    issue["details"] = {"contentSecurityPolicyIssueDetails": details | {"isReportOnly": False}}
    hearing = Hearing("L", "")
    hearing.hear(*event("Audits.issueAdded", issue=issue), 5.0)
    assert hearing.news(5.0) == [] and hearing.waiting
    (said,) = hearing.news(6.0)
    assert (said.called, said.url) == (5.0, "http://a.test/")


def test_memory_is_bounded_and_what_is_let_go_of_is_told() -> None:
    hearing = Hearing("L", "")
    for number in range(2 * REQUESTS):
        hearing.hear(*will(f"1.{number}"), 0.0)
        hearing.hear(*sent(f"2.{number}"), 0.0)
    told = hearing.news(0.0) + hearing.rest()

    assert len(hearing._requests) == REQUESTS  # pyright: ignore[reportPrivateUsage]
    assert len({said.id for said in told}) == 2 * REQUESTS


def test_nothing_is_kept_of_sessions_that_have_ended() -> None:
    hearing = Hearing("L", "")
    for number in range(5):
        for source, category in (("security", ""), ("javascript", "cors")):
            params = msgspec.json.encode({"entry": {"source": source, "category": category, "text": "t"}})
            hearing.hear(f"s{number}", "Log.entryAdded", params, 0.0)
        hearing.hear("", "Target.detachedFromTarget", msgspec.json.encode({"sessionId": f"s{number}"}), 0.0)

    assert not hearing._warning and not hearing._refusal  # pyright: ignore[reportPrivateUsage]


def test_an_event_of_another_shape_is_a_decode_error_and_no_more() -> None:
    for method in chromium_said._DECODE:  # pyright: ignore[reportPrivateUsage]
        with pytest.raises(msgspec.DecodeError):
            Hearing("L", "").hear("s", method, b'{"requestId": 5}', 0.0)
