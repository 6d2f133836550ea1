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
    assert complaints(trial, tried, variant) == [], trial.edits


HALVES = [pytest.param(tried, variant, id=f"{tried.name}-{variant}") for tried in IN_CI for variant in tried.half]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("tried", "variant"), HALVES)
async def test_the_recipe_changes_cors_code_that_is_there(
    lab: Lab, tried: Framework, variant: str, tmp_path: Path
) -> None:
    trial = await attempt(lab, tried, variant, tmp_path)
    assert complaints(trial, tried, variant) == [], trial.edits
