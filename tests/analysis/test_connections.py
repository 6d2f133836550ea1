"""What one request shows about its credentials holds for all that share its connection, where engines keep them
apart."""

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsinspect import advice
from corsinspect.analysis import Tracker, assuming, by_server, judge_all
from corsinspect.model import Call, Exchange
from corsinspect.report import text
from tests.analysis.build import API, CHROMIUM, FIREFOX, GRANT, OPEN, PAGE, SAFARI, exchange, preflight
from tests.analysis.test_tracker import Calls, interleaved

STAR = {"Access-Control-Allow-Origin": "*"}
OWN: dict[str, str | None] = {"Origin": None, "Sec-Fetch-Site": "same-origin"}
NAVIGATION: dict[str, str | None] = {
    "Origin": None,
    "Referer": None,
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-Dest": "document",
}
OTHER = "https://api.test/other"


def on(each: Exchange, connection: str | None = "c1", version: str = "HTTP/1.1") -> Exchange:
    return msgspec.structs.replace(each, connection=connection, http_version=version)


def asked(at: float = 110, id: str = "open", agent: str | None = CHROMIUM, url: str = API) -> Exchange:
    """A call whose own traffic doesn't show its mode, and whose outcome depends on it."""
    return exchange("GET", url, at, got=STAR, id=id, agent=agent)


def cookie(at: float = 100, agent: str | None = CHROMIUM) -> Exchange:
    return exchange("GET", OTHER, at, sent={"Cookie": "a=b", "Sec-Fetch-Mode": "no-cors", "Origin": None}, agent=agent)


def storage_access(at: float = 100, agent: str = CHROMIUM, mode: str = "cors") -> Exchange:
    sent = {"Sec-Fetch-Storage-Access": "none", "Sec-Fetch-Mode": mode}
    return exchange("GET", OTHER, at, sent=sent, got=OPEN, agent=agent)


def navigation(at: float = 100, agent: str = CHROMIUM, **sent: str) -> Exchange:
    lines = NAVIGATION | {name.replace("_", "-"): value for name, value in sent.items()}
    return exchange("GET", "https://api.test/", at, sent=lines, agent=agent)


def refused(at: float = 100, agent: str = CHROMIUM, sent: dict[str, str | None] | None = None) -> Exchange:
    """A preflight that grants nothing, so that none follows it."""
    return preflight("DELETE", url=OTHER, at=at, got={}, agent=agent, sent=sent)


def call_of(*exchanges: Exchange, id: str = "open") -> Call:
    return next(call for call in judge_all(sorted(exchanges, key=lambda each: each.started)) if call.id == id)


def told(call: Call) -> tuple[str, str, str | None]:
    return call.verdict.outcome, call.verdict.certainty, call.credentials_signal


DEPENDS = ("allowed", "depends", None)
INCLUDED = ("blocked", "likely", "connection-cookie")
OMITTED = ("allowed", "likely", "connection-preflight")


@pytest.mark.parametrize(
    ("sign", "expected"),
    [
        (cookie(), INCLUDED),
        (storage_access(), ("blocked", "likely", "connection-storage-access")),
        (navigation(), ("blocked", "likely", "connection-navigation")),
        (refused(), OMITTED),
    ],
    ids=["cookie", "storage-access", "navigation", "preflight"],
)
@pytest.mark.parametrize("at", [100, 120], ids=["before", "after"])
def test_a_sign_holds_for_all_on_its_connection(sign: Exchange, expected: tuple, at: float) -> None:
    sign = msgspec.structs.replace(sign, started=at)
    call = call_of(on(sign), on(asked()))
    assert told(call) == expected
    assert call.credentials == ("omit" if expected is OMITTED else "include")
    assert told(call_of(on(sign, "c2"), on(asked()))) == DEPENDS
    assert told(call_of(on(sign, None), on(asked(), None))) == DEPENDS


@pytest.mark.parametrize(
    "silent",
    [
        storage_access(mode="no-cors"),
        navigation(Sec_Fetch_Dest="iframe", Sec_Fetch_Site="cross-site"),
        exchange("GET", OTHER, 100, sent=OWN),
        exchange("POST", OTHER, 100, sent={"Content-Type": "text/plain"}, got=OPEN),
    ],
    ids=["image-of-a-credentialless-document", "third-party-frame", "same-origin", "cors"],
)
def test_other_requests_are_no_sign(silent: Exchange) -> None:
    assert told(call_of(on(silent), on(asked()))) == DEPENDS


def test_firefox_s_storage_access_on_a_preflight_is_no_sign_of_credentials_on_its_connection() -> None:
    asks = refused(agent=FIREFOX, sent={"Sec-Fetch-Storage-Access": "none"})
    assert told(call_of(on(asks), on(asked(agent=FIREFOX)))) == OMITTED


@pytest.mark.parametrize(
    ("agent", "version", "expected"),
    [
        (CHROMIUM, "HTTP/1.1", INCLUDED),
        (CHROMIUM, "HTTP/2.0", INCLUDED),
        (CHROMIUM, "HTTP/3", DEPENDS),
        (FIREFOX, "HTTP/1.1", INCLUDED),
        (FIREFOX, "HTTP/2.0", DEPENDS),
        (SAFARI, "HTTP/1.1", DEPENDS),
        (SAFARI, "HTTP/2.0", DEPENDS),
        (None, "HTTP/1.1", DEPENDS),
        ("okhttp/4.12.0", "HTTP/1.1", DEPENDS),
    ],
)
def test_only_where_the_engine_keeps_them_apart(agent: str | None, version: str, expected: tuple) -> None:
    call = call_of(on(cookie(agent=agent), version=version), on(asked(agent=agent), version=version))
    assert told(call) == expected


def test_contrary_signs_tell_nothing_whatever_comes_after() -> None:
    exchanges = [on(cookie()), on(asked()), on(refused(120)), on(cookie(130))]
    assert told(call_of(*exchanges)) == DEPENDS
    assert told(call_of(*exchanges[:2])) == INCLUDED


@pytest.mark.parametrize("other", [FIREFOX, SAFARI, "curl/8.0"])
def test_a_connection_that_another_client_uses_as_well_tells_nothing(other: str) -> None:
    """An intermediary puts the requests of all its clients on one."""
    assert told(call_of(on(cookie()), on(asked()), on(exchange("GET", OTHER, 120, agent=other)))) == DEPENDS


def test_its_own_signs_come_first() -> None:
    own = exchange("GET", at=110, got=STAR, sent={"Cookie": "a=b"}, id="open")
    assert told(call_of(on(refused()), on(own))) == ("blocked", "certain", "cookie")
    missing = exchange("GET", at=110, got=STAR, sent={"Sec-Fetch-Site": "cross-site"}, id="open")
    assert told(call_of(on(cookie()), on(missing))) == ("allowed", "likely", "no-storage-access")


def test_what_it_shows_comes_before_what_the_page_showed() -> None:
    proof = exchange("GET", at=90, sent={"Cookie": "a=b"}, got=STAR)
    assert told(call_of(on(proof, "c2"), on(asked()))) == ("blocked", "likely", "page-showed")
    assert told(call_of(on(proof, "c2"), on(refused()), on(asked()))) == OMITTED


def test_the_page_s_next_calls_learn_from_it() -> None:
    exchanges = [on(cookie()), on(asked()), on(asked(120, "next"), "c2")]
    assert told(call_of(*exchanges, id="next")) == ("blocked", "likely", "page-showed")
    exchanges += [on(refused(125), "c3"), on(asked(126, "omits"), "c3"), on(asked(130, "last"), "c4")]
    assert told(call_of(*exchanges, id="last")) == DEPENDS


def test_where_both_modes_come_to_the_same_the_verdict_stays_certain() -> None:
    granted = exchange("GET", at=110, got=OPEN | {"Access-Control-Allow-Credentials": "true"}, id="open")
    call = call_of(on(cookie()), on(granted))
    assert told(call) == ("allowed", "certain", "connection-cookie")
    assert (call.credentials, advice.certainty(call)) == ("include", "certain")


def test_the_reason_is_that_of_the_mode_shown() -> None:
    """A preflight fails in both modes; that the request would be sent with credentials, an earlier hop shows."""
    moved = OPEN | {"Access-Control-Allow-Credentials": "true", "Location": "https://else.test/x"}
    first = exchange("PUT", at=110, status=302, got=moved, id="hop", sent={"Origin": PAGE})
    asks = preflight("PUT", at=109, got=GRANT | {"Access-Control-Allow-Credentials": "true"}, id="open")
    last = preflight(
        "PUT", url="https://else.test/x", at=111, got={"Access-Control-Allow-Origin": "*"}, sent={"Origin": "null"}
    )
    exchanges = [on(asks, "c2"), on(first), on(last, "c3")]
    assert call_of(*exchanges).verdict.reason == "method-not-allowed"
    call = call_of(on(cookie()), *exchanges)
    assert (call.verdict.reason, call.verdict.certainty) == ("origin-wildcard-with-credentials", "certain")
    (other,) = call.verdict.alternatives
    assert (other.condition, other.reason) == ({"credentials": "omit"}, "method-not-allowed")


def test_a_hop_at_the_page_s_own_origin_shows_only_their_absence() -> None:
    """In mode "same-origin" it has credentials, and the next one, at another origin, hasn't."""
    own = exchange("GET", f"{PAGE}/x", 110, status=302, sent=OWN, got={"Location": API}, id="open")
    next_one = exchange("GET", API, 111, got=STAR)
    assert told(call_of(on(cookie()), on(own), on(next_one, "c2"))) == DEPENDS
    assert told(call_of(on(refused()), on(own), on(next_one, "c2"))) == OMITTED
    assert told(call_of(on(cookie()), on(own), on(refused(105), "c2"), on(next_one, "c2"))) == OMITTED


def test_hops_that_show_the_contrary_of_each_other_tell_nothing() -> None:
    first = exchange("GET", OTHER, 110, status=302, got=OPEN | {"Location": API}, id="open")
    last = exchange("GET", API, 111, got=OPEN)
    call = call_of(on(cookie()), on(first), on(refused(105), "c2"), on(last, "c2"))
    assert call.credentials_signal != "connection-cookie" and call.connection_signal is None


def test_a_refused_redirect_that_only_credentials_explain_is_its_own_sign() -> None:
    granted = OPEN | {"Access-Control-Allow-Credentials": "true"}
    first = exchange("GET", API, 110, status=302, got=granted | {"Location": OTHER}, id="open")
    last = exchange("GET", OTHER, 111, status=302, got=OPEN | {"Location": API})
    assert told(call_of(on(refused()), on(first), on(last))) == ("blocked", "likely", "no-actual-followed")


def test_a_sign_that_comes_late_judges_the_others_again() -> None:
    calls = Calls()
    calls.feed(on(asked(100, "first")))
    calls.feed(on(asked(101, "elsewhere", url=f"{API}/y"), "c2"))
    calls.feed(on(exchange("POST", at=102, got=STAR, id="second", sent={"Content-Type": "text/plain"})))
    sign = on(cookie(103))
    changed = calls.feed(sign)
    assert {call.id for call in changed} == {"first", "second", sign.id}
    assert told(calls.now["first"]) == told(calls.now["second"]) == INCLUDED
    assert {call.id for call in calls.feed(on(cookie(104)))}.isdisjoint({"first", "second"})
    calls.feed(on(refused(105)))
    assert told(calls.now["first"]) == told(calls.now["elsewhere"]) == DEPENDS


def test_so_does_one_on_the_connection_of_a_hop_that_doesn_t_show_its_mode() -> None:
    """Plain http has no Sec-Fetch-Mode, and a GET to the page's own origin no Origin."""
    plain = dict.fromkeys(("Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-Dest"))
    page = {"Origin": "http://app.test", "Referer": "http://app.test/"}
    first = exchange(
        "GET",
        "http://app.test/x",
        100,
        status=302,
        sent=plain | page | {"Origin": None},
        got={"Location": "http://api.test/"},
        id="open",
    )
    last = exchange("GET", "http://api.test/", 101, sent=plain | page, got=STAR)
    sign = preflight("PUT", "x-a", "http://app.test/y", 102, sent=plain | {"Origin": "http://else.test"}, got={})
    calls = Calls()
    for each in (on(first), on(last, "c2"), on(sign)):
        calls.feed(each)
    assert told(calls.now["open"]) == OMITTED


def test_only_calls_that_leave_it_open_are_judged_again() -> None:
    calls = Calls()
    calls.feed(on(exchange("GET", at=100, got=STAR, sent={"Cookie": "a=b"}, id="known")))
    calls.feed(on(exchange("GET", at=101, sent=OWN, id="own")))
    calls.feed(on(asked(102, "open")))
    sign = on(refused(103))
    assert {call.id for call in calls.feed(sign)} == {"open", sign.id}


def test_a_connection_that_failed_first_shows_as_much_as_any_other() -> None:
    failed = exchange(None, "https://api.test:443/", 99, status=None, failed="tls", agent=None)
    assert told(call_of(on(failed), on(cookie()), on(asked()))) == INCLUDED


def test_a_person_s_word_counts_more_and_can_be_taken_back() -> None:
    call = call_of(on(cookie()), on(asked()))
    omitted = assuming(call, "omit")
    assert told(omitted) == ("allowed", "likely", "assumed")
    assert assuming(omitted, "unknown") == call


def test_without_the_fix_that_was_tried_it_is_as_likely() -> None:
    tried = msgspec.structs.replace(
        exchange("GET", at=110, got=OPEN | {"Access-Control-Allow-Credentials": "true"}, id="open"),
        server_status=200,
        server_headers=(("Access-Control-Allow-Origin", "*"),),
    )
    assert told(by_server(call_of(on(cookie()), on(tried)))) == INCLUDED


@pytest.mark.parametrize(
    ("sign", "words"),
    [
        (cookie(), "other requests on this connection carried cookies"),
        (storage_access(), "other requests on this connection carried Sec-Fetch-Storage-Access"),
        (navigation(), "the browser loaded a page over this connection"),
        (refused(), "this connection carried preflights, which never have credentials"),
    ],
)
def test_the_evidence_is_named(sign: Exchange, words: str) -> None:
    call = call_of(on(sign), on(asked()))
    assert advice.evidence(call) == words
    assert advice.certainty(call) == f"likely, {words}"
    assert f"(likely; credentials: {call.credentials}, {words})" in text.lines(call)


def drawn(draw: random.Random) -> list[Exchange]:
    """Exchanges with and without signs, on a few connections of two engines and three versions of HTTP."""
    exchanges: list[Exchange] = []
    connections = [
        (f"c{number}", draw.choice((CHROMIUM, CHROMIUM, FIREFOX)), draw.choice(("HTTP/1.1", "HTTP/1.1", "HTTP/2.0")))
        for number in range(3)
    ]
    for number in range(draw.randint(3, 14)):
        at = 100 + draw.random() * 20
        connection, agent, version = draw.choice(connections)
        if draw.random() < 0.05:
            agent = SAFARI
        url = draw.choice((API, OTHER))
        match draw.randrange(11):
            case 0:
                made = cookie(at, agent)
            case 1:
                made = navigation(at, agent)
            case 2:
                made = refused(at, agent)
            case 3:
                made = storage_access(at, agent)
            case 4:
                made = exchange("GET", url, at, status=302, got=STAR | {"Location": API}, agent=agent)
            case 5:
                made = exchange("GET", f"{PAGE}/x", at, status=302, sent=OWN, got={"Location": API}, agent=agent)
            case 6:
                made = exchange("GET", url, at, got=STAR, sent={"Cookie": "a=b"}, agent=agent)
            case 7:
                made = preflight("PUT", url=url, at=at, got=GRANT, agent=agent)
            case 8:
                made = exchange("PUT", url, at, got=draw.choice((STAR, OPEN)), agent=agent)
            case _:
                made = asked(at, agent=agent, url=url)
        made = msgspec.structs.replace(made, id=f"e{number}", connection=connection, http_version=version)
        exchanges.append(made)
    return sorted(exchanges, key=lambda item: (item.started, item.id))


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_any_order_of_a_connection_s_exchanges_ends_the_same(seed: int) -> None:
    exchanges = drawn(random.Random(seed))
    expected = {call.id: call for call in judge_all(exchanges)}
    calls = Calls()
    for state in interleaved(exchanges, seed):
        calls.feed(state)
    calls.take(calls.tracker.close())
    assert calls.now == expected


def test_a_connection_is_forgotten_with_its_last_exchange() -> None:
    tracker = Tracker(limit=20)
    for number in range(200):
        tracker.feed(on(asked(100 + number, f"e{number}"), f"c{number % 50}"))
        held = tracker._connections._held
        assert len(held) <= 20
        assert sum(connection.held for connection in held.values()) <= 20
        assert sum(len(connection.concerned) for connection in held.values()) <= 20


def test_what_a_connection_showed_holds_as_long_as_it_is_used() -> None:
    tracker = Tracker(limit=5)
    tracker.feed(on(cookie()))
    for number in range(20):
        (call,) = tracker.feed(on(asked(110 + number, f"e{number}"))).changed
        assert told(call) == INCLUDED
