"""The frameworks whose recipes are not tried in every run; needs `npm ci` in tests/long/node."""

from pathlib import Path

import pytest

from tests.fixes.conftest import lab as lab
from tests.fixes.frameworks import VARIANTS, Framework
from tests.fixes.in_long import IN_LONG
from tests.fixes.lab import Lab
from tests.fixes.trial import attempt, complaints

TRIALS = [
    pytest.param(tried, variant, id=f"{tried.name}-{variant}")
    for tried in IN_LONG
    for variant in (*VARIANTS, *tried.half)
    if variant not in tried.by_hand
]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("tried", "variant"), TRIALS)
async def test_the_recipe_mends_the_app(lab: Lab, tried: Framework, variant: str, tmp_path: Path) -> None:
    trial = await attempt(lab, tried, variant, tmp_path)
    assert complaints(trial, tried, variant) == [], trial.edits
