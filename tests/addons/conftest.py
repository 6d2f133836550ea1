import warnings
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from corsinspect.addons.hooks import Capture

with warnings.catch_warnings():
    # mitmproxy's own imports use what their dependencies have deprecated
    warnings.simplefilter("ignore", DeprecationWarning)
    import mitmproxy.test.taddons  # noqa: F401


@pytest.fixture
def session(tmp_path: Path) -> Path:
    return tmp_path / "session.jsonl"


@pytest.fixture
async def capture(session: Path) -> AsyncIterator[Capture]:
    """As in the proxy's own process: streaming, recording to `session`."""
    capture = Capture(session, stream=True)
    yield capture
    capture.done()
