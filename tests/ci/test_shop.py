"""Real CORS failures of real apps: browser tests see nothing of them, and their runs fail with what to change."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ci.shop import Shop, fix_for, shop

HERE = Path(__file__).parent
FIXED = "Access-Control-Allow-Origin"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the person's own is read or written."""
    for kind in ("DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / "home"))


async def ended(*command: str | Path, environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [*map(str, command)],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )


async def with_pytest(shop: Shop, api, folder: Path) -> subprocess.CompletedProcess[str]:
    """The shop's test in a folder of its own, as somebody else's project has it."""
    (folder / "kept").mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "shop_test.py.in", folder / "test_shop.py")
    command = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--cors-session", folder / "kept")
    return await ended(*command, "test_shop.py", environment=shop.environment(api), folder=folder)


@pytest.mark.parametrize("framework", ["fastapi", "express"])
async def test_pytest_fails_with_what_to_change_and_passes_after_it(framework: str, tmp_path: Path) -> None:
    async with shop(framework) as made:
        async with made.api(tmp_path / "broken") as api:
            done = await with_pytest(made, api, tmp_path / "project")
            edits = fix_for(api.url, tmp_path / "project" / "kept" / "test_shop.py-test_the_shop.jsonl")
            url = api.url
        assert done.returncode == 1, done.stdout
        assert f"GET {url}/api/items?call=get from {made.page}: Blocked" in done.stdout
        assert f"{FIXED}: {made.page}" in done.stdout
        shown = "".join(line.removeprefix("E").strip() for line in done.stdout.splitlines())
        for edit in edits:
            assert all(line.strip() in shown for line in edit.after.splitlines()), edit
        async with made.api(tmp_path / "fixed", edits) as api:
            done = await with_pytest(made, api, tmp_path / "project")
        assert done.returncode == 0, done.stdout


async def test_node_s_playwright_fails_with_what_to_change_and_passes_after_it(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "corsinspect", "run", "--report", "markdown=report.md")
    async with shop("express") as made:
        session = tmp_path / "broken.jsonl"
        async with made.api(tmp_path / "broken") as api:
            given = (*command, "-o", session, "--", "node", HERE / "shop.mjs")
            done = await ended(*given, environment=made.environment(api), folder=tmp_path)
            edits = fix_for(api.url, session)
        assert done.returncode == 1, done.stdout + done.stderr
        assert '"get":null' in done.stdout and "✗ blocked" in done.stdout and "origin-missing" in done.stdout
        assert f"{FIXED}: {made.page}" in (tmp_path / "report.md").read_text("utf-8")
        async with made.api(tmp_path / "fixed", edits) as api:
            given = (*command, "-o", tmp_path / "fixed.jsonl", "--", "node", HERE / "shop.mjs")
            done = await ended(*given, environment=made.environment(api), folder=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert '"get":200' in done.stdout and "✗" not in done.stdout
