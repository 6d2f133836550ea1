"""What the Tracker makes of a clock that was set, and what it waits by."""

import msgspec
import pytest

from corsinspect.analysis import Tracker, judge_all
from corsinspect.analysis.steady import SteadyTime, in_steady_time, steadied
from corsinspect.model import Call, Exchange
from tests.analysis.build import API, GRANT, OPEN, exchange, preflight
from tests.analysis.test_tracker import Calls

BACK = 3600.0


def set_back(exchange: Exchange, by: float = BACK) -> Exchange:
    """The same exchange, stamped after the clock was set back."""
    answered, ended = exchange.answered, exchange.ended
    return msgspec.structs.replace(
        exchange,
        started=exchange.started - by,
        answered=None if answered is None else answered - by,
        ended=None if ended is None else ended - by,
    )


def outcomes(calls: list[Call]) -> list[tuple[str, int]]:
    return [(call.verdict.outcome, len(call.exchanges)) for call in calls]


class TestLive:
    """Deadlines go by the clock of `feed` and `advance`, whatever the exchanges' own times are."""

    @pytest.mark.parametrize("at", [1e9, -1e9, 0.0])
    def test_a_preflight_waits_from_when_it_came(self, at: float) -> None:
        calls = Calls()
        assert outcomes(calls.take(calls.tracker.feed(preflight(at=at), 50.0))) == [("pending", 1)]
        assert calls.take(calls.tracker.advance(52.9)) == []
        assert outcomes(calls.take(calls.tracker.advance(53.1))) == [("blocked", 1)]

    def test_being_judged_again_does_not_prolong_it(self) -> None:
        calls = Calls()
        asked = preflight(at=100)
        calls.take(calls.tracker.feed(asked, 50.0))
        assert outcomes(calls.take(calls.tracker.feed(asked, 52.0))) == [("pending", 1)]
        assert outcomes(calls.take(calls.tracker.advance(53.1))) == [("blocked", 1)]
        assert outcomes(calls.take(calls.tracker.feed(asked, 54.0))) == [("blocked", 1)]

    def test_a_slow_answer_counts_from_its_arrival(self) -> None:
        calls = Calls()
        asked = preflight(at=100, id="p")
        calls.take(calls.tracker.feed(msgspec.structs.replace(asked, status=None, answered=None, ended=None), 50.0))
        assert calls.take(calls.tracker.advance(59.0)) == []
        calls.take(calls.tracker.feed(asked, 60.0))
        assert calls.take(calls.tracker.advance(62.9)) == []
        assert outcomes(calls.take(calls.tracker.advance(63.1))) == [("blocked", 1)]

    def test_what_is_waited_by_is_let_go_of(self) -> None:
        tracker = Tracker(limit=10)
        for number in range(100):
            tracker.feed(preflight(url=f"{API}/{number}", at=number), 50.0 + number)
        assert len(tracker._due) == 10


class TestRecordings:
    def test_a_preflight_after_the_clock_was_set_back_is_not_given_up(self) -> None:
        calls = Calls()
        for moment in (100.0, 200.0):
            calls.take(calls.tracker.advance(moment))
        assert outcomes(calls.feed(preflight(at=200 - BACK))) == [("pending", 1)]
        assert calls.take(calls.tracker.advance(202.9 - BACK)) == []
        assert outcomes(calls.take(calls.tracker.advance(203.1 - BACK))) == [("blocked", 1)]

    def test_what_waits_when_the_clock_is_set_back_waits_anew(self) -> None:
        calls = Calls()
        calls.take(calls.tracker.advance(100))
        calls.feed(preflight(at=100))
        assert calls.take(calls.tracker.advance(102)) == []
        assert calls.take(calls.tracker.advance(102 - BACK)) == []
        assert calls.take(calls.tracker.advance(104.9 - BACK)) == []
        assert outcomes(calls.take(calls.tracker.advance(105.1 - BACK))) == [("blocked", 1)]

    @pytest.mark.parametrize("back", [2.0, 40.0, BACK, 80_000.0])
    def test_a_request_belongs_to_its_preflight_although_the_clock_was_set_between(self, back: float) -> None:
        asked, sent = preflight(at=100), exchange("PUT", at=100.1, got=OPEN)
        (call,) = judge_all([asked, set_back(sent, back)])
        assert outcomes([call]) == [("allowed", 2)]
        assert [part.started for part in call.exchanges] == sorted(part.started for part in call.exchanges)

    def test_or_while_the_preflight_was_answered(self) -> None:
        asked = preflight(at=100)
        asked = msgspec.structs.replace(asked, answered=100.01 - BACK, ended=100.02 - BACK)
        assert outcomes(judge_all([asked, set_back(exchange("PUT", at=100.1, got=OPEN))])) == [("allowed", 2)]

    def test_a_late_state_of_an_earlier_exchange_is_no_step_back(self) -> None:
        tracker = Tracker()
        slow = exchange(at=100, got=OPEN, id="slow")
        tracker.feed(msgspec.structs.replace(slow, ended=None))
        for number in range(5):
            tracker.advance_to(later := exchange(url=f"{API}/{number}", at=200 + number, got=OPEN))
            tracker.feed(later)
        ended = msgspec.structs.replace(slow, ended=205.0)
        assert tracker.advance_to(ended).changed == []
        (call,) = tracker.feed(ended).changed
        assert call.exchanges == [ended] or call.exchanges == (ended,)

    def test_states_from_before_and_after_keep_their_times_apart(self) -> None:
        """A line that is written again after the clock was set back has the stamps of before."""
        calls = Calls()
        first, second = preflight(at=100, id="p"), set_back(exchange("PUT", at=100.1, got=OPEN, id="r"))
        for part in (first, second, first, second):
            calls.take(calls.tracker.advance_to(part))
            calls.feed(part)
        assert outcomes(list(calls.now.values())) == [("allowed", 2)]

    def test_an_older_recording_that_was_appended_keeps_its_times(self) -> None:
        later = [exchange(at=1e9 + number, got=OPEN, id=f"l{number}") for number in range(3)]
        earlier = [preflight(at=5e8, id="e0"), exchange("PUT", at=5e8 + 0.1, got=OPEN, id="e1")]
        calls = judge_all([*later, *earlier])
        assert [call.started for call in calls] == [5e8, 1e9, 1e9 + 1, 1e9 + 2]
        assert outcomes(calls[:1]) == [("allowed", 2)]

    def test_one_wrong_stamp_does_not_move_what_follows(self) -> None:
        """A damaged line, or a session that another is appended to."""
        wrong = exchange(at=-1e9, got=OPEN, id="wrong")
        others = [exchange(at=100 + number, got=OPEN, id=f"e{number}") for number in range(4)]
        calls = judge_all([*others[:2], wrong, *others[2:]])
        assert {call.id: call.started for call in calls if call.id != "wrong"} == {
            other.id: other.started for other in others
        }

    def test_times_in_order_stay_as_they_are(self) -> None:
        exchanges = [exchange(at=100 + number / 100, took=number % 7, got=OPEN) for number in range(50)]
        assert steadied(exchanges) == exchanges
        by_end = sorted(exchanges, key=lambda item: item.ended or 0)  # as mitmproxy writes them
        assert steadied(by_end) == by_end


class TestSteadyTime:
    @pytest.mark.parametrize(
        ("stamps", "moments"),
        [
            ([1, 2, 3], [1, 2, 3]),
            ([3, 2.5], [3, 3]),  # stamps of one moment come in any order
            ([100, 10, 11, 12], [100, 100.001, 101.001, 102.001]),
            ([100, 10, 11, 5, 6], [100, 100.001, 101.001, 101.002, 102.002]),
            ([100, 10, 11, 103, 104], [100, 100.001, 101.001, 103, 104]),
            ([100_000, 10, 11], [100_000, 10, 11]),  # that was no clock that was set
        ],
    )
    def test_it_goes_on(self, stamps: list[float], moments: list[float]) -> None:
        time, seen = SteadyTime(), list[float]()
        for stamp in stamps:
            time.read(stamp)
            seen.append(time.now)
        assert seen == pytest.approx(moments)

    def test_an_exchange_is_not_over_before_it_began(self) -> None:
        odd = msgspec.structs.replace(exchange(at=100), answered=10.0, ended=11.0)
        steady = in_steady_time(odd, 0.0, 0.0)
        assert (steady.started, steady.answered, steady.ended) == (100, 100, 100)
        later = in_steady_time(odd, 0.0, 90.5)
        assert (later.started, later.answered, later.ended) == (100, 100.5, 101.5)
        assert in_steady_time(exchange(at=100, got=GRANT, id="x"), 0.0, 90.5) == exchange(at=100, got=GRANT, id="x")
