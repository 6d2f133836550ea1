"""What `check` takes for a session: wall time, memory, and how often a bare decode of its lines would fit into that.

python -m tests.bench.checking FILE… [--jobs 2]
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import msgspec

from corsinspect.model import Exchange


class Checked(NamedTuple):
    seconds: float
    cpu: float
    memory: float
    """MB at most, of its largest process."""
    bare: float
    """Seconds that decoding all lines takes and nothing else."""


def measure(paths: list[Path], jobs: int = 1, format: str = "jsonl") -> Checked:
    """Runs `check` over the files, and decodes them."""
    command = [sys.executable, "-m", "corsinspect", "check", "--format", format, "--jobs", str(jobs), *map(str, paths)]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode > 1:
        raise SystemExit(f"check ended with {process.returncode}")
    bare = sum(map(_decoded, paths))
    return Checked(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, bare)


def _decoded(path: Path) -> float:
    decode = msgspec.json.Decoder(Exchange).decode
    started = time.perf_counter()
    with path.open("rb") as file:
        next(file)  # the header
        for line in file:
            decode(line)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    found = measure(options.files, options.jobs)
    print(
        f"{found.seconds:.1f} s ({found.cpu:.1f} s of CPU), {found.memory:.0f} MB at most; "
        f"{found.seconds / found.bare:.1f} times a bare decode ({found.bare:.1f} s)"
    )


if __name__ == "__main__":
    main()
