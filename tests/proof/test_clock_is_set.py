"""The wall clock is set while calls are under way: the real processes, with a clock that the test sets."""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from corsinspect.analysis import judge_all
from corsinspect.dashboard.state.feed import Feed
from corsinspect.dashboard.state.source import FileSource
from corsinspect.model import Call
from corsinspect.session import load
from tests.capture.wire import fetch, grant, serving, until
from tests.session.build import annotations

SETTABLE = """
import time

_real = time.time
time.time = lambda: _real() + float(open(PATH).read() or 0)
"""
PUT = b"Access-Control-Request-Method: PUT\r\n"
HOUR = 3600.0


class Recorded:
    """`corsinspect record` in a process of its own, whose wall clock (and the proxy's) is `set`."""

    def __init__(self, folder: Path) -> None:
        self.session = folder / "session.jsonl"
        self.port = 0
        self.said = ""
        self._fast = folder / "fast"
        (folder / "sitecustomize.py").write_text(SETTABLE.replace("PATH", repr(str(self._fast))))
        self.set(0)

    def set(self, fast: float) -> None:
        """Has the clock be so many seconds fast."""
        new = self._fast.with_suffix(".new")
        new.write_text(str(fast))
        new.replace(self._fast)

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "corsinspect", "record", "-o", str(self.session)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert self._process.stderr is not None
        found = re.search(rb"127.0.0.1:(\d+)", await self._process.stderr.readline())
        assert found is not None
        self.port = int(found[1])
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self.said += line.decode()

    async def end(self) -> None:
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            await self._process.wait()
            await self._reading


@pytest.fixture
async def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Recorded]:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    recorded = Recorded(tmp_path)
    async with asyncio.timeout(60):
        await recorded.start()
        yield recorded
        await recorded.end()


async def replayed(session: Path) -> list[Call]:
    """What the dashboard makes of a saved session."""
    feed = Feed(FileSource(session), lambda: None)
    await feed.run()
    return feed.take().changed


BETWEEN, BEFORE, DURING = "between preflight and request", "before both", "while the preflight is answered"


@pytest.mark.parametrize(
    ("when", "fast"),
    [
        *((BETWEEN, fast) for fast in (-HOUR, -2.0, -0.1, 40.0, HOUR)),
        (BEFORE, -HOUR),
        *((DURING, fast) for fast in (-HOUR, HOUR)),
    ],
)
async def test_a_granted_call_stays_one(fast: float, when: str, recorded: Recorded) -> None:
    async def answer(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if when == DURING and head.startswith(b"OPTIONS /b"):
            recorded.set(fast)
        await grant(head, reader, writer)

    async with serving(answer) as port:
        url = f"http://127.0.0.1:{port}"
        await fetch(recorded.port, f"{url}/a", method="OPTIONS", extra=PUT)
        await fetch(recorded.port, f"{url}/a", method="PUT")
        if when == BEFORE:
            recorded.set(fast)
        await fetch(recorded.port, f"{url}/b", method="OPTIONS", extra=PUT)
        if when == BETWEEN:
            recorded.set(fast)
        await asyncio.sleep(1.2)  # both processes look at their clocks twice a second
        assert "blocked" not in recorded.said
        await fetch(recorded.port, f"{url}/b", method="PUT")
        await until(lambda: recorded.said.count("allowed") == 2)
        await recorded.end()
    for calls in (judge_all(load(recorded.session).exchanges), await replayed(recorded.session)):
        found = [(call.verdict.outcome, [role for role, _ in call.roles()]) for call in calls]
        assert found == [("allowed", ["preflight:0", "actual:0"])] * 2
    assert [annotation.outcome for annotation in annotations(recorded.session).values()] == ["allowed"] * 4


@pytest.mark.parametrize("fast", [-HOUR, HOUR])
async def test_a_preflight_that_nothing_follows_is_given_up_in_time(fast: float, recorded: Recorded) -> None:
    async with serving(grant) as port:
        await fetch(recorded.port, f"http://127.0.0.1:{port}/", method="OPTIONS", extra=PUT)
        recorded.set(fast)
        await asyncio.sleep(1.2)
        assert "blocked" not in recorded.said
        await until(lambda: "blocked" in recorded.said)
