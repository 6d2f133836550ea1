import contextlib
import gc
import itertools
import random
import signal
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsinspect.analysis import Tracker, judge_all
from corsinspect.analysis.classify import Facts
from corsinspect.analysis.pairing import Group
from corsinspect.model import Call, Changes, Exchange
from corsinspect.session import load
from tests.analysis.build import API, GRANT, OPEN, PAGE, exchange, preflight
from tests.corpus import NAMES, recording


class Calls:
    """What a reader of the Tracker holds."""

    def __init__(self) -> None:
        self.tracker = Tracker()
        self.now: dict[str, Call] = {}

    def take(self, changes: Changes) -> list[Call]:
        for id in changes.withdrawn:
            del self.now[id]
        for call in changes.changed:
            self.now[call.id] = call
        return changes.changed

    def feed(self, exchange: Exchange) -> list[Call]:
        return self.take(self.tracker.feed(exchange))


def states(exchange: Exchange) -> list[Exchange]:
    """The snapshots of one exchange, from its start to its end."""
    bare = msgspec.structs.replace(exchange, status=None, response_headers=(), answered=None, ended=None, failure=None)
    answered = msgspec.structs.replace(exchange, ended=None, failure=None)
    return [bare, answered, exchange] if exchange.status is not None else [bare, exchange]


def interleaved(exchanges: list[Exchange], seed: int) -> Iterator[Exchange]:
    """All states of all exchanges in any order, each exchange's own in theirs."""
    queues = [states(exchange) for exchange in exchanges]
    order = [number for number, queue in enumerate(queues) for _ in queue]
    random.Random(seed).shuffle(order)
    return (queues[number].pop(0) for number in order)


@pytest.mark.parametrize("name", NAMES)
def test_any_interleaving_ends_in_the_same_calls(name: str) -> None:
    exchanges = load(recording(name)).exchanges
    expected = {call.id: call for call in judge_all(exchanges)}
    calls = Calls()
    for state in interleaved(exchanges, seed=len(name)):
        calls.feed(state)
    calls.take(calls.tracker.close())
    assert calls.now == expected


@settings(max_examples=60, deadline=None)
@given(st.integers(), st.data())
def test_any_interleaving_of_calls_to_one_url_ends_the_same(seed: int, data: st.DataObject) -> None:
    draw = random.Random(data.draw(st.integers()))
    exchanges = []
    for number in range(draw.randint(2, 14)):
        at = 100 + draw.random() * 2
        got = {"Access-Control-Max-Age": draw.choice(["0", "1", "60"])}
        match draw.randrange(4):
            case 0:
                exchanges.append(preflight(at=at, id=f"p{number}", got={**GRANT, **got}))
            case 1:
                exchanges.append(exchange("PUT", at=at, got=OPEN, id=f"r{number}"))
            case 2:
                exchanges.append(exchange("GET", at=at, status=302, got={**OPEN, "Location": API}, id=f"l{number}"))
            case _:
                exchanges.append(exchange("GET", at=at, got=OPEN, id=f"g{number}"))
    exchanges.sort(key=lambda item: (item.started, item.id))
    expected = {call.id: call for call in judge_all(exchanges)}
    calls = Calls()
    for state in interleaved(exchanges, seed):
        calls.feed(state)
    calls.take(calls.tracker.close())
    assert calls.now == expected


def test_a_refused_preflight_is_a_blocked_call_at_once() -> None:
    (call,) = Calls().feed(preflight(got={"Access-Control-Allow-Origin": PAGE}))
    assert (call.verdict.outcome, call.verdict.reason, call.verdict.certainty) == (
        "blocked",
        "method-not-allowed",
        "certain",
    )


def test_a_granted_preflight_waits_for_its_request() -> None:
    calls = Calls()
    (call,) = calls.feed(preflight(at=100, id="p"))
    assert call.verdict.outcome == "pending"
    assert calls.take(calls.tracker.advance(102.9)) == []
    (call,) = calls.feed(exchange("PUT", at=103.5, got=OPEN, id="r"))
    assert (call.id, call.verdict.outcome, [role for role, _ in call.roles()]) == (
        "p",
        "allowed",
        ["preflight:0", "actual:0"],
    )
    assert list(calls.now) == ["p"]


def test_a_granted_preflight_is_given_up_after_a_while() -> None:
    calls = Calls()
    grant = {**GRANT, "Access-Control-Allow-Credentials": "true"}
    calls.feed(preflight(at=100, got=grant, id="p"))
    (call,) = calls.take(calls.tracker.advance(103.02))
    assert (call.verdict.outcome, call.verdict.reason) == ("unknown", "no-actual-seen")
    assert calls.take(calls.tracker.advance(110)) == []
    (call,) = calls.feed(exchange("PUT", at=111, got=OPEN))
    assert (call.id, call.verdict.outcome) == ("p", "allowed")


def test_silence_after_a_grant_that_lacks_credentials_means_that_they_were_used() -> None:
    calls = Calls()
    calls.feed(preflight(at=100))
    (call,) = calls.take(calls.tracker.advance(104))
    assert (call.verdict.outcome, call.verdict.certainty, call.verdict.reason, call.credentials) == (
        "blocked",
        "likely",
        "credentials-not-true",
        "include",
    )


def test_closing_gives_every_call_its_verdict() -> None:
    calls = Calls()
    calls.feed(preflight(at=100, id="p"))
    calls.feed(exchange(at=100, status=None, id="r"))
    calls.feed(exchange(at=100, status=302, got={**OPEN, "Location": "/next"}, id="l"))
    calls.take(calls.tracker.close())
    assert {id: call.verdict.outcome for id, call in calls.now.items()} == {
        "p": "blocked",
        "r": "unknown",
        "l": "network-error",
    }


def test_late_pairing_withdraws_the_other_call() -> None:
    calls = Calls()
    calls.feed(exchange("PUT", at=101, got=OPEN, id="r"))
    assert calls.now["r"].preflight == "missing"
    changes = calls.tracker.feed(preflight(at=100, id="p"))
    assert changes.withdrawn == ["r"]
    calls.take(changes)
    assert list(calls.now) == ["p"]


def test_a_stored_response_is_shown_in_its_last_state() -> None:
    calls = Calls()
    stored = exchange(at=100, got={**OPEN, "ETag": '"v1"'}, id="a")
    calls.feed(msgspec.structs.replace(stored, ended=None))
    calls.feed(exchange(at=100.02, status=304, sent={"If-None-Match": '"v1"'}, id="b"))
    calls.feed(stored)
    assert calls.now["b"].hops[0].stored == stored


def test_thirty_at_once_from_two_pages_pair_right() -> None:
    exchanges = []
    for number in range(30):
        page = PAGE if number % 2 else "https://shop.test"
        grant = {**GRANT, "Access-Control-Allow-Origin": page}
        sent = {"Origin": page}
        exchanges.append(preflight(at=100 + number / 1000, id=f"p{number:02}", sent=sent, got=grant))
        exchanges.append(exchange("PUT", at=100.5 + number / 1000, id=f"r{number:02}", sent=sent, got=grant))
    calls = judge_all(sorted(exchanges, key=lambda item: item.started))
    assert len(calls) == 30
    for call in calls:
        assert [role for role, _ in call.roles()] == ["preflight:0", "actual:0"]
        (first, second) = call.exchanges
        assert dict(first.request_headers)["Origin"] == dict(second.request_headers)["Origin"]
        assert call.verdict.outcome == "allowed"


def test_a_second_try_gets_its_own_preflight() -> None:
    grant = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "PUT", "Access-Control-Max-Age": "0"}
    with_cookies = preflight(at=100, got=grant, id="p1")
    without = [preflight(at=100.1, got=grant, id="p2"), exchange("PUT", at=100.2, got=grant, id="r2")]
    calls = {call.id: call for call in judge_all([with_cookies, *without])}
    assert (calls["p1"].verdict.outcome, calls["p1"].verdict.reason) == ("blocked", "origin-wildcard-with-credentials")
    assert (calls["p2"].verdict.outcome, calls["p2"].credentials) == ("allowed", "omit")


def test_a_repeated_state_changes_nothing() -> None:
    calls = Calls()
    first, second = preflight(at=100, id="p"), exchange("PUT", at=100.1, got=OPEN, id="r")
    calls.feed(first)
    calls.feed(second)
    before = dict(calls.now)
    for state in (first, second, first):
        calls.feed(state)
    assert calls.now == before


def test_memory_is_bounded_and_late_lines_make_no_new_call() -> None:
    tracker = Tracker(limit=50)
    pending = exchange(at=1, got=OPEN, id="slow")
    tracker.feed(msgspec.structs.replace(pending, ended=None))
    for number in range(80):
        tracker.feed(exchange(url=f"https://api.test/{number}", at=2 + number, got=OPEN, id=f"n{number}"))
    assert len(tracker._facts) == 50
    (call,) = tracker.feed(pending).changed
    assert (call.id, call.verdict.outcome, call.exchanges[0].ended) == ("slow", "allowed", pending.ended)
    assert tracker.feed(exchange(url="https://api.test/0", at=2, got=OPEN, id="n0")).changed == []
    assert len(tracker._pairing._groups) == 50


def test_paired_exchanges_are_freed_without_the_collector() -> None:
    """They refer to each other; a large session would hold hundreds of megabytes of them until it comes round."""
    gc.collect()
    gc.disable()
    try:
        tracker = Tracker(limit=20)
        for number in range(200):
            url = f"https://api.test/{number}"
            tracker.feed(preflight(url=url, at=10 * number))
            tracker.feed(exchange("PUT", url, 10 * number + 1, got=OPEN))
        alive = sum(isinstance(thing, Facts) for thing in gc.get_objects())
    finally:
        gc.enable()
    assert 20 <= alive <= 22


def test_one_url_asked_for_ever_stays_bounded() -> None:
    tracker = Tracker()
    for number in range(3000):
        tracker.feed(exchange(at=number, got=OPEN))
    (group,) = tracker._pairing._groups.values()
    assert isinstance(group, Group)
    assert len(group.events) <= 512


HEADER = st.tuples(
    st.sampled_from(
        """Origin Access-Control-Request-Method Access-Control-Request-Headers Sec-Fetch-Mode Sec-Fetch-Site Cookie
        User-Agent Sec-CH-UA Content-Type Range Accept Authorization Referer Upgrade Sec-WebSocket-Key""".split()
    ),
    st.text(st.characters(max_codepoint=255), max_size=40),
)
ANSWER = st.tuples(
    st.sampled_from(
        """Access-Control-Allow-Origin Access-Control-Allow-Credentials Access-Control-Allow-Methods Location
        Access-Control-Allow-Headers Access-Control-Max-Age Access-Control-Expose-Headers Content-Type
        Cross-Origin-Resource-Policy X-Content-Type-Options""".split()
    ),
    st.text(st.characters(max_codepoint=255), max_size=40),
)
TRAFFIC = st.builds(
    Exchange,
    id=st.sampled_from("abcdef"),
    url=st.one_of(st.sampled_from([API, "http://localhost:8000/", "nonsense", ""]), st.text(max_size=30)),
    started=st.floats(0, 10),
    method=st.one_of(st.none(), st.sampled_from(["GET", "POST", "PUT", "OPTIONS", "patch", ""])),
    request_headers=st.lists(HEADER, max_size=8).map(tuple),
    status=st.one_of(st.none(), st.integers(100, 999)),
    response_headers=st.lists(ANSWER, max_size=8).map(tuple),
    answered=st.one_of(st.none(), st.floats(0, 10)),
    ended=st.one_of(st.none(), st.floats(0, 10)),
)


@settings(max_examples=1000, deadline=None)
@given(st.lists(TRAFFIC, max_size=6))
def test_any_bytes_give_a_verdict(exchanges: list[Exchange]) -> None:
    from corsinspect.report.jsonl import row

    calls = Calls()
    for state in exchanges:
        calls.feed(state)
    calls.take(calls.tracker.close())
    for call in calls.now.values():
        assert row(call)["outcome"] != "pending"


PLACES = [API, f"{API}/", "https://other.test/x"]
MOMENTS = [100.0, 100.001, 100.02]
NUMBERS = itertools.count()
CIRCLING = st.builds(
    lambda made, to, unstamped: msgspec.structs.replace(
        made,
        id=str(next(NUMBERS)),
        response_headers=(*made.response_headers, ("Location", to)),
        answered=None if unstamped else made.answered,
    ),
    st.one_of(
        st.builds(
            exchange,
            st.sampled_from(["GET", "PUT"]),
            st.sampled_from(PLACES),
            st.sampled_from(MOMENTS),
            status=st.sampled_from([200, 302, 307, 308]),
            got=st.just(OPEN),
            took=st.sampled_from([0.0, -0.001, 0.001]),
        ),
        st.builds(
            preflight,
            url=st.sampled_from(PLACES),
            at=st.sampled_from(MOMENTS),
            status=st.sampled_from([204, 307]),
        ),
    ),
    st.sampled_from(PLACES),
    st.booleans(),
)
"""Redirects between few places, with stamps as coarse as some recordings have them, or none."""


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises TimeoutError in what takes longer: an endless loop is a failure, not a test run that hangs."""

    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@settings(max_examples=1000, deadline=None)
@given(st.lists(CIRCLING, min_size=2, max_size=6), st.integers(0, 99))
def test_redirects_in_circles_come_to_an_end_and_every_exchange_is_in_one_call(
    exchanges: list[Exchange], seed: int
) -> None:
    calls = Calls()
    with within(10):
        for state in interleaved(exchanges, seed):
            calls.feed(state)
        calls.take(calls.tracker.close())
    shown = [each.id for call in calls.now.values() for each in call.exchanges]
    assert sorted(shown) == sorted(each.id for each in exchanges)


def test_two_that_redirect_to_their_own_address_at_the_same_moment_are_one_chain() -> None:
    made = exchange(status=302, got={**OPEN, "Location": API}, took=0.0)
    with within(10):
        (call,) = judge_all([made, msgspec.structs.replace(made, id="second")])
    assert {each.id for each in call.exchanges} == {made.id, "second"}
