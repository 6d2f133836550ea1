"""What capture costs: requests per second, added latency and CPU of three proxies, side by side in one run.

- a: plain `mitmdump -q`
- b: corsinspect's own proxy process, capture on
- c: corsinspect's addon in a person's `mitmdump -q`, marking on

    python tests/bench/proxy.py [--rounds 3] [--seconds 4]

The targets are ratios to (a), since machines differ: b >= 1.15 with mitmproxy 11 (1.3 with 12), c >= 0.75. CPU seconds
per request are steadier than requests/s on a busy machine. Load and server run in processes of their own; traffic is
what a page makes: of four requests one preflight, its PUT and two GETs, 64 connections kept alive.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import mitmproxy.version

ADDON = Path(__file__).parents[2] / "addons" / "capture.py"
CONNECTIONS = 64
TARGETS = {"a": 1.0, "b": 1.15 if mitmproxy.version.VERSION.startswith("11") else 1.3, "c": 0.75}
NAMES = {"a": "mitmdump -q", "b": "corsinspect's proxy", "c": "addon in mitmdump"}
CALM_RATE = 100
"""Requests/s while latency is measured: what a busy page makes, far from any proxy's limit."""

BODY = json.dumps({"items": [{"id": number, "name": f"item {number}"} for number in range(12)]}).encode()
CORS = (
    b"Access-Control-Allow-Origin: http://app.test:3000\r\nAccess-Control-Allow-Credentials: true\r\nVary: Origin\r\n"
)
ANSWER = (
    b"HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\nServer: bench\r\nContent-Type: application/json\r\n"
    + CORS
    + b"Cache-Control: no-store\r\nX-Request-Id: 7f3a\r\nContent-Length: %d\r\n\r\n" % len(BODY)
    + BODY
)
PREFLIGHT_ANSWER = (
    b"HTTP/1.1 204 No Content\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\nServer: bench\r\n"
    + CORS
    + b"Access-Control-Allow-Methods: GET, PUT\r\nAccess-Control-Allow-Headers: authorization, content-type\r\n"
    + b"Access-Control-Max-Age: 0\r\n\r\n"
)
BROWSER = (
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
    b"\r\nAccept: */*\r\nOrigin: http://app.test:3000\r\nReferer: http://app.test:3000/\r\n"
    b"Sec-Fetch-Site: cross-site\r\n"
    b"Sec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
    b"Accept-Language: en-US,en;q=0.9\r\n"
)


class Upstream(asyncio.Protocol):
    """The server under test traffic: answers each request as it comes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head, self.buffer = self.buffer[:end], self.buffer[end + 4 :]
            if head.startswith(b"PUT"):
                if len(self.buffer) < 2:
                    self.buffer = head + b"\r\n\r\n" + self.buffer
                    return
                self.buffer = self.buffer[2:]
            self.transport.write(PREFLIGHT_ANSWER if head.startswith(b"OPTIONS") else ANSWER)


def requests(upstream: int, connection: int) -> list[bytes]:
    """One connection's requests in turn, each ready to be sent through a proxy."""
    base = b"http://127.0.0.1:%d/api/%d" % (upstream, connection)
    host = b"Host: 127.0.0.1:%d\r\n" % upstream
    get = b"GET %s/items?page=1 HTTP/1.1\r\n%s%s\r\n" % (base, host, BROWSER)
    preflight = (
        b"OPTIONS %s/items/7 HTTP/1.1\r\n%sAccess-Control-Request-Method: PUT\r\n"
        b"Access-Control-Request-Headers: authorization,content-type\r\n%s\r\n" % (base, host, BROWSER)
    )
    put = (
        b"PUT %s/items/7 HTTP/1.1\r\n%sContent-Length: 2\r\nAuthorization: Bearer 0123456789abcdef\r\n"
        b"Content-Type: application/json\r\n%s\r\n{}" % (base, host, BROWSER)
    )
    return [get, preflight, put, get]


class Client(asyncio.Protocol):
    """One connection: sends the next request when the answer is whole (`pause` later), notes how long each took."""

    def __init__(self, script: list[bytes], pause: float = 0.0) -> None:
        self.script = script
        self.pause = pause
        self.turn = 0
        self.buffer = b""
        self.took: list[float] = []
        self.stopping = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.send()

    def send(self) -> None:
        if not self.stopping:
            self.sent = time.perf_counter()
            self.transport.write(self.script[self.turn % len(self.script)])

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        if self.buffer.startswith(b"HTTP/1.1 200"):
            if len(self.buffer) < head + 4 + len(BODY):
                return
        elif not self.buffer.startswith(b"HTTP/1.1 204"):
            raise AssertionError(self.buffer[:200])
        self.took.append(time.perf_counter() - self.sent)
        self.buffer = b""
        self.turn += 1
        if self.pause:
            asyncio.get_running_loop().call_later(self.pause, self.send)
        else:
            self.send()


async def serve_upstream() -> None:
    """Entry of the server's process: prints its port and serves for good."""
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def generate(port: int, upstream: int, seconds: float, connections: int, rate: float) -> None:
    """Entry of the load's process: prints requests done, seconds and latencies as JSON. `rate` 0: at full speed."""
    loop = asyncio.get_running_loop()
    pause = connections / rate if rate else 0.0
    clients: list[Client] = []
    for number in range(connections):
        script = requests(upstream, number)
        if port == upstream:  # no proxy: origin form
            script = [request.replace(b"http://127.0.0.1:%d" % upstream, b"", 1) for request in script]
        _, client = await loop.create_connection(lambda script=script: Client(script, pause), "127.0.0.1", port)
        clients.append(client)
    await asyncio.sleep(0.5)  # connections and caches warm
    for client in clients:
        client.took.clear()
    started = time.perf_counter()
    await asyncio.sleep(seconds)
    took = [one for client in clients for one in client.took]
    print(json.dumps({"done": len(took), "seconds": time.perf_counter() - started, "took": took}))


class Proxy(NamedTuple):
    process: subprocess.Popen[bytes]
    port: int


@contextlib.contextmanager
def running(command: list[str], port: int, log: IO[bytes]) -> Iterator[Proxy]:
    """A proxy's process that takes connections, ended on exit."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 30
        while not _takes_connections(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{command} didn't start; see {log.name}")
            time.sleep(0.05)
        yield Proxy(process, port)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.terminate()
        process.wait()


def _takes_connections(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def commands(folder: Path, ports: dict[str, int]) -> dict[str, list[str]]:
    """How each of the three is started."""
    mitmdump = [sys.executable, "-c", "from mitmproxy.tools.main import mitmdump; mitmdump()", "-q"]
    mitmdump += ["--listen-host", "127.0.0.1", "--set", f"confdir={folder / 'confdir'}"]
    addon = ["-s", str(ADDON), "--set", f"cors_session={folder / 'c.jsonl'}"]
    child = [sys.executable, "-P", "-m", "corsinspect.capture.child"]
    return {
        "a": [*mitmdump, "-p", str(ports["a"])],
        "b": [*child, str(folder / "b.jsonl"), str(ports["b"])],
        "c": [*mitmdump, "-p", str(ports["c"]), *addon],
    }


def cpu_seconds(pid: int) -> float:
    """What the process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(
    port: int, upstream: int, seconds: float, connections: int, rate: float = 0.0
) -> dict[str, float | list[float]]:
    """Run the load's process to its end."""
    arguments = ["--generate", str(port), str(upstream), str(seconds), str(connections), str(rate)]
    return json.loads(subprocess.run([sys.executable, __file__, *arguments], check=True, capture_output=True).stdout)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


class Round(NamedTuple):
    rate: float
    cpu: float
    """Milliseconds a request."""
    p50: float
    p99: float
    """Milliseconds, at CALM_RATE."""


def measure(proxy: Proxy, upstream: int, seconds: float) -> Round:
    """One round for one proxy: full load, then calm."""
    before = cpu_seconds(proxy.process.pid)
    full = load(proxy.port, upstream, seconds, CONNECTIONS)
    # the half second of warming is in the CPU time: counted in proportion
    cpu = (cpu_seconds(proxy.process.pid) - before) * seconds / (seconds + 0.5)
    calm = load(proxy.port, upstream, min(seconds, 3.0), 8, CALM_RATE)["took"]
    assert isinstance(full["done"], int) and isinstance(full["seconds"], float) and isinstance(calm, list)
    return Round(
        full["done"] / full["seconds"],
        1000 * cpu / full["done"],
        1000 * percentile(calm, 0.5),
        1000 * percentile(calm, 0.99),
    )


def free_ports(count: int) -> list[int]:
    import socket

    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def main() -> None:
    """Run the rounds, interleaved, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--only", default="abc")
    parser.add_argument("--upstream", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--generate", nargs=5, type=float, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.upstream:
        asyncio.run(serve_upstream())
    if args.generate:
        port, upstream, seconds, connections, rate = args.generate
        asyncio.run(generate(int(port), int(upstream), seconds, int(connections), rate))
        return
    results: dict[str, list[Round]] = {name: [] for name in args.only}
    direct: list[float] = []
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        log = stack.enter_context((folder / "log").open("wb"))
        server = subprocess.Popen([sys.executable, __file__, "--upstream"], stdout=subprocess.PIPE)
        stack.callback(server.kill)
        assert server.stdout is not None
        upstream = int(server.stdout.readline())
        ports = dict(zip("abc", free_ports(3), strict=True))
        starts = commands(folder, ports)
        proxies = {name: stack.enter_context(running(starts[name], ports[name], log)) for name in args.only}
        for _ in range(args.rounds):
            calm = load(upstream, upstream, 1.0, 8, CALM_RATE)["took"]
            assert isinstance(calm, list)
            direct += calm
            for name, proxy in proxies.items():
                results[name].append(measure(proxy, upstream, args.seconds))
        for name in ("b", "c"):
            if name in results and not (lines := (folder / f"{name}.jsonl").read_bytes().count(b"\n")) > 1000:
                raise SystemExit(f"{NAMES[name]} recorded {lines} lines: nothing was measured")
    report(results, percentile(direct, 0.5) * 1000, percentile(direct, 0.99) * 1000)


def report(results: dict[str, list[Round]], direct50: float, direct99: float) -> None:
    """The table; ratios are of the medians over the rounds."""
    median = {name: Round(*map(statistics.median, zip(*rounds, strict=True))) for name, rounds in results.items()}
    print(f"mitmproxy {mitmproxy.version.VERSION}, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    columns = (("requests/s", 11), ("ratio", 7), ("target", 8), ("CPU ms/req", 12), ("ratio", 7))
    columns += (("added p50 ms", 14), ("p99 ms", 8))
    print(" " * 24 + "".join(title.rjust(width) for title, width in columns))
    for name, row in median.items():
        base = median.get("a", row)
        print(
            f"{name} {NAMES[name]:22}{row.rate:11.0f}{row.rate / base.rate:7.2f}{TARGETS[name]:8.2f}"
            f"{row.cpu:12.3f}{base.cpu / row.cpu:7.2f}{row.p50 - direct50:14.2f}{row.p99 - direct99:8.2f}"
        )


if __name__ == "__main__":
    main()
