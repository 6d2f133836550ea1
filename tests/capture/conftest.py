import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from corsinspect.capture import Proxy

with warnings.catch_warnings():
    # mitmproxy's own imports use what their dependencies have deprecated
    warnings.simplefilter("ignore", DeprecationWarning)
    import mitmproxy.master  # noqa: F401


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Nothing of the person's own is read or written; one certificate authority for all tests."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("DATA", "CACHE", "STATE"):
            patch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
        yield home


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    """A running proxy in its own process, recording to `proxy.session`."""
    proxy = Proxy(tmp_path / "session.jsonl")
    await proxy.start()
    yield proxy
    await proxy.stop()
    assert proxy.died is None


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine starts a browser slowly."""
    monkeypatch.setattr("corsinspect.capture.proxy.ANSWER_LIMIT", 30.0)
