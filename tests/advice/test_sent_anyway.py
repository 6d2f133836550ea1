"""Nothing says that a request was never sent where it was, and what a verdict rests on is named."""

import re

import msgspec
import pytest

from corsinspect import advice
from corsinspect.advice.prompt import prompt
from corsinspect.advice.solution import solution
from corsinspect.analysis import by_server, judge_all, trace
from corsinspect.model import Call, Hop
from corsinspect.report import text
from tests.analysis.build import API, OPEN, PAGE, exchange, only, preflight

STAR = {"Access-Control-Allow-Origin": "*"}


def tried(method: str) -> Call:
    """What the server alone would have done to a call whose preflight a tried fix let through."""
    granted = {"Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Methods": "*"}
    granted["Access-Control-Allow-Headers"] = "x-a"
    asked = msgspec.structs.replace(preflight(method, "x-a", got=granted), server_status=405, server_headers=())
    sent = exchange(method, at=100.1, got=OPEN, sent={"X-A": "1"})
    return by_server(only(asked, msgspec.structs.replace(sent, server_status=200, server_headers=())))


@pytest.mark.parametrize("method", ["PUT", "GET"])
def test_what_a_tried_fix_let_through_was_sent(method: str) -> None:
    own = tried(method)
    said = advice.explanation(own).consequence
    assert own.verdict.stage == "preflight"
    assert f"Your {method} was sent, because the tried fix let it through." in said
    assert "never sent" not in said and "did not change" not in said
    assert ("your data may have changed" in said) == (method == "PUT")
    assert "not sent" not in [row.answer for row in advice.step_rows(own, trace(own))]


def test_a_redirect_that_a_tried_fix_let_through_was_followed() -> None:
    first = exchange("POST", status=302, got={**OPEN, "Location": "/y"}, sent={"Content-Type": "text/plain"})
    first = msgspec.structs.replace(first, server_status=302, server_headers=(("Location", "/y"),))
    own = by_server(only(first, exchange(url="https://api.test/y", at=100.1, got=OPEN)))
    assert own.verdict.stage == "redirect"
    assert "followed the redirect, because the tried fix let it through" in advice.explanation(own).consequence


def test_a_request_that_followed_a_refused_preflight_was_sent() -> None:
    blocked = only(preflight(got={}))
    hop = Hop(preflight=blocked.hops[0].preflight, request=exchange("PUT", at=100.1, got=OPEN))
    followed = msgspec.structs.replace(blocked, hops=(hop,))
    assert "did not change" in advice.explanation(blocked).consequence
    said = advice.explanation(followed).consequence
    assert "Your PUT was sent all the same." in said and "did not change" not in said


def showing() -> list[Call]:
    """A call that carried a cookie, then one of its shape that didn't."""
    credentials = {**OPEN, "Access-Control-Allow-Credentials": "true"}
    url = f"{API}?a=1"
    return judge_all([exchange(url=url, sent={"Cookie": "a=b"}, got=credentials), exchange(at=120.0, got=STAR)])


def test_what_the_page_showed_is_named_with_its_time() -> None:
    first, call = showing()
    named = r"as GET /x showed at \d\d:\d\d:40"
    assert re.fullmatch(named, advice.evidence(call))
    assert re.fullmatch(f"likely, {named}", advice.certainty(call))
    assert re.search(rf"\(likely; credentials: include, {named}\)", text.lines(call))
    assert re.search(rf"^credentials: include \({named}\)$", prompt(call, trace(call), solution(call, [call])), re.M)
    assert (advice.certainty(first), advice.evidence(first)) == ("certain", "the request carried a cookie")


def test_open_calls_are_counted_apart() -> None:
    calls = [*(only(exchange(at=at, got=OPEN)) for at in (1.0, 2.0)), only(preflight(got={}))]
    assert text.summary(calls) == "2 that depend on credentials, 1 blocked"
    certain = only(exchange(got={**OPEN, "Access-Control-Allow-Credentials": "true"}))
    assert text.summary([certain, calls[0]]) == "1 allowed, 1 that depends on credentials"
