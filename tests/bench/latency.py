"""How soon a row is on the screen: from the proxy's stamp on the response headers to the row's bytes on a terminal.

- live: requests at a steady rate through the real proxy, the dashboard on a pseudo-terminal
- file: a generator writes exchanges to a session file, the dashboard attached to it

    python -m tests.bench.latency live [--rate 300] [--seconds 60]
    python -m tests.bench.latency file [--rate 2000] [--seconds 20]

The target is p99 under 200 ms, nothing dropped. Rows that scrolled past between two repaints were never on the screen;
they count as arrived with the repaint after, and only for "nothing dropped" (the session and the count on the screen).
"""

import argparse
import asyncio
import contextlib
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from corsinspect.model import Exchange
from corsinspect.session.writer import SessionWriter
from tests.bench.proxy import ANSWER, BODY, BROWSER, cpu_seconds, free_ports, percentile

ROWS, COLUMNS = 50, 200
MARK = re.compile(rb"/r(\d{6})")
CONNECTIONS = 16


class Screen:
    """The dashboard on a pseudo-terminal, read by a thread as fast as it writes."""

    def __init__(self, arguments: list[str], home: Path) -> None:
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        places = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("DATA", "CACHE", "STATE", "CONFIG")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "corsinspect", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=os.environ | places | {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
            start_new_session=True,
        )
        os.close(slave)
        self._master = master
        self.first: dict[int, float] = {}
        """When each row's mark first appeared, wall clock."""
        self.paints: list[float] = []
        """When something with a row's mark was painted, `time.monotonic`."""
        self.tail = b""
        self.bytes = 0
        self.cpu = 0.0
        """Seconds that the dashboard's process used, its proxy not counted."""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        rest = b""
        with contextlib.suppress(OSError):
            while data := os.read(self._master, 65536):
                now = time.time()
                self.bytes += len(data)
                data = rest + data
                marks = MARK.findall(data)
                for mark in marks:
                    self.first.setdefault(int(mark), now)
                if marks:
                    self.paints.append(time.monotonic())
                rest = data[-8:] if not MARK.search(data[-8:]) else b""
                self.tail = (self.tail + data)[-200_000:]

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def close(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.cpu = cpu_seconds(self.process.pid)
        self.press(b"q")
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self._master)


class Upstream(asyncio.Protocol):
    """Answers whatever is asked."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(ANSWER * data.count(b"\r\n\r\n"))


class Connection(asyncio.Protocol):
    """One kept-alive connection to the proxy: takes one request at a time."""

    def __init__(self) -> None:
        self.buffer = 0
        self.waiting: list[bytes] = []
        self.busy = False
        self.done = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def ask(self, request: bytes) -> None:
        self.waiting.append(request)
        self.next()

    def next(self) -> None:
        if self.waiting and not self.busy:
            self.busy = True
            self.data = b""
            self.transport.write(self.waiting.pop(0))

    def data_received(self, data: bytes) -> None:
        self.data += data
        if self.data.endswith(BODY):
            self.busy = False
            self.done += 1
            self.next()


async def generate(proxy: int, rate: float, seconds: float) -> None:
    """Entry of the load's process: a page's GETs at a steady rate, each with its number in the path."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Upstream, "127.0.0.1", 0)
    upstream = server.sockets[0].getsockname()[1]
    connections = [(await loop.create_connection(Connection, "127.0.0.1", proxy))[1] for _ in range(CONNECTIONS)]
    started, sent = loop.time(), 0
    while sent < rate * seconds:
        due = int((loop.time() - started) * rate)
        for number in range(sent, min(due, int(rate * seconds))):
            where = b"127.0.0.1:%d" % upstream
            head = b"GET http://%s/r%06d HTTP/1.1\r\nHost: %s\r\n" % (where, number, where)
            connections[number % CONNECTIONS].ask(head + BROWSER + b"\r\n")
        sent = max(sent, min(due, int(rate * seconds)))
        await asyncio.sleep(0.005)
    async with asyncio.timeout(30):
        while sum(connection.done for connection in connections) < sent:
            await asyncio.sleep(0.05)
    print(sent)


def write(session: Path, rate: float, seconds: float) -> int:
    """Write exchanges to a session file at a steady rate, 20 ms of them at a time; how many."""
    writer = SessionWriter(session)
    headers = tuple(tuple(line.decode().split(": ", 1)) for line in BROWSER.split(b"\r\n") if line)
    started, sent = time.time(), 0
    while sent < rate * seconds:
        now = time.time()
        for number in range(sent, min(int((now - started) * rate), int(rate * seconds))):
            writer.put(
                Exchange(
                    id=f"generated-{number}",
                    url=f"http://127.0.0.1:8000/r{number:06}",
                    method="GET",
                    started=now - 0.01,
                    answered=now,
                    ended=now,
                    status=200,
                    request_headers=headers,  # pyright: ignore[reportArgumentType]
                    response_headers=(("Content-Type", "application/json"),),
                )
            )
            sent = number + 1
        writer.flush()
        time.sleep(0.02)
    writer.close()
    return sent


def stamps(session: Path) -> dict[int, float]:
    """When the response headers of each numbered exchange were there, by the session."""
    answered: dict[int, float] = {}
    for line in session.read_bytes().splitlines():
        mark = MARK.search(line)
        if mark and (exchange := msgspec.json.decode(line, type=Exchange)).answered:
            answered[int(mark[1])] = exchange.answered
    return answered


@contextlib.contextmanager
def dashboard(arguments: list[str], home: Path, ready: bytes) -> Iterator[Screen]:
    """The dashboard, once `ready` is on its screen."""
    screen = Screen(arguments, home)
    try:
        deadline = time.monotonic() + 30
        while ready not in screen.tail:
            if screen.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the dashboard didn't start: {screen.tail[-2000:]!r}")
            time.sleep(0.05)
        yield screen
    finally:
        screen.close()


def main() -> None:
    """Run one of the two and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", choices=["live", "file", "generate"])
    parser.add_argument("--rate", type=float)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--proxy", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    rate = args.rate or (2000.0 if args.which == "file" else 300.0)
    seconds = args.seconds or (20.0 if args.which == "file" else 60.0)
    if args.which == "generate":
        asyncio.run(generate(args.proxy, rate, seconds))
        return
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        if args.which == "live":
            (port,) = free_ports(1)
            with dashboard(["live", "--port", str(port), "--browser", "none"], home, b"%d" % port) as screen:
                load = ["generate", "--proxy", str(port), "--rate", str(rate), "--seconds", str(seconds)]
                done = subprocess.run(
                    [sys.executable, "-m", "tests.bench.latency", *load], check=True, capture_output=True
                )
                sent = int(done.stdout)
                time.sleep(1.0)
                (session,) = (home / "state").rglob("*.jsonl")
        else:
            session = home / "session.jsonl"
            SessionWriter(session).close()
            with dashboard(["attach", str(session)], home, b"session.jsonl") as screen:
                sent = write(session, rate, seconds)
                time.sleep(1.0)
        report(sent, stamps(session), screen)


def report(sent: int, answered: dict[int, float], screen: Screen) -> None:
    """The figures."""
    delays = [1000 * (screen.first[number] - stamp) for number, stamp in answered.items() if number in screen.first]
    print(
        f"{sent} exchanges, {len(answered)} in the session, {len(delays)} rows painted, {screen.bytes >> 20} MB painted"
    )
    print("stamp to pseudo-terminal, ms: ", end="")
    print(", ".join(f"p{share * 100:g} {percentile(delays, share):.0f}" for share in (0.5, 0.9, 0.99, 0.999)))
    print("p99 by sixths of the run, ms: ", end="")
    first, span = min(answered.values()), max(answered.values()) - min(answered.values())
    sixths: list[list[float]] = [[] for _ in range(6)]
    for number, stamp in answered.items():
        if number in screen.first:
            sixths[min(5, int(6 * (stamp - first) / span))].append(1000 * (screen.first[number] - stamp))
    print(", ".join(f"{percentile(sixth, 0.99):.0f}" for sixth in sixths if sixth))
    used, load = screen.cpu / span, os.getloadavg()[0]
    print(f"the dashboard used {used:.0%} of a core; load average of the machine {load:.1f} on {os.cpu_count()} cores")
    last = max(answered)
    print(f"the last exchange's row was painted: {last in screen.first}; dropped: {sent - len(answered)}")


if __name__ == "__main__":
    main()
