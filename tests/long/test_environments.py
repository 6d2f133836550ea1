"""The recipes' other half: the same with a list of origins for each environment, which is empty where none is set."""

import asyncio
import dataclasses
import re
from pathlib import Path

import msgspec
import pytest

from corsinspect.advice.recipes import Edit, Rendered, recipes
from corsinspect.advice.solution import change
from tests.fixes.calls import calls_for
from tests.fixes.conftest import lab as lab
from tests.fixes.in_long import BY_NAME
from tests.fixes.lab import Lab
from tests.fixes.server import Server
from tests.fixes.trial import STRANGERS, allowed_to

WHOLE = "express fastify koa hono nestjs flask fastapi rails sinatra go go-gin".split()
"""Those whose variant is pasted in the place of the recipe."""
LINE = "django aiohttp tornado php nextjs caddy".split()
"""Those whose variant stands for the one line of the recipe that begins like its last."""


def with_variant(name: str, pasted: Rendered, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits, the last of which has the variant; its imports are where it says that they belong."""
    code = pasted.environments
    if imports := re.match(r"import \([^)]*\)\n\n", code):
        code = code.removeprefix(imports[0])
        edits = (msgspec.structs.replace(edits[0], after=f"{edits[0].after}\n{imports[0]}", there="no"), *edits[1:])
    if name in LINE:
        lines, start = pasted.body.splitlines(), code.splitlines()[-1].split()[:2]
        (at,) = (number for number, line in enumerate(lines) if line.split()[:2] == start)
        code = "\n".join([*lines[:at], code, *lines[at + 1 :]])
    return (*edits[:-1], msgspec.structs.replace(edits[-1], after=code))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", [*WHOLE, *LINE])
async def test_the_list_comes_from_the_environment(lab: Lab, name: str, tmp_path: Path) -> None:
    tried = BY_NAME[name]
    calls = calls_for("none", tried.kind)
    for folder in ("broken", "fixed", "unset"):
        (tmp_path / folder).mkdir()
    async with Server(tried, "none", tmp_path / "broken", lab.page) as server:
        broken = await lab.visit(server.url, calls)
    made = change(recipes()[tried.recipe], server.url, list(broken.calls.values()))
    assert made is not None
    pasted, edits = made
    value = re.search(r"CORS_ORIGINS='?([^'\s,]+?)'?(?=[\s,.]|$)", pasted.environments_how)
    assert value is not None
    edits = with_variant(name, pasted, edits)
    environment = {**tried.environment, "CORS_ORIGINS": value[1]}
    told = dataclasses.replace(tried, environment=environment)
    async with Server(told, "none", tmp_path / "fixed", lab.page, edits) as server:
        fixed = await lab.visit(server.url, calls)
        strangers = await asyncio.to_thread(allowed_to, server.port, STRANGERS, calls[0].path)
    async with Server(tried, "none", tmp_path / "unset", lab.page, edits) as server:
        unset = await asyncio.to_thread(allowed_to, server.port, (lab.page, *STRANGERS), calls[0].path)

    assert fixed.read == {call.id: call.status for call in calls}
    assert (strangers, unset) == ([], [])
