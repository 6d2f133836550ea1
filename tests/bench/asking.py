"""What listening to the browser costs: 2,000 fetches of a page with and without it, in turn, in one run.

    python -m tests.bench.asking [--browser firefox] [--fetches 2000] [--rounds 2]

Printed for each: wall time, the median and the 95th percentile of a fetch as the page measures it, CPU seconds of the
browser's processes, and of the proxy's. The target: the proxy's process spends less than a tenth of a core more on it
at 300 requests/s, which is 0.33 s for 1,000 fetches.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
from pathlib import Path
from typing import NamedTuple

from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.proxy import Proxy
from corsinspect.session.sidecar import load_saids
from tests.capture.listening.said_pages import site

TARGET = 0.1 / 300 * 1000
SCRIPT = """
const times = [], begun = performance.now();
await Promise.all(Array.from({ length: 8 }, async (_, lane) => {
  for (let number = lane; number < FETCHES; number += 8) {
    const start = performance.now();
    await (await fetch(`${API}/ok?n=${number}`, { credentials: number % 2 ? 'include' : 'same-origin' })).text();
    times.push(performance.now() - start);
  }
}));
results.wall = (performance.now() - begun) / 1000;
results.times = times;
"""


class Cost(NamedTuple):
    wall: float
    median: float
    late: float
    browser: float
    proxy: float
    said: int


def _ticks(group: int) -> float:
    """CPU seconds so far of the processes in a group, and of their children that have ended."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) == group:
                total += sum(map(int, (folder / "stat").read_text().rpartition(")")[2].split()[11:15]))
        except OSError:
            continue
    return total / os.sysconf("SC_CLK_TCK")


async def _measure(kind: BrowserKind, ask: bool, fetches: int) -> Cost:
    with tempfile.TemporaryDirectory() as folder:
        proxy = Proxy(Path(folder) / "session.jsonl", ask_browser=ask)
        await proxy.start()
        try:
            async with site(SCRIPT.replace("FETCHES", str(fetches))) as pages:
                browser = await proxy.open_browser(kind, "about:blank" if ask else None, headless=True)
                await browser.close()  # warm: the first start of a browser reads it from the disk
                browser = await proxy.open_browser(kind, pages.page, headless=True)
                assert proxy.pid is not None
                before = _ticks(browser.pid), _ticks(proxy.pid)
                results = json.loads(await pages.results)
                await asyncio.sleep(0.5)
                spent = _ticks(browser.pid) - before[0], _ticks(proxy.pid) - before[1]
                await browser.close()
        finally:
            await proxy.stop()
        times = sorted(results["times"])
        told = sum("?n=" in said.url for said in load_saids(proxy.session))
        return Cost(results["wall"], statistics.median(times), times[int(len(times) * 0.95)], *spent, told)


async def main(kind: BrowserKind, fetches: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        for each in ("DATA", "CACHE", "STATE"):
            os.environ[f"XDG_{each}_HOME"] = home
        found: dict[bool, list[Cost]] = {False: [], True: []}
        for _ in range(rounds):
            for ask in (False, True):
                found[ask].append(await _measure(kind, ask, fetches))
    print(f"{'':12}  wall s  median ms  p95 ms  browser CPU s  proxy CPU s  told")
    middle: dict[bool, Cost] = {}
    for ask, costs in found.items():
        middle[ask] = cost = Cost(*(statistics.median(column) for column in zip(*costs, strict=True)))
        name = "listened to" if ask else "left alone"
        print(
            f"{name:12}  {cost.wall:6.2f}  {cost.median:9.2f}  {cost.late:6.1f}"
            f"  {cost.browser:13.2f}  {cost.proxy:11.2f}  {cost.said:4.0f}"
        )
    listener = (middle[True].proxy - middle[False].proxy) / fetches * 1000
    print(f"listening, for 1,000 fetches: {listener:.2f} s of CPU in the proxy's process (target: below {TARGET:.2f})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--browser", choices=("chromium", "firefox"), default="chromium")
    parser.add_argument("--fetches", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    asyncio.run(main(options.browser, options.fetches, options.rounds))
