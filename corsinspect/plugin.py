"""The pytest plugin: the fixture `cors`. pytest loads this file in every run, so it imports nothing of weight."""

import re
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from corsinspect.testing.background import BackgroundProxy
    from corsinspect.testing.cors import Cors

KEEPER = "corsinspect-keeper"
_FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("corsinspect", "CORS verdicts on what browsers do in tests")
    group.addoption(
        "--cors-scope",
        choices=("function", "session"),
        default="function",
        help="Whether the fixture `cors` has the calls of one test (the default) or of all.",
    )
    group.addoption("--cors-session", metavar="DIR", type=Path, help="Keep the sessions of failed tests in DIR.")
    group.addoption("--cors-port", metavar="N", type=int, help="The port of the proxy (default: any that is free).")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--cors-session") is not None:
        config.pluginmanager.register(_Keeper(), KEEPER)


class _Keeper:
    """Remembers what has failed; registered only where somebody asks for it."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.failed:
            item.stash[_FAILED] = item.session.stash[_FAILED] = True
        return report


def _scope(fixture_name: str, config: pytest.Config) -> Any:
    del fixture_name
    return config.getoption("--cors-scope")


@pytest.fixture(scope="session")
def cors_proxy(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[BackgroundProxy]":
    """The proxy of this test run. It stays the same, so browsers that live longer than a test can use it."""
    from corsinspect.testing.background import BackgroundProxy

    session = tmp_path_factory.mktemp("cors") / "before.jsonl"
    proxy = BackgroundProxy(session, pytestconfig.getoption("--cors-port"))
    proxy.start()
    yield proxy
    proxy.stop()


@pytest.fixture(scope="session")
def cors_proxy_url(cors_proxy: "BackgroundProxy") -> str:
    """The proxy's address, for fixtures that open a browser for the whole run."""
    return cors_proxy.url


@pytest.fixture(scope=_scope)
def cors(
    request: pytest.FixtureRequest, cors_proxy: "BackgroundProxy", tmp_path_factory: pytest.TempPathFactory
) -> "Iterator[Cors]":
    """The calls that pass the proxy from now on; see docs/ci.md."""
    from corsinspect.testing.cors import Cors

    session = tmp_path_factory.mktemp("cors") / "session.jsonl"
    session.touch(0o600)
    cors_proxy.turn_to(session)
    cors = Cors(cors_proxy, session)
    yield cors
    cors.close()
    folder: Path | None = request.config.getoption("--cors-session")
    if folder is not None and request.node.stash.get(_FAILED, False):
        _keep(session, folder, request.node.nodeid)


def _keep(session: Path, folder: Path, test: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w.-]+", "-", test).strip("-.") or "session"
    shutil.copy2(session, folder / f"{name[-150:]}.jsonl")
