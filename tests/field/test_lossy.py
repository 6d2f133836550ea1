"""What a recording leaves out is never taken as proof.

The corpus, as each kind of maker would have written it, gives no certain verdict that differs from that of the full
recording."""

import random
from collections.abc import Iterable

import msgspec
import pytest

from corsinspect.analysis import judge_all
from corsinspect.model import Call, Exchange
from corsinspect.session import load
from corsinspect.session.formats import har
from tests.corpus import NAMES, recording
from tests.field.lossy import METADATA, NETWORK, PREFLIGHT, Drop, as_har, without


def lines(*names: str) -> Drop:
    """Leaves these request headers out."""
    return lambda each: msgspec.structs.replace(each, request_headers=without(each.request_headers, names))


def sanitised(exchange: Exchange) -> Exchange:
    return msgspec.structs.replace(
        exchange,
        request_headers=without(exchange.request_headers, ("cookie", "authorization")),
        response_headers=without(exchange.response_headers, ("set-cookie",)),
    )


def failures_provisional(exchange: Exchange) -> Exchange | None:
    """Playwright on Chromium: no preflights, and of a request that failed what the page knew of it."""
    if exchange.method == "OPTIONS":
        return None
    return exchange if exchange.status is not None else lines(*NETWORK)(exchange)


def no_answer(exchange: Exchange) -> Exchange:
    return msgspec.structs.replace(exchange, status=None, response_headers=())


def only_statuses(exchange: Exchange) -> Exchange:
    return msgspec.structs.replace(exchange, response_headers=())


MAKERS: dict[str, tuple[str, Drop, bool]] = {
    "chrome's export": ("WebInspector", sanitised, False),
    "chrome before extra info": ("WebInspector", lines(*NETWORK, *PREFLIGHT), False),
    "no Origin": ("WebInspector", lines("origin"), False),
    "no Sec-Fetch": ("WebKit Web Inspector", lines(*METADATA), False),
    "neither": ("some tool", lines("origin", *METADATA), False),
    "playwright": ("Playwright", failures_provisional, False),
    "chrome-har": ("chrome-har", lambda each: each, True),
    "no answer's headers": ("some tool", only_statuses, False),
    "no answer at all": (
        "Firefox",
        lambda each: msgspec.structs.replace(each, status=None, response_headers=()),
        False,
    ),
}


@pytest.fixture(scope="module", params=NAMES)
def full(request: pytest.FixtureRequest) -> list[Exchange]:
    return load(recording(request.param)).exchanges


def wrong(full: list[Call], lossy: Iterable[Call], ids: dict[str, str]) -> list[tuple[str, str, str]]:
    """The certain verdicts that differ from the full recording's on the exchange where they were made."""
    truth = {exchange.id: call for call in full for exchange in call.exchanges}
    found: list[tuple[str, str, str]] = []
    for call in lossy:
        true = truth[ids[call.exchanges[-1].id]]
        # no browser's tools list the traffic of other programs
        if call.verdict.certainty == "certain" and true.kind != "non-browser":
            accepted = outcomes(true)
            if call.verdict.outcome not in accepted and "unknown" not in accepted:
                found.append((call.url, call.verdict.outcome, true.verdict.outcome))
    return found


def outcomes(call: Call) -> set[str]:
    found: set[str] = {call.verdict.outcome, *(other.outcome for other in call.verdict.alternatives)}
    # the page reads the answer of its own origin, too
    return found | {"allowed", "not-cors"} if found & {"allowed", "not-cors"} else found


@pytest.mark.parametrize("maker", MAKERS)
def test_what_a_maker_drops_makes_no_certain_verdict_wrong(full: list[Exchange], maker: str) -> None:
    creator, drop, twice = MAKERS[maker]
    rng = random.Random(maker)
    for share in (0.0, 0.3):
        listed = [
            (exchange.id, known)
            for exchange in full
            if exchange.method is not None and rng.random() >= share and (known := drop(exchange)) is not None
        ]
        exchanges, problems = har.read(as_har([known for _, known in listed], creator, twice=twice))
        ids = {f"har:{number}": id for number, (id, _) in enumerate(listed)}
        exchanges.sort(key=lambda exchange: (exchange.started, exchange.id))
        assert problems == []
        assert wrong(judge_all(full), judge_all(exchanges), ids) == []


@pytest.mark.parametrize("share", [0.1, 0.4, 0.7])
def test_a_missing_entry_makes_no_certain_verdict_wrong(full: list[Exchange], share: float) -> None:
    rng = random.Random(share)
    left = [exchange for exchange in full if rng.random() >= share]
    assert wrong(judge_all(full), judge_all(left), {exchange.id: exchange.id for exchange in left}) == []
