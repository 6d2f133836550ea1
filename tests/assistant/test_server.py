"""The server over stdio, as the SDK's client and as a rude one meet it."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from corsinspect.assistant import resources, tools
from corsinspect.session import SessionWriter
from tests.analysis.build import PAGE, exchange, preflight
from tests.assistant.client import Client, connected
from tests.browser.waiting import until
from tests.fixes.server import free_port
from tests.probe.serving import OK
from tests.probe.serving import serving as answering

LIMIT = 60
OPENING = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "rude", "version": "0"},
    },
}
OPENED = {"jsonrpc": "2.0", "method": "notifications/initialized"}


@pytest.fixture
def session(tmp_path: Path) -> Path:
    path = tmp_path / "session.jsonl"
    writer = SessionWriter(path)
    writer.put(preflight("PUT", names="x-a", got={}, status=200, id="first"))
    writer.put(exchange(id="second", at=101))
    writer.flush()
    writer.close()
    return path


@contextlib.asynccontextmanager
async def serving(*arguments: str, folder: Path) -> AsyncIterator[Client]:
    async with connected(*arguments, env={"XDG_STATE_HOME": str(folder)}, log=folder / "log") as client:
        yield client


async def test_a_saved_session_is_served(session: Path, tmp_path: Path) -> None:
    async with serving(str(session), folder=tmp_path) as client:
        offered = {tool["name"]: tool for tool in await client.tools()}
        listed = await client.tool("list_calls", filter="blocked")
        explained = await client.tool("explain_call", call="first")
        fix = await client.tool("get_fix", call="first", framework="express")
        meant = await client.tool("explain_message", message="CORSMissingAllowOrigin2")
        markdown = await client.resource(f"{resources.CALL}first")
        lines = (await client.resource(resources.SESSION)).splitlines()
        asked = await client.prompt(resources.FIX, url="http://localhost:3000")
    assert set(offered) == {tool.name for tool in tools.TOOLS}
    assert offered["list_calls"]["annotations"]["readOnlyHint"] and offered["list_calls"]["outputSchema"]
    assert offered["try_fix"]["annotations"]["destructiveHint"]
    assert [each["call"] for each in listed["captured"]["calls"]] == ["second", "first"]
    assert explained["reason"] == "origin-missing" and explained["captured"]["page"] == PAGE
    assert fix["framework"] == "express" and fix["captured"]["edits"]
    assert meant["reasons"] == ["origin-missing"]
    assert markdown.startswith("# A browser call and CORS") and len(lines) == 3
    assert "http://localhost:3000" in asked


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "unknown id": ("explain_call", {"call": "nobody"}, "no call with this id"),
    "unknown id after": ("wait_for_call", {"after": "nobody"}, "no call with this id"),
    "missing argument": ("get_fix", {}, "missing required field `call`"),
    "wrong type": ("list_calls", {"limit": "ten"}, "Expected `int`"),
    "out of range": ("verify_fixed", {"call": "first", "seconds": 10**9}, "<= 300"),
    "unknown argument": ("list_calls", {"colour": "red"}, "unknown field"),
    "no such tool": ("rm", {}, "no tool of this name"),
    "no such framework": ("get_fix", {"call": "first", "framework": "cobol"}, "no recipe"),
    "no capture of its own": ("try_fix", {"call": "first"}, "doesn't run the proxy"),
    "a second source": ("start_capture", {}, "a session already"),
    "not a page": ("start_capture", {"url": "file:///etc/passwd"}, "http://"),
    "a session that is over": ("wait_for_call", {"seconds": 300}, "is over"),
    "nothing to verify": ("verify_fixed", {"call": "second", "seconds": 300}, "is over"),
}


async def test_what_cannot_be_is_refused_and_the_server_goes_on(session: Path, tmp_path: Path) -> None:
    async with serving(str(session), folder=tmp_path) as client:
        for case, (tool, arguments, words) in REFUSED.items():
            answer = await client.tool(tool, **arguments)
            assert answer.refused and words in answer.text, case
        for wrong in ("corsinspect://nothing", f"{resources.CALL}nobody", "file:///etc/passwd"):
            with pytest.raises(Exception, match=r"no such resource|no call with this id"):
                await client.resource(wrong)
        with pytest.raises(Exception, match="no prompt"):
            await client.prompt("nonsense")
        assert not (await client.tool("list_calls")).refused


async def test_without_a_capture_the_tools_say_how_to_start_one(tmp_path: Path) -> None:
    async with serving(folder=tmp_path) as client:
        for tool, arguments in (("list_calls", {}), ("explain_call", {"call": "a"}), ("wait_for_call", {})):
            answer = await client.tool(tool, **arguments)
            assert answer.refused and "start_capture" in answer.text
        assert (await client.tool("explain_message", message="origin-missing"))["reasons"] == ["origin-missing"]


async def test_an_unreadable_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "odd.har").write_text("nonsense")
    async with serving(str(tmp_path / "odd.har"), folder=tmp_path) as client:
        answer = await client.tool("list_calls")
        assert answer.refused and "no recorded traffic" in answer.text


async def test_a_session_that_another_process_writes_is_followed(session: Path, tmp_path: Path) -> None:
    async with serving(str(session), "--attach", folder=tmp_path) as client:
        assert (await client.tool("list_calls"))["matching"] == 2
        writer = SessionWriter(session)
        writer.put(exchange(url="https://api.test/late", at=200, id="late"))
        writer.flush()
        came = await client.tool("wait_for_call", filter="path:/late", after="second", seconds=LIMIT)
        writer.close()
        none = await client.tool("wait_for_call", filter="path:/never", seconds=1)
    assert came["captured"]["call"]["call"] == "late" and not none["found"]


async def test_a_capture_is_started_once_and_ends_with_the_client(tmp_path: Path) -> None:
    async with serving("--port", str(free_port()), folder=tmp_path) as client:
        started = await client.tool("start_capture")
        again = await client.tool("start_capture")
        off = await client.tool("try_fix", off=True)
        nothing = await client.tool("try_fix")
        host, _, port = started["proxy"].partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.close()
    assert again.refused and not off["trying"] and nothing.refused
    with pytest.raises(OSError):
        await asyncio.open_connection(host, int(port))


async def test_a_browser_that_is_not_there_leaves_no_capture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    async with connected(env={"XDG_STATE_HOME": str(tmp_path), "PATH": str(tmp_path)}, log=tmp_path / "log") as client:
        first = await client.tool("start_capture", browser="edge")
        second = await client.tool("start_capture")
    assert first.refused and "Edge" in first.text and not second.refused


ALLOWED = OK + b"Access-Control-Allow-Origin: https://app.test\r\nAccess-Control-Allow-Methods: PUT\r\n\r\n"


def calling(path: Path, *urls: str) -> Path:
    writer = SessionWriter(path)
    for number, url in enumerate(urls):
        writer.put(exchange(url=url, at=100 + number))
    writer.flush()
    writer.close()
    return path


async def test_a_server_of_the_session_is_asked_as_a_browser_would(tmp_path: Path) -> None:
    async with answering(ALLOWED) as server:
        session = calling(tmp_path / "one.jsonl", server.url)
        async with serving(str(session), folder=tmp_path) as client:
            passes = await client.tool("probe", url=server.url, origin=PAGE)
            writes = await client.tool("probe", url=server.url, origin=PAGE, method="PUT")
            fails = await client.tool("probe", url=server.url, origin="https://b.test")
            wrong = await client.tool("probe", url=server.url, origin=f"{PAGE}/path")
            unsent = await client.tool("probe", url=server.url, origin=PAGE, method="POST")
    assert passes["passes"] and passes["outcome"] == "allowed"
    assert writes["passes"] and "no more is sent" in writes["says"]
    assert (fails["passes"], fails["reason"]) == (False, "origin-mismatch") and fails["captured"]["asked"]["failing"]
    assert wrong.refused and "origin" in wrong.text and not unsent["passes"] and unsent["outcome"] is None
    assert [head.split()[0] for head in server.heads] == [b"GET", b"OPTIONS", b"GET"]


async def test_no_other_server_is_asked_unless_it_was_named(tmp_path: Path) -> None:
    async with answering(ALLOWED) as other:
        away = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + other.url.encode() + b"\r\n"
        async with answering(away + b"Access-Control-Allow-Origin: *\r\n\r\n") as server:
            session = calling(tmp_path / "one.jsonl", server.url)
            async with serving(str(session), folder=tmp_path) as client:
                refused = await client.tool("probe", url=other.url, origin=PAGE)
                redirected = await client.tool("probe", url=server.url, origin=PAGE)
                assert refused.refused and "--may-probe" in refused.text and not other.heads
                assert not redirected["passes"] and "wasn't followed" in redirected["captured"]["not_sent"]
                assert not other.heads
            async with serving("--may-probe", other.url, folder=tmp_path) as client:
                assert (await client.tool("probe", url=other.url, origin=PAGE))["passes"]
    assert len(other.heads) == 1


@contextlib.asynccontextmanager
async def rude(*arguments: str, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "corsinspect", "mcp", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "XDG_STATE_HOME": str(folder)},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def say(process: asyncio.subprocess.Process, *messages: object) -> None:
    assert process.stdin is not None
    for message in messages:
        line = message if isinstance(message, bytes) else json.dumps(message).encode()
        process.stdin.write(line + b"\n")
    await process.stdin.drain()


async def hear(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    async with asyncio.timeout(LIMIT):
        return json.loads(await process.stdout.readline())


def call(id: int, tool: str, **arguments: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}


def where_it_writes(pid: int, descriptor: int) -> Path:
    return Path(f"/proc/{pid}/fd/{descriptor}").readlink()


def closing(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.close()


LEAVING: dict[str, Callable[[asyncio.subprocess.Process], None]] = {
    "stdin ends": closing,
    "SIGTERM": lambda process: process.send_signal(signal.SIGTERM),
    "SIGINT": lambda process: process.send_signal(signal.SIGINT),
}


@pytest.mark.parametrize("leave", LEAVING.values(), ids=LEAVING)
async def test_a_client_that_goes_in_the_middle_of_a_call_ends_everything(
    leave: Callable[[asyncio.subprocess.Process], None], tmp_path: Path
) -> None:
    async with rude("--port", str(free_port()), folder=tmp_path) as process:
        await say(process, OPENING, OPENED, call(1, "start_capture"))
        await hear(process)
        proxy = (await hear(process))["result"]["structuredContent"]["proxy"]
        await say(process, call(2, "wait_for_call", seconds=300))
        await say(process, call(3, "list_calls"))  # when this is answered, the other one waits
        assert (await hear(process))["id"] == 3
        leave(process)
        async with asyncio.timeout(LIMIT):
            _, errors = await process.communicate()
    assert process.returncode == 0 and b"Traceback" not in errors
    host, _, port = proxy.partition(":")
    with pytest.raises(OSError):
        await asyncio.open_connection(host, int(port))


async def test_only_the_protocol_reaches_stdout(session: Path, tmp_path: Path) -> None:
    async with rude(str(session), folder=tmp_path) as process:
        garbage = [b"garbage", b"\xff\xfe\x00", b"[]", b'{"jsonrpc": "2.0", "id": 9, "method": "no/such"}', b"{" * 5000]
        await say(process, OPENING, OPENED, *garbage, call(1, "list_calls"), call(2, "explain_call", call=7))
        heard: dict[Any, dict[str, Any]] = {}
        while not {1, 2} <= set(heard):
            message = await hear(process)
            assert message["jsonrpc"] == "2.0"
            heard[message.get("id")] = message
        if sys.platform == "linux":  # whatever prints, here or in a child, prints to stderr
            assert where_it_writes(process.pid, 1) == where_it_writes(process.pid, 2)
    assert heard[1]["result"]["structuredContent"]["matching"] == 2 and heard[2]["result"]["isError"]


async def test_a_client_that_reads_nothing_does_not_stop_the_end(session: Path, tmp_path: Path) -> None:
    async with rude(str(session), folder=tmp_path) as process:
        await say(process, OPENING, OPENED)
        await hear(process)
        assert process.stdin is not None
        process.stdin.write(b"".join(json.dumps(call(id, "list_calls")).encode() + b"\n" for id in range(1, 200)))
        process.stdin.close()
        transport: Any = process._transport  # type: ignore[attr-defined]
        transport.get_pipe_transport(1).close()
        await until(lambda: process.returncode is not None, "the server's end")
    assert process.returncode == 0
