"""Any bytes in any header, URL or method give a verdict, never an exception: 100,000 examples each of two kinds.

What is drawn blindly seldom gets past the first check, so the second kind is real traffic with a few bytes changed.
"""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsinspect.analysis import also_failing, trace
from corsinspect.model import Exchange, HeaderList
from corsinspect.report import jsonl, text
from tests.analysis.build import API, CHROMIUM, FIREFOX, OPEN, PAGE, SAFARI, exchange, preflight
from tests.analysis.test_tracker import TRAFFIC, Calls

EXAMPLES, ROUNDS = 5_000, 20
"""In rounds, so that one sees how far it is, and a round that hangs."""
BYTES = st.text(st.characters(max_codepoint=255), max_size=12)
REQUESTS = [
    exchange(got=OPEN),
    exchange("PUT", sent={"X-A": "1", "Cookie": "a=b"}, got={**OPEN, "Access-Control-Allow-Credentials": "true"}),
    exchange("POST", sent={"Content-Type": "text/plain", "Authorization": "Bearer x"}, agent=FIREFOX, status=500),
    exchange(sent={"Sec-Fetch-Mode": "no-cors", "Origin": None}, got={"Cross-Origin-Resource-Policy": "same-site"}),
    exchange(status=302, got={**OPEN, "Location": "https://u:p@other.test/x?y#z"}, agent=SAFARI),
    exchange(status=307, got={**OPEN, "Location": API}, at=100.5),
    exchange(url="http://localhost:8000/", status=304, got=OPEN, agent=None),
    exchange(status=101, sent={"Upgrade": "websocket", "Sec-WebSocket-Key": "x"}),
    exchange(sent={"Range": "bytes=0-9"}, failed="refused"),
    preflight(),
    preflight(got={"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}, status=404),
    preflight(at=101, got={"Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Methods": "*"}, agent=CHROMIUM),
]


@st.composite
def damaged(draw: st.DrawFn) -> Exchange:
    """Real traffic with bytes put in, names and values exchanged, and lines doubled."""

    def spoilt(value: str) -> str:
        at = draw(st.integers(0, len(value)))
        return value[:at] + draw(BYTES) + value[at + draw(st.integers(0, 3)) :]

    def lines(headers: HeaderList) -> HeaderList:
        if not headers or draw(st.booleans()):
            return headers
        name, value = draw(st.sampled_from(headers))
        changed = draw(st.sampled_from([(name, spoilt(value)), (spoilt(name), value), (value, name), (name, "")]))
        return (*(line for line in headers if line[0] != name or draw(st.booleans())), changed)

    real = draw(st.sampled_from(REQUESTS))
    return msgspec.structs.replace(
        real,
        id=draw(st.sampled_from("abcdef")),
        url=spoilt(real.url) if draw(st.booleans()) else real.url,
        method=spoilt(real.method or "") if draw(st.booleans()) else real.method,
        started=real.started + draw(st.sampled_from([0.0, 0.01, 0.5, 4.0])),
        request_headers=lines(real.request_headers),
        response_headers=lines(real.response_headers),
        status=draw(st.sampled_from([real.status, None, 204])),
        http_version=draw(st.sampled_from(["HTTP/1.1", "HTTP/2.0", "", "\xff"])),
    )


def judge(exchanges: list[Exchange]) -> None:
    """Feeds the exchanges, and asks for all that can be asked of the Calls."""
    calls = Calls()
    for state in exchanges:
        calls.feed(state)
    calls.take(calls.tracker.close())
    for call in calls.now.values():
        assert jsonl.row(call)["outcome"] != "pending"
        assert trace(call) is not None
        assert also_failing(call) is not None
        text.lines(call, colour=True)
    assert all(msgspec.json.decode(line) for line in jsonl.lines([*calls.now.values()]))


LONG = settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=False)
rounds = pytest.mark.parametrize("round", range(ROUNDS))


@rounds
@LONG
@given(exchanges=st.lists(TRAFFIC, max_size=6))
def test_any_bytes_give_a_verdict(round: int, exchanges: list[Exchange]) -> None:
    judge(exchanges)


@rounds
@LONG
@given(exchanges=st.lists(damaged(), min_size=1, max_size=5))
def test_damaged_traffic_gives_a_verdict(round: int, exchanges: list[Exchange]) -> None:
    judge(exchanges)
