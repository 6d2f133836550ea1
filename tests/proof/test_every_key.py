"""Every key of the dashboard over hostile recordings: what is in them is shown as text, and nothing crashes."""

import asyncio
import os
import random
from pathlib import Path

import pytest
import textual.app
import textual.pilot

from tests.dashboard.conftest import replaying
from tests.dashboard.conftest import same_everywhere as same_everywhere
from tests.proof.every_key import press_all
from tests.proof.mutated import FORMATS, mutated

SEEDS = range(int(os.environ.get("A", "0")), int(os.environ.get("B", "2")))


@pytest.fixture(autouse=True)
def nobodys_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is copied is kept in the state folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(autouse=True)
def without_idling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot waits 0.1 s after each key for the machine to be idle; that all messages are done is enough."""

    async def wait_for_idle(min_sleep: float = 0, max_sleep: float = 0) -> None:
        for _ in range(4):
            await asyncio.sleep(0)

    for module in (textual.app, textual.pilot):
        monkeypatch.setattr(module, "wait_for_idle", wait_for_idle)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("seed", SEEDS)
async def test_every_key_over_a_hostile_recording(format: str, seed: int, tmp_path: Path) -> None:
    async with replaying(mutated(tmp_path, format, seed), size=(120, 40)) as screen:
        await press_all(screen, random.Random(seed))
