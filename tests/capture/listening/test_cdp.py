"""The transport of the debugging pipe, against a browser of two pipes."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from corsinspect.capture.listening import cdp
from corsinspect.capture.listening.cdp import Message, Pipe
from tests.capture.wire import until

FIRST_ID = 1000


class Browser:
    """What is at the other ends, and what came of it."""

    def __init__(self) -> None:
        self.reading, writing = os.pipe()
        reading, self.writing = os.pipe()
        os.set_blocking(self.reading, False)
        self.events: list[Message] = []
        self.closed = 0
        self.pipe = Pipe(reading, writing, self.events.append, self._closed, FIRST_ID)

    def say(self, data: bytes) -> None:
        while data:
            data = data[os.write(self.writing, data[:60_000]) :]

    def told(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(command) for command in os.read(self.reading, 1 << 20).split(b"\0")[:-1]]

    def _closed(self) -> None:
        self.closed += 1

    def end(self) -> None:
        self.pipe.close()
        os.close(self.reading)
        if self.writing >= 0:
            os.close(self.writing)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    browser = Browser()
    yield browser
    browser.end()


async def test_events_come_whole_however_they_were_cut(browser: Browser) -> None:
    data = b'{"method":"A.b","params":{"x":1},"sessionId":"S"}\0{"method":"C.d"}\0'
    for byte in data:
        browser.say(bytes([byte]))
        await asyncio.sleep(0.001)
    await until(lambda: len(browser.events) == 2)

    first, second = browser.events
    assert (first.method, first.session_id, bytes(first.params)) == ("A.b", "S", b'{"x":1}')
    assert (second.method, second.session_id) == ("C.d", None)


async def test_what_a_predecessor_read_half_is_passed_over(browser: Browser) -> None:
    browser.say(b'f":{"x":1}}\0\0{"method":"C.d"}\0')
    await until(lambda: browser.events)

    assert [event.method for event in browser.events] == ["C.d"]
    assert browser.pipe.skipped == 1


async def test_answers_go_to_who_asked_and_to_nobody_else(browser: Browser) -> None:
    answers: list[Message] = []
    browser.pipe.ask("A.b", {"x": 1}, None, answers.append)
    browser.pipe.ask("A.c", {}, "S", answers.append)
    assert browser.told() == [
        {"id": FIRST_ID, "method": "A.b", "params": {"x": 1}},
        {"id": FIRST_ID + 1, "method": "A.c", "params": {}, "sessionId": "S"},
    ]

    browser.pipe.forget("S")  # it has ended
    browser.say(b'{"id":7,"result":{}}\0{"id":1001,"result":{}}\0{"id":1000,"error":{"code":1}}\0{"method":"Z.z"}\0')
    await until(lambda: browser.events)

    assert [(answer.id, bytes(answer.result)) for answer in answers] == [(FIRST_ID, b"")]


async def test_a_giant_message_is_passed_over_and_not_kept(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdp, "LONGEST", 10_000)
    giant = b'{"method":"A.b","params":"' + b"x" * 50_000
    browser.say(giant)
    await until(lambda: browser.pipe._too_long)  # pyright: ignore[reportPrivateUsage]
    browser.say(b'"}\0{"method":"C.d"}\0')
    await until(lambda: browser.events)

    assert [event.method for event in browser.events] == ["C.d"]
    assert browser.pipe.skipped == 1


async def test_a_browser_that_reads_nothing_holds_nobody_up(browser: Browser) -> None:
    for _ in range(3_000):
        browser.pipe.send("A.b", {"x": "y" * 100})
    told: list[dict[str, Any]] = []
    rest = b""
    async with asyncio.timeout(20):
        while len(told) < 3_000:
            await asyncio.sleep(0.001)
            with contextlib.suppress(BlockingIOError):
                *whole, rest = (rest + os.read(browser.reading, 1 << 16)).split(b"\0")
                told += [msgspec.json.decode(command) for command in whole]

    assert [command["id"] for command in told] == list(range(FIRST_ID, FIRST_ID + 3_000))


async def test_the_end_of_the_browser_is_told_once(browser: Browser) -> None:
    browser.say(b'{"method":"A.b"}\0{"meth')
    os.close(browser.writing)
    browser.writing = -1
    await until(lambda: browser.closed)
    browser.pipe.close()
    browser.pipe.send("A.b")

    assert browser.closed == 1
    assert [event.method for event in browser.events] == ["A.b"]


async def test_what_comes_fast_is_read_in_batches(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdp, "REST", 0.2)
    reads: list[int] = []
    whole = browser.pipe._whole  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(browser.pipe, "_whole", lambda data: reads.append(len(data)) or whole(data))
    for _ in range(20):
        browser.say(b'{"method":"A.b"}\0')
        await asyncio.sleep(0.005)
    await until(lambda: len(browser.events) == 20)

    assert len(reads) <= 3
