"""What a simulated call would have come to by the server's own answers."""

import msgspec

from corsinspect.analysis import by_server, trace
from corsinspect.model import Exchange
from tests.analysis.build import API, FIREFOX, GRANT, OPEN, PAGE, exchange, only, preflight

CREDENTIALS = {"Access-Control-Allow-Credentials": "true"}


def instead(own: dict[str, str], seen: Exchange, status: int | None = None) -> Exchange:
    """The exchange, as it is delivered, where the server itself answered this."""
    return msgspec.structs.replace(
        seen,
        server_status=seen.status if status is None else status,
        server_headers=tuple(own.items()),
        by_proxy=status is not None,
    )


def test_nothing_changes_where_nothing_was_simulated() -> None:
    call = only(exchange(got=OPEN))

    assert by_server(call) is call
    assert call.verdict.outcome == "allowed"


def test_what_only_our_headers_let_through_is_not_allowed() -> None:
    call = only(instead({}, exchange(got=OPEN)))

    assert (call.verdict.outcome, call.verdict.reason) == ("simulated", None)
    own = by_server(call)
    assert (own.id, own.verdict.outcome, own.verdict.reason) == (call.id, "blocked", "origin-missing")
    assert own.exchanges[0].response_headers == ()
    assert not own.simulated


def test_a_preflight_that_the_server_refuses_ends_the_call_there() -> None:
    call = only(instead(GRANT, preflight(), 405), instead({}, exchange("PUT", at=100.1, got=OPEN)))

    own = by_server(call)

    assert call.verdict.outcome == "simulated"
    assert (own.verdict.reason, own.verdict.stage, own.verdict.status) == ("preflight-status", "preflight", 405)
    assert own.hops[0].request is None and own.let_through
    assert [step.name for step in trace(own) if step.state == "failed"] == ["status"]


def test_a_server_that_is_mended_meanwhile_allows_the_call_itself() -> None:
    call = only(instead(GRANT, preflight()), instead(OPEN, exchange("PUT", at=100.1, got=OPEN)))

    assert call.verdict.outcome == "simulated"
    assert by_server(call).verdict.outcome == "allowed"


def test_the_credentials_that_the_request_showed_count_at_the_preflight() -> None:
    asked = instead(GRANT, preflight(got=GRANT | CREDENTIALS))
    sent = instead(OPEN, exchange("PUT", at=100.1, got=OPEN | CREDENTIALS, sent={"Cookie": "a=b"}))
    call = only(asked, sent)

    own = by_server(call)

    assert call.verdict.outcome == "simulated"
    assert (own.verdict.reason, own.verdict.stage) == ("credentials-not-true", "preflight")
    assert own.credentials == "include"


def test_a_redirect_that_the_server_does_not_share_ends_the_call_there() -> None:
    first = instead({"Location": "/y"}, exchange(status=302, got={**OPEN, "Location": "/y"}))
    call = only(first, exchange(url="https://api.test/y", at=100.1, got=OPEN))

    own = by_server(call)

    assert call.verdict.outcome == "simulated"
    assert (own.verdict.stage, own.verdict.reason, own.verdict.hop) == ("redirect", "origin-missing", 0)
    assert own.let_through


def test_what_is_blocked_all_the_same_stays_blocked() -> None:
    call = only(instead({}, exchange(got=OPEN, sent={"Cookie": "a=b"})))

    assert call.simulated
    assert (call.verdict.outcome, call.verdict.reason) == ("blocked", "credentials-not-true")
    assert by_server(call).verdict.reason == "origin-missing"


def test_a_call_under_way_is_under_way_by_the_server_too() -> None:
    call = only(instead(GRANT, preflight(agent=FIREFOX)), exchange("PUT", at=100.1, status=None, agent=FIREFOX))

    assert call.verdict.outcome in ("pending", "unknown")
    assert by_server(call).verdict.outcome in ("pending", "unknown")


def test_the_page_and_the_url_are_the_same() -> None:
    own = by_server(only(instead({}, exchange(got=OPEN))))

    assert (own.page_origin, own.url) == (PAGE, API)


def test_nothing_went_on_where_the_request_itself_stops() -> None:
    asked = instead(GRANT, preflight(got=GRANT))
    for call in (only(asked), only(asked, instead({}, exchange("PUT", at=100.1, got=OPEN)))):
        assert not by_server(call).let_through
