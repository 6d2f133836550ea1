"""What `tests/proof/test_signals.py` does once for each kind of signal, fifty times in all."""

import random
from itertools import cycle, islice
from pathlib import Path

import pytest

from tests.capture.conftest import home  # noqa: F401
from tests.proof.kills import KINDS, killed

ROUNDS = 50
SEED = 12


@pytest.mark.parametrize("number", range(ROUNDS))
async def test_fifty_rounds(number: int, tmp_path: Path) -> None:
    name = next(islice(cycle(KINDS), number, None))
    await killed(KINDS[name], tmp_path / "session.jsonl", random.Random(SEED + number).uniform(0, 1.5))
