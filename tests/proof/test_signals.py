"""A signal at any moment, under traffic: the session can be read, nothing is left. `tests/long` does it more often."""

import random
from pathlib import Path

import pytest

from .kills import KINDS, killed


@pytest.mark.parametrize("name", KINDS)
async def test_a_signal_under_traffic_leaves_the_session_and_nothing_else(name: str, tmp_path: Path) -> None:
    await killed(KINDS[name], tmp_path / "session.jsonl", random.uniform(0.5, 1.5))
