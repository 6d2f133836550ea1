"""Every key of the dashboard over hostile recordings: what is in them is shown as text, and nothing crashes."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dashboard.conftest import capturing, replaying
from tests.dashboard.conftest import same_everywhere as same_everywhere
from tests.proof.every_key import Pressed, press_all
from tests.proof.every_key import no_server_is_asked as no_server_is_asked
from tests.proof.every_key import nobodys_state as nobodys_state
from tests.proof.every_key import without_idling as without_idling
from tests.proof.mutated import FORMATS, mutated

Say = Callable[[str, object], None]
SEEDS = range(1)
"""A few; tests/long has more."""


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("seed", SEEDS)
async def test_every_key_over_a_hostile_recording(format: str, seed: int, tmp_path: Path, record_property: Say) -> None:
    async with replaying(mutated(tmp_path, format, seed)) as screen:
        pressed = await press_all(screen, random.Random(seed))
    record_property("cases", len(pressed.keys))


async def test_every_key_over_a_hostile_capture(tmp_path: Path, record_property: Say) -> None:
    record_property("cases", len((await press_in_a_capture(tmp_path, 0)).keys))


async def press_in_a_capture(folder: Path, seed: int) -> Pressed:
    """What the proxy of a live capture would have written, were it not ours."""
    lines = mutated(folder, "jsonl", seed).read_bytes()
    async with capturing(folder) as screen:

        def refill() -> None:
            with screen.proxy.session.open("ab") as file:
                file.write(lines)
            screen.proxy.wake.set()

        return await press_all(screen, random.Random(seed), refill)
