"""What the dashboard concludes from a session file, read in pieces and in growing states, is what `check` concludes."""

import asyncio
import time
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import msgspec
import pytest

from corsinspect.analysis import judge_all, tracker
from corsinspect.analysis.across.traits import traits
from corsinspect.dashboard.state import source
from corsinspect.dashboard.state.book import Book
from corsinspect.dashboard.state.feed import Feed
from corsinspect.dashboard.state.source import FileSource
from corsinspect.listing.rows import row_of
from corsinspect.model import Call, Changes, Exchange
from corsinspect.session import Redactor, load
from corsinspect.session.writer import SessionWriter
from tests.analysis.build import preflight
from tests.corpus import NAMES, recording


def states(exchanges: list[Exchange]) -> list[Exchange]:
    """The states of exchanges as a proxy sees them, in the order of time."""
    asked = [
        (
            each.started,
            msgspec.structs.replace(
                each,
                status=None,
                reason_phrase="",
                response_headers=(),
                response_size=None,
                answered=None,
                ended=None,
                failure=None,
            ),
        )
        for each in exchanges
    ]
    answered = [(each.answered or each.ended or each.started, each) for each in exchanges]
    return [state for _, state in sorted(chain(asked, answered), key=lambda pair: pair[0])]


def written(path: Path, exchanges: list[Exchange]) -> Path:
    writer = SessionWriter(path)
    for state in exchanges:
        writer.put(state)
        writer.flush()
    writer.close()
    return path


async def read(path: Path) -> Book:
    """A session as the dashboard has it when it has read it."""
    book = Book()
    feed = Feed(FileSource(path), lambda: None)
    await feed.run()
    book.apply(feed.take())
    return book


@pytest.mark.parametrize("piece", [700, 20_000])
@pytest.mark.parametrize("name", NAMES)
async def test_calls_are_those_of_check(name: str, piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "PIECE", piece)
    path = written(tmp_path / "session.jsonl", states(load(recording(name)).exchanges))
    book = await read(path)
    checked = judge_all(load(path).exchanges)
    assert sorted(book.calls.values(), key=lambda call: (call.started, call.id)) == checked
    shown = {row.id: row for row in book.rows if row is not None}
    assert shown == {call.id: row_of(shown[call.id].position, call, traits(call)) for call in checked}


@pytest.mark.parametrize("name", NAMES)
async def test_flows_that_come_in_pieces_give_the_calls_of_check(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "Redactor", lambda: Redactor(b"one key for both"))
    book = await read(recording(name))
    checked = judge_all(load(recording(name), redactor=Redactor(b"one key for both")).exchanges)
    assert sorted(book.calls.values(), key=lambda call: (call.started, call.id)) == checked


def test_a_file_of_another_tool_is_read_piece_by_piece() -> None:
    path = recording(NAMES[0])
    saved, read = FileSource(path), list[int]()
    assert saved.progress is None
    while not saved.ended:
        read.append(len(saved.poll()))
        progress = saved.progress
        assert saved.ended or (saved.behind and progress is not None)
        if progress is not None:
            assert progress.bytes and 0 <= progress.done <= (progress.total or 0) == path.stat().st_size
    assert max(read) <= 32 and sum(read) == len(load(path).exchanges)
    assert saved.progress is None and not saved.behind


async def test_a_torn_line_and_lines_of_something_else_are_told(tmp_path: Path) -> None:
    path = written(tmp_path / "session.jsonl", load(recording(NAMES[0])).exchanges)
    with path.open("ab") as file:
        file.write(b"what is this\n" * 50 + b'{"id": "torn')
    saved = FileSource(path)
    await Feed(saved, lambda: None).run()
    problems = saved.facts().problems
    assert "can't be read" in problems[0] and "torn" in problems[-1] and len(problems) < 50


def set_back(states: list[Exchange], since: float) -> list[Exchange]:
    """The same states, if the clock is set back by an hour at that moment."""

    def stamp(moment: float | None) -> float | None:
        return moment if moment is None or moment <= since else moment - 3600

    return [
        msgspec.structs.replace(
            state, **{name: stamp(getattr(state, name)) for name in ("started", "answered", "ended")}
        )
        for state in states
    ]


def conclusions(calls: Iterable[Call]) -> dict[str, tuple[str, str | None, list[str]]]:
    return {call.id: (call.verdict.outcome, call.verdict.reason, [role for role, _ in call.roles()]) for call in calls}


@pytest.mark.parametrize("name", NAMES)
async def test_a_clock_that_is_set_back_changes_no_verdict(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "PIECE", 700)
    exchanges = load(recording(name)).exchanges
    as_it_was = conclusions(judge_all(exchanges))
    growing = states(exchanges)
    path = written(tmp_path / "session.jsonl", set_back(growing, growing[len(growing) // 2].started))
    assert conclusions((await read(path)).calls.values()) == as_it_was
    assert conclusions(judge_all(load(path).exchanges)) == as_it_was


@pytest.mark.parametrize("fast", [-3600.0, 3600.0])
async def test_what_waits_live_is_given_up_whatever_the_sessions_clock_says(
    fast: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracker, "PATIENCE", 0.3)
    path = written(tmp_path / "session.jsonl", [preflight(at=time.time() + fast)])
    feed = Feed(FileSource(path, follow=True), lambda: None)
    reading = asyncio.create_task(feed.run())
    outcomes: list[str] = []
    async with asyncio.timeout(20):
        while outcomes[-1:] != ["blocked"]:
            await asyncio.sleep(0.05)
            feed.look_at_clock()
            outcomes += [call.verdict.outcome for call in feed.take().changed]
    assert outcomes == ["pending", "blocked"]
    feed.end()
    await reading


async def test_what_is_taken_by_the_handful_is_the_same_in_the_end(tmp_path: Path) -> None:
    path = written(tmp_path / "session.jsonl", states(load(recording(NAMES[0])).exchanges))
    feed, book = Feed(FileSource(path), lambda: None), Book()
    await feed.run()
    while taken := feed.take(2).changed:
        assert len(taken) <= 2
        book.apply(Changes(taken, []))
    assert book.calls == (await read(path)).calls
