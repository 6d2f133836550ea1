"""Each framework, broken in each way: recognised, and fixed by its recipe as it is, in real Chromium."""

from pathlib import Path

import pytest

from tests.fixes.frameworks import IN_CI, VARIANTS, Framework
from tests.fixes.lab import Lab
from tests.fixes.trial import attempt, complaints


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("tried", IN_CI, ids=lambda tried: tried.name)
async def test_the_recipe_mends_the_app(lab: Lab, tried: Framework, variant: str, tmp_path: Path) -> None:
    trial = await attempt(lab, tried, variant, tmp_path)
    assert complaints(trial, tried, variant) == [], trial.recipe.code
