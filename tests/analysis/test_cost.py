"""What preflights cost, and what a cached grant would have spared."""

import pytest

from corsinspect.analysis.across import cost
from corsinspect.analysis.across.cost import Accounts, Cost
from corsinspect.analysis.across.traits import traits
from tests.analysis.build import API, FIREFOX, GRANT, OPEN, exchange, only, preflight


def counted(*times: float, took: float = 0.05, **more) -> Cost:
    """The cost of a PUT with its preflight at each of these times."""
    accounts = Accounts()
    for at in times:
        ask = preflight(at=at, **more)
        agent = more.get("agent") or exchange().request_headers[0][1]
        actual = [exchange("PUT", at=at + 0.2, got=OPEN, agent=agent)] if more.get("status", 204) == 204 else []
        call = only(ask, *actual)
        accounts.add(traits(call), more.get("url", API), at, took)
    return accounts.cost


def test_a_grant_would_have_spared_those_that_follow_within_the_browsers_limit() -> None:
    made = counted(0, 100, 7000, 7300, 14_000)
    assert made.preflights == 5
    assert made.seconds == pytest.approx(0.25)
    assert made.spared == 3  # the one after 7200 s has to ask again
    assert made.seconds_spared == pytest.approx(0.15)


def test_the_limit_is_the_browsers_own() -> None:
    assert counted(0, 80_000, agent=FIREFOX).spared == 1
    assert counted(0, 80_000).spared == 0


def test_what_was_refused_is_remembered_by_nobody() -> None:
    assert counted(0, 10, 20, status=401) == (3, pytest.approx(0.15), 0, 0.0)


def test_another_header_name_needs_another_preflight() -> None:
    accounts = Accounts()
    for at, names in ((0.0, None), (10.0, "x-other")):
        got = {**GRANT, "Access-Control-Allow-Headers": "x-other" if names else ""}
        sent = {"X-Other": "1"} if names else {}
        call = only(preflight(at=at, names=names, got=got), exchange("PUT", at=at + 1, got=OPEN, sent=sent))
        accounts.add(traits(call), API, at, 0.1)
    assert (accounts.cost.preflights, accounts.cost.spared) == (2, 0)


def test_calls_without_a_preflight_cost_nothing() -> None:
    accounts = Accounts()
    accounts.add(traits(only(exchange(got=OPEN))), API, 0.0, None)
    assert accounts.cost == Cost()


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "REMEMBERED", 10)
    accounts = Accounts()
    kind = traits(only(preflight(), exchange("PUT", at=100.2, got=OPEN)))
    for number in range(100):
        accounts.add(kind, f"{API}/{number}", float(number), 0.1)
    assert len(accounts._grants) == 10
