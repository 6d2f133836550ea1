"""One page, proxy and Chromium for all trials of a module."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.fixes.lab import Lab


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lab(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    async with Lab(tmp_path_factory.mktemp("lab")) as running:
        yield running
