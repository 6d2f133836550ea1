"""Every figure of what corsinspect can carry in one table, beside its peers, in one run.

    python -m tests.bench [--scale 0.01] [--only check,read]

`--scale` makes all sessions and files smaller, to see that each part runs. In full it takes some twenty minutes, and
wants a machine with nobody else at work.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import mitmproxy.version

from corsinspect.doctor.versions import compiled
from tests.bench import analysis, checking, reading, recordings, sessions
from tests.bench.dashboard import opened, wait_for


class Row(NamedTuple):
    what: str
    figure: str
    target: str = ""


class Bench(NamedTuple):
    folder: Path
    scale: float

    def rows(self, full: int) -> int:
        """So many, made smaller; a multiple of ten."""
        return max(10, int(full * self.scale) // 10 * 10)

    def session(self, full: int) -> Path:
        path = self.folder / f"{full}.jsonl"
        if not path.exists():
            sessions.write(path, self.rows(full))
        return path


def check(bench: Bench) -> Iterator[Row]:
    rows = bench.rows(1_000_000)
    for jobs in (1, 2):
        found = checking.measure([bench.session(1_000_000)], jobs)
        yield Row(f"check --jobs {jobs} of {rows:,} exchanges", f"{found.seconds:.1f} s")
        yield Row("… against a bare decode of its lines", f"{found.seconds / found.bare:.1f} times", "4")
        yield Row("… memory of a process at most", f"{found.memory:.0f} MB", "below 700")
    own = bench.folder / "own.jsonl"
    sessions.write(own, bench.rows(100_000), own=True)
    alike, different = (checking.measure([path]).seconds for path in (bench.session(100_000), own))
    yield Row("where each answer has headers of its own", f"{different / alike:.2f} times as long")
    sessions.write_said(bench.session(200_000), rows := bench.rows(200_000))
    found = checking.measure([bench.session(200_000)])
    yield Row(f"check of {rows:,} exchanges, with what a browser said of each", f"{found.cpu:.1f} s of CPU")
    yield Row("… memory at most", f"{found.memory:.0f} MB", "below 700")
    halves = [bench.folder / f"half-{number}.jsonl" for number in range(2)]
    for path in halves:
        sessions.write(path, bench.rows(100_000))
    one, two = (checking.measure(halves, jobs).seconds for jobs in (1, 2))
    yield Row(f"two files of {bench.rows(100_000):,}, --jobs 2 against 1", f"{one / two:.2f} times as fast")


def judge(bench: Bench) -> Iterator[Row]:
    fed, seconds = analysis.feed(analysis.a_day(bench.rows(200_000)))
    yield Row("judging, a core", f"{fed / seconds:,.0f} exchanges/s", "50,000")


def read(bench: Bench) -> Iterator[Row]:
    forms = ((recordings.write_mitm, "b.mitm", 70_000, "8", "FlowReader"),)
    forms += ((recordings.write_har, "b.har", 38_700, "12", "HAR importer"),)
    for write, name, count, target, peer in forms:
        path = bench.folder / name
        write(path, bench.rows(count))
        found = reading.compare(path)
        size = path.stat().st_size >> 20
        yield Row(f"{path.suffix} of {size} MB against mitmproxy's {peer}", f"{found.ratio:.1f} times as fast", target)
        started = time.monotonic()
        with opened(["replay", str(path)], bench.folder / "home") as screen:
            first = wait_for(lambda painted=screen.paints: bool(painted), "the first row") - started
        yield Row("… first rows in the dashboard", f"{first:.2f} s", "1.0")


def dashboard(bench: Bench) -> Iterator[Row]:
    rows = bench.rows(1_000_000)
    said = _said("dashboard", "load", "--rows", str(rows))
    yield Row(f"dashboard, {rows:,} exchanges: first rows", _part(said, r"first rows ([\d.]+ s)"), "0.6")
    yield Row("… all of them", _part(said, r"whole ([\d.]+ s)"), "40")
    yield Row("… memory at most", _part(said, r"\((\d+) at most\)") + " MB", "below 700")
    said = _said("dashboard", "keys", "--rate", "2000")
    yield Row("key to paint while following 2,000/s, p99", _part(said, r"2000/s: .*?p99 ([\d.]+)") + " ms", "30")
    said = _said("dashboard", "cpu", "--rate", "500")
    yield Row("following 500/s", _part(said, r"^following 500/s: (.+)") + "", "15% of a core")


def capture(bench: Bench) -> Iterator[Row]:
    seconds = max(3.0, 4 * bench.scale)  # less says too little to be measured
    said = _said("proxy", "--rounds", "3" if bench.scale >= 1 else "1", "--seconds", str(seconds))
    line = _part(said, r"^b (.+)")
    rate, ratio = re.findall(r"[\d.]+", line.removeprefix("corsinspect's proxy"))[:2]
    yield Row("capturing, against plain mitmdump", f"{float(rate):,.0f} requests/s, {ratio} times as many", "1.15")


def soak(bench: Bench) -> Iterator[Row]:
    seconds = max(10, int(600 * bench.scale))
    command = [sys.executable, "-m", "pytest", "-sq", "tests/long/test_soak.py"]
    done = subprocess.run(command, env=os.environ | {"SOAK_SECONDS": str(seconds)}, capture_output=True, text=True)
    yield Row(f"{seconds} s of 1,000 requests/s asked for", _part(done.stdout, r"([\d,]+ requests) in"))
    for name in ("dashboard", "proxy"):
        yield Row(f"… MB of the {name}, by quarters", _part(done.stdout, rf"{name}: ([\d, ]+) MB"), "flat")


def cluster(bench: Bench) -> Iterator[Row]:
    folder = bench.folder / "many"
    folder.mkdir()
    for number in range(bench.rows(1_000)):
        sessions.write(folder / f"{number:05}.jsonl", 200)
    for workers in (1, 2):
        said = _said("cluster", str(folder), "--workers", str(workers), "-o", str(bench.folder / "verdicts.jsonl"))
        yield Row(f"Dask, {workers} worker{'s' * (workers > 1)}", _part(said, r"(\d+ files, .+)"))


PARTS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "check": check,
    "judge": judge,
    "read": read,
    "dashboard": dashboard,
    "capture": capture,
    "soak": soak,
    "cluster": cluster,
}


def _said(module: str, *arguments: str) -> str:
    command = [sys.executable, "-m", f"tests.bench.{module}", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout


def _part(said: str, pattern: str) -> str:
    found = re.search(pattern, said, re.M)
    return found[1].strip() if found else f"nothing said: {said[-200:]!r}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas")
    options = parser.parse_args()
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {gigabytes:.0f} GB, Python {platform.python_version()}, "
        f"rules {'' if compiled() else 'not '}compiled, "
        f"mitmproxy {mitmproxy.version.VERSION}; load average {os.getloadavg()[0]:.1f} before\n"
    )
    print("| what | figure | target |\n|---|---|---|")
    for name in options.only.split(","):
        with tempfile.TemporaryDirectory() as folder:
            for row in PARTS[name](Bench(Path(folder), options.scale)):
                print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
