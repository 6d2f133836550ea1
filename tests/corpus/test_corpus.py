"""The recorded verdicts of real browsers: what they said, corsinspect says."""

import pytest

from corsinspect.analysis import judge_all, trace
from corsinspect.model import Call
from corsinspect.report.jsonl import row
from corsinspect.session import load
from tests.corpus import COLLECTIONS, NAMES, recording, truth
from tests.corpus.known import FLOORS, KNOWN, OVERCLAIMS, SETTLED
from tests.corpus.scoring import Score, score

_calls: dict[str, list[Call]] = {}
_scores: dict[str, Score] = {}


def calls_of(name: str) -> list[Call]:
    if name not in _calls:
        _calls[name] = judge_all(load(recording(name)).exchanges)
    return _calls[name]


def score_of(name: str) -> Score:
    if name not in _scores:
        _scores[name] = score(truth(name), [row(call) for call in calls_of(name)])
    return _scores[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_case_is_as_the_browser_had_it(name: str) -> None:
    wrong = {
        f"{wanted['case']}#{wanted['step']}: {figure}"
        for wanted, _, figures in score_of(name).wrong
        for figure in figures
    }
    known = {f"{case}: {figure}" for case, figures in KNOWN.get(name, {}).items() for figure in figures.split()}
    assert wrong == known


@pytest.mark.parametrize(
    ("collection", "browser"), [(name, browser) for name, browsers in COLLECTIONS.items() for browser in browsers]
)
def test_the_wire_is_read_as_far_as_it_goes(collection: str, browser: str) -> None:
    total = Score()
    for name in COLLECTIONS[collection][browser]:
        total.add(score_of(name))
    assert total.missed("overclaims") <= OVERCLAIMS[collection]
    for figure, floor in FLOORS[collection].items():
        assert total.share(figure) >= floor, figure


@pytest.mark.parametrize(("browser", "floor"), SETTLED.items())
def test_what_one_exchange_leaves_open_others_settle(browser: str, floor: float) -> None:
    total = Score()
    for browsers in COLLECTIONS.values():
        for name in browsers.get(browser, ()):
            total.add(score_of(name))
    assert total.share("settled") >= floor


@pytest.mark.parametrize("name", NAMES)
def test_the_trace_stops_where_the_verdict_says(name: str) -> None:
    for call in calls_of(name):
        stops = [step for step in trace(call) if step.state == "failed"]
        verdict = call.verdict
        if verdict.outcome in ("blocked", "network-error"):
            assert [(step.stage, step.hop, step.reason) for step in stops] == [
                (verdict.stage, verdict.hop, verdict.reason)
            ], call.url
        elif verdict.outcome != "unknown":
            assert not stops, call.url


@pytest.mark.parametrize("name", NAMES)
def test_what_was_found_stands_on_the_wire(name: str) -> None:
    for call in calls_of(name):
        verdict = call.verdict
        if verdict.header is None:
            continue
        hop = call.hops[verdict.hop]
        exchange = hop.preflight if verdict.stage == "preflight" else hop.request
        assert exchange is not None
        lines = [value for header, value in exchange.response_headers if header.lower() == verdict.header.lower()]
        assert verdict.found == (", ".join(lines) if lines else None), call.url


@pytest.mark.parametrize("name", NAMES)
def test_alternatives_hold_the_recorded_outcome(name: str) -> None:
    holders = {exchange.id: call for call in calls_of(name) for exchange in call.exchanges}
    for wanted in truth(name):
        call = holders.get(wanted["flows"][-1]) if wanted["flows"] else None
        if call is None or call.verdict.certainty != "depends" or wanted["outcome"] not in ("allowed", "blocked"):
            continue
        said = {call.verdict.outcome, *(other.outcome for other in call.verdict.alternatives)}
        assert wanted["outcome"] in said or wanted["case"].startswith("redir-"), wanted["case"]
