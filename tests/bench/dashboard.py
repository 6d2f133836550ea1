"""What the dashboard costs on a pseudo-terminal, with few and with very many rows.

- load: a saved session, from the start of the process: first rows, keys meanwhile, judged whole, memory
- keys: key press to repaint, idle, and while a generator writes exchanges to the file that is followed
- cpu: share of a core while exchanges come, following the newest and not

    python -m tests.bench.dashboard load [--rows 100000]
    python -m tests.bench.dashboard keys [--rows 1000] [--rate 2000]
    python -m tests.bench.dashboard cpu [--rate 500]

Targets: first rows within 0.6 s, 1,000,000 exchanges judged within 40 s and in less than 700 MB; idle p50 8 ms and p99
30 ms at any size, also while loading and under 2,000 exchanges/s; 15 % of a core at 500/s. On a busy machine the CPU
figures are the steadier ones.
"""

import argparse
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import sessions
from tests.bench.latency import Screen
from tests.bench.proxy import cpu_seconds, percentile

KEYS = {"down": b"\x1b[B", "up": b"\x1b[A", "page down": b"\x1b[6~", "page up": b"\x1b[5~"}
PRESSES = 200
SPAN = 15.0
"""Seconds over which CPU is counted."""


def wait_for(condition: Callable[[], bool], what: str, limit: float = 900.0) -> float:
    """The monotonic time at which the condition was seen to hold."""
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} didn't happen within {limit:.0f} s")
        time.sleep(0.001)
    return time.monotonic()


def latency(screen: Screen, key: bytes) -> float:
    """Milliseconds from the key to the first row painted after it."""
    painted, pressed = len(screen.paints), time.monotonic()
    screen.press(key)
    wait_for(lambda: len(screen.paints) > painted, "a repaint", 60)
    return 1000 * (screen.paints[painted] - pressed)


def press(screen: Screen, presses: int) -> str:
    """What keys took that a person holds or taps, here and there in the list."""
    cpu, clock = cpu_seconds(screen.process.pid), time.monotonic()
    taps = random.Random(1)
    found: list[float] = []
    for number in range(presses):
        # the page keys in turns, so that none of them finds an end of the list and paints nothing
        page = "page up" if number % 20 == 10 else "page down" if number % 20 == 19 else None
        found.append(latency(screen, KEYS[page or ("up" if number % 4 < 2 else "down")]))
        time.sleep(taps.uniform(0.02, 0.12))
    used = cpu_seconds(screen.process.pid) - cpu
    return (
        f"{told(found)}; {1000 * used / presses:.0f} ms of CPU a key, {used / (time.monotonic() - clock):.0%} of a core"
    )


def told(latencies: list[float]) -> str:
    """The shares of latencies in ms."""
    shares = [f"p{share * 100:g} {percentile(latencies, share):.1f}" for share in (0.5, 0.9, 0.99)]
    return f"{', '.join(shares)}, max {max(latencies):.1f} ms of {len(latencies)} keys"


def memory(pid: int) -> dict[str, int]:
    """Resident MB now and at most."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return {name: int(fields[name].split()[0]) >> 10 for name in ("VmRSS", "VmHWM")}


def helpers(pid: int) -> list[int]:
    """The processes that it has begun."""
    found: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


@contextlib.contextmanager
def opened(arguments: list[str], home: Path) -> Iterator[Screen]:
    screen = Screen(arguments, home)
    try:
        yield screen
    finally:
        screen.close()


def blocked(rows: int) -> bytes:
    """What the screen says when as many exchanges are judged."""
    return b"\xe2\x9c\x97 %d blocked" % (2 * rows // 10)


def load(home: Path, session: Path, rows: int) -> None:
    """Open a saved session."""
    started = time.monotonic()
    with opened(["replay", str(session)], home) as screen:
        first = wait_for(lambda: bool(screen.paints), "the first row") - started
        screen.press(b"g")
        latencies: list[float] = []
        others: dict[int, tuple[float, int]] = {}
        end = blocked(rows)
        while end not in screen.tail:
            latencies.append(latency(screen, KEYS["down"]))
            for pid in helpers(screen.process.pid):
                with contextlib.suppress(OSError, KeyError):  # it has ended meanwhile
                    others[pid] = cpu_seconds(pid), memory(pid)["VmHWM"]
            time.sleep(0.25)
        whole = time.monotonic() - started
        cpu = cpu_seconds(screen.process.pid)
        time.sleep(2)
        used = memory(screen.process.pid)
        print(f"first rows {first:.2f} s, whole {whole:.1f} s ({cpu:.1f} s of CPU), {used['VmRSS']} MB", end="")
        print(f" ({used['VmHWM']} at most)")
        told_of = ", ".join(f"{seconds:.1f} s and {most} MB" for seconds, most in others.values())
        print(f"processes that read meanwhile: {told_of or 'none'}")
        print(f"keys meanwhile: {told(latencies)}")
        print(f"keys after it:  {press(screen, PRESSES)}")


@contextlib.contextmanager
def generator(session: Path, first: int, rate: float) -> Iterator[None]:
    """A process that appends exchanges to the session."""
    arguments = ["generate", "--file", str(session), "--rows", str(first), "--rate", str(rate)]
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.dashboard", *arguments])
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def generate(session: Path, first: int, rate: float) -> None:
    """Append exchanges at a steady rate, 20 ms of them at a time, until terminated."""
    with session.open("ab", buffering=0) as file:
        started, sent = time.time(), 0
        while True:
            due = int((time.time() - started) * rate)
            pace = 1 / rate
            coming = sessions.exchanges(due - sent, time.time() - (first + due) * pace, pace, first + sent)
            file.write(b"".join(sessions.written(exchange, None) for exchange in coming))
            sent = due
            time.sleep(0.02)


def keys(home: Path, session: Path, rows: int, rate: float) -> None:
    """Attach to a session of so many rows."""
    with opened(["attach", str(session)], home) as screen:
        wait_for(lambda: blocked(rows) in screen.tail, "the last verdict")
        time.sleep(1)
        screen.press(KEYS["page up"] * 5)
        time.sleep(1)
        print(f"idle: {press(screen, PRESSES)}")
        with generator(session, rows, rate):
            time.sleep(3)
            print(f"{rate:.0f}/s: {press(screen, PRESSES)}; {memory(screen.process.pid)['VmRSS']} MB")


def cpu(home: Path, session: Path, rows: int, rate: float) -> None:
    """Count CPU while exchanges come."""
    with opened(["attach", str(session)], home) as screen:
        wait_for(lambda: blocked(rows) in screen.tail, "the last verdict")
        with generator(session, rows, rate):
            for name, pressed in (("following", b"G"), ("not following", KEYS["page up"] * 3)):
                screen.press(pressed)
                time.sleep(2)
                before, clock = cpu_seconds(screen.process.pid), time.monotonic()
                time.sleep(SPAN)
                share = (cpu_seconds(screen.process.pid) - before) / (time.monotonic() - clock)
                print(f"{name} {rate:.0f}/s: {share:.0%} of a core")


def main() -> None:
    """Run one of them and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", choices=["load", "keys", "cpu", "generate"])
    parser.add_argument("--rows", type=int, help="exchanges in the session, a multiple of 10")
    parser.add_argument("--rate", type=float)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.which == "generate":
        generate(args.file, args.rows, args.rate)
        return
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        session = home / "session.jsonl"
        rows = args.rows or {"load": 100_000, "keys": 1_000, "cpu": 1_000}[args.which]
        sessions.write(session, rows)
        print(f"{rows} exchanges, {session.stat().st_size >> 20} MB")
        if args.which == "load":
            load(home, session, rows)
        elif args.which == "keys":
            keys(home, session, rows, args.rate or 2000.0)
        else:
            cpu(home, session, rows, args.rate or 500.0)
        print(f"load average of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
