"""A browser stops at 20 redirects, and so does a Call: what a server that redirects for ever makes of a session."""

import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

import pytest

from corsinspect.analysis import Tracker, judge_all
from corsinspect.fetch.redirect import MAX_REDIRECTS
from corsinspect.model import Call, Exchange
from tests.analysis.build import API, FIREFOX, OPEN, PAGE, exchange, preflight

HOPS = 1 + MAX_REDIRECTS
OTHER = "https://api.test/y"
NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Origin": None, "Sec-Fetch-Dest": "document"}
OWN = {"Sec-Fetch-Site": "same-origin", "Origin": None}
TOOL = dict.fromkeys(("Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-Dest", "Origin", "Referer"))


def _hop(number: int, url: str, location: str, **more: Any) -> Exchange:
    at, id = 100 + number / 50, f"h{number:06}"
    return exchange("GET", url, at, status=302, got={**OPEN, "Location": location}, id=id, **more)


def _preflighted(number: int) -> list[Exchange]:
    asked = preflight(at=100 + number / 20, id=f"h{number:06}a")
    got = {**OPEN, "Location": API}
    return [asked, exchange("PUT", at=100.02 + number / 20, status=307, got=got, id=f"h{number:06}b")]


Shape = Callable[[int], list[Exchange]]
"""The exchanges of one hop, by its number."""

SHAPES: dict[str, Shape] = {
    "to itself": lambda number: [_hop(number, API, API)],
    "in Firefox": lambda number: [_hop(number, API, API, agent=FIREFOX)],
    "to and fro": lambda number: [_hop(number, *((API, OTHER) if number % 2 else (OTHER, API)))],
    "ever on": lambda number: [_hop(number, f"{API}/{number % 1000}", f"{API}/{(number + 1) % 1000}")],
    "preflighted": _preflighted,
    "no-cors": lambda number: [_hop(number, API, API, sent={"Sec-Fetch-Mode": "no-cors", "Origin": None})],
    "navigation": lambda number: [_hop(number, API, API, sent=NAVIGATION)],
    "same-origin": lambda number: [_hop(number, f"{PAGE}/x", "/x", sent=OWN)],
    "no browser": lambda number: [_hop(number, API, API, sent=TOOL, agent="curl/8.5.0")],
}


def loop(shape: str, hops: int) -> list[Exchange]:
    return [exchange for number in range(hops) for exchange in SHAPES[shape](number)]


def conclusions(calls: Sequence[Call]) -> list[tuple[int, str, str | None, str]]:
    return [(len(call.hops), call.verdict.outcome, call.verdict.reason, call.verdict.certainty) for call in calls]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_page_that_retries_makes_a_call_each_time(shape: str) -> None:
    limit = ("not-cors", None, "certain") if shape == "no browser" else ("network-error", "redirect-limit", "certain")
    assert conclusions(judge_all(loop(shape, 58 * HOPS))) == [(HOPS, *limit)] * 58


@pytest.mark.parametrize("shape", SHAPES)
def test_what_follows_the_last_redirect_is_another_call(shape: str) -> None:
    *first, last = judge_all(loop(shape, HOPS + 1))
    assert ([len(call.hops) for call in first], len(last.hops)) == ([HOPS], 1)


def test_the_twentieth_redirect_is_followed() -> None:
    (call,) = judge_all([*loop("to itself", MAX_REDIRECTS), exchange(at=100 + MAX_REDIRECTS / 50, got=OPEN)])
    assert (len(call.hops), call.verdict.outcome) == (HOPS, "allowed")


def test_the_call_is_over_with_the_answer_that_is_one_redirect_too_many() -> None:
    tracker = Tracker()
    *before, last = loop("to itself", HOPS)
    for hop in before:
        tracker.feed(hop)
    assert conclusions(tracker.feed(last).changed) == [(HOPS, "network-error", "redirect-limit", "certain")]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", range(5))
def test_no_order_of_arrival_makes_a_longer_call(shape: str, seed: int) -> None:
    exchanges = loop(shape, 3 * HOPS)
    random.Random(seed).shuffle(exchanges)
    tracker, calls = Tracker(), dict[str, Call]()
    for item in exchanges:
        changes = tracker.feed(item)
        for id in changes.withdrawn:
            del calls[id]
        calls |= {call.id: call for call in changes.changed}
    seen = Counter(exchange.id for call in calls.values() for exchange in call.exchanges)
    assert seen == Counter(exchange.id for exchange in exchanges)
    assert max(len(call.hops) for call in calls.values()) <= HOPS
    if shape not in ("to and fro", "ever on"):  # what is linked within one URL is linked anew
        assert [len(call.hops) for call in calls.values()] == [HOPS] * 3


def lines_run(work: Callable[[], object]) -> int:
    """How many lines of Python a piece of work runs: the same each time, on whatever machine."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_work_grows_with_the_number_of_hops(shape: str) -> None:
    few, many = loop(shape, 600), loop(shape, 2_400)
    assert lines_run(lambda: judge_all(many)) < 6 * lines_run(lambda: judge_all(few))


def test_forty_thousand_hops_are_judged() -> None:
    calls = judge_all(loop("to itself", 40_000))
    assert Counter(len(call.hops) for call in calls) == {HOPS: 40_000 // HOPS, 40_000 % HOPS: 1}
