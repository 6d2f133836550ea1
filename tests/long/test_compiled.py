"""The rules as machine code: whatever they say as Python, they say compiled."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENABLED = {**os.environ, "HATCH_BUILD_HOOK_ENABLE_MYPYC": "true"}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout in which the rules are compiled: what is built for a wheel is left beside the modules."""
    copy = tmp_path_factory.mktemp("compiled") / "corsinspect"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        path = copy / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, path, follow_symlinks=False)
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(copy / "dist"), "."]
    subprocess.run(pip, cwd=copy, env=ENABLED, check=True)
    return copy


def test_the_wheel_has_the_rules_as_machine_code(checkout: Path, tmp_path: Path) -> None:
    (wheel,) = (checkout / "dist").glob("*.whl")
    assert not wheel.name.endswith("-none-any.whl")
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(site), str(wheel)]
    subprocess.run(pip, check=True)
    asked = "from corsinspect.analysis import tracker; print(tracker.__file__)"
    answer = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    assert answer.startswith(str(site)) and answer.endswith(".so")


@pytest.mark.parametrize("kept", ["fetch", "analysis", "corpus", "field", "advice", "session", "commands", "report"])
def test_all_that_is_asked_of_them_holds(checkout: Path, kept: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/{kept}"]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
