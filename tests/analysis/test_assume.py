"""What a person says about credentials counts where the wire is silent, and only there."""

import pytest

from corsinspect.analysis import assuming, judge_all
from corsinspect.analysis.assume import told
from corsinspect.session import load
from tests.analysis.build import GRANT, OPEN, PAGE, exchange, only, preflight
from tests.corpus import NAMES, recording

STAR = {"Access-Control-Allow-Origin": "*"}


def test_a_wildcard_is_blocked_if_the_page_sent_credentials_and_allowed_if_not() -> None:
    call = only(exchange(got=STAR))
    assert (call.verdict.outcome, call.verdict.certainty) == ("allowed", "depends")
    included = assuming(call, "include")
    assert (included.verdict.outcome, included.verdict.reason) == ("blocked", "origin-wildcard-with-credentials")
    assert (included.verdict.certainty, included.credentials_signal) == ("likely", "assumed")
    omitted = assuming(included, "omit")
    assert (omitted.verdict.outcome, omitted.verdict.alternatives) == ("allowed", ())
    assert assuming(omitted, "unknown") == call


def test_a_preflight_that_grants_all_but_credentials_is_blocked_at_once() -> None:
    asked = preflight(got=GRANT)
    call = only(asked)
    assert assuming(call, "include").verdict.reason == "credentials-not-true"
    assert assuming(call, "omit").verdict.outcome == "unknown"


def test_what_the_wire_proves_stays() -> None:
    call = only(exchange(got=OPEN, sent={"Cookie": "a=b"}))
    assert assuming(call, "omit") == call


def test_where_cors_has_no_say_nothing_changes() -> None:
    call = only(exchange(url=f"{PAGE}/own", sent={"Sec-Fetch-Site": "same-origin"}))
    assert assuming(call, "include") == call


@pytest.mark.parametrize("name", NAMES)
def test_assuming_nothing_gives_the_verdict_of_the_wire(name: str) -> None:
    for call in judge_all(load(recording(name)).exchanges):
        assert assuming(assuming(call, "include"), "unknown") == call


def test_the_same_traffic_in_another_request_mode_is_another_call() -> None:
    bare: dict[str, str | None] = {"Sec-Fetch-Mode": None, "Sec-Fetch-Site": None, "Sec-Fetch-Dest": None}
    call = only(exchange("POST", url="http://api.test/", got=OPEN, sent=bare))
    for _ in range(2):  # what was concluded of one must not be taken for the other
        assert told(call, "cors", "omit").verdict.outcome == "allowed"
        assert told(call, "no-cors", "omit").verdict.outcome == "opaque"
