"""Ten minutes of busy traffic before a dashboard and its proxy: neither holds more at the end than early on, but for
the dashboard's list of rows.

`SOAK_SECONDS` (default 600) and `SOAK_RATE` (requests/s, default 1000; a machine that carries less gets less, which is
printed) change that.
"""

import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

from tests.bench import proxy
from tests.bench.latency import dashboard

SECONDS = float(os.environ.get("SOAK_SECONDS", "600"))
RATE = float(os.environ.get("SOAK_RATE", "1000"))
CHANCE = 16.0
"""MB by which a process may be larger in the last quarter than in the second whatever it did."""
PLACE = {"dashboard": 700, "proxy": 0}
"""Bytes that each may keep of a request besides: the list's place for a row, what it shows being in the file."""


class Held(NamedTuple):
    """What a process holds at a moment."""

    memory: float
    """Resident MB."""
    descriptors: int
    threads: int


def held(pid: int) -> Held:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    descriptors = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Held(int(fields["VmRSS"].split()[0]) / 1024, descriptors, int(fields["Threads"]))


def child_of(pid: int) -> int:
    """The dashboard's proxy."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def test_memory_descriptors_and_threads_stay_flat(tmp_path: Path) -> None:
    (port,) = proxy.free_ports(1)
    server = subprocess.Popen([sys.executable, proxy.__file__, "--upstream"], stdout=subprocess.PIPE)
    assert server.stdout is not None
    upstream = int(server.stdout.readline())
    done: list[dict[str, float | list[float]]] = []
    try:
        with dashboard(["live", "--port", str(port), "--browser", "none"], tmp_path, b"%d" % port) as screen:
            pids = {"dashboard": screen.process.pid, "proxy": child_of(screen.process.pid)}
            load = threading.Thread(
                target=lambda: done.append(proxy.load(port, upstream, SECONDS, proxy.CONNECTIONS, RATE))
            )
            load.start()
            samples: dict[str, list[Held]] = {name: [] for name in pids}
            while load.is_alive():
                for name, pid in pids.items():
                    samples[name].append(held(pid))
                time.sleep(SECONDS / 200)
            load.join()
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    (result,) = done
    assert isinstance(result["done"], int)
    done_between = result["done"] / 2
    print(f"\n{result['done']:,} requests in {SECONDS:.0f} s, asked for {RATE:,.0f} a second")
    for name, each in samples.items():
        quarters = [each[len(each) * quarter // 4 : len(each) * (quarter + 1) // 4] for quarter in range(4)]
        memory = [statistics.median(sample.memory for sample in quarter) for quarter in quarters]
        print(f"{name}: {', '.join(f'{mb:.0f}' for mb in memory)} MB by quarters; {each[-1]}")
        kept = PLACE[name] * done_between / 2**20
        assert memory[3] - memory[1] < CHANCE + kept, f"{name} grows"
        for what in ("descriptors", "threads"):
            early, late = (max(getattr(sample, what) for sample in quarters[quarter]) for quarter in (1, 3))
            assert late <= early, f"{name} holds more {what}"
