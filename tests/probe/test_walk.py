"""A walk asks what the browser asked, one after the other, and ends where the browser ended."""

import contextlib

import pytest

from corsinspect.model import Exchange
from corsinspect.probe import Ask
from corsinspect.probe.ask import Engine
from corsinspect.probe.browsers import Leg
from corsinspect.probe.walk import judged, walk
from tests.probe.recorded import ENGINES, recorded


def walked(wanted: Ask, answers: tuple[Exchange, ...]) -> list[Leg]:
    """What a walk asks that is given the recorded answers, as far as there are any."""
    steps = walk(wanted)
    legs: list[Leg] = []
    with contextlib.suppress(StopIteration):
        legs.append(next(steps))
        for answer in answers:
            leg = steps.send(answer)
            legs.append(leg)
    return legs


@pytest.mark.parametrize("engine", ENGINES)
def test_it_goes_where_the_browser_went(engine: Engine) -> None:
    for row, wanted, exchanges in recorded(engine):
        if row["preflight"] == "cached":
            continue
        asked = [(leg.method, leg.url.href) for leg in walked(wanted, exchanges)]
        assert asked == [(exchange.method, exchange.url) for exchange in exchanges], row["case"]


@pytest.mark.parametrize("engine", ENGINES)
def test_it_comes_to_what_the_browser_came_to(engine: Engine) -> None:
    for row, wanted, exchanges in recorded(engine):
        verdict = judged(wanted, exchanges).verdict
        if row["outcome"] == "unclear" or verdict.reason == "stored-response-not-seen":
            continue
        # a page may read what its own server says, and CORS has no say in it
        outcome = "allowed" if verdict.outcome == "not-cors" else verdict.outcome
        assert outcome in (row["outcome"], *(row.get("accept") or ())), row["case"]
        if wanted.mode == "cors" and wanted.crosses:
            assert verdict.certainty == "certain", row["case"]
