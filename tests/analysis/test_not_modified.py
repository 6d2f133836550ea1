"""A 304 refreshes what the browser has stored: the check reads the two as one."""

import pytest

from corsinspect.analysis import judge_all, readable_headers, trace
from corsinspect.model import Call
from tests.analysis.build import OPEN, PAGE, exchange, only, preflight

ASKS = {"If-None-Match": '"v1"', "Cookie": "a=b"}
CREDENTIALS = {"Access-Control-Allow-Credentials": "true"}


def second(first_got: dict[str, str], later_got: dict[str, str]) -> Call:
    """The revalidating one of two calls."""
    calls = judge_all(
        [
            exchange(at=100, got={**first_got, "ETag": '"v1"'}, sent={"Cookie": "a=b"}, id="a"),
            exchange(at=110, status=304, got=later_got, sent=ASKS, id="b"),
        ]
    )
    (call,) = (call for call in calls if call.id == "b")
    return call


@pytest.mark.parametrize(
    ("first", "later", "outcome", "reason"),
    [
        ({**OPEN, **CREDENTIALS}, {}, "allowed", None),
        ({**OPEN, **CREDENTIALS}, {"Access-Control-Allow-Origin": "https://b.test"}, "blocked", "origin-mismatch"),
        ({"Access-Control-Allow-Origin": "https://b.test", **CREDENTIALS}, {}, "blocked", "origin-mismatch"),
        ({"Access-Control-Allow-Origin": "https://b.test", **CREDENTIALS}, OPEN, "allowed", None),
        ({}, {}, "blocked", "origin-missing"),
        (OPEN, {}, "blocked", "credentials-not-true"),
    ],
)
def test_the_stored_response_counts(first, later, outcome: str, reason: str | None) -> None:
    call = second(first, later)
    assert (call.verdict.outcome, call.verdict.reason) == (outcome, reason)
    assert [step.reason for step in trace(call) if step.state == "failed"] == ([reason] if reason else [])
    assert call.hops[0].stored is not None and call.hops[0].stored.id == "a"


def test_what_was_stored_before_the_capture_is_not_known() -> None:
    call = only(exchange(status=304, sent=ASKS))
    assert (call.verdict.outcome, call.verdict.reason) == ("unknown", "stored-response-not-seen")
    assert not [step for step in trace(call) if step.state == "failed"]


def test_a_304_with_the_header_speaks_for_itself() -> None:
    call = only(exchange(status=304, sent=ASKS, got={"Access-Control-Allow-Origin": PAGE, **CREDENTIALS}))
    assert call.verdict.outcome == "allowed"


def test_a_304_that_the_page_asked_for_itself_is_checked_as_it_is() -> None:
    grant = {**OPEN, **CREDENTIALS, "Access-Control-Allow-Headers": "if-none-match"}
    call = only(
        preflight("GET", "if-none-match", at=100, got=grant),
        exchange(at=100.1, status=304, sent={**ASKS, "Cookie": None}),
    )
    assert (call.verdict.outcome, call.verdict.reason) == ("blocked", "origin-missing")


def test_script_reads_the_stored_response_as_the_304_refreshes_it() -> None:
    expose = {"Access-Control-Expose-Headers": "etag, x-new"}
    call = second({**OPEN, **CREDENTIALS, "Content-Type": "text/plain"}, {"ETag": '"v1"', "X-New": "1", **expose})
    assert readable_headers(call) == ["content-type", "etag", "x-new"]


def test_script_reads_a_304_that_the_page_asked_for_as_it_is() -> None:
    grant = {**OPEN, **CREDENTIALS, "Access-Control-Allow-Headers": "if-none-match"}
    _, call = judge_all(
        [
            exchange(at=99, got={**OPEN, **CREDENTIALS, "Content-Type": "text/plain"}, sent={"Cookie": "a=b"}),
            preflight("GET", "if-none-match", at=100, got=grant),
            exchange(at=100.1, status=304, sent={**ASKS, "Cookie": None}, got={**OPEN, **CREDENTIALS, "Expires": "0"}),
        ]
    )
    assert readable_headers(call) == ["expires"]


@pytest.mark.parametrize(("got", "reason"), [({"ETag": '"v1"'}, "origin-missing"), ({**OPEN, **CREDENTIALS}, None)])
def test_a_304_that_the_page_asked_for_is_judged_by_itself(got: dict[str, str], reason: str | None) -> None:
    grant = {**OPEN, **CREDENTIALS, "Access-Control-Allow-Headers": "if-none-match"}
    calls = judge_all(
        [
            exchange(at=100, got={**OPEN, **CREDENTIALS, "ETag": '"v1"'}, id="a"),
            preflight("GET", "if-none-match", at=110, got=grant, id="b"),
            exchange(at=110.1, status=304, got=got, sent={"If-None-Match": '"v1"'}),
        ]
    )
    call = calls[-1]
    assert (call.verdict.outcome, call.verdict.reason) == ("blocked" if reason else "allowed", reason)
    assert call.hops[0].stored is None
    assert [step.reason for step in trace(call) if step.state == "failed"] == ([reason] if reason else [])
