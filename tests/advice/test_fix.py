"""The header fix makes its Call pass in every engine, and opens nothing else."""

from collections.abc import Iterator
from functools import cache

import msgspec
import pytest

from corsinspect.advice.fix import FIXABLE, AnswerFix, Fix, PreflightFix, cautions, fix, fixed_headers
from corsinspect.analysis import judge_all
from corsinspect.fetch.headers import combined, token_list
from corsinspect.fetch.origin import potentially_trustworthy
from corsinspect.fetch.redirect import Target, follow, location
from corsinspect.model import Call, Exchange, HeaderList
from corsinspect.session import load
from tests.analysis.build import API, GRANT, OPEN, PAGE, as_if_alone, exchange, only, preflight
from tests.corpus import NAMES, recording

CREDENTIALS = {"Access-Control-Allow-Credentials": "true"}
PREFLIGHT_ONLY = ("access-control-request-method", "access-control-request-headers")


@cache
def calls_of(name: str) -> list[Call]:
    return judge_all(load(recording(name)).exchanges)


def blocked_calls(name: str) -> list[Call]:
    return [call for call in calls_of(name) if call.verdict.outcome == "blocked" and call.verdict.reason in FIXABLE]


def with_fix(call: Call, change: Fix) -> list[Exchange]:
    """The Call's exchanges once the server answers as the fix says; an actual request that was never sent is, now, and
    gets a bare 200 with the fix's headers."""
    hop = call.hops[call.verdict.hop]
    done: list[Exchange] = [stored for each in call.hops if (stored := each.stored) is not None]
    for each in as_if_alone(call):
        if hop.preflight is not None and each.id == hop.preflight.id and change.preflight is not None:
            headers = fixed_headers(each.response_headers, change.preflight)
            status = each.status if change.preflight.status is None else change.preflight.status
            each = msgspec.structs.replace(each, status=status, response_headers=headers)
        elif hop.request is not None and each.id == hop.request.id and change.actual is not None:
            each = msgspec.structs.replace(each, response_headers=fixed_headers(each.response_headers, change.actual))
        done.append(each)
    if hop.request is None and hop.preflight is not None:
        assert change.actual is not None
        done.append(sent_after(call, done[-1], fixed_headers((), change.actual)))
    return done


def sent_after(call: Call, asked: Exchange, headers: HeaderList) -> Exchange:
    """The request that a granted preflight was for."""
    origin = combined(asked.request_headers, "origin") or ""
    if call.verdict.hop and any(line == ("Access-Control-Allow-Origin", "null") for line in headers):
        origin = "null"
    kept = [line for line in asked.request_headers if line[0].lower() not in (*PREFLIGHT_ONLY, "origin")]
    names = (combined(asked.request_headers, "access-control-request-headers") or "").split(",")
    present = {name.lower() for name, _ in kept}
    kept += [(name, "application/json") for name in names if name and name not in present]
    if call.credentials == "include":
        kept.append(("Cookie", "a=b"))
    return next_exchange(
        asked,
        url=asked.url,
        method=combined(asked.request_headers, "access-control-request-method") or "",
        request_headers=(*kept, ("Origin", origin)),
        response_headers=headers,
    )


def next_exchange(before: Exchange, **fields) -> Exchange:
    at = (before.answered or before.started) + 0.01
    return msgspec.structs.replace(
        before, id=f"{before.id}+", started=at, answered=at + 0.01, ended=at + 0.01, status=200, **fields
    )


def after_redirect(call: Call, redirect: Exchange) -> Exchange:
    """The request that the redirect leads to, with a bare 200."""
    target = follow(
        redirect.url,
        location(redirect.status, redirect.response_headers) or "",
        redirect.status or 0,
        redirect.method or "",
        call.page_origin,
        combined(redirect.request_headers, "origin") == "null",
        True,
    )
    assert isinstance(target, Target)
    kept = [line for line in redirect.request_headers if line[0].lower() not in ("origin", "cookie", "authorization")]
    origin = "null" if target.tainted else call.page_origin or ""
    if potentially_trustworthy(target.url.origin) and combined(kept, "sec-fetch-mode") is None:
        kept += [("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Dest", "empty")]
    return next_exchange(
        redirect,
        url=target.url.href,
        method=target.method,
        request_headers=(*kept, ("Origin", origin)),
        response_headers=(),
    )


def judged(call: Call, exchanges: list[Exchange]) -> Call:
    """The Call anew; all of its exchanges, but for stored answers, are still one Call."""
    (again,) = [other for other in judge_all(exchanges) if other.id == call.id]
    stored = {each.stored.id for each in call.hops if each.stored is not None}
    assert {item.id for item in again.exchanges} == {item.id for item in exchanges} - stored
    return again


def assert_allowed(call: Call) -> None:
    assert call.verdict.outcome == "allowed", (call.url, call.verdict)
    assert call.verdict.engines is not None
    # no header changes what WebKit does without CORS: http://localhost is mixed content there, and a font isn't checked
    checked = [engine for engine in call.verdict.engines.values() if engine.reason != "mixed-content"]
    assert {engine.outcome for engine in checked} - ({"opaque"} if is_font(call) else set()) == {"allowed"}


def is_font(call: Call) -> bool:
    return combined(call.exchanges[0].request_headers, "sec-fetch-dest") == "font"


@pytest.mark.parametrize("name", NAMES)
def test_the_fix_makes_every_mendable_call_of_the_corpus_pass(name: str) -> None:
    for call in blocked_calls(name):
        change = fix(call)
        assert change is not None, (call.url, call.verdict)
        again = judged(call, with_fix(call, change))
        if call.verdict.stage != "redirect":
            assert_allowed(again)
            continue
        # the redirect itself is let through; each answer further on is fixed in its turn
        for _ in range(4):
            if again.verdict.outcome == "allowed":
                break
            if again.verdict.reason == "redirect-mode-error":
                exchanges = [*again.exchanges, after_redirect(again, again.exchanges[-1])]
            else:
                change = fix(again)
                assert change is not None, (again.url, again.verdict)
                exchanges = with_fix(again, change)
            again = judged(call, exchanges)
        assert_allowed(again)


@pytest.mark.parametrize("name", NAMES)
def test_no_other_call_of_the_corpus_gets_a_fix(name: str) -> None:
    for call in calls_of(name):
        if call.verdict.outcome != "blocked" or call.verdict.reason not in FIXABLE:
            assert fix(call) is None


def test_the_corpus_has_every_mendable_reason() -> None:
    assert {call.verdict.reason for name in NAMES for call in blocked_calls(name)} == FIXABLE


def changes(call: Call) -> Iterator[tuple[Exchange | None, AnswerFix | PreflightFix]]:
    """Each change of a Call's fix, with the exchange that it is for."""
    change, hop = fix(call), call.hops[call.verdict.hop]
    if change is None:
        return
    if change.preflight is not None:
        yield hop.preflight, change.preflight
    if change.actual is not None:
        yield hop.request or hop.preflight, change.actual


@pytest.mark.parametrize("name", NAMES)
def test_no_fix_opens_more_than_its_call_asked_for(name: str) -> None:
    for call in blocked_calls(name):
        for asked, change in changes(call):
            assert asked is not None
            sent = asked.request_headers
            assert "*" not in ",".join(change.set.values())
            origin = change.set.get("Access-Control-Allow-Origin")
            assert origin in (None, combined(sent, "origin"), "null" if call.verdict.hop else None)
            methods = set(token_list(change.set.get("Access-Control-Allow-Methods")) or ())
            assert methods <= {combined(sent, "access-control-request-method")}
            names = set(token_list(change.set.get("Access-Control-Allow-Headers")) or ())
            assert names <= set(token_list(combined(sent, "access-control-request-headers")) or ())
            used = call.needs_credentials or "credentials" in (call.verdict.reason or "")
            assert used or "Access-Control-Allow-Credentials" not in change.set
            if origin is not None:
                answer = asked.response_headers if asked in call.exchanges else ()
                vary = change.set.get("Vary") or combined(answer, "vary") or ""
                assert "origin" in vary.lower()
            assert set(change.set) | set(change.remove) <= {
                "Vary",
                "Access-Control-Allow-Origin",
                "Access-Control-Allow-Credentials",
                "Access-Control-Allow-Methods",
                "Access-Control-Allow-Headers",
            }


@pytest.mark.parametrize("name", NAMES)
def test_every_part_of_a_fix_is_needed(name: str) -> None:
    for call in blocked_calls(name):
        change = fix(call)
        if change is None or call.verdict.stage == "redirect":
            continue
        for smaller in without_one_part(change):
            if call.server_shown is not None and not allows_credentials(smaller):
                continue  # the call alone doesn't show that it needs them, another one of its page does
            outcomes = {again.verdict.outcome for again in judge_all(with_fix(call, smaller))}
            assert outcomes != {"allowed"}, (call.url, call.verdict, smaller)


def allows_credentials(change: Fix) -> bool:
    parts = [part for part in (change.preflight, change.actual) if part is not None]
    return all("Access-Control-Allow-Credentials" in part.set for part in parts)


def without_one_part(change: Fix) -> Iterator[Fix]:
    """The fix with one header less, Vary excepted, which no browser looks at."""
    for part in ("preflight", "actual"):
        whole: AnswerFix | PreflightFix | None = getattr(change, part)
        for name in () if whole is None else whole.set:
            if name != "Vary" and whole is not None:
                less = {key: value for key, value in whole.set.items() if key != name}
                yield msgspec.structs.replace(change, **{part: msgspec.structs.replace(whole, set=less)})


def test_a_preflight_that_says_nothing_is_told_everything() -> None:
    call = only(preflight("PUT", "authorization,content-type", status=404, got={"Vary": "Accept-Encoding"}))
    assert fix(call) == Fix(
        preflight=PreflightFix(
            status=204,
            set={
                "Access-Control-Allow-Origin": PAGE,
                "Access-Control-Allow-Methods": "PUT",
                "Access-Control-Allow-Headers": "authorization, content-type",
                "Vary": "Accept-Encoding, Origin",
            },
            remove=[],
        ),
        actual=AnswerFix(set={"Access-Control-Allow-Origin": PAGE, "Vary": "Origin"}, remove=[]),
    )


def test_what_the_server_says_rightly_is_left_alone() -> None:
    change = fix(only(preflight("DELETE", got=GRANT | {"Vary": "Origin"}, status=200)))
    assert change is not None and change.preflight is not None
    assert (change.preflight.status, change.preflight.set) == (None, {"Access-Control-Allow-Methods": "DELETE"})


def test_a_malformed_list_that_nobody_needs_is_taken_away() -> None:
    change = fix(only(preflight(got=GRANT | {"Access-Control-Allow-Headers": "x; y", "Vary": "Origin"})))
    assert change is not None and change.preflight is not None
    assert (change.preflight.set, change.preflight.remove) == ({}, ["Access-Control-Allow-Headers"])


def test_a_simple_request_needs_no_preflight() -> None:
    change = fix(only(exchange(got={})))
    assert change == Fix(
        preflight=None, actual=AnswerFix(set={"Access-Control-Allow-Origin": PAGE, "Vary": "Origin"}, remove=[])
    )


def test_credentials_are_granted_where_they_are_used() -> None:
    call = only(exchange(got={"Access-Control-Allow-Origin": "*"}, sent={"Cookie": "a=b"}))
    change = fix(call)
    assert change is not None and change.actual is not None
    assert change.actual.set == {"Access-Control-Allow-Origin": PAGE, "Vary": "Origin"} | CREDENTIALS
    assert cautions(call, change) == []


def test_credentials_that_only_silence_tells_of_are_granted_on_both_answers() -> None:
    call = only(preflight(got=GRANT))
    change = fix(call)
    assert call.verdict.reason == "credentials-not-true"
    assert change is not None and change.preflight is not None and change.actual is not None
    assert change.preflight.set == {"Vary": "Origin"} | CREDENTIALS
    assert change.actual.set == {"Access-Control-Allow-Origin": PAGE, "Vary": "Origin"} | CREDENTIALS


def test_credentials_that_nothing_tells_of_are_not_granted_but_mentioned() -> None:
    call = only(exchange(got={}))
    change = fix(call)
    assert call.credentials == "unknown" and change is not None and change.actual is not None
    assert "Access-Control-Allow-Credentials" not in change.actual.set
    assert cautions(call, change) == ["credentials-unknown"]


def test_a_wildcard_that_stands_in_the_way_of_nothing_stays() -> None:
    got = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "POST"}
    change = fix(only(preflight("PATCH", got=got)))
    assert change is not None and change.preflight is not None
    assert change.preflight.set == {"Access-Control-Allow-Methods": "PATCH"}


def test_authorization_is_named_where_a_wildcard_seemed_to_cover_it() -> None:
    got = {**OPEN, "Access-Control-Allow-Headers": "*"}
    change = fix(only(preflight("PUT", "authorization,x-a", got=got)))
    assert change is not None and change.preflight is not None
    assert change.preflight.set["Access-Control-Allow-Headers"] == "authorization, x-a"


def test_a_page_without_an_origin_is_named_null_with_a_caution() -> None:
    call = only(exchange(got={}, sent={"Origin": "null", "Sec-Fetch-Site": "cross-site", "Referer": None}))
    change = fix(call)
    assert change is not None and change.actual is not None
    assert change.actual.set["Access-Control-Allow-Origin"] == "null"
    assert "null-origin" in cautions(call, change)


def test_what_a_304_leaves_unsaid_is_read_in_the_stored_answer() -> None:
    stored = exchange(at=1, got={"ETag": "x", "Vary": "Accept", "Access-Control-Allow-Origin": "https://b.test"})
    again = exchange(at=2, status=304, sent={"If-None-Match": "x"})
    _, call = judge_all([stored, again])
    change = fix(call)
    assert change is not None and change.actual is not None
    assert change.actual.set == {"Access-Control-Allow-Origin": PAGE, "Vary": "Accept, Origin"}


@pytest.mark.parametrize(
    "sent",
    [
        {"Origin": "https://a.test\r\nSet-Cookie: x=y"},
        {"Origin": "https://a.test/"},
        {"Access-Control-Request-Method": "PUT\r\nX: y"},
        {"Access-Control-Request-Headers": "x-a,x\x1b[2J"},
    ],
    ids=lambda sent: next(iter(sent)),
)
def test_what_no_browser_sends_is_never_written_into_a_header(sent: dict[str, str]) -> None:
    call = only(preflight("PUT", "x-a", got={}, sent=sent))
    assert call.verdict.outcome == "blocked"
    assert fix(call) is None


@pytest.mark.parametrize("vary", ["*", "origin", "Accept, ORIGIN"])
def test_a_vary_that_covers_the_origin_stays(vary: str) -> None:
    change = fix(only(exchange(got={"Vary": vary})))
    assert change is not None and change.actual is not None
    assert "Vary" not in change.actual.set


def test_redirects_and_dead_servers_are_no_matter_of_headers() -> None:
    redirected = only(preflight(status=301, got={"Location": f"{API}/", **OPEN}))
    dead = only(exchange(failed="refused"))
    assert [call.verdict.reason for call in (redirected, dead)] == ["preflight-redirect", "refused"]
    assert [fix(call) for call in (redirected, dead)] == [None, None]


def test_a_fix_reads_as_the_contract_has_it() -> None:
    change = fix(only(preflight(got={}, status=405)))
    assert msgspec.to_builtins(change) == {
        "preflight": {
            "status": 204,
            "set": {
                "Access-Control-Allow-Origin": PAGE,
                "Access-Control-Allow-Methods": "PUT",
                "Vary": "Origin",
            },
            "remove": [],
        },
        "actual": {"set": {"Access-Control-Allow-Origin": PAGE, "Vary": "Origin"}, "remove": []},
    }


def test_header_lines_change_as_the_fix_says() -> None:
    lines = (("ACCESS-control-allow-origin", "a"), ("X", "1"), ("Access-Control-Allow-Origin", "b"), ("Y", "2"))
    done = fixed_headers(lines, AnswerFix(set={"Access-Control-Allow-Origin": "c"}, remove=["y"]))
    assert list(done) == [("X", "1"), ("Access-Control-Allow-Origin", "c")]


def test_a_fix_allows_credentials_that_another_call_of_the_page_to_this_server_proved() -> None:
    proof = exchange(url="https://api.test/login", at=90, sent={"Cookie": "sid=1"}, got={}, id="proof")
    calls = {call.id: call for call in judge_all([proof, exchange(at=100, got={}, id="other")])}
    call = calls["other"]
    assert call.credentials == "unknown" and call.verdict.reason == "origin-missing"
    assert call.server_shown is not None and call.server_shown.call == "proof"
    found = fix(call)
    assert found is not None and found.actual is not None
    assert found.actual.set["Access-Control-Allow-Origin"] == PAGE
    assert found.actual.set["Access-Control-Allow-Credentials"] == "true"
    assert cautions(call, found) == []


def test_it_does_not_where_they_were_proved_to_another_server_or_before_the_page_was_loaded_anew() -> None:
    elsewhere = exchange(url="https://other.test/login", at=90, sent={"Cookie": "sid=1"}, got={}, id="proof")
    proof = exchange(url="https://api.test/login", at=90, sent={"Cookie": "sid=1"}, got={}, id="proof")
    sent = {"Origin": None, "Referer": None, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}
    load = exchange(url=f"{PAGE}/", at=95, sent=sent, id="load")
    for before in ([elsewhere], [proof, load]):
        calls = {call.id: call for call in judge_all([*before, exchange(at=100, got={}, id="other")])}
        found = fix(calls["other"])
        assert found is not None and found.actual is not None
        assert "Access-Control-Allow-Credentials" not in found.actual.set
