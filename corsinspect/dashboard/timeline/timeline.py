"""The time line under a saved session: where in its time the list stands, and the keys that move it."""

import asyncio
import math
import time
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import ClassVar, Protocol

import msgspec
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from corsinspect.analysis.steady import steadied
from corsinspect.dashboard.keys import bindings
from corsinspect.dashboard.look.styles import QUIET
from corsinspect.dashboard.look.symbols import OUTCOMES
from corsinspect.dashboard.look.times import clock, elapsed
from corsinspect.dashboard.state.source import Exchanges
from corsinspect.dashboard.state.threads import breathe, in_thread
from corsinspect.dashboard.timeline.player import Player, Position
from corsinspect.listing.rows import PROBLEMS, CallRow
from corsinspect.model import Call, Changes, Exchange, Outcome
from corsinspect.said import Said

TICK = 1 / 20
BREATH = 0.001
"""Seconds in which the list is drawn as it is by now, on the way to another moment."""
SPEEDS = (1, 10, 100)

Mark = tuple[float, Outcome]


class Display(Protocol):
    """Where the calls are shown."""

    def known(self, id: str) -> Call | None:
        """The present call of this id."""
        ...

    def take(self, changes: Changes) -> None:
        """Takes changes over, to be drawn with the next `draw`."""
        ...

    def clear(self) -> None:
        """Begins with no calls."""
        ...

    def draw(self, *, settled: bool) -> None:
        """Shows what was taken over; `settled`: it's what was asked for, not a state on the way."""
        ...


class View(msgspec.Struct, frozen=True):
    """What a time line shows."""

    start: float
    end: float
    now: float
    playing: bool = False
    speed: int = 1
    begun: int = 0
    exchanges: int = 0
    busy: float | None = None
    """How much of a long way is done."""
    problems: int = 0
    """How many blocked and failed calls there are, and how many were seen by now."""
    seen: int = 0


class TimeLine(Widget, can_focus=True):
    """Closed until `open` is called; then it reads the session once more, and plays it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("time line")]

    class Closed(Message):
        """It's gone, and the whole session is shown."""

    def __init__(self, display: Display, *, id: str) -> None:
        super().__init__(id=id)
        self._display = display
        self._player: Player | None = None
        self._marks: list[Mark] = []
        self._cells: tuple[int, dict[int, Outcome]] = (0, {})
        """The marks by their cells, at a width."""
        self._exchanges = 0
        self._reading: float | None = None
        self._busy: float | None = None
        self._playing = False
        self._speed = 0
        self._ticked = 0.0

    def on_mount(self) -> None:
        self._ticks = self.set_interval(TICK, self._tick, pause=True)

    @property
    def opened(self) -> bool:
        """Whether it's on screen."""
        return self.has_class("-open")

    @property
    def times(self) -> tuple[float, float, float] | None:
        """Start, end, and where one is; None while there is nothing to move in."""
        player = self._player
        return None if player is None else (player.start, player.end, player.target.at)

    @property
    def playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._playing

    def open(self, source: Exchanges, rows: Sequence[CallRow | None]) -> None:
        """Shows the line for a session, read anew from `source`; `rows`: all that came of it, for the marks."""
        self.add_class("-open")
        shown = (row for row in rows if row is not None and row.outcome in PROBLEMS and not row.background)
        self._marks = sorted((row.started + (row.took or 0), row.outcome) for row in shown)
        self._cells = (0, {})
        self._reading = 0.0
        self.focus()
        self.run_worker(partial(self._read, source), group="time", exclusive=True)

    def close(self) -> None:
        """Goes to the end, where the whole session is shown, and then away."""
        self._stop()
        self.run_worker(self._leave, group="time", exclusive=True)

    def play(self) -> None:
        """Goes on by itself, from the start if it was at the end; or stops."""
        if self._player is None:
            return
        if self._playing:
            self._stop()
        elif self._player.target.past >= len(self._player.moments):
            self.go(self._player.place_at(self._player.start), then_play=True)
        else:
            self._start()
        self.refresh()

    def step(self, steps: int) -> None:
        """Goes to the next thing that happened, or to before the last one."""
        if self._player is not None:
            self._stop()
            self.go(self._player.neighbour(steps))

    def change_speed(self, steps: int) -> None:
        """Plays faster or slower."""
        self._speed = min(max(self._speed + steps, 0), len(SPEEDS) - 1)
        self.refresh()

    def jump(self, at: float) -> None:
        """Goes to a time."""
        if self._player is not None:
            self.go(self._player.place_at(at))

    def action_to_start(self) -> None:
        """Goes to the first request of the recording."""
        if self._player is not None:
            self.jump(self._player.start)

    def action_to_end(self) -> None:
        """Goes to the end of the recording."""
        if self._player is not None:
            self._stop()
            self.jump(self._player.end)

    def go(self, place: Position, *, then_play: bool = False) -> None:
        """Has the list become what was known there."""
        assert self._player is not None
        self._player.target = place  # at once: a key that's held down goes on from there
        # not the coroutine itself: one that is overtaken before it begins would be told as never awaited
        self.run_worker(partial(self._go, self._player, place, then_play), group="time", exclusive=True)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        player = self._player
        if player is not None:
            cells = max(1, self.size.width - 3)
            self.jump(player.start + (player.end - player.start) * min(max(event.x - 1, 0), cells) / cells)

    def render(self) -> Content:
        if self._player is None:
            return Content.styled(f" reading the session … {self._reading or 0:.0%}", QUIET)
        width = max(1, self.size.width - 2)
        if self._cells[0] != width:
            self._cells = width, _cells(self._marks, self._player.start, self._player.end, width)
        return drawn(self._view(self._player), self.size, self._cells[1])

    def _view(self, player: Player) -> View:
        return View(
            start=player.start,
            end=player.end,
            now=player.target.at,
            playing=self._playing,
            speed=SPEEDS[self._speed],
            begun=player.begun(player.target),
            exchanges=self._exchanges,
            busy=self._busy,
            problems=len(self._marks),
            seen=bisect_right(self._marks, player.target.at, key=_moment),
        )

    async def _read(self, source: Exchanges) -> None:
        latest: dict[str, Exchange] = {}
        arrived = await in_thread(source.poll)
        while True:
            latest |= {exchange.id: exchange for exchange in arrived}
            if source.ended:
                break
            if source.progress is not None:
                self._reading = source.progress.done / max(1, source.progress.total or 1)
                self.refresh()
            await breathe()
            arrived = source.poll()
        saids: list[Said] = []
        while said := source.said(math.inf):
            saids += said
            await breathe()
        self._exchanges = len(latest)
        self._player = await in_thread(partial(self._prepared, latest.values(), saids))
        self.refresh()

    def _prepared(self, exchanges: Collection[Exchange], saids: Sequence[Said]) -> Player:
        """At 100,000 exchanges it takes most of a second."""
        display = self._display
        in_order = sorted(steadied(exchanges), key=lambda exchange: (exchange.started, exchange.id))
        return Player(in_order, saids, known=display.known, apply=display.take, clear=display.clear)

    async def _go(self, player: Player, place: Position, then_play: bool) -> None:
        for done in player.go(place):
            self._busy = done
            self._display.draw(settled=False)
            self.refresh()
            await asyncio.sleep(BREATH)
        self._busy = None
        self._display.draw(settled=True)
        if then_play:
            self._start()
        self.refresh()

    async def _leave(self) -> None:
        if self._player is not None:
            await self._go(self._player, self._player.whole, False)
        self._player = None
        self.remove_class("-open")
        self.post_message(self.Closed())

    def _start(self) -> None:
        self._playing = True
        self._ticked = time.monotonic()
        self._ticks.resume()

    def _stop(self) -> None:
        self._playing = False
        self._ticks.pause()

    def _tick(self) -> None:
        """Goes as far as the time that has passed; where that is more than a moment's work, time waits."""
        player, now = self._player, time.monotonic()
        if player is None or self._busy is not None:
            self._ticked = now
            return
        place = player.place_at(player.target.at + (now - self._ticked) * SPEEDS[self._speed])
        self._ticked = now
        if place == player.whole:
            self._stop()
        self.go(place)


def drawn(view: View, size: Size, marks: Mapping[int, Outcome]) -> Content:
    """What it says, and the line itself; `marks` by cell have a line of their own where there are three."""
    cells = range(max(1, size.width - 2))
    lines = [_said(view, size.width)]
    if size.height >= 3:
        lines.append(Content.assemble(" ", *[_mark(marks, cell, " ") for cell in cells]))
        marks = {}
    at = _cell(view.now, view.start, view.end, len(cells))
    track = [
        ("●", "bold $text-accent") if cell == at else _mark(marks, cell, "━" if cell < at else "┄") for cell in cells
    ]
    return Content("\n").join([*lines, Content.assemble(" ", *track)])


def _said(view: View, width: int) -> Content:
    if view.busy is not None:
        doing = f"… judging up to {clock(view.now)}: {view.busy:.0%}"
    else:
        doing = "▶ playing" if view.playing else "■ stopped"
    parts = [
        f"{view.speed}×",
        f"{elapsed(view.now - view.start)} of {elapsed(view.end - view.start)}",
        clock(view.now, thousandths=True),
        f"{view.begun:,} of {view.exchanges:,} exchanges",
        f"{OUTCOMES['blocked'].sign} {view.seen:,} of {view.problems:,}" if view.problems else "",
    ]
    keys = "space play, < > step, { } speed, J jump, L close"
    said = Content.styled(f" {doing}", "bold $text-accent")
    for part, style in [*((part, "") for part in parts if part), (keys, QUIET)]:
        if said.cell_length + 3 + len(part) > width:
            break
        said = Content.assemble(said, "   ", (part, style))
    return said


def _cells(marks: Sequence[Mark], start: float, end: float, cells: int) -> dict[int, Outcome]:
    found: dict[int, Outcome] = {}
    for at, outcome in marks:
        cell = _cell(at, start, end, cells)
        if found.get(cell) != "blocked":
            found[cell] = outcome
    return found


def _mark(marks: Mapping[int, Outcome], cell: int, otherwise: str) -> tuple[str, str]:
    if (outcome := marks.get(cell)) is None:
        return otherwise, QUIET
    return OUTCOMES[outcome].sign, OUTCOMES[outcome].style


def _cell(at: float, start: float, end: float, cells: int) -> int:
    part = (at - start) / (end - start) if end > start else 1.0
    return round(min(max(part, 0.0), 1.0) * (cells - 1))


def _moment(mark: Mark) -> float:
    return mark[0]
