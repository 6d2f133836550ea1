"""The proxy goes on in another session file: nothing is torn, lost or written twice, and the traffic goes on."""

import asyncio
from pathlib import Path

import pytest

from corsinspect.capture import Proxy
from corsinspect.capture.errors import CaptureError
from corsinspect.session import load
from corsinspect.session.place import session_path_in
from tests.session.build import recorded

from .wire import fetch, hello, serving, until


async def test_what_comes_then_is_in_the_new_file_and_the_old_one_is_whole(proxy: Proxy) -> None:
    before = proxy.session
    async with serving(hello) as port:
        await fetch(proxy.port, f"http://localhost:{port}/before")
        await proxy.turn_to(session_path_in(before.parent))
        old = before.read_bytes()
        await fetch(proxy.port, f"http://localhost:{port}/after")
        await until(lambda: recorded(proxy.session))
    assert before.read_bytes() == old and load(before).problems == []
    assert [line.url.rpartition("/")[2] for line in recorded(before)] == ["before"]
    assert [line.url.rpartition("/")[2] for line in recorded(proxy.session)] == ["after"]
    assert proxy.session.stat().st_mode & 0o777 == 0o600


async def test_every_call_of_a_busy_page_is_answered_and_recorded_through_many_turns(proxy: Proxy) -> None:
    sessions = [proxy.session]
    done = asyncio.Event()
    asked: list[str] = []

    async def page(number: int) -> None:
        while not done.is_set():
            asked.append(f"http://localhost:{port}/{number}/{len(asked)}")
            _, body = await fetch(proxy.port, asked[-1])
            assert body == b"hi"

    async with serving(hello) as port:
        pages = [asyncio.create_task(page(number)) for number in range(4)]
        for _ in range(8):
            await until(lambda: recorded(proxy.session))
            await proxy.turn_to(session_path_in(proxy.session.parent))
            sessions.append(proxy.session)
        done.set()
        await asyncio.gather(*pages)
    await proxy.stop()
    loaded = [load(session) for session in sessions]
    assert [each.problems for each in loaded] == [[]] * len(sessions)
    answered = [each.url for file in loaded for each in file.exchanges if each.status is not None]
    assert sorted(answered) == sorted(asked)


async def test_an_answer_under_way_is_in_the_new_file_in_full(proxy: Proxy) -> None:
    before, go_on = proxy.session, asyncio.Event()

    async def slow(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await go_on.wait()
        await hello(head, reader, writer)

    async with serving(slow) as port:
        fetching = asyncio.create_task(fetch(proxy.port, f"http://localhost:{port}/slow"))
        await until(lambda: recorded(before))
        await proxy.turn_to(session_path_in(before.parent))
        go_on.set()
        assert (await fetching)[1] == b"hi"
        (line,) = await until(lambda: [line for line in recorded(proxy.session) if line.ended is not None])
    assert (line.url, line.status, line.method) == (f"http://localhost:{port}/slow", 200, "GET")
    assert [line.status for line in recorded(before)] == [None]


async def test_the_end_of_an_answer_that_came_before_is_left_out(proxy: Proxy) -> None:
    before, go_on = proxy.session, asyncio.Event()

    async def long(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
        await go_on.wait()
        writer.write(b"hi" if b"/whole" in head else b"h")

    async with serving(long) as port:
        whole = asyncio.create_task(fetch(proxy.port, f"http://localhost:{port}/whole"))
        torn = asyncio.create_task(fetch(proxy.port, f"http://localhost:{port}/torn"))
        await until(lambda: [line.status for line in recorded(before)] == [200, 200])
        await proxy.turn_to(session_path_in(before.parent))
        go_on.set()
        assert (await whole)[1] == b"hi"
        with pytest.raises(asyncio.IncompleteReadError):
            await torn
    async with serving(hello) as port:
        await fetch(proxy.port, f"http://localhost:{port}/next")
        await until(lambda: recorded(proxy.session))
    await proxy.stop()
    assert [line.url.rpartition("/")[2] for line in recorded(proxy.session)] == ["next"]


async def test_a_file_that_cannot_be_written_leaves_it_as_it_was(
    proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corsinspect.capture.proxy.TURN_LIMIT", 0.3)
    before = proxy.session
    with pytest.raises(CaptureError, match="can't be begun"):
        await proxy.turn_to(tmp_path / "nowhere" / "session.jsonl")
    async with serving(hello) as port:
        await fetch(proxy.port, f"http://localhost:{port}/on")
        await until(lambda: recorded(before))
    assert proxy.session == before
