"""What a page showed about its credentials holds for its other calls of the same shape, until it loads again."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsinspect.analysis import Tracker, assuming, judge_all
from corsinspect.analysis.learnt.page_memory import CALLS, endpoint
from corsinspect.model import Call, Exchange
from tests.analysis.build import API, CHROMIUM, FIREFOX, GRANT, OPEN, PAGE, exchange, preflight
from tests.analysis.test_tracker import Calls, interleaved

STAR = {"Access-Control-Allow-Origin": "*"}
COOKIE = {"Cookie": "sid=1"}
NAVIGATION: dict[str, str | None] = {
    "Origin": None,
    "Referer": None,
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-Dest": "document",
}


def verdicts(exchanges: list[Exchange]) -> dict[str, tuple[str, str, str | None]]:
    return {
        call.id: (call.verdict.outcome, call.verdict.certainty, call.credentials_signal)
        for call in judge_all(exchanges)
    }


def load(at: float, page: str = PAGE) -> Exchange:
    return exchange("GET", f"{page}/", at, sent=NAVIGATION, id=f"load{at}")


def proof(at: float = 100, id: str = "proof", url: str = API) -> Exchange:
    """A call that carried a cookie."""
    return exchange("GET", url, at, sent=COOKIE, got=OPEN | {"Access-Control-Allow-Credentials": "true"}, id=id)


def asked(at: float = 110, id: str = "open", url: str = API, agent: str = CHROMIUM) -> Exchange:
    """The same call, with nothing that shows its credentials mode."""
    return exchange("GET", url, at, got=STAR, id=id, agent=agent)


OPEN_VERDICT = ("allowed", "depends", None)
BLOCKED = ("blocked", "likely", "page-showed")


def test_a_cookie_seen_once_tells_the_next_call_of_the_page() -> None:
    calls = {call.id: call for call in judge_all([proof(), asked()])}
    call = calls["open"]
    assert verdicts([proof(), asked()])["open"] == BLOCKED
    assert call.verdict.reason == "origin-wildcard-with-credentials" and call.credentials == "include"
    assert call.shown is not None and (call.shown.call, call.shown.started) == ("proof", 100)
    assert (call.shown.method, call.shown.url) == ("GET", API)


def test_silence_tells_it_as_well() -> None:
    grant = {**GRANT, "Access-Control-Allow-Origin": "*"}
    first = preflight("PUT", at=100, got=grant, id="silent")
    granted = {**GRANT, "Access-Control-Allow-Credentials": "true"}
    second = [preflight("PUT", at=110, got=granted, id="p"), exchange("PUT", at=110.1, got=STAR, id="r")]
    assert verdicts([first, *second]) == {
        "silent": ("blocked", "likely", "no-actual-followed"),
        "p": BLOCKED,
    }


def test_a_call_before_it_stays_open() -> None:
    assert verdicts([asked(90), proof()])["open"] == OPEN_VERDICT


@pytest.mark.parametrize(
    "other",
    [
        asked(url="https://api.test/y"),
        asked(url="https://other.test/x"),
        asked(agent=FIREFOX),
        exchange("POST", at=110, got=STAR, id="open"),
        exchange(
            "GET", at=110, got=STAR, id="open", sent={"Origin": "https://else.test", "Referer": "https://else.test/"}
        ),
        exchange("GET", at=110, got=STAR, id="open", sent={"Content-Type": "application/json"}),
    ],
    ids=["address", "server", "browser", "method", "page", "headers"],
)
def test_a_call_of_another_shape_stays_open(other: Exchange) -> None:
    assert verdicts([proof(), other])["open"] == OPEN_VERDICT


def test_a_number_in_the_path_and_a_query_make_no_other_shape() -> None:
    exchanges = [proof(url="https://api.test/tasks/7?page=1"), asked(url="https://api.test/tasks/81")]
    assert verdicts(exchanges)["open"] == BLOCKED


def test_it_ends_at_the_next_load_of_the_page() -> None:
    assert verdicts([proof(), load(105), asked()])["open"] == OPEN_VERDICT
    assert verdicts([proof(), load(105, "https://else.test"), asked()])["open"] == BLOCKED
    assert verdicts([load(95), proof(), asked()])["open"] == BLOCKED


def test_it_ends_where_a_call_shows_the_contrary() -> None:
    """The page's code now leaves credentials out: its preflight grants no credentials, and the request goes."""
    include = [preflight("PUT", at=100, got={**GRANT, "Access-Control-Allow-Origin": "*"}, id="silent")]
    omit = [
        preflight("PUT", at=110, got={**GRANT, "Access-Control-Allow-Origin": "*"}, id="p1"),
        exchange("PUT", at=110.1, got=STAR, id="r1"),
    ]
    granted = {**GRANT, "Access-Control-Allow-Credentials": "true"}
    later = [preflight("PUT", at=120, got=granted, id="p2"), exchange("PUT", at=120.1, got=STAR, id="r2")]
    found = verdicts([*include, *omit, *later])
    assert found["silent"] == ("blocked", "likely", "no-actual-followed")
    assert found["p1"] == ("allowed", "certain", "actual-followed")
    assert found["p2"] == OPEN_VERDICT


def test_where_both_modes_come_to_the_same_nothing_is_taken_over() -> None:
    granted = OPEN | {"Access-Control-Allow-Credentials": "true"}
    last = exchange("GET", at=110, got=granted, id="open")
    assert verdicts([proof(), last])["open"] == ("allowed", "certain", None)


def test_what_was_taken_over_is_not_passed_on() -> None:
    """Only the call with the cookie showed it; once that is known to be another page's, nobody did."""
    calls = Calls()
    calls.feed(proof())
    calls.feed(asked(110, "a"))
    (call,) = calls.feed(asked(120, "b"))
    assert call.shown is not None and call.shown.call == "proof"


def test_a_proof_that_comes_late_has_later_calls_judged_anew() -> None:
    calls = Calls()
    calls.feed(asked(110, "after"))
    calls.feed(asked(90, "before"))
    changed = calls.feed(proof())
    assert {call.id for call in changed} == {"proof", "after"}
    assert calls.now["after"].verdict.outcome == "blocked"
    assert calls.now["before"].verdict.outcome == "allowed"
    changed = calls.feed(load(105))
    assert {call.id for call in changed} == {"load105", "after"}
    assert calls.now["after"].verdict.certainty == "depends"


def test_a_person_s_word_counts_more_and_can_be_taken_back() -> None:
    call = {call.id: call for call in judge_all([proof(), asked()])}["open"]
    omitted = assuming(call, "omit")
    assert (omitted.verdict.outcome, omitted.credentials_signal) == ("allowed", "assumed")
    assert assuming(omitted, "unknown") == call


def drawn(draw: random.Random) -> list[Exchange]:
    """Calls of a few shapes, with and without signs, and loads of their page."""
    exchanges: list[Exchange] = []
    for number in range(draw.randint(3, 16)):
        at = 100 + draw.random() * 20
        url = draw.choice((API, "https://api.test/tasks/1", "https://api.test/tasks/2"))
        match draw.randrange(6):
            case 0:
                exchanges.append(load(at))
            case 1:
                exchanges.append(exchange("GET", url, at, sent=COOKIE, got=STAR, id=f"c{number}"))
            case 2:
                grant = {**GRANT, "Access-Control-Allow-Origin": draw.choice((PAGE, "*"))}
                exchanges.append(preflight("PUT", url=url, at=at, got=grant, id=f"p{number}"))
                if draw.random() < 0.5:
                    exchanges.append(exchange("PUT", url, at + 0.02, got=STAR, id=f"a{number}"))
            case _:
                method = draw.choice(("GET", "PUT"))
                got = {**STAR, "Access-Control-Allow-Credentials": "true"}
                exchanges.append(exchange(method, url, at, got=got, id=f"r{number}"))
    return sorted(exchanges, key=lambda item: (item.started, item.id))


@settings(max_examples=150, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_any_interleaving_ends_the_same(seed: int) -> None:
    exchanges = drawn(random.Random(seed))
    expected = {call.id: call for call in judge_all(exchanges)}
    calls = Calls()
    for state in interleaved(exchanges, seed):
        calls.feed(state)
    calls.take(calls.tracker.close())
    assert calls.now == expected


def test_memory_is_bounded() -> None:
    tracker = Tracker(limit=50)
    calls: dict[str, Call] = {}
    for number in range(4 * CALLS):
        item = proof if number % 2 else asked
        for call in tracker.feed(item(100 + number, f"c{number}")).changed:
            calls[call.id] = call
    assert calls[f"c{4 * CALLS - 2}"].verdict.outcome == "blocked"
    memory = tracker._memory
    assert len(memory.asking) + len(memory.showing) <= 51
    assert all(len(kept.asking or ()) <= CALLS and len(kept.showing) <= CALLS for kept in memory._shapes.values())


def test_what_a_call_shows_once_it_was_let_go_replaces_what_it_had_shown() -> None:
    tracker = Tracker(limit=1)
    cross = {"Sec-Fetch-Site": "cross-site"}
    moved = OPEN | {"Location": "https://other.test/x"}
    tracker.feed(exchange("GET", "https://cross.test/x", 100, status=302, sent=cross, got=moved, id="first"))
    changes = tracker.feed(exchange("GET", "https://other.test/x", 101, sent=cross | COOKIE, got=STAR, id="second"))
    assert [(call.id, call.credentials_signal) for call in changes.changed] == [("first", "cookie")]
    again = asked(110, url="https://cross.test/x")
    assert [call.credentials_signal for call in tracker.feed(again).changed] == ["page-showed"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.test/tasks/7?page=2", "https://api.test/tasks/*"),
        ("https://api.test/u/0b5ffd7e-5a73-4d49-9b61-4f9b1a1c8d2e/x", "https://api.test/u/*/x"),
        ("https://api.test", "https://api.test"),
        ("https://api.test/v1/x", "https://api.test/v1/x"),
    ],
)
def test_endpoint(url: str, expected: str) -> None:
    assert endpoint(url, "https://api.test") == expected
