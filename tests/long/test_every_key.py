"""Every key of the dashboard over many hostile recordings, as in tests/proof."""

import random
from pathlib import Path

import pytest

from tests.dashboard.conftest import replaying
from tests.dashboard.conftest import same_everywhere as same_everywhere
from tests.proof.every_key import no_server_is_asked as no_server_is_asked
from tests.proof.every_key import nobodys_state as nobodys_state
from tests.proof.every_key import press_all
from tests.proof.every_key import without_idling as without_idling
from tests.proof.mutated import FORMATS, mutated
from tests.proof.test_every_key import SEEDS, Say, press_in_a_capture

MORE = range(SEEDS.stop, 50)
SIZES = [(60, 15), (80, 24), (200, 60)]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("seed", MORE)
async def test_every_key_over_a_hostile_recording(format: str, seed: int, tmp_path: Path, record_property: Say) -> None:
    async with replaying(mutated(tmp_path, format, seed), size=SIZES[seed % len(SIZES)]) as screen:
        pressed = await press_all(screen, random.Random(seed))
    record_property("cases", len(pressed.keys))


@pytest.mark.parametrize("seed", MORE)
async def test_every_key_over_a_hostile_capture(seed: int, tmp_path: Path, record_property: Say) -> None:
    record_property("cases", len((await press_in_a_capture(tmp_path, seed)).keys))
