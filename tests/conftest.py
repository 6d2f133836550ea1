"""What holds for all tests: none reads or writes what belongs to the person who runs them."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def nobodys_preferences(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Preferences are kept in a folder of the test's own, by processes that it starts too."""
    folder = tmp_path_factory.mktemp("settings")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    return folder / "corsinspect" / "dashboard.json"
