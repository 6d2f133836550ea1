"""Frames that nobody asked for: seldom in a flood, and yet nothing that came stays unseen."""

import asyncio
from pathlib import Path

import pytest

from corsinspect.dashboard.app import Dashboard
from corsinspect.dashboard.state.feed import HANDFUL
from corsinspect.dashboard.state.pace import LONGEST, SHARE, Pace
from corsinspect.dashboard.state.source import LiveSource
from tests.dashboard.conftest import LIMIT, Screen, capturing
from tests.dashboard.standin import StandInProxy
from tests.dashboard.test_app import blocked, gets


class Time:
    """A clock, and how much a thread has worked by it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.worked = 5.0
        self.pace = Pace(lambda: self.now, lambda: self.worked)

    def frame(self, cost: float) -> None:
        self.pace.begin()
        self.worked += cost
        self.now += cost
        self.pace.painted()


def test_the_first_frame_is_due_at_once_and_the_next_one_by_what_it_cost() -> None:
    time = Time()
    assert time.pace.due(0.0, sparing=True)
    begun = time.now
    time.frame(0.006)
    time.now = begun + 0.006 / SHARE - 0.001
    assert not time.pace.due(0.0, sparing=True)
    time.now += 0.002
    assert time.pace.due(0.0, sparing=True)


def test_a_frame_waits_as_long_as_is_asked_at_the_least() -> None:
    time = Time()
    time.frame(0.0001)
    time.now += 0.01
    assert time.pace.due(0.0, sparing=True)
    assert not time.pace.due(0.15, sparing=True)


def test_outside_a_flood_it_costs_what_it_costs() -> None:
    time = Time()
    time.frame(0.1)
    assert time.pace.due(0.0, sparing=False)


def test_the_costliest_frame_puts_off_the_next_one_by_a_moment_only() -> None:
    time = Time()
    time.frame(60.0)
    assert time.pace.due(0.0, sparing=True)
    time.pace.begin()
    time.now += LONGEST + 0.001
    assert time.pace.due(0.0, sparing=True)


async def test_what_came_last_in_a_flood_is_shown_without_anything_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corsinspect.dashboard.app.FLOOD", 0)
    async with capturing(tmp_path, size=(80, 24)) as screen:
        for batch in range(20):
            screen.proxy.put(*gets(30, first=30 * batch))
            await asyncio.sleep(0.01)
        screen.proxy.put(blocked("last"))
        await screen.sees("✗ 1 blocked  ✓ 600 allowed", ":8000/last")


async def test_keys_are_answered_while_calls_pour_in(tmp_path: Path) -> None:
    proxy = StandInProxy(tmp_path / "live.jsonl")
    app = Dashboard(LiveSource(proxy))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = Screen(app, pilot, proxy)
        await screen.put(*gets(30))
        proxy.put(*gets(1500, first=30))
        async with asyncio.timeout(LIMIT):
            while len(app.book.rows) <= 30:
                await asyncio.sleep(0)
            assert len(app.book.rows) <= 30 + 10 * HANDFUL
            app.simulate_key("home")
            while screen.selected != "GET 0":
                await asyncio.sleep(0)
        assert len(app.book.rows) < 1530, "the key was answered only after all had been taken in"
        await screen.sees("✓ 1530 allowed")
    proxy.close()


async def test_calls_below_the_view_repaint_nothing_of_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with capturing(tmp_path, size=(80, 24)) as screen:
        await screen.put(*gets(60))
        await screen.press("home")
        await screen.sees(":8000/0 ")
        painted: list[object] = []
        monkeypatch.setattr(screen.app.call_list, "refresh", lambda *regions: painted.append(regions))
        await screen.put(*gets(20, first=60))
        await screen.sees("20 new ↓ end")
        assert not painted


async def test_what_is_drawn_is_what_would_be_drawn_anew(tmp_path: Path) -> None:
    async with capturing(tmp_path, size=(80, 24)) as screen:
        for key, number in (("end", 30), ("home", 200), ("down", 3), ("end", 700), ("pageup", 50), ("s", 40)):
            first = len(screen.app.book.rows)
            await screen.press(key)
            await screen.put(*gets(number, first=first))
            await screen.until(lambda: not screen.app._drawing)
            before = [list(strip) for strip in screen.app.screen._compositor.render_strips()]
            screen.app.call_list.redraw()
            screen.app.call_list.vertical_scrollbar.refresh()
            await screen.pilot.pause()
            assert [list(strip) for strip in screen.app.screen._compositor.render_strips()] == before
