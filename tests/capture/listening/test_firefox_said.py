"""What is made of Firefox's packets: recorded ones (see `record_events`), and made-up ones in odd orders."""

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from corsinspect.capture.listening.firefox_said import REQUESTS, SETTLED, UNTOLD, Hearing
from corsinspect.said import Place, Said

RECORDED = Path(__file__).parent / "recorded" / "firefox.jsonl"
API, OTHER, PAGE = "http://localhost:8001", "http://127.0.0.1:8001", "http://localhost:8000/"
Resource = tuple[str, msgspec.Raw]
Event = tuple[float, str, msgspec.Raw]
_decode = msgspec.json.Decoder(Event).decode
NEW, UPDATED = "resources-available-array", "resources-updated-array"


def heard(events: list[Event]) -> list[Said]:
    """The last state of each leg, in the order in which they were first told."""
    hearing, told = Hearing("L", "Firefox 153"), {}
    for now, event, array in events:
        for said in hearing.news(now):
            told[said.id, said.hop] = said
        hearing.hear(event, array, now)
    for said in hearing.rest():
        told[said.id, said.hop] = said
    return list(told.values())


SAIDS = heard([_decode(line) for line in RECORDED.read_bytes().splitlines()])


def of(url: str, method: str = "GET", kind: str = "fetch") -> list[Said]:
    found = [said for said in SAIDS if (said.url, said.method, said.kind) == (url, method, kind)]
    return sorted(found, key=lambda said: said.called)


def test_a_plain_call_is_told_with_its_mode_and_line() -> None:
    said = of(API + "/ok")[0]

    assert (said.engine, said.browser, said.status, said.hop) == ("firefox", "Firefox 153", 200, 0)
    assert (said.credentials, said.page, said.sent) == ("same-origin", PAGE, said.called)
    assert said.caller == Place(url=PAGE, line=5, column=22, function="call")
    assert said.ended is not None and said.called <= said.ended
    assert (said.code, said.failed, said.blocked, said.console, said.canceled) == (None, None, None, None, False)


def test_preflights_name_their_requests_and_refusals_have_the_consoles_category() -> None:
    granted, refused = of(API + "/ok", "PUT")
    preflights = of(API + "/ok", "OPTIONS", "preflight")

    assert [said.preflight_of for said in preflights] == [granted.id, refused.id]
    assert {said.credentials for said in preflights} == {None}
    assert (granted.code, granted.status) == (None, 200)
    assert (refused.code, refused.status) == ("CORSMissingAllowHeaderFromPreflight2", None)
    assert refused.console is not None and "x-other" in refused.console
    (said,) = of(API + "/refused")
    assert (said.code, said.status, said.sent is not None) == ("CORSMissingAllowOrigin2", 200, True)


def test_a_redirect_goes_on_as_the_same_request() -> None:
    (first,) = of(API + "/redirect")
    (second,) = [said for said in SAIDS if said.id == first.id and said.hop == 1]

    assert (first.status, second.url, second.status) == (302, API + "/ok", 200)


def test_what_never_left_the_browser_says_why() -> None:
    (forbidden,) = of(API + "/forbidden")
    (image,) = of(API + "/forbidden.gif", kind="image")
    (port,) = of("http://localhost:6000/")
    (aborted,) = of(API + "/ok?slow")
    (made_up,) = of(PAGE + "made-up")

    assert (forbidden.blocked, forbidden.directive, forbidden.sent) == ("csp", "connect-src", None)
    assert forbidden.caller == Place(url=PAGE + "policy", line=3, column=7)
    assert (image.blocked, image.directive) == ("csp", "img-src")
    assert (port.blocked, port.sent) == ("bad-port", None)
    assert (aborted.canceled, aborted.failed, aborted.sent) == (True, "NS_BINDING_ABORTED", None)
    assert (made_up.by_service_worker, made_up.sent, made_up.status) == (True, None, 200)


def test_a_policy_that_forbids_a_redirect_is_told_of_its_hop() -> None:
    (first,) = of(PAGE + "redirect-to-api")
    (second,) = [said for said in SAIDS if said.id == first.id and said.hop == 1]

    assert (second.url, second.blocked, second.directive) == (API + "/ok", "csp", "connect-src")


def test_frames_and_workers_tell_their_own_pages() -> None:
    assert [said.page for said in of(API + "/from-worker")] == [PAGE + "worker.js"]
    assert {said.page for said in of(API + "/from-frame")} == {PAGE + "frame", OTHER + "/frame"}
    assert {said.page for said in SAIDS if said.kind == "document" and said.url == PAGE} == {None}
    assert [said.kind for said in SAIDS if said.url == API + "/beacon"] == ["ping"]


# made up


def event(type: str, resource: str, fields: dict[str, Any]) -> Resource:
    return type, msgspec.Raw(msgspec.json.encode([[resource, [fields]]]))


def asked(id: int, url: str, *, at: float = 0.0, method: str = "GET", flags: int = 80, **more: Any) -> Resource:
    milliseconds = round(at * 1000)
    return event(
        NEW,
        "network-event",
        {
            "resourceId": id,
            "actor": f"actor{id}",
            "url": url,
            "method": method,
            "startedDateTime": f"2026-11-28T21:06:{40 + milliseconds // 1000:02d}.{milliseconds % 1000:03d}Z",
            "cause": {"type": "fetch", "loadingDocumentUri": PAGE},
            "securityFlags": flags,
            "stacktraceResourceId": id,
            "innerWindowId": 7,
        }
        | more,
    )


NOON = 1_795_900_000.0
"""2026-11-28T21:06:40Z."""
PARENT, CONTENT = 50, (1 << 33) + 1


def updated(id: int, **updates: Any) -> Resource:
    return event(UPDATED, "network-event", {"resourceId": id, "resourceUpdates": updates})


def stack(id: int, line: int) -> Resource:
    frame = {"filename": PAGE + "x.js", "lineNumber": line, "columnNumber": 3, "functionName": None}
    return event(NEW, "network-event-stacktrace", {"resourceId": id, "lastFrame": frame})


def console(category: str, text: str, at: float, **more: Any) -> Resource:
    fields = {"category": category, "errorMessage": text, "innerWindowID": 7, "timeStamp": (NOON + at) * 1000}
    return event(NEW, "error-message", {"pageError": fields | more})


def told(*events: Resource) -> dict[str, Said]:
    """By URL, what is said of each after these, which came at once."""
    return {said.url: said for said in heard([(NOON, *each) for each in events])}


@pytest.mark.parametrize(
    ("flags", "mode"),
    [
        (16 | 0 << 5, "same-origin"),
        (16 | 1 << 5, "include"),
        (16 | 2 << 5, "same-origin"),
        (16 | 3 << 5, "omit"),
        (1028, "include"),
        (3 << 5 | 1, "omit"),
    ],
)
def test_the_security_flags_hold_the_credentials_mode(flags: int, mode: str) -> None:
    """nsILoadInfo: the default is same-origin with CORS, and include without."""
    assert told(asked(CONTENT, API + "/a", flags=flags))[API + "/a"].credentials == mode


@pytest.mark.parametrize(
    ("reason", "blocked", "code", "failed"),
    [
        (3001, "mixed-content", None, None),
        (4000, "csp", None, None),
        (6000, "extension", None, None),
        (2004, "tracking-protection", None, None),
        (1007, None, "CORSAllowOriginNotMatchingOrigin", None),
        ("NS_ERROR_NET_RESET", None, None, "NS_ERROR_NET_RESET"),
        ("unknown", None, None, None),
        (99_999, None, None, None),
        ("devtools", "inspector", None, None),
    ],
)
def test_why_a_request_was_blocked(
    reason: int | str, blocked: str | None, code: str | None, failed: str | None
) -> None:
    said = told(asked(CONTENT, API + "/a", blockedReason=reason))[API + "/a"]
    assert (said.blocked, said.code, said.failed, said.sent) == (blocked, code, failed, None)


@pytest.mark.parametrize(("port", "blocked"), [(6667, "bad-port"), (8001, None)])
def test_an_unknown_reason_is_a_bad_port_only_where_the_port_is_one(port: int, blocked: str | None) -> None:
    url = f"http://localhost:{port}/a"
    assert told(asked(CONTENT, url, blockedReason="unknown"))[url].blocked == blocked


REFUSED = [
    asked(CONTENT, API + "/a", at=0.0),
    asked(CONTENT + 1, API + "/a/b", at=0.0),
    updated(CONTENT, status="200", totalTime=5),
    updated(CONTENT + 1, status="200", totalTime=5),
    stack(CONTENT, 9),
    console("CORSMissingAllowOrigin2", f"Blocked: {API}/a/b. (Reason: x)", 0.005),
]


@pytest.mark.parametrize("seed", range(20))
def test_the_consoles_line_may_come_before_its_request_and_goes_to_the_whole_url(seed: int) -> None:
    order = REFUSED[:]
    lines = [order.pop(5), order.pop(4)]
    for line in lines:
        order.insert(random.Random(seed).randrange(len(order) + 1), line)
    saids = told(*order)

    assert saids[API + "/a"].code is None
    assert saids[API + "/a"].caller == Place(url=PAGE + "x.js", line=9, column=3)
    assert saids[API + "/a/b"].code == "CORSMissingAllowOrigin2"


@pytest.mark.parametrize("first", ["vague", "exact"])
def test_a_line_that_only_says_that_it_failed_takes_nothing_away(first: str) -> None:
    lines = [
        console("CORSDidNotSucceed2", f"Blocked: {API}/a.", 0.004),
        console("CORSMethodNotFound", f"Blocked: {API}/a.", 0.004),
    ]
    saids = heard(
        [
            (NOON, *each)
            for each in [
                asked(CONTENT, API + "/a", at=0.001, method="PUT"),
                asked(CONTENT + 1, API + "/a"),
                updated(CONTENT + 1, status="200", totalTime=4),
                updated(CONTENT, contentSize=0),
                *(lines if first == "vague" else lines[::-1]),
            ]
        ]
    )
    assert {said.method: said.code for said in saids} == {"PUT": "CORSMethodNotFound", "GET": None}


def test_a_request_that_is_under_way_has_not_failed() -> None:
    saids = heard(
        [
            (NOON, *each)
            for each in [
                asked(CONTENT, API + "/a", method="PUT"),
                asked(CONTENT + 1, API + "/a", at=0.004),
                updated(CONTENT, contentSize=0),
                console("CORSMethodNotFound", f"Blocked: {API}/a.", 0.005),
            ]
        ]
    )
    assert {said.method: said.code for said in saids} == {"PUT": "CORSMethodNotFound", "GET": None}


def test_lines_of_another_window_and_of_other_kinds_are_passed_over() -> None:
    said = told(
        asked(CONTENT, API + "/a"),
        updated(CONTENT, status="200", totalTime=5),
        console("CORSMissingAllowOrigin2", f"{API}/a", 0.005, innerWindowID=8),
        console("HTML_PARSER__DOCTYPE", f"{API}/a", 0.005),
        console("CSP_CSPROGenericViolation", f"(connect-src) at {API}/a", 0.005),
    )[API + "/a"]
    assert (said.code, said.blocked, said.console) == (None, None, None)


def test_an_options_request_that_a_page_made_is_no_preflight() -> None:
    said = told(
        asked(CONTENT, API + "/a", method="PUT"),
        asked(PARENT, API + "/a", at=0.001, method="OPTIONS"),
        stack(PARENT, 3),
    )[API + "/a"]
    assert (said.kind, said.preflight_of) == ("fetch", None)


@pytest.mark.parametrize("refusal", [{"status": "302"}, {"status": "200", "blockedReason": 1015}])
def test_a_preflight_that_was_refused_is_not_of_a_request_that_was_answered(refusal: dict[str, Any]) -> None:
    put, get = CONTENT, CONTENT + 1
    saids = heard(
        [
            (NOON, *each)
            for each in [
                asked(put, API + "/a", method="PUT"),
                asked(get, API + "/a", at=0.001),
                asked(PARENT, API + "/a", at=0.005, method="OPTIONS"),
                updated(get, status="200", totalTime=20),
                updated(PARENT, **refusal, totalTime=8),
                updated(put, totalTime=15, contentSize=0),
            ]
        ]
    )
    assert {said.method: said.preflight_of for said in saids} == {"PUT": None, "GET": None, "OPTIONS": f"L:{put}"}


def test_redirects_of_calls_that_differ_are_not_joined_by_guess() -> None:
    saids = told(
        asked(CONTENT, API + "/a"),
        asked(CONTENT + 1, API + "/b"),
        updated(CONTENT, status="302", isRedirect=True, totalTime=2),
        updated(CONTENT + 1, status="302", isRedirect=True, totalTime=2),
        asked(PARENT, API + "/c", at=0.003),
        updated(PARENT, status="200", totalTime=2),
    )
    assert {url: (said.id, said.hop) for url, said in saids.items()}[API + "/c"] == (f"L:{PARENT}", 0)


def test_redirects_are_told_apart_by_the_line_that_called() -> None:
    saids = told(
        asked(CONTENT, API + "/a"),
        asked(CONTENT + 1, API + "/b"),
        *(stack(CONTENT, 1), stack(CONTENT + 1, 2), stack(PARENT, 2)),
        updated(CONTENT, status="302", isRedirect=True, totalTime=2),
        updated(CONTENT + 1, status="302", isRedirect=True, totalTime=2),
        asked(PARENT, API + "/c", at=0.003),
    )
    assert (saids[API + "/c"].id, saids[API + "/c"].hop) == (saids[API + "/b"].id, 1)


def test_what_the_browser_asks_for_itself_and_other_schemes_are_passed_over() -> None:
    assert not told(
        asked(1, "https://telemetry.test/", chromeContext=True), asked(2, "data:text/html,x"), asked(3, "about:blank")
    )


def test_the_browsers_own_code_called_nothing() -> None:
    frame = {"filename": "resource:///modules/FaviconLoader.sys.mjs", "lineNumber": 2, "columnNumber": 3}
    own = event(NEW, "network-event-stacktrace", {"resourceId": CONTENT, "lastFrame": frame})
    assert told(own, asked(CONTENT, API + "/a"))[API + "/a"].caller is None


def test_a_request_is_told_once_it_has_rested_or_after_a_second() -> None:
    hearing = Hearing("L", "Firefox 153")
    hearing.hear(*asked(CONTENT, API + "/a"), NOON)
    assert not hearing.news(NOON + SETTLED) and hearing.waiting
    (untold,) = hearing.news(NOON + UNTOLD)
    assert (untold.status, hearing.waiting) == (None, False)
    hearing.hear(*updated(CONTENT, status="200", totalTime=3, responseEndAvailable=True), NOON + 2)
    assert not hearing.news(NOON + 2)
    (said,) = hearing.news(NOON + 2 + SETTLED)
    assert (said.status, said.ended) == (200, pytest.approx(NOON + 0.003))
    assert (hearing.over(), hearing.over(), hearing.waiting) == ([f"actor{CONTENT}"], [], False)


def test_memory_is_bounded() -> None:
    hearing = Hearing("L", "Firefox 153")
    saids: list[Said] = []
    for number in range(REQUESTS * 2):
        hearing.hear(*asked(CONTENT + number, f"{API}/{number}"), NOON)
        hearing.hear(*stack(CONTENT + number, 1), NOON)
        hearing.hear(*console("CORSMissingAllowOrigin2", "elsewhere", 0), NOON)
        saids += hearing.news(NOON)
    saids += hearing.rest()

    assert len(saids) == REQUESTS * 2
    assert max(len(hearing._legs), len(hearing._stacks), len(hearing._lines)) <= REQUESTS  # pyright: ignore[reportPrivateUsage]
    assert len(hearing.over()) == REQUESTS


def test_what_is_not_as_we_know_it_is_no_request() -> None:
    hearing = Hearing("L", "Firefox 153")
    for array in (b'{"x": 1}', b'[["network-event", [{"resourceId": "x"}]]]', b"[[1, 2]]"):
        with pytest.raises(msgspec.DecodeError):
            hearing.hear(NEW, msgspec.Raw(array), NOON)
    hearing.hear(NEW, msgspec.Raw(b'[["document-event", [{"any": 1}]]]'), NOON)
    assert hearing.rest() == []
