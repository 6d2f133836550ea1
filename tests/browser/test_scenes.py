"""Scenes of a developer's day in real browsers: no certain wrong verdict, and no false success of the watch."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from corsinspect.advice.causes import causes
from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.proxy import Proxy
from tests.browser import scenes
from tests.browser.pages import open_page
from tests.browser.scenes import Api, served

both = pytest.mark.parametrize("kind", ["chromium", "firefox"])


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    running = Proxy(tmp_path / "session.jsonl")
    await running.start()
    yield running
    await running.stop()


@both
async def test_two_clicks_and_a_wrong_fix_between(proxy: Proxy, kind: BrowserKind) -> None:
    api = Api()
    async with served(Api()) as origin, served(api) as url, open_page(kind, proxy, f"{origin}/") as page:
        scene = await scenes.two_clicks(proxy, page, api, url, pause=0.3, together=True)

    assert set(map(tuple, scene.saw.values())) == {("failed", "failed", "allowed")}
    assert scene.wrong("certain", "likely") == []
    assert scene.forgotten() == []
    assert scene.early == []
    assert len(scene.look.successes) == len(scene.saw)


@both
async def test_a_page_that_demands_corp(proxy: Proxy, kind: BrowserKind) -> None:
    api, own = Api(), Api(page=[("Cross-Origin-Embedder-Policy", "require-corp")])
    async with (
        served(own) as origin,
        served(api, "127.0.0.1") as url,
        open_page(kind, proxy, f"{origin}/") as page,
    ):
        scene = await scenes.coep(proxy, page, api, url)

    assert scene.saw == {("GET", "/bare.gif"): ["failed"], ("GET", "/open.gif"): ["loaded"]}
    assert scene.wrong("certain") == []


@both
async def test_an_image_in_the_cache_that_a_script_then_asks_for(proxy: Proxy, kind: BrowserKind) -> None:
    api = Api()
    async with served(Api()) as origin, served(api) as url, open_page(kind, proxy, f"{origin}/") as page:
        scene, fetched = await scenes.cached(proxy, page, api, url)

    assert scene.wrong("certain", "likely") == []
    if fetched == "failed":  # Firefox asks the server once more, as it keeps answers with and without cookies apart
        (opaque,) = scene.look.of(("GET", "/logo.gif"))
        assert api.received.count(("GET", "/logo.gif")) == 1
        assert [cause.id for cause in causes(opaque, scene.look.calls.values())] == ["kept-without-cors"]


@both
async def test_beacons(proxy: Proxy, kind: BrowserKind) -> None:
    api = Api()
    async with served(Api()) as origin, served(api) as url, open_page(kind, proxy, f"{origin}/") as page:
        scene = await scenes.beacons(proxy, page, api, url)

    assert ("POST", "/json") not in api.received
    assert scene.wrong("certain", "likely") == []


@both
async def test_a_sandboxed_frame(proxy: Proxy, kind: BrowserKind) -> None:
    api = Api()
    async with served(Api()) as origin, served(api) as url, open_page(kind, proxy, f"{origin}/") as page:
        scene = await scenes.sandboxed(proxy, page, api, url, origin)

    assert scene.saw == {("GET", "/own"): ["failed"], ("GET", "/all"): ["allowed"], ("GET", "/null"): ["allowed"]}
    assert scene.wrong("certain", "likely") == []
