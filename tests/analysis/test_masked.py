"""The evidence beside an error that lacks the headers."""

from corsinspect.analysis import judge_all
from corsinspect.analysis.across.masked import Evidence, evidence
from corsinspect.model import Call
from tests.analysis.build import API, GRANT, OPEN, exchange, preflight


def evidence_of(*exchanges) -> Evidence | None:
    calls = judge_all(exchanges)
    failed = next((call for call in calls if call.masked is not None), calls[-1])
    return evidence(failed, calls)


def test_good_answers_of_the_same_server_with_the_headers_speak_for_the_error() -> None:
    good = [exchange(url=f"{API}/{number}", at=100.0 + number, got=OPEN) for number in range(3)]
    found = evidence_of(*good, exchange(at=200.0, status=500))
    assert found == Evidence(preflight_passed=False, carried=3, lacking=0, example=f"{API}/2")


def test_a_preflight_that_passed_is_evidence() -> None:
    found = evidence_of(preflight("PUT", got=GRANT), exchange("PUT", at=100.1, status=413))
    assert found == Evidence(preflight_passed=True, carried=0, lacking=0, example=None)


def test_good_answers_without_the_header_speak_against_it() -> None:
    found = evidence_of(exchange(url=f"{API}/good", got={}), exchange(at=200.0, status=500))
    assert found is not None
    assert (found.carried, found.lacking) == (0, 1)


def test_other_servers_and_pages_own_calls_prove_nothing() -> None:
    elsewhere = exchange(url="https://other.test/x", got=OPEN)
    own = exchange(url="https://app.test/x", sent={"Sec-Fetch-Site": "same-origin", "Origin": None})
    found = evidence_of(elsewhere, own, exchange(at=200.0, status=500))
    assert found == Evidence(preflight_passed=False, carried=0, lacking=0, example=None)


def test_where_nothing_is_masked_there_is_no_evidence() -> None:
    calls: list[Call] = judge_all([exchange(got=OPEN), exchange(at=200.0)])
    assert [evidence(call, calls) for call in calls] == [None, None]
