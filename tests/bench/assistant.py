"""What an assistant waits for: list_calls over a session of 100,000 exchanges, once that is loaded.

python -m tests.bench.assistant [COUNT]
"""

import statistics
import sys
import time

from corsinspect.analysis import judge_all
from corsinspect.assistant.answers import structured, text
from corsinspect.assistant.calls import Calls
from corsinspect.assistant.listing import list_calls
from corsinspect.model import Changes
from tests.bench.sessions import exchanges

RUNS = 5
FILTERS = ("", "blocked", "method:PUT and not allowed", "r0001", "path:/v2/r09* status:2xx")


def main(count: int) -> None:
    calls = Calls()
    begun = time.process_time()
    calls.take(Changes(judge_all(exchanges(count)), []))
    print(f"{count:,} exchanges, {len(calls):,} calls, judged and taken in within {time.process_time() - begun:.1f} s")
    for filter in FILTERS:
        times: list[float] = []
        fields, said = {}, ""
        for _ in range(RUNS):
            begun = time.process_time()
            fields = structured(list_calls(calls, filter, 0, 10))
            said = text(fields)
            times.append(time.process_time() - begun)
        found = f"{fields['matching']:,} found, {len(said.encode()):,} bytes"
        print(f"{statistics.median(times) * 1000:7.1f} ms of CPU  list_calls {filter!r}: {found}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
