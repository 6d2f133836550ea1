"""What belongs to one Call: preflights, cached grants, redirect hops, and how its credentials mode is told."""

from typing import ClassVar

import msgspec
import pytest

from corsinspect.analysis import assuming, judge_all, readable_headers, trace
from tests.analysis.build import API, CHROMIUM, FIREFOX, GRANT, OPEN, PAGE, SAFARI, exchange, only, preflight

CREDENTIALS = {"Access-Control-Allow-Credentials": "true"}
OTHER = "https://other.example/y"
CROSS = {"Sec-Fetch-Site": "cross-site"}


class TestCredentials:
    @pytest.mark.parametrize(
        ("sent", "mode", "signal"),
        [
            ({"Cookie": "a=b"}, "include", "cookie"),
            ({**CROSS, "Sec-Fetch-Storage-Access": "none"}, "include", "storage-access"),
            (CROSS, "omit", "no-storage-access"),
            ({"Sec-Fetch-Dest": "font"}, "omit", "destination"),
            ({}, "unknown", None),
        ],
    )
    def test_signals(self, sent: dict[str, str | None], mode: str, signal: str | None) -> None:
        call = only(exchange(sent=sent, got=OPEN))
        assert (call.credentials, call.credentials_signal) == (mode, signal)

    def test_firefox_may_be_set_not_to_send_the_signal(self) -> None:
        told = {**CROSS, "Sec-Fetch-Storage-Access": "none"}
        shown = exchange(url=OTHER, at=99, sent=told, got=OPEN, agent=FIREFOX, id="shown")
        silent = exchange(sent=CROSS, got=OPEN, agent=FIREFOX, id="silent")
        alone = only(silent)
        assert (alone.verdict.outcome, alone.verdict.certainty) == ("allowed", "depends")
        for order in ([shown, silent], [silent, msgspec.structs.replace(shown, started=101.0)]):
            (call,) = (call for call in judge_all(order) if call.id == "silent")
            assert (call.verdict.outcome, call.verdict.certainty) == ("allowed", "likely")
            assert assuming(call, "unknown") == call
        other = msgspec.structs.replace(
            shown, request_headers=(("User-Agent", FIREFOX.replace("X11", "Windows")), *shown.request_headers[1:])
        )
        (call,) = (call for call in judge_all([other, silent]) if call.id == "silent")
        assert call.verdict.certainty == "depends"

    @pytest.mark.parametrize(
        ("agent", "mode"),
        [
            (CHROMIUM, "omit"),
            (CHROMIUM.replace("156", "133"), "omit"),
            (CHROMIUM.replace("156", "132"), "unknown"),
            (CHROMIUM.replace("Chrome/156", "HeadlessChrome/140"), "omit"),
            (FIREFOX.replace("153", "146"), "unknown"),
            (SAFARI, "unknown"),
        ],
    )
    def test_versions_that_never_send_the_signal_say_nothing_by_its_absence(self, agent: str, mode: str) -> None:
        told = {**CROSS, "Sec-Fetch-Storage-Access": "none"}
        shown = exchange(url=OTHER, at=99, sent=told, agent=agent, id="shown")
        calls = judge_all([shown, exchange(sent=CROSS, got=OPEN, agent=agent, id="silent")])
        (call,) = (call for call in calls if call.id == "silent")
        assert (call.credentials, call.verdict.certainty) == (mode, "likely" if mode == "omit" else "depends")

    def test_an_actual_request_proves_what_its_preflight_did_not_grant(self) -> None:
        call = only(preflight(at=100), exchange("PUT", at=100.1, got=OPEN))
        assert (call.credentials, call.credentials_signal, call.verdict.certainty) == (
            "omit",
            "actual-followed",
            "certain",
        )

    def test_an_authorization_that_nobody_asked_for_is_the_browser_s(self) -> None:
        grant = {**GRANT, **CREDENTIALS}
        call = only(preflight(at=100, got=grant), exchange("PUT", at=100.1, sent={"Authorization": "Basic x"}))
        assert (call.credentials, call.credentials_signal) == ("include", "http-auth")

    def test_a_followed_redirect_proves_it_too(self) -> None:
        wild = {"Access-Control-Allow-Origin": "*", "Location": "/z"}
        call = only(exchange(at=100, status=302, got=wild), exchange(url="https://api.test/z", at=100.1, got={**OPEN}))
        assert (call.credentials, call.credentials_signal) == ("omit", "redirect-followed")

    def test_unknown_and_both_the_same_is_certain(self) -> None:
        assert only(exchange(got={**OPEN, **CREDENTIALS})).verdict.certainty == "certain"
        assert only(exchange()).verdict.certainty == "certain"

    def test_unknown_and_different_depends(self) -> None:
        call = only(exchange(got={"Access-Control-Allow-Origin": "*"}))
        (other,) = call.verdict.alternatives
        assert (call.verdict.outcome, call.verdict.certainty) == ("allowed", "depends")
        assert (other.condition, other.outcome) == ({"credentials": "include"}, "blocked")


class TestPreflights:
    def test_a_grant_is_remembered(self) -> None:
        grant = {**GRANT, "Access-Control-Max-Age": "60"}
        first, second = judge_all(
            [
                preflight(at=100, got=grant, id="p"),
                exchange("PUT", at=100.1, got=OPEN),
                exchange("PUT", at=140, got=OPEN),
            ]
        )
        assert (first.preflight, second.preflight, second.preflight_from) == ("sent", "cached", "p")

    @pytest.mark.parametrize(("age", "agent"), [("soon", FIREFOX), ("0", FIREFOX), ("0", CHROMIUM)])
    def test_a_grant_that_is_not_kept_leaves_a_missing_preflight(self, age: str, agent: str) -> None:
        grant = {**GRANT, "Access-Control-Max-Age": age}
        _, second = judge_all(
            [
                preflight(at=100, got=grant, agent=agent),
                exchange("PUT", at=100.1, got=OPEN, agent=agent),
                exchange("PUT", at=100.5, got=OPEN, agent=agent),
            ]
        )
        assert (second.preflight, second.verdict.outcome) == ("missing", "allowed")

    def test_a_preflight_before_the_capture_is_missing(self) -> None:
        assert only(exchange("PUT", got=OPEN)).preflight == "missing"

    def test_a_simple_request_needs_none(self) -> None:
        assert only(exchange(got=OPEN)).preflight == "none"

    def test_a_preflight_of_another_method_or_header_is_another_call(self) -> None:
        calls = judge_all(
            [
                preflight("PUT", at=100, id="a"),
                preflight("DELETE", at=100.01, id="b", got={**GRANT, "Access-Control-Allow-Methods": "DELETE"}),
                preflight("PUT", "x-a", at=100.02, id="c", got={**GRANT, "Access-Control-Allow-Headers": "x-a"}),
                exchange("PUT", at=100.1, sent={"X-A": "1"}, got=OPEN, id="d"),
                exchange("DELETE", at=100.2, got=OPEN, id="e"),
                exchange("PUT", at=100.3, got=OPEN, id="f"),
            ]
        )
        assert {tuple(item.id for item in call.exchanges) for call in calls} == {("a", "f"), ("b", "e"), ("c", "d")}

    def test_a_refused_preflight_is_never_the_one_that_was_followed(self) -> None:
        calls = judge_all(
            [preflight(at=100, status=404, id="a"), preflight(at=100.1, id="b"), exchange("PUT", at=100.2, got=OPEN)]
        )
        assert calls[0].hops[0].request is None
        assert [call.verdict.outcome for call in calls] == ["blocked", "allowed"]

    def test_a_page_s_own_options_is_asked_for_first(self) -> None:
        grant = {**GRANT, "Access-Control-Allow-Methods": "OPTIONS"}
        call = only(preflight("OPTIONS", at=100, got=grant), exchange("OPTIONS", at=100.1, got=OPEN))
        assert (call.method, [role for role, _ in call.roles()]) == ("OPTIONS", ["preflight:0", "actual:0"])


class TestRedirects:
    def test_hops_are_one_call(self) -> None:
        call = only(
            exchange(at=100, status=302, got={**OPEN, "Location": OTHER}),
            exchange(
                url=OTHER, at=100.1, sent={"Origin": "null", **CROSS}, got={"Access-Control-Allow-Origin": "null"}
            ),
        )
        assert [role for role, _ in call.roles()] == ["redirect:0", "actual:1"]
        assert (call.page_origin, call.verdict.outcome, call.verdict.hop) == (PAGE, "allowed", 1)

    def test_a_tainted_origin_is_null(self) -> None:
        call = only(
            exchange(at=100, status=302, got={**OPEN, "Location": OTHER}),
            exchange(url=OTHER, at=100.1, sent={"Origin": "null", **CROSS}, got=OPEN),
        )
        assert (call.verdict.reason, call.verdict.expected, call.verdict.found) == ("origin-mismatch", "null", PAGE)

    def test_each_hop_is_checked(self) -> None:
        call = only(exchange(status=302, got={"Location": OTHER}))
        assert (call.verdict.stage, call.verdict.reason) == ("redirect", "origin-missing")

    def test_a_redirect_nobody_followed_depends_on_the_mode(self) -> None:
        call = only(exchange(status=302, got={**OPEN, **CREDENTIALS, "Location": OTHER}))
        assert (call.verdict.outcome, call.verdict.reason, call.verdict.certainty) == (
            "network-error",
            "redirect-mode-error",
            "depends",
        )
        assert [other.condition for other in call.verdict.alternatives] == [{"redirect": "manual"}]

    def test_a_preflighted_redirect_is_asked_for_again(self) -> None:
        grant = {**GRANT, **CREDENTIALS}
        call = only(
            preflight(at=100, got=grant),
            exchange("PUT", at=100.1, status=307, got={**OPEN, **CREDENTIALS, "Location": "/z"}),
            preflight(url="https://api.test/z", at=100.2, got=grant),
            exchange("PUT", "https://api.test/z", at=100.3, got={**OPEN, **CREDENTIALS}),
        )
        assert [role for role, _ in call.roles()] == ["preflight:0", "redirect:0", "preflight:1", "actual:1"]
        assert call.verdict.outcome == "allowed"

    def test_firefox_tells_the_storage_access_of_a_tainted_hop_in_its_preflight_alone(self) -> None:
        grant, told = {**GRANT, **CREDENTIALS}, {**CROSS, "Sec-Fetch-Storage-Access": "none"}
        call = only(
            preflight(at=100, got=grant, sent=told, agent=FIREFOX),
            exchange(
                "PUT", at=100.1, status=307, got={**OPEN, **CREDENTIALS, "Location": OTHER}, sent=told, agent=FIREFOX
            ),
            preflight(url=OTHER, at=100.2, got=grant, sent=told, agent=FIREFOX),
            exchange(
                "PUT", OTHER, at=100.3, got={**OPEN, **CREDENTIALS}, sent={**CROSS, "Origin": "null"}, agent=FIREFOX
            ),
        )
        assert [role for role, _ in call.roles()] == ["preflight:0", "redirect:0", "preflight:1", "actual:1"]
        assert (call.verdict.outcome, call.verdict.reason) == ("blocked", "origin-mismatch")

    def test_firefox_sends_a_content_type_again_that_a_303_had_taken(self) -> None:
        sent = {"Content-Type": "application/json"}
        get = {**GRANT, "Access-Control-Allow-Methods": "GET", "Access-Control-Allow-Headers": "content-type"}
        call = only(
            preflight("PUT", "content-type", at=100, got={**get, **GRANT}, agent=FIREFOX),
            exchange("PUT", at=100.1, status=303, got={**OPEN, "Location": "/y"}, sent=sent, agent=FIREFOX),
            exchange(url="https://api.test/y", at=100.2, status=307, got={**OPEN, "Location": "/z"}, agent=FIREFOX),
            preflight("GET", "content-type", "https://api.test/z", at=100.3, got=get, agent=FIREFOX),
            exchange(url="https://api.test/z", at=100.4, got=OPEN, sent=sent, agent=FIREFOX),
        )
        assert [role for role, _ in call.roles()][-2:] == ["preflight:2", "actual:2"]
        assert call.verdict.outcome == "allowed"

    def test_a_page_load_is_followed_as_well(self) -> None:
        sent = {"Sec-Fetch-Mode": "navigate", "Origin": None, "Sec-Fetch-Dest": "document"}
        call = only(
            exchange(at=100, status=301, got={"Location": OTHER}, sent=sent),
            exchange(url=OTHER, at=100.1, sent=sent),
        )
        assert (call.kind, len(call.exchanges)) == ("navigation", 2)

    def test_userinfo_is_refused_even_from_the_own_origin(self) -> None:
        own = {"Sec-Fetch-Site": "same-origin", "Origin": None}
        call = only(exchange(url=f"{PAGE}/a", status=302, sent=own, got={"Location": "https://u:p@api.test/"}))
        assert (call.verdict.outcome, call.verdict.reason) == ("blocked", "redirect-credentials")

    @pytest.mark.parametrize("page", ["http://api.test", "http://app.test"])
    def test_a_no_cors_request_would_follow_a_redirect_to_userinfo(self, page: str) -> None:
        """Over plain http the mode isn't seen: that nothing followed shows that it was cors."""
        sent = {**dict.fromkeys(("Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-Dest")), "Origin": None}
        own = {**sent, "Referer": f"{page}/"} if page == "http://api.test" else {**sent, "Origin": page}
        got = {"Access-Control-Allow-Origin": page, **CREDENTIALS, "Location": "http://u:p@other.test/"}
        method = "GET" if page == "http://api.test" else "POST"
        call = only(exchange(method, "http://api.test/x", status=302, sent=own, got=got))
        assert (call.verdict.reason, call.verdict.certainty) == ("redirect-credentials", "certain")

    def test_twenty_are_the_limit(self) -> None:
        loop = [
            exchange(at=100 + number / 10, status=302, got={**OPEN, **CREDENTIALS, "Location": API})
            for number in range(21)
        ]
        call = only(*loop)
        assert (len(call.hops), call.verdict.outcome, call.verdict.reason) == (21, "network-error", "redirect-limit")

    def test_back_to_the_own_origin_still_needs_the_headers(self) -> None:
        call = only(
            exchange(at=100, status=302, got={**OPEN, **CREDENTIALS, "Location": f"{PAGE}/z"}),
            exchange(url=f"{PAGE}/z", at=100.1, sent={"Origin": "null"}),
        )
        assert (call.verdict.outcome, call.verdict.reason) == ("blocked", "origin-missing")


class TestNoCors:
    SENT: ClassVar = {"Sec-Fetch-Mode": "no-cors", "Origin": None}

    @pytest.mark.parametrize(
        ("policy", "url", "outcome"),
        [
            ("same-origin", API, "blocked"),
            ("same-site", API, "opaque"),
            ("same-site", OTHER, "blocked"),
            ("cross-origin", OTHER, "opaque"),
            ("junk", OTHER, "opaque"),
            ("same-origin, same-origin", OTHER, "opaque"),
        ],
    )
    def test_a_resource_policy_is_not_cors(self, policy: str, url: str, outcome: str) -> None:
        page = {"Referer": "https://www.api.test/"} if url == API else {}
        call = only(exchange(url=url, sent={**self.SENT, **page}, got={"Cross-Origin-Resource-Policy": policy}))
        assert (call.kind, call.verdict.outcome) == ("no-cors", outcome)
        assert call.verdict.reason == ("corp" if outcome == "blocked" else None)

    def test_a_secure_resource_refuses_an_insecure_page_of_its_site(self) -> None:
        sent = {**self.SENT, "Referer": "http://www.api.test/"}
        call = only(exchange(sent=sent, got={"Cross-Origin-Resource-Policy": "same-site"}))
        assert call.verdict.reason == "corp"

    def test_a_script_of_the_wrong_type_is_refused(self) -> None:
        got = {"X-Content-Type-Options": "nosniff", "Content-Type": "text/plain"}
        call = only(exchange(sent={**self.SENT, "Sec-Fetch-Dest": "script"}, got=got))
        assert (call.verdict.outcome, call.verdict.reason) == ("network-error", "mime")
        got["Content-Type"] = "text/javascript"
        assert only(exchange(sent={**self.SENT, "Sec-Fetch-Dest": "script"}, got=got)).verdict.outcome == "opaque"


@pytest.mark.parametrize(
    ("status", "masked"),
    [
        (500, "server-error"),
        (502, "server-error"),
        (401, "unauthorized"),
        (403, "forbidden"),
        (404, "not-found"),
        (405, "method-not-supported"),
        (413, "too-large"),
        (429, "rate-limited"),
        (418, "client-error"),
        (200, None),
        (302, None),
    ],
)
def test_what_a_missing_header_hides(status: int, masked: str | None) -> None:
    assert only(exchange(status=status)).masked == masked


def test_a_mismatch_hides_the_error_too() -> None:
    """Once the header is right, the page meets the error all the same."""
    assert only(exchange(status=500, got={"Access-Control-Allow-Origin": "https://b.test"})).masked == "server-error"


class TestTrace:
    def steps(self, *exchanges) -> list[tuple[str, str]]:
        return [(step.name, step.state) for step in trace(only(*exchanges))]

    def test_a_refused_preflight(self) -> None:
        got = {"Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Methods": "GET"}
        assert self.steps(preflight("PUT", "x-a", got=got)) == [
            ("cross-origin", "ok"),
            ("preflight-needed", "ok"),
            ("preflight-sent", "ok"),
            ("status", "ok"),
            ("allow-origin", "ok"),
            ("allow-credentials", "skipped"),
            ("allow-methods", "failed"),
            ("allow-headers", "would-fail"),
            ("request-sent", "not-reached"),
        ]

    def test_a_check_not_yet_made_would_pass(self) -> None:
        got = {"Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Headers": "x-a"}
        steps = dict(self.steps(preflight("PUT", "x-a", got=got)))
        assert (steps["allow-methods"], steps["allow-headers"]) == ("failed", "would-pass")

    def test_an_allowed_preflighted_call(self) -> None:
        steps = self.steps(preflight(at=100), exchange("PUT", at=100.1, got=OPEN))
        assert steps[-4:] == [
            ("request-sent", "ok"),
            ("allow-origin", "ok"),
            ("allow-credentials", "skipped"),
            ("expose-headers", "skipped"),
        ]

    def test_what_was_needed_and_found_is_there(self) -> None:
        call = only(preflight("PUT", got={**GRANT, "Access-Control-Allow-Methods": "GET"}))
        (step,) = (step for step in trace(call) if step.state == "failed")
        assert (step.header, step.needed, step.found, step.reason, step.stage) == (
            "Access-Control-Allow-Methods",
            "PUT",
            "GET",
            "method-not-allowed",
            "preflight",
        )

    def test_why_a_preflight_was_needed(self) -> None:
        def why(*exchanges) -> str | None:
            return next(step.reason for step in trace(only(*exchanges)) if step.name == "preflight-needed")

        assert why(preflight("PUT")) == "method"
        assert why(preflight("POST", "x-a")) == "headers"
        assert why(preflight("POST")) == "forced"
        assert why(exchange(got=OPEN)) == "none"
        assert why(exchange("PUT", got=OPEN)) == "missing"

    def test_where_cors_has_no_say_the_trace_says_why(self) -> None:
        (step, sent) = trace(only(exchange(sent={"Sec-Fetch-Mode": "navigate"})))
        assert (step.name, step.state, step.reason, sent.name) == (
            "cross-origin",
            "skipped",
            "navigation",
            "request-sent",
        )

    def test_a_server_that_is_down_ends_it(self) -> None:
        assert self.steps(exchange(failed="refused"))[-1] == ("request-sent", "failed")
        assert self.steps(preflight(failed="refused"))[-2:] == [
            ("preflight-sent", "failed"),
            ("request-sent", "not-reached"),
        ]


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ({"Access-Control-Allow-Origin": "*"}, ["content-type", "x-a"]),
        (OPEN, ["content-type", "x-a"]),
        ({**OPEN, **CREDENTIALS}, ["content-type"]),
    ],
    ids=["any origin", "no credentials", "credentials"],
)
def test_everything_is_exposed_only_where_there_were_no_credentials_for_sure(
    answer: dict[str, str], names: list[str]
) -> None:
    lines = {"Content-Type": "a/b", "X-A": "1", "Access-Control-Expose-Headers": "*", **answer}
    call = only(exchange(got=lines))
    assert call.credentials == "unknown"
    assert [name for name in readable_headers(call) if not name.startswith("access-")] == names


@pytest.mark.parametrize(("hop", "stage"), [(0, "redirect"), (1, "actual")])
def test_a_resource_policy_may_refuse_the_redirect_itself(hop: int, stage: str) -> None:
    sent = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image", "Origin": None}
    policy = {"Cross-Origin-Resource-Policy": "same-origin"}
    got = [{"Location": OTHER}, {}]
    got[hop] = {**got[hop], **policy}
    chain = [exchange(at=100, status=302, sent=sent, got=got[0]), exchange(url=OTHER, at=100.1, sent=sent, got=got[1])]
    call = only(*chain[: hop + 1])
    assert (call.verdict.reason, call.verdict.stage, call.verdict.hop) == ("corp", stage, hop)


def test_a_refused_header_hides_a_wildcard_that_credentials_would_void() -> None:
    """Both modes are refused, each at another check: the answer that grants credentials doesn't grant the method."""
    got = {
        "Access-Control-Allow-Origin": PAGE,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "*",
        "Access-Control-Allow-Headers": "x-b",
    }
    (call,) = judge_all([preflight("PUT", "x-a", got=got)])
    assert call.verdict.reason == "header-not-allowed"
    assert [other.reason for other in call.verdict.alternatives] == ["method-not-allowed"]
