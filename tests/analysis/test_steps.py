"""The verdict and the trace come from one walk."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsinspect.analysis import also_failing, by_server, judge_all, trace
from corsinspect.analysis.chain import chain_of_call
from corsinspect.analysis.cors_verdict import whatever_the_mode
from corsinspect.analysis.steps import first_stop
from corsinspect.model import Call, Exchange
from corsinspect.session import load
from tests.analysis.build import CHROMIUM, FIREFOX, OPEN, PAGE, SAFARI, exchange, only, preflight
from tests.corpus import NAMES, recording

URLS = (
    f"{PAGE}/a",
    "https://api.test/b",
    "https://api.test/c",
    "http://api.test/d",
    "https://other.example/e",
    "https://user:secret@api.test/f",
    "ftp://api.test/g",
)
"""Where drawn redirects lead: to the page itself, to other origins, and to where no browser goes."""

ALLOW_ORIGIN = (PAGE, "*", "null", "https://else.example", f"{PAGE}, {PAGE}", "", None)


def answer(draw: random.Random) -> dict[str, str]:
    """Some of the headers that matter, mostly right."""
    got = {
        "Access-Control-Allow-Origin": draw.choice((PAGE, PAGE, PAGE, *ALLOW_ORIGIN)),
        "Access-Control-Allow-Credentials": draw.choice((None, "true", "True")),
        "Access-Control-Allow-Methods": draw.choice((None, "PUT", "put", "*", "P@T")),
        "Access-Control-Allow-Headers": draw.choice((None, "x-a", "*", "x-a x-b")),
        "Access-Control-Expose-Headers": draw.choice((None, "*", "etag")),
        "Content-Type": draw.choice((None, "text/html")),
        "X-Content-Type-Options": draw.choice((None, "nosniff")),
    }
    return {name: value for name, value in got.items() if value is not None}


def chain(draw: random.Random) -> list[Exchange]:
    """The hops of one call, whatever a browser would have made of the answers."""
    agent = draw.choice((CHROMIUM, FIREFOX, SAFARI))
    method, url, at = draw.choice(("GET", "PUT", "POST")), draw.choice(URLS[:5]), 100.0
    common = {
        "Cookie": draw.choice((None, None, "sid=1")),
        "X-A": draw.choice((None, "1")),
        "Sec-Fetch-Dest": draw.choice(("empty", "script")),
    }
    found: list[Exchange] = []
    for number in range(draw.randint(1, 5)):
        origin = {"Origin": draw.choice((PAGE, PAGE, PAGE, "null"))}
        if draw.random() < 0.4:
            names = "x-a" if common["X-A"] else None
            status = draw.choice((204, 204, 204, 301, 403, None))
            asked = preflight(
                method, names, url, at, status=status, got=answer(draw), sent=origin, agent=agent, id=f"p{number}"
            )
            found.append(asked)
            at += 0.02
            if draw.random() < 0.3:
                break
        target = draw.choice(URLS)
        redirect = draw.random() < 0.6
        failed = draw.choice((None,) * 8 + ("refused", "closed", "other"))
        status = draw.choice((302, 307)) if redirect else draw.choice((200, 204, 304, 404, 500, None))
        got = answer(draw) | ({"Location": target} if redirect else {})
        found.append(
            exchange(
                method,
                url,
                at,
                status=status,
                got=got,
                sent=common | origin,
                agent=agent,
                failed=failed,
                id=f"r{number}",
            )
        )
        at += 0.02
        if not redirect or not target.startswith("http"):
            break
        url, method = target, method if status == 307 else method.replace("POST", "GET")
    return found


def first_failed(call: Call) -> tuple[object, ...] | None:
    for step in trace(call):
        if step.state == "failed":
            return step.stage, step.hop, step.reason, step.header, step.needed, step.found
    return None


def stopped(call: Call) -> tuple[object, ...] | None:
    verdict = call.verdict
    if verdict.outcome not in ("blocked", "network-error"):
        return None
    return verdict.stage, verdict.hop, verdict.reason


def agree(call: Call) -> None:
    """The verdict is the first failed step of the trace, and nothing failed where it isn't one."""
    failed, stop = first_failed(call), stopped(call)
    assert (failed and failed[:3]) == stop, (trace(call), call.verdict)
    if failed is not None and call.verdict.header is not None:
        assert failed[3:] == (call.verdict.header, call.verdict.expected, call.verdict.found)


@settings(max_examples=400, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_the_verdict_is_the_first_failed_step_of_the_trace(seed: int) -> None:
    for call in judge_all(chain(random.Random(seed))):
        agree(call)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_in_recorded_traffic(name: str) -> None:
    for call in judge_all(load(recording(name)).exchanges):
        agree(call)
        agree(by_server(call))


@settings(max_examples=400, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_where_one_walk_is_spared_the_other_would_have_stopped_alike(seed: int) -> None:
    for call in judge_all(chain(random.Random(seed))):
        if call.kind not in ("simple", "preflighted"):
            continue
        walked = chain_of_call(call)
        without = first_stop(walked, False)
        if whatever_the_mode(without):
            included = first_stop(walked, True)
            assert (included.outcome, included.slug, included.stage, included.hop) == (
                *(without.outcome, without.slug, without.stage, without.hop),
            )


def test_a_hop_that_was_sent_proves_the_redirect_before_it() -> None:
    """A page on https whose call went on to http was let through: by a browser's flag, or a name of this machine."""
    call = only(
        exchange("GET", "https://api.test/a", 100, status=302, got={**OPEN, "Location": "http://api.test/b"}, id="a"),
        exchange("GET", "http://api.test/b", 100.1, got={"Access-Control-Allow-Origin": PAGE}, id="b"),
    )
    assert call.verdict.outcome == "allowed" and len(call.hops) == 2
    assert [step.state for step in trace(call) if step.name == "location"] == ["ok"]


def test_a_same_origin_call_never_leaves_its_origin() -> None:
    sent = {"Origin": None, "Sec-Fetch-Mode": "same-origin", "Sec-Fetch-Site": "same-origin"}
    url = f"{PAGE}/a"
    call = only(exchange("GET", url, status=302, got={"Location": "https://api.test/b"}, sent=sent))
    assert (call.verdict.outcome, call.verdict.reason, call.verdict.stage) == (
        "blocked",
        "mode-same-origin",
        "redirect",
    )
    assert call.verdict.engines is not None
    assert call.verdict.engines["chromium"].code == "DisallowedByMode"
    agree(call)
    inside = only(exchange("GET", url, status=302, got={"Location": f"{PAGE}/b"}, sent=sent))
    assert inside.verdict.outcome == "not-cors"


@pytest.mark.parametrize("name", NAMES)
def test_what_would_fail_next_never_stands_above_what_stopped_the_browser(name: str) -> None:
    for call in judge_all(load(recording(name)).exchanges):
        states = [step.state for step in trace(call)]
        if "failed" in states:
            assert "would-fail" not in states[: states.index("failed")], call.url
        if call.verdict.reason is None:
            assert "would-fail" not in states, call.url


def foretold(call: Call) -> None:
    """What would fail next is what the steps say."""
    wanted = [step for step in trace(call) if step.state == "would-fail"] if call.verdict.reason else []
    found = also_failing(call)
    assert [(each.reason, each.stage, each.hop, each.header, each.expected, each.found) for each in found] == [
        (step.reason, step.stage, step.hop, step.header, step.needed, step.found) for step in wanted
    ]


@pytest.mark.parametrize("name", NAMES)
def test_what_fails_next_is_what_the_steps_say(name: str) -> None:
    for call in judge_all(load(recording(name)).exchanges):
        foretold(call)


@settings(max_examples=400, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_so_it_is_of_drawn_chains(seed: int) -> None:
    for call in judge_all(chain(random.Random(seed))):
        foretold(call)
