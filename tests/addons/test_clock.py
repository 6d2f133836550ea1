"""The capture's own times, while the wall clock is set."""

import time

import pytest

from corsinspect.addons import clock
from corsinspect.addons.clock import Clock

START = 1_795_000_000.0


class Hands:
    """Both clocks, in the test's hands."""

    def __init__(self) -> None:
        self.wall = START
        self.running = 50.0

    def wait(self, seconds: float) -> None:
        self.wall += seconds
        self.running += seconds


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands()
    monkeypatch.setattr(time, "time", lambda: hands.wall)
    monkeypatch.setattr(clock, "running", lambda: hands.running)
    return hands


def test_stamps_are_times_while_nobody_sets_the_clock(hands: Hands) -> None:
    capture = Clock()
    for _ in range(100):
        hands.wait(1000.1)
        assert capture.steady(hands.wall - 0.02) == hands.wall - 0.02


@pytest.mark.parametrize("step", [-1e6, -3600.0, -1.0, -0.1, 0.1, 40.0, 3600.0, 1e6])
@pytest.mark.parametrize("waited", [0.003, 20.0])
def test_time_goes_on_where_the_clock_is_set(step: float, waited: float, hands: Hands) -> None:
    capture = Clock()
    hands.wait(waited)
    hands.wall += step
    hands.wait(waited)
    stamp = hands.wall
    hands.wait(0.001)
    assert capture.steady(stamp) == pytest.approx(START + 2 * waited, abs=1e-5)
    hands.wait(10)
    assert capture.now() == pytest.approx(START + 2 * waited + 10.001, abs=1e-5)


@pytest.mark.parametrize("step", [-3600.0, -1.0, -0.1, 0.1, 40.0, 3600.0])
def test_a_stamp_from_just_before_the_clock_was_set(step: float, hands: Hands) -> None:
    capture = Clock()
    hands.wait(5)
    stamp = hands.wall
    hands.wait(0.001)
    hands.wall += step
    hands.wait(0.001)
    assert capture.steady(stamp) == pytest.approx(START + 5, abs=1e-5)
    assert capture.now() == pytest.approx(START + 5.002, abs=1e-5)


def test_set_again_and_again_it_loses_nothing(hands: Hands) -> None:
    capture = Clock()
    for number in range(1, 200):
        hands.wall += (-1) ** number * 17.0 * number
        hands.wait(1)
        assert capture.now() == pytest.approx(START + number, abs=0.5)


def test_a_process_that_had_to_wait_between_two_looks_is_no_clock_that_was_set(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = Clock()

    def slow() -> float:
        hands.wait(0.2)
        return hands.running

    hands.wait(3)
    stamp = hands.wall
    monkeypatch.setattr(clock, "running", slow)
    assert capture.steady(stamp) == stamp
    monkeypatch.setattr(clock, "running", lambda: hands.running)
    assert capture.steady(stamp) == stamp


def test_the_clocks_that_it_goes_by_run_alike() -> None:
    wall, running = time.time(), clock.running()
    time.sleep(0.05)
    assert time.time() - wall == pytest.approx(clock.running() - running, abs=0.03)
