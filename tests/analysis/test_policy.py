"""What a policy opens."""

import pytest

from corsinspect.advice.openings import OPENINGS, opening
from corsinspect.analysis import judge_all
from corsinspect.analysis.across.policy import opens
from tests.analysis.build import PAGE, exchange, preflight

ORIGIN, CREDENTIALS = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"


@pytest.mark.parametrize(
    ("got", "reasons"),
    [
        ({}, ["nothing-open"]),
        ({ORIGIN: "*"}, ["any-origin"]),
        ({ORIGIN: "*", CREDENTIALS: "true"}, ["any-origin-credentials"]),
        ({ORIGIN: PAGE, "Vary": "Accept, origin"}, ["named-origin"]),
        ({ORIGIN: PAGE}, ["named-origin", "vary-missing"]),
        ({ORIGIN: PAGE, CREDENTIALS: "true", "Vary": "*"}, ["named-origin", "credentials"]),
        ({ORIGIN: "null", "Vary": "Origin"}, ["null-origin"]),
        ({ORIGIN: "http://app.test", "Vary": "Origin"}, ["named-origin", "plain-http-origin"]),
        ({ORIGIN: "http://localhost:3000", "Vary": "Origin"}, ["named-origin", "local-origin"]),
    ],
)
def test_what_one_answer_opens(got: dict[str, str], reasons: list[str]) -> None:
    (call,) = judge_all([exchange(got=got)])
    found = opens(call)
    assert [finding.reason for finding in found] == reasons
    assert all(opening(finding).title == OPENINGS[finding.reason].title for finding in found)


def test_an_origin_repeated_to_two_pages_is_reflection() -> None:
    other = "https://elsewhere.test"
    calls = judge_all(
        [
            exchange(got={ORIGIN: PAGE, "Vary": "Origin"}),
            exchange(at=101.0, sent={"Origin": other, "Referer": None}, got={ORIGIN: other, "Vary": "Origin"}),
        ]
    )
    assert [finding.reason for finding in opens(calls[0])] == ["named-origin"]
    assert [finding.reason for finding in opens(calls[0], calls)] == ["origin-reflected"]
    assert other in opening(opens(calls[0], calls)[0]).meaning


def test_wildcards_of_the_preflight_are_told() -> None:
    stars = {ORIGIN: PAGE, "Vary": "Origin", "Access-Control-Allow-Methods": "*", "Access-Control-Allow-Headers": "*"}
    (call,) = judge_all([preflight(got=stars), exchange("PUT", at=100.1, got={ORIGIN: PAGE, "Vary": "Origin"})])
    assert [finding.reason for finding in opens(call)] == ["named-origin", "any-method", "any-header"]


def test_where_cors_has_no_say_nothing_is_told() -> None:
    (call,) = judge_all([exchange(sent={"Sec-Fetch-Mode": "navigate", "Origin": None})])
    assert opens(call) == []
