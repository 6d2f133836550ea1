"""Judges many session files on the workers of a Dask cluster: a file is what one worker can judge by itself.

    python -m tests.bench.cluster FOLDER [--scheduler tcp://10.0.0.1:8786 | --workers 2] [-o verdicts.jsonl]

The workers need corsinspect, and the files under the same paths. A line of the output is a call: its file, id, outcome
and reason, as `corsinspect check --format jsonl FILE` has them. Without an address it starts a cluster on this machine.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import islice
from pathlib import Path

from dask.typing import Key
from distributed import Client, Future, LocalCluster, as_completed

AHEAD = 64
"""Files that are handed out before their turn: the scheduler needn't know of all."""


def judged(path: str) -> list[tuple[str, str, str | None]]:
    """The id, outcome and reason of each call in a file."""
    import corsinspect

    calls = corsinspect.judge_all(corsinspect.load(path).exchanges)
    return [(call.id, call.verdict.outcome, call.verdict.reason) for call in calls]


def verdicts(client: Client, paths: list[str]) -> Iterator[tuple[str, list[tuple[str, str, str | None]]]]:
    """Each file's, as they come."""
    waiting = iter(paths)
    names: dict[Key, str] = {}

    def hand_out(count: int) -> list[Future]:
        futures: list[Future] = []
        for path in islice(waiting, count):
            futures.append(client.submit(judged, path, pure=False))
            names[futures[-1].key] = path
        return futures

    done = as_completed(hand_out(AHEAD), with_results=True)
    for future, found in done:
        yield names.pop(future.key), found
        for more in hand_out(1):
            done.add(more)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scheduler", help="a running cluster's address")
    parser.add_argument("--workers", type=int, default=2, help="of a cluster on this machine")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    paths = sorted(str(path.resolve()) for path in options.folder.glob("*.jsonl") if path.suffixes == [".jsonl"])
    cluster = None
    if options.scheduler is None:
        cluster = LocalCluster(n_workers=options.workers, threads_per_worker=1, dashboard_address=":0")
    with Client(cluster or options.scheduler) as client:
        started, calls = time.perf_counter(), 0
        with options.output.open("w") if options.output else nullcontext(sys.stdout) as file:
            for path, found in verdicts(client, paths):
                calls += len(found)
                for id, outcome, reason in found:
                    row = {"file": path, "id": id, "outcome": outcome, "reason": reason}
                    print(json.dumps(row), file=file)
        seconds = time.perf_counter() - started
        workers = len(client.scheduler_info()["workers"])
        print(f"{len(paths)} files, {calls:,} calls, {workers} workers: {seconds:.1f} s", file=sys.stderr)
    if cluster is not None:
        cluster.close()


if __name__ == "__main__":
    main()
