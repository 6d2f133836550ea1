"""Chains of which all that a verdict can depend on is equal are judged once: the verdict is each one's own."""

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsinspect.analysis import cors_verdict, judge, judge_all
from corsinspect.model import Call, Exchange
from corsinspect.session import load
from tests.analysis.build import OPEN, exchange, preflight
from tests.analysis.test_steps import chain
from tests.corpus import NAMES, recording


def each_judged_alone(monkeypatch: pytest.MonkeyPatch, exchanges: list[Exchange]) -> list[Call]:
    with monkeypatch.context() as patch:
        patch.setattr(cors_verdict, "shape_of", lambda chain: None)
        patch.setattr(judge, "shape_of", lambda chain: None)
        return judge_all(exchanges)


@pytest.mark.parametrize("name", NAMES)
def test_recorded_traffic_is_judged_as_each_call_alone_would_be(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    exchanges = load(recording(name)).exchanges
    assert judge_all(exchanges) == each_judged_alone(monkeypatch, exchanges)


@settings(max_examples=400, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_drawn_chains_are_too(seed: int) -> None:
    exchanges = chain(random.Random(seed))
    with pytest.MonkeyPatch.context() as patch:
        alone = each_judged_alone(patch, exchanges)
    assert judge_all(exchanges) == alone


def test_equal_calls_share_a_verdict_and_no_more_than_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (cors_verdict, judge):
        monkeypatch.setattr(module, "SHAPES", 8)
    cors_verdict._judged.clear()
    judge._looks.clear()
    first, again = judge_all([exchange("GET", at=100 + at, got=OPEN, id=f"e{at}") for at in (0, 10)])
    assert first.verdict is again.verdict and first.id != again.id
    for number in range(50):
        judge_all([exchange("GET", got=OPEN, sent={"Cookie": "a=1", "Accept": f"text/x-{number}"})])
        judge_all([preflight("PUT", got={"Access-Control-Allow-Origin": f"https://h{number}.test"})])
        assert len(cors_verdict._judged) <= 8 and len(judge._looks) <= 8


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", None])
def test_a_later_state_with_another_method_is_judged_by_that(
    method: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, sent = exchange("GET", got=OPEN, id="e1"), exchange("GET", at=110, id="e2")
    answered = msgspec.structs.replace(exchange("GET", at=110, got=OPEN, id="e2"), method=method)
    exchanges = [known, sent, answered]
    assert judge_all(exchanges) == each_judged_alone(monkeypatch, exchanges)
