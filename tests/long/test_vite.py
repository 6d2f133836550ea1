"""The recipe for development: Vite passes the page's calls on, without CORS; needs `npm ci` in tests/long/node."""

from pathlib import Path

import pytest

from corsinspect.advice.recipes import needs_of, recipes, render
from tests.fixes.calls import calls_for
from tests.fixes.conftest import lab as lab
from tests.fixes.frameworks import MODULES, PYTHON, Framework
from tests.fixes.lab import Lab
from tests.fixes.server import Server

API = Framework("api", "upstream.py.in", "app.py", (*PYTHON, "app.py"))
VITE = Framework(
    "vite",
    "vite.config.js.in",
    "vite.config.js",
    ("node", "node_modules/vite/bin/vite.js", "--host", "127.0.0.1", "--port", "@PORT@", "--strictPort"),
    modules=MODULES,
    extra={"index.html": "<!doctype html><title>page</title>", "package.json": "{}"},
)


@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_blocked_passes_by_relative_addresses(lab: Lab, tmp_path: Path) -> None:
    calls = calls_for("none")
    for folder in ("api", "broken", "fixed"):
        (tmp_path / folder).mkdir()
    async with Server(API, "none", tmp_path / "api", lab.page) as api:
        async with Server(VITE, "none", tmp_path / "broken", lab.page) as vite:
            broken = await lab.visit(api.url, calls, vite.url)
        pasted = render(recipes()["vite-proxy"], needs_of(broken.calls.values())[api.url])
        async with Server(VITE, "none", tmp_path / "fixed", lab.page, {"": pasted.code}) as vite:
            fixed = await lab.visit(vite.url, calls, vite.url)

    assert {call.verdict.outcome for call in broken.calls.values()} == {"blocked"}
    assert set(broken.read.values()) == {None}
    assert fixed.read == {call.id: call.status for call in calls}
    assert {call.kind for call in fixed.calls.values() if call.url.startswith(f"{vite.url}/api/")} == {"same-origin"}
