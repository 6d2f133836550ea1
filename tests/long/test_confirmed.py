"""The clicks of tests/browser/test_confirmed.py, twenty times in each browser: run with `pytest -s`."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.proxy import Proxy
from tests.browser.clicks import Clicked, clicks
from tests.browser.test_confirmed import kind as kind
from tests.browser.test_scenes import proxy as proxy

RUNS = 20


class Table:
    """What came out, a line for each browser."""

    def __init__(self) -> None:
        self.runs: Counter[str] = Counter()
        self.agreed: Counter[str] = Counter()
        self.verdicts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.known: Counter[str] = Counter()

    def add(self, kind: str, clicked: Clicked) -> list[str]:
        """Counts a run; returns what was wrong with it."""
        faults = clicked.faults()
        self.runs[kind] += 1
        self.agreed[kind] += not faults
        self.verdicts[kind].update(f"{call.verdict.outcome} {call.verdict.certainty}" for call in clicked.calls)
        self.known[kind] += sum(call.credentials != "unknown" for call in clicked.calls)
        return faults

    def __str__(self) -> str:
        names = ("browser", "runs", "without fault", "calls", "credentials known", "verdicts")
        rows = [names, ("---", *4 * ["--:"], "---")]
        for browser, runs in self.runs.items():
            verdicts = ", ".join(f"{count} {verdict}" for verdict, count in self.verdicts[browser].most_common())
            calls = self.verdicts[browser].total()
            rows.append((browser, str(runs), str(self.agreed[browser]), str(calls), str(self.known[browser]), verdicts))
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    made = Table()
    yield made
    print(f"\n{made}")


@pytest.mark.parametrize("run", range(RUNS))
async def test_clicks_between_which_the_server_is_fixed(
    proxy: Proxy, kind: BrowserKind, run: int, table: Table
) -> None:
    assert table.add(kind, await clicks(proxy, kind)) == []
