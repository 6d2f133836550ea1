import pickle
from pathlib import Path

import msgspec
import pytest

from corsinspect.analysis import judge_all
from corsinspect.model import Call, Exchange, Hop
from corsinspect.session import load
from corsinspect.session.packed.spool import Spool
from tests.corpus import recording
from tests.session.build import answered, exchange


@pytest.fixture(scope="module")
def calls() -> list[Call]:
    """Each comes several times, so that its header lists are known."""
    found = [
        call for name in ("chromium-modern", "firefox-redirects") for call in judge_all(load(recording(name)).exchanges)
    ]
    assert any(hop.stored is not None for call in found for hop in call.hops)
    return found * 3


def filled(path: Path, calls: list[Call]) -> Spool[Call]:
    spool = Spool(path, Call)
    assert [spool.append(call) for call in calls] == list(range(len(calls)))
    return spool


def test_calls_come_back_in_any_order_and_are_left_as_they_were(tmp_path: Path, calls: list[Call]) -> None:
    before = msgspec.msgpack.encode(calls)
    spool = filled(tmp_path / "s", calls)
    assert msgspec.msgpack.encode(calls) == before
    assert list(spool.each(range(len(calls)))) == calls
    assert list(spool.each(reversed(range(len(calls))))) == calls[::-1]
    assert [spool[number] for number in (7, 0, len(calls) - 1)] == [calls[7], calls[0], calls[-1]]


def test_another_process_and_another_spool_have_the_same(tmp_path: Path, calls: list[Call]) -> None:
    spool = filled(tmp_path / "s", calls)
    assert list(pickle.loads(pickle.dumps(spool)).each(range(len(calls)))) == calls
    other = filled(tmp_path / "t", calls[5:9])
    assert other.extend(spool) == 4
    assert list(other.each(range(len(other)))) == [*calls[5:9], *calls]


def test_lists_that_come_again_are_one_and_take_no_room(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s", Exchange)
    for number in range(1_000):
        spool.append(answered(exchange(f"e{number}", request_headers=(("User-Agent", "Mozilla " * 50),))))
    _, second, *_, last = spool.each(range(1_000))
    assert second.request_headers is last.request_headers and second.response_headers is last.response_headers
    assert last.request_headers == (("User-Agent", "Mozilla " * 50),)
    assert (tmp_path / "s").stat().st_size < 200 * 1_000


def test_an_answer_that_a_call_has_twice_is_whole_in_both_places(tmp_path: Path) -> None:
    own = answered(exchange("e1"))
    verdict = judge_all([own])[0].verdict
    call = Call(id="e1", url=own.url, method="GET", started=own.started, kind="simple", verdict=verdict, hops=())
    call = msgspec.structs.replace(call, hops=(Hop(request=own), Hop(request=answered(exchange("e2")), stored=own)))
    assert list(filled(tmp_path / "s", [call] * 4).each(range(4))) == [call] * 4


def test_lists_with_long_values_stay_where_they_are(tmp_path: Path) -> None:
    long = exchange(request_headers=(("Cookie", "x" * 10_000),))
    spool = Spool(tmp_path / "s", Exchange)
    for _ in range(3):
        spool.append(long)
    assert list(spool.each(range(3))) == [long] * 3
    assert len(pickle.dumps(spool)) < 5_000
