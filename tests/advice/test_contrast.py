"""Two calls beside each other."""

from corsinspect.advice.compare.contrast import conclusion, contrast
from corsinspect.analysis import judge_all
from corsinspect.model import Call
from tests.analysis.build import API, GRANT, OPEN, PAGE, exchange, preflight


def told(one: Call, other: Call) -> str:
    return conclusion(one, other, contrast(one, other))


def test_answers_that_differ_in_the_deciding_header_are_named() -> None:
    passed, blocked = judge_all([exchange(got=OPEN), exchange(url=f"{API}/y", at=101.0)])
    assert "answered them differently: Access-Control-Allow-Origin" in told(passed, blocked)
    assert "answered them differently: Access-Control-Allow-Origin" in told(blocked, passed)
    aspect = next(each for each in contrast(passed, blocked) if each.name == "Access-Control-Allow-Origin")
    assert (aspect.one, aspect.other, aspect.differs, aspect.decides) == (PAGE, None, True, True)


def test_equal_answers_point_to_what_was_asked() -> None:
    only_put = {**GRANT, "Access-Control-Allow-Methods": "PUT"}
    passed, blocked = judge_all(
        [
            preflight("PUT", got=only_put),
            exchange("PUT", at=100.1, got=OPEN),
            preflight("DELETE", at=110.0, got=only_put),
        ]
    )
    assert told(passed, blocked).endswith("The requests differ: method.")
    sent = [(each.one, each.other) for each in contrast(passed, blocked) if each.name == "sent"]
    assert sent == [("yes", "no")]


def test_two_that_passed_are_only_told() -> None:
    one, other = judge_all([exchange(got=OPEN), exchange(at=101.0, got=OPEN)])
    assert told(one, other).startswith("The first was allowed")
    assert "differ" not in told(one, other)


def test_a_call_that_cors_never_applied_to_explains_itself() -> None:
    own = exchange(url=f"{PAGE}/x", sent={"Sec-Fetch-Site": "same-origin", "Origin": None})
    one, other = judge_all([own, exchange(at=101.0)])
    assert "CORS never applied" in told(one, other)
