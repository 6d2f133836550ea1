"""Capture without a dashboard: it ends when it's told to."""

import asyncio
import os
import signal
from pathlib import Path

import msgspec
import pytest

from corsinspect.commands import record as module
from corsinspect.model import Call, Changes
from corsinspect.report import neighbours
from corsinspect.session.writer import SessionWriter
from tests.analysis.build import exchange, only


class StandIn:
    """A proxy that doesn't end by itself."""

    def __init__(self, session: Path, **options: object) -> None:
        self.session, self.options = session, options
        self.port = 8080
        self.in_place_of: str | None = None
        self.wake = asyncio.Event()
        self.died: str | None = None
        self.stopped = False

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        self.stopped = True


def call(id: str, outcome: str, *, background: bool = False) -> Call:
    judged = only(exchange(id=id))
    verdict = msgspec.structs.replace(judged.verdict, outcome=outcome)
    return msgspec.structs.replace(judged, verdict=verdict, background=background)


@pytest.mark.parametrize(
    ("changes", "idle"),
    [
        ([], True),
        ([call("a", "allowed")], False),
        ([call("a", "allowed", background=True)], True),
    ],
    ids=["nothing", "a call", "the browser's own"],
)
def test_what_goes_on_keeps_a_recording_going(changes: list[Call], idle: bool) -> None:
    idleness = module.Idleness(5.0, now=100.0)
    assert not idleness.is_idle(104.9)
    idleness.take(Changes(changed=changes, withdrawn=[]), now=104.0)
    assert idleness.is_idle(105.0) is idle
    assert idleness.is_idle(109.0)


def test_a_call_that_is_under_way_is_waited_for_but_not_for_ever() -> None:
    idleness = module.Idleness(1.0, now=100.0)
    idleness.take(Changes(changed=[call("a", "pending")], withdrawn=[]), now=100.0)
    idleness.take(Changes(changed=[call("b", "pending")], withdrawn=[]), now=105.0)
    idleness.take(Changes(changed=[call("a", "pending")], withdrawn=[]), now=110.0)
    assert not idleness.is_idle(131.0)
    idleness.take(Changes(changed=[], withdrawn=["b"]), now=120.0)
    assert not idleness.is_idle(129.9)
    assert idleness.is_idle(130.0)
    idleness.take(Changes(changed=[call("a", "allowed")], withdrawn=[]), now=120.0)
    assert idleness.is_idle(121.0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("turns", range(8))
async def test_a_signal_that_coincides_with_a_wake_up_ends_it(
    number: signal.Signals, turns: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[StandIn] = []

    def make(session: Path, **options: object) -> StandIn:
        made.append(StandIn(session, **options))
        return made[0]

    monkeypatch.setattr(module, "Proxy", make)
    SessionWriter(tmp_path / "session.jsonl").close()
    recording = asyncio.create_task(module.record(tmp_path / "session.jsonl", None))
    await asyncio.sleep(0.05)
    os.kill(os.getpid(), number)
    for _ in range(20 + turns):  # a wake-up in each turn of the loop: also in that in which the signal is handled
        made[0].wake.set()
        await asyncio.sleep(0)
    done, _ = await asyncio.wait({recording}, timeout=5)
    recording.cancel()
    assert done, "it still follows the session"
    assert recording.result() == 0
    assert made[0].stopped


async def test_kept_values_are_said_on_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[StandIn] = []

    def make(session: Path, **options: object) -> StandIn:
        made.append(StandIn(session, **options))
        made[0].died = "the test is over"
        return made[0]

    monkeypatch.setattr(module, "Proxy", make)
    await module.record(tmp_path / "session.jsonl", None, keep_values=True)
    assert made[0].options["keep_values"] is True
    assert capsys.readouterr().err.count("NOT REDACTED") == 2
    made.clear()
    await module.record(tmp_path / "session.jsonl", None)
    assert "NOT REDACTED" not in capsys.readouterr().err


async def test_a_session_goes_on_in_another_file_when_it_is_large(tmp_path: Path) -> None:
    class Turning(StandIn):
        async def turn_to(self, session: Path) -> None:
            writers.append(SessionWriter(session))
            self.session = session

    proxy = Turning(tmp_path / "s.jsonl")
    writers = [SessionWriter(proxy.session)]
    lines = module.CallLines(lambda line: None, colour=False)
    recording = module.Recording(proxy, lines, rotate=500)  # type: ignore[arg-type]
    recording.stop()
    for number in range(5):
        writers[-1].put(exchange(id=f"e{number}"))
        writers[-1].flush()
        recording._stopped = False
        asyncio.get_running_loop().call_soon(recording.stop)
        await recording.follow()
    writers[-2].put(exchange(id="late"))  # the proxy closes a file after it has begun the next
    writers[-2].flush()
    recording.close()
    for writer in writers:
        writer.close()
    assert [path.name for path in recording.sessions[:3]] == ["s.jsonl", "s.2.jsonl", "s.3.jsonl"]
    assert set(lines.calls) == {*(f"e{number}" for number in range(5)), "late"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in recording.sessions)


async def test_a_session_that_cannot_go_on_elsewhere_stays_where_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s.2.jsonl").write_text("somebody else's")
    proxy = StandIn(tmp_path / "s.jsonl")
    writer = SessionWriter(proxy.session)
    writer.put(exchange(id="e"))
    writer.close()
    recording = module.Recording(proxy, module.CallLines(lambda line: None, colour=False), rotate=1)  # type: ignore[arg-type]
    asyncio.get_running_loop().call_soon(recording.stop)
    await recording.follow()
    recording.close()
    assert recording.sessions == [tmp_path / "s.jsonl"]
    assert "stays in" in capsys.readouterr().err
    assert (tmp_path / "s.2.jsonl").read_text() == "somebody else's"


def test_of_old_calls_only_the_numbers_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HELD", 5)
    lines = module.CallLines(lambda line: None, colour=False)
    lines.take(Changes([only(msgspec.structs.replace(exchange(id="stream"), ended=None))], []))
    for number in range(20):
        lines.take(Changes([call(f"e{number}", "pending")], []))
        lines.take(Changes([call(f"e{number}", "blocked" if number % 2 else "allowed")], []))
    assert len(lines.calls) == 5 and "stream" in lines.calls
    lines.take(Changes([call("stream", "blocked")], ["e19"]))
    assert lines.summary() == "10 allowed, 10 blocked"


def test_of_old_paths_nothing_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "PATHS", 3)
    monkeypatch.setattr(neighbours, "ALIKE", 1)
    monkeypatch.setattr(neighbours, "FEW", 0)
    known = neighbours.Neighbours()
    calls = [only(exchange(id=f"e{number}", url=f"https://api.test/{number}")) for number in range(6)]
    for each in calls:
        known.add(each)
    assert [len(known.few(each)) for each in calls] == [0, 0, 0, 1, 1, 1]
