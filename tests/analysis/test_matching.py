"""What the browser said finds its exchange: right where it's sure, and the same in whatever order both came."""

import random
from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsinspect.analysis import Tracker, judge_all
from corsinspect.analysis.classify import Facts
from corsinspect.analysis.word import matching as module
from corsinspect.analysis.word.matching import Matching, request_of
from corsinspect.model import Exchange
from corsinspect.said import Said
from corsinspect.session import load
from tests.analysis.build import API, CHROMIUM, FIREFOX, OPEN, exchange, preflight
from tests.analysis.test_tracker import Calls, states
from tests.corpus import COLLECTIONS, recording, truth
from tests.said import said_of, saids_of

SPOKEN = [
    name
    for collection in ("oracle", "modern")
    for browser in ("chromium", "firefox")
    for name in COLLECTIONS[collection][browser]
]


def matched(exchanges: list[Exchange], saids: list[Said]) -> Matching:
    matching = Matching()
    for each in exchanges:
        matching.see(Facts(each))
    for said in saids:
        matching.hear(said)
    matching.settle()
    return matching


def words(exchanges: list[Exchange], saids: list[Said]) -> dict[str, tuple[str, str]]:
    """By exchange: how sure, and the request's id."""
    matching = matched(exchanges, saids)
    found = {each.id: matching.word([each]) for each in exchanges}
    return {id: (word.match, request_of(word.said[0])) for id, word in found.items() if word is not None}


def telling(matching: Matching, request: str) -> tuple[object, ...]:
    found = matching.request(request)
    assert found is not None
    return tuple(map(module._telling, found.legs))


@pytest.mark.parametrize("name", SPOKEN)
def test_what_is_sure_is_right(name: str) -> None:
    exchanges = load(recording(name)).exchanges
    saids = saids_of(truth(name), exchanges)
    matching = matched(exchanges, list(saids.values()))
    counted: Counter[str] = Counter()
    for each in exchanges:
        said, word = saids.get(each.id), matching.word([each])
        if said is None or word is None:
            counted["missed" if said is not None else "none"] += 1
            continue
        found, right = request_of(word.said[0]), request_of(said)
        if word.match == "sure":
            assert found == right or telling(matching, found) == telling(matching, right), each.url
        counted[word.match] += 1
    told = counted.total() - counted["none"]
    assert counted["sure"] >= (0.97 if name.startswith("chromium") else 0.9) * told


def failed_unsent(like: Exchange, **more: Any) -> Said:
    """A call like this one, made at 100.0, that CORS failed at its preflight."""
    return said_of(like, "failed", called=100.0, sent=None, answered=None, status=None, **more)


def test_a_request_that_cors_failed_before_another_one_came_is_not_that_one() -> None:
    later = exchange("PUT", at=102.8, got=OPEN, id="later")
    failed = failed_unsent(later, ended=100.02, code="PreflightInvalidAllowCredentials", failed="net::ERR_FAILED")
    assert words([later], [failed]) == {}
    assert words([later], [failed, said_of(later, "own")]) == {"later": ("sure", "own")}
    assert words([later], [msgspec.structs.replace(failed, ended=102.9)]) == {"later": ("sure", "failed")}


def test_when_firefox_refused_a_request_is_not_known() -> None:
    later = exchange("PUT", at=100.1, got=OPEN, id="later", agent=FIREFOX)
    failed = failed_unsent(later, engine="firefox", ended=100.0, code="CORSMethodNotFound", failed="CORS")
    assert words([later], [failed]) == {"later": ("sure", "failed")}


@pytest.mark.parametrize("name", SPOKEN)
def test_any_interleaving_ends_in_the_same_calls(name: str) -> None:
    exchanges = load(recording(name)).exchanges
    saids = list(saids_of(truth(name), exchanges).values())
    expected = {call.id: call for call in judge_all(exchanges, saids)}
    draw = random.Random(len(name))
    queues: list[list[Exchange | Said]] = [[*states(each)] for each in exchanges]
    queues.extend([msgspec.structs.replace(said, ended=None, code=None, failed=None), said] for said in saids)
    order = [number for number, queue in enumerate(queues) for _ in queue]
    draw.shuffle(order)
    calls = Calls()
    for number in order:
        item = queues[number].pop(0)
        calls.take(calls.tracker.hear([item]) if isinstance(item, Said) else calls.tracker.feed(item))
    calls.take(calls.tracker.close())
    assert calls.now == expected


@settings(max_examples=60, deadline=None)
@given(st.integers(), st.booleans())
def test_any_interleaving_at_one_url_ends_the_same(seed: int, numbered: bool) -> None:
    draw = random.Random(seed)
    exchanges: list[Exchange] = []
    saids: list[Said] = []
    for number in range(draw.randint(2, 12)):
        at = 100 + draw.random() / 5
        made = exchange(at=at, got=OPEN, id=f"e{number}", agent=CHROMIUM if numbered else FIREFOX)
        made = msgspec.structs.replace(made, connection=f"c{draw.randrange(4)}")
        if draw.random() < 0.9:
            exchanges.append(made)
        said = said_of(
            made,
            f"r{number}",
            kind=draw.choice(["fetch", "xhr"]),
            sent=at - draw.random() * 0.05 if draw.random() < 0.8 else None,
            called=at - 0.06,
            code=draw.choice([None, None, "MissingAllowOriginHeader"]),
        )
        if not numbered:
            mode = draw.choice(["include", "omit"])
            said = msgspec.structs.replace(
                said, engine="firefox", connection=None, request_headers=None, sent=None, credentials=mode
            )
        if draw.random() < 0.9:
            saids.append(said)
    exchanges.sort(key=lambda each: (each.started, each.id))
    expected = {call.id: call for call in judge_all(exchanges, saids)}
    items: list[Exchange | Said] = [*exchanges, *saids]
    draw.shuffle(items)
    calls = Calls()
    for item in items:
        calls.take(calls.tracker.hear([item]) if isinstance(item, Said) else calls.tracker.feed(item))
    calls.take(calls.tracker.close())
    assert calls.now == expected


def test_thirty_at_once_from_two_pages_are_told_apart() -> None:
    exchanges: list[Exchange] = []
    saids: list[Said] = []
    for number in range(30):
        page = f"https://{'one' if number % 2 else 'two'}.test"
        made = exchange(at=100 + number / 1000, sent={"Origin": page}, got=OPEN, id=f"e{number:02}")
        made = msgspec.structs.replace(made, connection=f"c{number % 6}")
        exchanges.append(made)
        # all were sent before the first one came, each over its own connection
        saids.append(said_of(made, f"r{number:02}", sent=99.999, page=f"{page}/", cookies_sent=(f"n{number}",)))
    found = words(exchanges, saids)
    assert Counter(match for match, _ in found.values()) == {"likely": 30}
    same = [msgspec.structs.replace(said, cookies_sent=("sid",)) for said in saids]
    found = words(exchanges, same)
    assert Counter(match for match, _ in found.values()) == {"sure": 30}
    assert all(int(id[1:]) % 2 == int(request[1:]) % 2 for id, (_, request) in found.items())


def test_what_connections_are_is_learnt_from_other_requests() -> None:
    exchanges: list[Exchange] = []
    saids: list[Said] = []
    for number in range(3):
        own = exchange(url=f"https://api.test/{number}", at=100 + number / 100, got=OPEN, id=f"own{number}")
        both = exchange(at=101 + number / 1000, got=OPEN, id=f"e{number}")
        for each in (own, both):
            made = msgspec.structs.replace(each, connection=f"c{number}")
            exchanges.append(made)
            saids.append(said_of(made, f"r-{made.id}", sent=made.started - 0.01, cookies_sent=(made.id,)))
    found = words(exchanges, saids)
    assert found == {each.id: ("sure", f"r-{each.id}") for each in exchanges}


def test_a_connection_of_which_two_pairs_disagree_says_nothing() -> None:
    exchanges: list[Exchange] = []
    saids: list[Said] = []
    for number, here in enumerate(("c1", "c2", "c1", "c2")):
        url = f"https://api.test/{number}" if number < 2 else "https://api.test/same"
        made = exchange(url=url, at=100 + number / 1000, got=OPEN, id=f"e{number}")
        made = msgspec.structs.replace(made, connection=here)
        exchanges.append(made)
        saids.append(said_of(made, f"r{number}", sent=99.99, connection="one", cookies_sent=(made.id,)))
    found = words(exchanges, saids)
    assert [found[f"e{number}"][0] for number in range(4)] == ["sure", "sure", "likely", "likely"]


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "POST"},
        {"url": "https://api.test/other"},
        {"request_headers": (("User-Agent", "another"),)},
        {"status": 404},
        {"response_headers": (("X", "y"),)},
        {"sent": 100.1},
        {"sent": 90.0, "answered": 91.0},
        {"sent": 90.0},
    ],
    ids=lambda changed: "+".join(changed),
)
def test_what_differs_isn_t_joined(changed: dict[str, object]) -> None:
    made = exchange(got=OPEN, id="e")
    assert words([made], [said_of(made, "r")])
    assert words([made], [msgspec.structs.replace(said_of(made, "r"), **changed)]) == {}


def test_secrets_are_not_compared_and_their_names_are() -> None:
    token = "\u2039redacted:3:6583e3c16a02\u203a"
    made = exchange(got=OPEN, sent={"X-Api-Key": token, "Cookie": f"sid={token}"}, id="e")
    other = token.replace("6583", "0000")
    lines = tuple((name, other if name == "X-Api-Key" else value) for name, value in made.request_headers)
    assert words([made], [said_of(made, "r", request_headers=lines)])
    assert not words([made], [said_of(made, "r", request_headers=lines[:-2])])


def test_a_revalidated_answer_is_a_whole_one_to_the_page() -> None:
    made = exchange(status=304, sent={"If-None-Match": '"1"'}, id="e")
    assert words([made], [said_of(made, "r", status=200, response_headers=(("ETag", '"1"'),))])


def test_two_that_claim_one_exchange_are_not_sure() -> None:
    made = exchange(got=OPEN, id="e")
    saids = [said_of(made, "r1"), said_of(made, "r2", cookies_sent=("sid",))]
    assert words([made], saids)["e"][0] == "likely"


def test_an_exchange_of_which_the_browser_says_nothing_makes_its_twin_unsure() -> None:
    twins = [exchange(at=100 + number / 1000, got=OPEN, id=f"e{number}") for number in range(2)]
    found = words(twins, [said_of(twins[0], "r")])
    assert [match for match, _ in found.values()] == ["likely"]


def test_a_preflight_belongs_to_the_request_it_was_sent_for() -> None:
    asked, made = preflight(at=100, id="p"), exchange("PUT", at=100.1, got=OPEN, id="e")
    saids = [said_of(made, "r"), said_of(asked, "p1", preflight_of="r")]
    assert words([asked, made], saids) == {"p": ("sure", "r"), "e": ("sure", "r")}
    (call,) = judge_all([asked, made], saids)
    assert call.browser is not None and [said.id for said in call.browser.said] == ["p1", "r"]


def test_equal_redirects_at_once_may_have_been_linked_either_way() -> None:
    exchanges: list[Exchange] = []
    saids: list[Said] = []
    for number in range(2):
        first = exchange(at=100 + number, status=302, got={**OPEN, "Location": f"{API}/next"}, id=f"a{number}")
        then = exchange(url=f"{API}/next", at=101.4 + number / 2, got=OPEN, id=f"b{number}")
        exchanges += [first, then]
        saids += [said_of(first, f"r{number}"), said_of(then, f"r{number}", hop=1)]
    found = {call.id: call.browser for call in judge_all(sorted(exchanges, key=lambda each: each.started), saids)}
    assert {id: word and word.match for id, word in found.items()} == {"a0": "sure", "a1": "sure"}
    saids[0] = msgspec.structs.replace(saids[0], cookies_sent=("sid",))
    found = {call.id: call.browser for call in judge_all(sorted(exchanges, key=lambda each: each.started), saids)}
    assert {word and word.match for word in found.values()} == {"likely"}


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAID_LIMIT", 40)
    monkeypatch.setattr(module, "GROUP_LIMIT", 16)
    tracker = Tracker(limit=30)
    confirmed = 0
    for number in range(400):
        url = "https://api.test/" + (str(number) if number % 2 else "same")
        made = exchange(url=url, at=100 + number, got=OPEN, id=f"e{number}")
        made = msgspec.structs.replace(made, connection=f"c{number}")
        tracker.feed(made)
        changes = tracker.hear([said_of(made, f"r{number}", cookies_sent=("sid",))])
        confirmed += sum(call.browser is not None and call.browser.confirmed is True for call in changes.changed)
    assert confirmed == 400
    matching = tracker._matching
    assert matching is not None
    assert len(matching._said) <= 40 and len(matching._requests) <= 40 and len(matching._reached) <= 40
    assert len(matching._groups) <= 70 and len(matching._kept) <= 30
    assert sum(len(links._of) for links in (matching._here, matching._told, matching._classes)) <= 160
    assert len(tracker._words) <= 30 and not tracker._never_sent


def test_many_at_one_url_keep_what_was_said_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GROUP_LIMIT", 8)
    exchanges = [exchange(at=100 + number, got=OPEN, id=f"e{number:02}") for number in range(40)]
    calls = judge_all(exchanges, [said_of(each, f"r-{each.id}", cookies_sent=(each.id,)) for each in exchanges])
    told = [call.browser.said[0].id for call in calls if call.browser is not None and call.browser.match == "sure"]
    assert told == [f"r-{each.id}" for each in exchanges]
