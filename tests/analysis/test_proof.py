"""What a request or an answer proves, and what it only suggests."""

from collections.abc import Mapping
from typing import ClassVar

import msgspec
import pytest

from corsinspect.analysis import judge_all, trace
from tests.analysis.build import API, CHROMIUM, FIREFOX, GRANT, PAGE, exchange, only, preflight

PLAIN: Mapping[str, str | None] = {
    "Sec-Fetch-Mode": None,
    "Sec-Fetch-Site": None,
    "Sec-Fetch-Dest": None,
    "Referer": None,
}
"""What plain http leaves out."""
NULL = {**PLAIN, "Origin": "null"}


class TestOpaqueOriginOverPlainHttp:
    @pytest.mark.parametrize(
        ("got", "outcome"), [({}, "blocked"), ({"Access-Control-Allow-Origin": "null"}, "allowed")]
    )
    def test_null_does_not_prove_cors_in_chromium(self, got: dict[str, str], outcome: str) -> None:
        verdict = only(exchange(url="http://api.test/x", sent=NULL, got=got)).verdict
        assert (verdict.outcome, verdict.certainty) == (outcome, "depends")
        assert [(other.condition, other.outcome) for other in verdict.alternatives][-1] == (
            {"mode": "no-cors"},
            "opaque",
        )

    @pytest.mark.parametrize(
        ("sent", "agent"),
        [
            ({"Authorization": "Bearer x"}, CHROMIUM),  # no no-cors request has it
            ({"Origin": PAGE}, CHROMIUM),
            ({}, FIREFOX),
            ({"Sec-Fetch-Mode": "cors"}, CHROMIUM),
        ],
    )
    def test_it_is_cors_where_nothing_else_sends_that(self, sent: Mapping[str, str | None], agent: str) -> None:
        verdict = only(exchange(url="http://api.test/x", sent={**NULL, **sent}, agent=agent)).verdict
        assert (verdict.outcome, verdict.certainty) == ("blocked", "certain")

    def test_a_later_hop_of_a_cors_request_stays_one(self) -> None:
        got = {"Access-Control-Allow-Origin": PAGE, "Location": "http://c.test/"}
        first = exchange(at=100, url="http://b.test/", sent=PLAIN, status=302, got=got)
        (call,) = judge_all([first, exchange(at=100.1, url="http://c.test/", sent=NULL)])
        assert (call.verdict.outcome, call.verdict.certainty) == ("blocked", "certain")


class TestOriginThatIsNotTheTargets:
    SENT: Mapping[str, str | None] = {"Origin": "null", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "script"}
    """A module script of a sandboxed frame, whose document came from the same server."""

    @pytest.mark.parametrize(
        ("got", "outcome"), [({}, "blocked"), ({"Access-Control-Allow-Origin": "null"}, "allowed")]
    )
    def test_it_is_checked_whatever_the_referer_says(self, got: dict[str, str], outcome: str) -> None:
        call = only(exchange(url=f"{PAGE}/m.js", sent=self.SENT, got=got))
        # how sure it is follows from what tells the credentials mode
        assert (call.verdict.outcome, call.verdict.certainty) == (outcome, "likely")
        states = {step.name: step.state for step in trace(call)}
        assert states["cross-origin"] == "ok"
        assert states["allow-origin"] == ("failed" if outcome == "blocked" else "ok")


class TestNothingSaysWhoAsked:
    """Plain http, and neither Origin nor Referer nor Sec-Fetch-*."""

    SENT: Mapping[str, str | None] = {**PLAIN, "Origin": None}

    def test_it_is_the_page_s_own_server_or_a_no_cors_load(self) -> None:
        call = only(exchange(url="http://api.test/x", sent=self.SENT))
        assert (call.kind, call.verdict.outcome, call.verdict.certainty) == ("same-origin", "not-cors", "likely")

    def test_one_that_leaves_the_server_is_a_no_cors_load(self) -> None:
        first = exchange(at=100, url="http://b.test/", sent=self.SENT, status=302, got={"Location": "http://c.test/"})
        (call,) = judge_all([first, exchange(at=100.1, url="http://c.test/", sent=self.SENT)])
        assert (call.kind, call.verdict.outcome) == ("no-cors", "opaque")

    def test_a_known_no_cors_load_is_opaque(self) -> None:
        sent = {**self.SENT, "Sec-Fetch-Mode": "no-cors"}
        assert only(exchange(url="http://api.test/x", sent=sent)).verdict.outcome == "opaque"


class TestCredentialsGrantedOnTheWay:
    GRANTED: ClassVar = {"Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Credentials": "true"}

    @pytest.mark.parametrize(
        ("got", "outcome", "other"),
        [
            ({"Access-Control-Allow-Origin": "*"}, "allowed", "include"),
            ({"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Credentials": "true"}, "blocked", "omit"),
        ],
    )
    def test_they_count_only_where_the_last_answer_grants_them(
        self, got: dict[str, str], outcome: str, other: str
    ) -> None:
        first = exchange(at=100, status=302, got={**self.GRANTED, "Location": "/z"})
        (call,) = judge_all([first, exchange(url="https://api.test/z", at=100.1, got=got)])
        assert (call.verdict.outcome, call.verdict.certainty) == (outcome, "depends")
        assert [alternative.condition for alternative in call.verdict.alternatives] == [{"credentials": other}]


@pytest.mark.parametrize(
    ("method", "names", "version", "outcome"),
    [
        ("POST", None, "HTTP/2.0", "unknown no-actual-seen"),
        ("POST", None, "HTTP/1.1", "network-error upload-needs-http2"),
        ("POST", "x-a", "HTTP/1.1", "blocked credentials-not-true"),
        ("PUT", None, "HTTP/1.1", "blocked credentials-not-true"),
    ],
)
def test_a_granted_preflight_for_an_upload_alone_shows_no_credentials(
    method: str, names: str | None, version: str, outcome: str
) -> None:
    got = {**GRANT, "Access-Control-Allow-Headers": "x-a"}
    asked = msgspec.structs.replace(preflight(method, names, got=got), http_version=version)
    verdict = only(asked).verdict
    assert (f"{verdict.outcome} {verdict.reason}", verdict.certainty) == (outcome, "likely")


def test_another_reason_with_credentials_is_an_alternative() -> None:
    verdict = only(preflight(got={"Access-Control-Allow-Origin": "*"})).verdict
    assert (verdict.outcome, verdict.certainty, verdict.reason) == ("blocked", "certain", "method-not-allowed")
    assert [(other.condition, other.outcome, other.reason) for other in verdict.alternatives] == [
        ({"credentials": "include"}, "blocked", "origin-wildcard-with-credentials")
    ]


def test_firefox_leaves_storage_access_out_of_redirected_hops() -> None:
    cross = {"Sec-Fetch-Site": "cross-site"}
    got = {"Access-Control-Allow-Origin": "*"}
    shown = exchange(at=90, url=f"{API}/shown", sent={**cross, "Sec-Fetch-Storage-Access": "none"}, agent=FIREFOX)
    own = {"Sec-Fetch-Site": "same-origin", "Origin": None}
    first = exchange(at=100, url=f"{PAGE}/a", status=302, sent=own, got={"Location": API}, agent=FIREFOX)
    later = exchange(at=100.1, sent=cross, got=got, agent=FIREFOX)
    assert judge_all([shown, first, later])[-1].credentials == "unknown"
    assert judge_all([shown, later])[-1].credentials == "omit"


def test_storage_access_on_a_no_cors_load_proves_no_credentials() -> None:
    sent = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Storage-Access": "none"}
    assert only(exchange(sent={**sent, "Origin": None, "Sec-Fetch-Dest": "image"})).credentials == "unknown"
