"""The demo's servers, and a proxy that captures what a browser does there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from corsinspect.capture.proxy import Proxy
from corsinspect.demo.servers import Demo, start_demo


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    running = await start_demo()
    yield running
    await running.stop()


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    running = Proxy(tmp_path / "demo.jsonl")
    await running.start()
    yield running
    await running.stop()
