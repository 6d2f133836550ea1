"""The addon in a person's own mitmdump and mitmweb, really run with requests through them."""

import asyncio
import contextlib
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from mitmproxy.io import FlowReader

from .flows import FROM_PAGE, latest

SCRIPT = Path(__file__).parents[2] / "addons" / "capture.py"
COLLECT = Path(__file__).with_name("collect.py")
PAGE = "http://app.test:3000"
FETCHED = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
"""What browsers send to servers on this machine beside the rest."""


class Server(asyncio.Protocol):
    """Grants preflights; answers the rest without any CORS header below /closed, with one elsewhere."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        grant = b"Access-Control-Allow-Methods: PUT\r\n" if data.startswith(b"OPTIONS") else b""
        if grant or not data.split(b" ")[1].startswith(b"/closed"):
            grant += f"Access-Control-Allow-Origin: {PAGE}\r\n".encode()
        self.transport.write(b"HTTP/1.1 200 OK\r\n" + grant + b"Content-Length: 2\r\n\r\nhi")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Tool:
    """One of mitmproxy's programs with the addon loaded."""

    def __init__(self, name: str, folder: Path, *options: str, env: dict[str, str] | None = None) -> None:
        self.port = free_port()
        self.session = folder / "session.jsonl"
        self.printed = ""
        # mitmproxy itself wants a terminal
        self.terminal = pty.openpty() if name == "mitmproxy" else None
        inside = self.terminal[1] if self.terminal else None
        if inside is not None:
            termios.tcsetwinsize(inside, (24, 80))
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-c", f"from mitmproxy.tools.main import {name}; {name}()"),
                *("--listen-host", "127.0.0.1", "-p", str(self.port), "--set", f"confdir={folder / 'confdir'}"),
                *("-s", str(SCRIPT), "--set", f"cors_session={self.session}", *options),
            ],
            stdout=inside or subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=inside or subprocess.DEVNULL,
            env=os.environ | {"TERM": "xterm-256color"} | (env or {}),
        )
        if self.terminal:
            # read as it writes, lest it waits for us
            self.reading = threading.Thread(target=self._read, args=(self.terminal[0],))
            self.reading.start()
            os.close(self.terminal[1])

    def _read(self, terminal: int) -> None:
        with contextlib.suppress(OSError):  # the other end is closed
            while data := os.read(terminal, 65536):
                self.printed += data.decode(errors="replace")
        os.close(terminal)

    async def ready(self) -> None:
        deadline = time.monotonic() + 30
        while self.process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            await asyncio.sleep(0.05)
        raise AssertionError(self.end())

    async def send(self, method: str, url: str, **headers: str) -> bytes:
        """One request through the proxy; its whole answer."""
        sent = (
            FROM_PAGE
            | FETCHED
            | {name.replace("_", "-"): value for name, value in headers.items()}
            | {"Connection": "close"}
        )
        head = f"{method} {url} HTTP/1.1\r\nHost: {url.split('/')[2]}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(head.encode() + b"\r\n")
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        writer.close()
        await writer.wait_closed()
        return answer

    def end(self) -> str:
        """End it politely; all that it printed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            if self.terminal:
                self.process.wait(20)
                self.reading.join(20)
            else:
                self.printed = self.process.communicate(timeout=20)[0].decode(errors="replace")
        return self.printed


@pytest.fixture
def tools() -> Iterator[list[Tool]]:
    started: list[Tool] = []
    yield started
    for tool in started:
        tool.end()


@pytest.fixture
async def server() -> AsyncIterator[str]:
    """Its address."""
    async with await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def make_calls(tool: Tool, server: str) -> None:
    """A simple blocked call, a pair that is allowed, a pair that is blocked at its actual request."""
    await tool.send("GET", f"{server}/closed/simple")
    for path in ("/open/pair", "/closed/pair"):
        await tool.send("OPTIONS", f"{server}{path}", Access_Control_Request_Method="PUT")
        await tool.send("PUT", f"{server}{path}")


@pytest.mark.parametrize("name", ["mitmdump", "mitmweb", "mitmproxy"])
async def test_flows_are_marked_commented_and_recorded(
    name: str, tmp_path: Path, tools: list[Tool], server: str
) -> None:
    marks = tmp_path / "marks.json"
    web = ["--no-web-open-browser", "--web-port", str(free_port())] if name == "mitmweb" else []
    tool = Tool(name, tmp_path, "-s", str(COLLECT), "--set", f"collect={marks}", *web)
    tools.append(tool)
    await tool.ready()
    await make_calls(tool, server)
    tool.end()

    flows = json.loads(marks.read_bytes())

    red, green = ":red_circle:", ":white_check_mark:"
    assert [flow[:3] for flow in flows] == [
        ["GET", "/closed/simple", red],
        ["OPTIONS", "/open/pair", green],
        ["PUT", "/open/pair", green],
        ["OPTIONS", "/closed/pair", green],
        ["PUT", "/closed/pair", red],
    ]
    assert all(flow[3].startswith("CORS ") for flow in flows)
    outcomes = [line["annotation"]["outcome"] for line in latest(tool.session).values()]
    assert outcomes == ["blocked", "allowed", "allowed", "blocked", "blocked"]
    assert tool.session.stat().st_mode & 0o777 == 0o600


async def test_what_mitmdump_saves_keeps_its_bodies_and_has_the_marks(
    tmp_path: Path, tools: list[Tool], server: str
) -> None:
    saved = tmp_path / "flows.mitm"
    tool = Tool("mitmdump", tmp_path, "-w", str(saved))
    tools.append(tool)
    await tool.ready()
    await make_calls(tool, server)
    tool.end()

    with saved.open("rb") as file:
        flows = list(FlowReader(file).stream())

    assert {flow.response.content for flow in flows} == {b"hi"}  # pyright: ignore[reportAttributeAccessIssue]
    assert flows[0].marked == ":red_circle:"
    assert flows[-1].comment.startswith("CORS blocked")


@pytest.mark.parametrize("folder", ["addons", "corsinspect/addons"])
def test_no_module_is_loaded_under_two_names(folder: str) -> None:
    script = SCRIPT.parents[1] / folder / "capture.py"
    code = (
        f"import os, runpy, sys\n"
        f"sys.path.insert(0, {str(script.parent)!r})  # as mitmproxy does\n"
        f"assert runpy.run_path({str(script)!r})['addons']\n"
        f"files = [os.path.realpath(m.__file__) for m in sys.modules.values() if getattr(m, '__file__', None)]\n"
        f"ours = [file for file in files if file.startswith({str(SCRIPT.parent)!r})]\n"
        f"print(len(ours), len({{*ours}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=SCRIPT.parents[1], capture_output=True, text=True, check=True
    )
    loaded, files = map(int, done.stdout.split())
    assert loaded == files > 3


def test_where_corsinspect_is_not_installed_one_line_says_how_to_mend_it(tmp_path: Path, tools: list[Tool]) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['corsinspect'] = None\n")
    finished = subprocess.run(
        [sys.executable, str(SCRIPT)], env=os.environ | {"PYTHONPATH": str(tmp_path)}, capture_output=True, check=True
    )

    assert finished.stdout == b""
    (line,) = finished.stderr.decode().splitlines()
    assert line.startswith("corsinspect isn't installed where this mitmproxy runs")
    assert "pipx inject mitmproxy corsinspect" in line


async def test_mitmdump_runs_on_where_corsinspect_is_not_installed(
    tmp_path: Path, tools: list[Tool], server: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['corsinspect'] = None\n")
    tool = Tool("mitmdump", tmp_path, env={"PYTHONPATH": str(tmp_path)})
    tools.append(tool)
    await tool.ready()

    answer = await tool.send("GET", f"{server}/open")

    assert answer.startswith(b"HTTP/1.1 200")
    assert "pipx inject mitmproxy corsinspect" in tool.end()
