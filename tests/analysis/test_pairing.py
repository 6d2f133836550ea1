"""Which exchanges belong together, where several fit."""

import itertools
from collections.abc import Sequence

import msgspec
import pytest

from corsinspect.analysis import Tracker, judge_all
from corsinspect.model import Call, Exchange
from tests.analysis.build import OPEN, PAGE, exchange, only, preflight

STAR = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "x-a",
}
WITH = {**STAR, "Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Credentials": "true"}
NAMED = {"X-A": "1"}


def ids(calls: Sequence[Call]) -> list[list[str]]:
    return [[exchange.id for exchange in call.exchanges] for call in calls]


def on(connection: str, item: Exchange) -> Exchange:
    return msgspec.structs.replace(item, connection=connection)


def test_a_second_click_is_not_paired_with_the_first_ones_refusal() -> None:
    """Between the clicks the server learnt to grant credentials; the POST goes out by the grant that the GET got."""
    calls = judge_all(
        [
            preflight("GET", "x-a", at=100, got=STAR, id="get1"),
            preflight("POST", "x-a", at=100.1, got=STAR, id="post1"),
            preflight("GET", "x-a", at=108, got=WITH, id="get2"),
            exchange("GET", at=108.1, sent=NAMED, got=STAR, id="get"),
            exchange("POST", at=108.2, sent=NAMED, got=STAR, id="post"),
        ]
    )
    assert ids(calls) == [["get1"], ["post1"], ["get2", "get"], ["post"]]
    assert calls[3].preflight == "cached" and calls[3].preflight_from == "get2"


def test_the_first_refusal_is_taken_where_nothing_else_explains_the_request() -> None:
    calls = judge_all(
        [
            preflight("POST", "x-a", at=100, got=STAR, id="p"),
            preflight("GET", "x-a", at=108, got=STAR, id="other"),
            exchange("POST", at=108.2, sent=NAMED, got=STAR, id="post"),
        ]
    )
    assert ["p", "post"] in ids(calls)


def test_a_preflight_that_grants_everything_is_taken_whatever_was_asked_since() -> None:
    """Six connections are busy: the request waits for one while the page asks for others."""
    calls = judge_all(
        [
            preflight("POST", "x-a", at=100, got=WITH, id="p"),
            preflight("GET", "x-a", at=100.5, got=WITH, id="other"),
            exchange("GET", at=100.6, sent=NAMED, got=WITH, id="get"),
            exchange("POST", at=101, sent=NAMED, got=WITH, id="post"),
        ]
    )
    assert ids(calls) == [["p", "post"], ["other", "get"]]


def redirected(id: str, at: float, took: float, **sent: str) -> Exchange:
    got = {"Location": "https://api.test/c", "Access-Control-Allow-Origin": PAGE}
    return exchange("GET", at=at, status=302, got=got, took=took, sent={**sent}, id=id)


def arrived(id: str, at: float, **sent: str) -> Exchange:
    return exchange("GET", "https://api.test/c", at, got=OPEN, sent={**sent}, id=id)


def test_of_redirects_in_flight_together_the_first_answered_goes_on_first() -> None:
    calls = judge_all(
        [
            redirected("a", 100, 0.02),
            redirected("b", 100.01, 0.03),
            arrived("c", 100.05),
            arrived("d", 100.06),
        ]
    )
    assert ids(calls) == [["a", "c"], ["b", "d"]]


def test_a_hop_has_the_headers_that_the_page_set() -> None:
    a, b = redirected("a", 100, 0.02), redirected("b", 100.01, 0.03)
    a = msgspec.structs.replace(a, request_headers=(*a.request_headers, ("Accept", "x")))
    b = msgspec.structs.replace(b, request_headers=(*b.request_headers, ("X-A", "1")))
    got = {**OPEN, "Access-Control-Allow-Headers": "x-a"}
    asked = [preflight("GET", "x-a", at=100, got=got, id="p")]
    b = msgspec.structs.replace(b, started=100.015)
    c = arrived("c", 100.06, **{"X-A": "1"})
    next_asked = preflight("GET", "x-a", "https://api.test/c", 100.05, got=got, id="q")
    calls = judge_all([*asked, a, b, next_asked, c, arrived("d", 100.07)])
    assert sorted(ids(calls)) == [["a", "d"], ["p", "b", "q", "c"]]


def test_a_hop_stays_on_its_connection_where_nothing_else_tells() -> None:
    calls = judge_all(
        [
            on("1", redirected("a", 100, 0.02)),
            on("2", redirected("b", 100.01, 0.03)),
            on("2", arrived("c", 100.05)),
            on("1", arrived("d", 100.06)),
        ]
    )
    assert ids(calls) == [["a", "d"], ["b", "c"]]


def test_an_older_redirect_that_nothing_followed_stays_alone() -> None:
    calls = judge_all([redirected("old", 100, 0.02), redirected("new", 105, 0.02), arrived("c", 105.1)])
    assert ids(calls) == [["old"], ["new", "c"]]


@pytest.mark.parametrize(
    "got",
    [
        {"Location": "https://api.test/c"},
        {"Location": "https://api.test/c", "Access-Control-Allow-Origin": "https://else.example"},
    ],
)
def test_nothing_follows_a_redirect_that_fails_the_cors_check(got: dict[str, str]) -> None:
    calls = judge_all([exchange("GET", at=100, status=302, got=got, id="a"), arrived("c", 100.1)])
    assert ids(calls) == [["a"], ["c"]]


def test_nothing_follows_a_redirect_to_a_user_name() -> None:
    got = {**OPEN, "Location": "https://me@api.test/c"}
    target = exchange("GET", "https://api.test/c", 100.1, got=OPEN, id="c")
    assert ids(judge_all([exchange("GET", at=100, status=302, got=got, id="a"), target])) == [["a"], ["c"]]
    sent = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Origin": None}
    image = exchange("GET", at=100, status=302, got=got, sent=sent, id="a")
    followed = exchange("GET", "https://api.test/c", 100.1, sent=sent, id="c")
    assert ids(judge_all([image, followed])) == [["a", "c"]]


def test_a_preflight_shows_that_a_guess_was_wrong() -> None:
    """Over plain http a page's GET of its own origin shows no mode; that it's preflighted elsewhere does."""
    bare = {"Origin": None, "Sec-Fetch-Mode": None, "Sec-Fetch-Site": None, "Sec-Fetch-Dest": None, "Referer": None}
    page = "http://app.example"
    origin = bare | {"Origin": page}
    got = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "x-a"}
    target = "http://api.example/b"
    first = exchange(
        "GET", f"{page}/a", 100, status=302, got={"Location": target}, sent=bare | {"X-A": "1"}, id="first"
    )
    call = only(
        first,
        preflight("GET", "x-a", target, 100.1, sent=origin, got=got, id="asked"),
        exchange("GET", target, 100.2, sent=origin | {"X-A": "1"}, got=got, id="last"),
    )
    assert (call.verdict.outcome, call.kind) == ("allowed", "preflighted")
    assert ids([call]) == [["first", "asked", "last"]]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_the_order_of_arrival_decides_nothing(order: tuple[int, ...]) -> None:
    items = [redirected("a", 100, 0.02), redirected("b", 100.01, 0.03), arrived("c", 100.05), arrived("d", 100.06)]
    tracker, calls = Tracker(), dict[str, Call]()
    for number in order:
        changes = tracker.feed(items[number])
        for id in changes.withdrawn:
            del calls[id]
        calls |= {call.id: call for call in changes.changed}
    assert ids([calls[id] for id in sorted(calls)]) == [["a", "c"], ["b", "d"]]
