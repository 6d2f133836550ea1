"""The scenes of tests/browser, twenty times each in both browsers, at other speeds and sites: run with `pytest -s`."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.proxy import Proxy
from tests.browser import scenes
from tests.browser.pages import open_page
from tests.browser.scenes import Api, Scene, served
from tests.browser.test_scenes import both
from tests.browser.test_scenes import proxy as proxy

RUNS = 20
PAUSES = (0.0, 0.3, 1.0, 3.5)
"""Seconds between two clicks: before and after a preflight that nothing follows is given up (3 s)."""

runs = pytest.mark.parametrize("run", range(RUNS))


class Table:
    """What came out, a line for each scene and browser."""

    def __init__(self) -> None:
        self.runs: Counter[tuple[str, str]] = Counter()
        self.verdicts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.faults: Counter[tuple[str, str]] = Counter()

    def add(self, name: str, kind: str, scene: Scene) -> list[str]:
        """Counts a run; returns what was wrong with it."""
        faults = [*scene.wrong("certain", "likely"), *scene.forgotten(), *scene.early]
        self.runs[name, kind] += 1
        self.verdicts[name, kind] += scene.count()
        self.faults[name, kind] += bool(faults)
        return faults

    def __str__(self) -> str:
        lines = ["| scene | browser | runs | without fault | verdicts |", "|---|---|---|---|---|"]
        for (name, kind), number in self.runs.items():
            verdicts = ", ".join(f"{count} {verdict}" for verdict, count in self.verdicts[name, kind].most_common())
            lines.append(f"| {name} | {kind} | {number} | {number - self.faults[name, kind]} | {verdicts} |")
        return "\n".join(lines)


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    made = Table()
    yield made
    print(f"\n{made}")


@both
@runs
async def test_two_clicks(proxy: Proxy, kind: BrowserKind, run: int, table: Table) -> None:
    drawn = random.Random(run)
    same_site = run % 4 != 3
    pause, together = drawn.choice(PAUSES), drawn.random() < 0.5
    api, host = Api(), "localhost" if same_site else "127.0.0.1"
    async with served(Api()) as origin, served(api, host) as url, open_page(kind, proxy, f"{origin}/") as page:
        scene = await scenes.two_clicks(proxy, page, api, url, pause=pause, together=together)

    name = "two clicks, same site" if same_site else "two clicks, another site"
    assert table.add(name, kind, scene) == [], (pause, together)
    assert set(map(tuple, scene.saw.values())) == {("failed", "failed", "allowed")}
    # without cookies a GET shows nothing, and stays open
    assert len(scene.look.successes) >= len(scene.saw) - (not same_site)


@both
@runs
@pytest.mark.parametrize("name", ["COEP", "HTTP cache", "beacons", "sandboxed frame"])
async def test_others(proxy: Proxy, kind: BrowserKind, run: int, name: str, table: Table) -> None:
    demanding = Api(page=[("Cross-Origin-Embedder-Policy", "require-corp")] if name == "COEP" else [])
    api, host = Api(), "127.0.0.1" if name == "COEP" or run % 2 else "localhost"
    async with AsyncExitStack() as stack:
        origin = await stack.enter_async_context(served(demanding))
        url = await stack.enter_async_context(served(api, host))
        page = await stack.enter_async_context(open_page(kind, proxy, f"{origin}/"))
        if name == "COEP":
            scene = await scenes.coep(proxy, page, api, url)
        elif name == "HTTP cache":
            scene, _ = await scenes.cached(proxy, page, api, url)
        elif name == "beacons":
            scene = await scenes.beacons(proxy, page, api, url)
        else:
            scene = await scenes.sandboxed(proxy, page, api, url, origin)

    assert table.add(name, kind, scene) == []
