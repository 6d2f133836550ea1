"""What a verdict says is needed is needed, and enough: fixing one failure shows the next."""

import msgspec
import pytest

from corsinspect.analysis import also_failing, judge_all
from corsinspect.model import Call, Exchange
from corsinspect.session import load
from tests.analysis.build import as_if_alone
from tests.corpus import NAMES, recording

STATUS_REASONS = {"preflight-status", "preflight-redirect"}


def stopped_at(call: Call) -> Exchange:
    hop = call.hops[call.verdict.hop]
    exchange = hop.preflight if call.verdict.stage == "preflight" else hop.request
    assert exchange is not None
    return exchange


def fixed(exchange: Exchange, reason: str | None, header: str | None, expected: str | None) -> Exchange | None:
    """The exchange as the server should have answered, or None where no header or status fixes it."""
    if reason in STATUS_REASONS:
        kept = tuple(line for line in exchange.response_headers if line[0].lower() != "location")
        return msgspec.structs.replace(exchange, status=204, response_headers=kept)
    if header is None or expected is None:
        return None
    kept = tuple(line for line in exchange.response_headers if line[0].lower() != header.lower())
    return msgspec.structs.replace(exchange, response_headers=(*kept, (header, expected)))


def judged_again(call: Call, exchange: Exchange) -> Call:
    answered = {"status": exchange.status, "response_headers": exchange.response_headers}
    replaced = [
        msgspec.structs.replace(other, **answered) if other.id == exchange.id else other for other in as_if_alone(call)
    ]
    return next(again for again in judge_all(replaced) if exchange.id in {item.id for item in again.exchanges})


@pytest.mark.parametrize("name", NAMES)
def test_fixing_the_first_failure_makes_the_next_one_the_first(name: str) -> None:
    tried = 0
    for call in judge_all(load(recording(name)).exchanges):
        verdict = call.verdict
        if verdict.outcome != "blocked" or verdict.reason in ("corp", "orb"):
            continue
        exchange = fixed(stopped_at(call), verdict.reason, verdict.header, verdict.expected)
        if exchange is None or verdict.header == "Location":
            continue
        again = judged_again(call, exchange).verdict
        tried += 1
        following = also_failing(call)
        if following:
            assert (again.outcome, again.reason) == ("blocked", following[0].reason), call.url
            assert (again.header, again.found) == (following[0].header, following[0].found), call.url
        else:
            assert again.reason != verdict.reason or again.hop > verdict.hop, call.url
    assert tried


@pytest.mark.parametrize("name", NAMES)
def test_fixing_all_failures_of_a_step_ends_them(name: str) -> None:
    for call in judge_all(load(recording(name)).exchanges):
        first = call
        for _ in range(9):
            verdict = call.verdict
            if verdict.outcome != "blocked" or (verdict.stage, verdict.hop) != (first.verdict.stage, first.verdict.hop):
                break
            exchange = fixed(stopped_at(call), verdict.reason, verdict.header, verdict.expected)
            if exchange is None:
                break
            call = judged_again(call, exchange)
        else:
            pytest.fail(f"still blocked after nine fixes: {call.url}")
