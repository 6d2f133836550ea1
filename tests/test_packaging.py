"""The wheel and the sdist: complete, and at work in an environment of their own, away from the checkout."""

import ast
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.floors.floors import files

ROOT = Path(__file__).parents[1]
RECORDED = ROOT / "tests" / "session" / "recorded" / "chromium-156.har"


def build(checkout: Path, target: str, folder: Path) -> Path:
    """What is built there, with the backend that is installed here."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    subprocess.run(command, cwd=checkout, check=True, capture_output=True)
    (built,) = folder.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(build(ROOT, "sdist", folder)) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    return unpacked


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment where nothing but the wheel is installed; the libraries that it needs are looked
    up where these tests run, so that no network is needed. Our own package can't be: it's not in that folder."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    libraries = sysconfig.get_path("purelib")
    assert not (Path(libraries) / "corsinspect").exists()
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", wheel], check=True
    )
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(f"{libraries}\n")
    return folder / "bin"


def run(installed: Path, folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        [installed / "corsinspect", *arguments],
        cwd=folder,
        env=environment | {"XDG_STATE_HOME": str(folder), "XDG_DATA_HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
    )


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def kept_by_git(*folders: str) -> set[str]:
    listed = subprocess.run(["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(listed.stdout.splitlines()) - {"corsinspect/addons"}


def test_the_wheel_has_every_module_and_every_data_file(wheel: Path) -> None:
    expected = {
        path.relative_to(folder.parent).as_posix()
        for folder in (ROOT / "corsinspect", ROOT / "addons")
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    expected = {f"corsinspect/{name}" if name.startswith("addons/") else name for name in expected}
    assert names_in(wheel) == expected
    assert {"corsinspect/py.typed", "corsinspect/addons/capture.py", "corsinspect/demo/page.html"} <= expected


def test_a_new_addon_is_in_the_wheel_without_being_listed(unpacked: Path, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    shutil.copytree(unpacked, checkout)
    shutil.rmtree(checkout / "corsinspect" / "addons")
    (checkout / "corsinspect" / "addons").symlink_to("../addons")
    (checkout / "addons" / "brand_new.py").write_text("")
    assert "corsinspect/addons/brand_new.py" in names_in(build(checkout, "wheel", tmp_path))


def test_the_sdist_has_all_that_git_keeps_and_builds_the_same_wheel(
    unpacked: Path, wheel: Path, tmp_path: Path
) -> None:
    there = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    for name in ("CHANGELOG.md", "README.md", "LICENSE", "docs/api.md", "tests/run", "tests/test_packaging.py"):
        assert name in there
    if (ROOT / ".git").exists():
        assert kept_by_git() <= there
    assert names_in(build(unpacked, "wheel", tmp_path)) == names_in(wheel)


def test_what_an_index_shows_has_no_address_that_leads_nowhere(wheel: Path) -> None:
    shown = metadata(wheel)
    text = str(shown.get_payload())
    assert text.startswith("# corsinspect") and "## All commands" in text
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", text)
    assert all(address.startswith("https://") for address in pictures)
    assert not any(f"example.{end}" in value for value in shown.get_all("Project-URL", []) for end in ("com", "org"))


def imported() -> set[str]:
    """The top-level packages that our modules import, wherever in them."""
    found: set[str] = set()
    for _, path in files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {"corsinspect"}


def test_the_wheel_asks_for_every_library_that_is_imported(wheel: Path) -> None:
    asked = [Requirement(line) for line in metadata(wheel).get_all("Requires-Dist", [])]
    needed = {re.sub("[-_.]+", "-", each.name).lower() for each in asked if each.marker is None}
    # what a command says is missing, with the extra that brings it
    needed |= {each.name for each in asked if each.marker is not None and each.marker.evaluate({"extra": "mcp"})}
    owners = importlib.metadata.packages_distributions()
    for package in sorted(imported()):
        names = {re.sub("[-_.]+", "-", name).lower() for name in owners[package]}
        # Rich is Textual's; pytest itself loads the plugin
        assert names & needed or package in ("rich", "pytest"), (
            f"{package} is imported, and none of {names} is asked for"
        )


def test_the_installed_addon_is_found(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "addon")
    assert (done.returncode, done.stderr) == (0, "")
    path = Path(done.stdout.removesuffix("\n"))
    assert path.is_file() and path.is_relative_to(installed.parent)
    loaded = subprocess.run([installed / "python", path], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert loaded.stderr == ""


def test_the_installed_check_judges(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "check", RECORDED)
    assert (done.returncode, done.stderr) == (1, "")
    assert "origin-missing" in done.stdout and "needs" in done.stdout


def test_the_installed_demo_runs(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "demo")
    assert done.returncode == 0, done.stderr
    assert "✗ blocked" in done.stdout and "✓ allowed" in done.stdout
    assert str(tmp_path) in done.stderr


def test_type_checkers_see_the_installed_package(installed: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import corsinspect\nreveal_type(corsinspect.load('x').exchanges)\nreveal_type(corsinspect.fix)\n"
    )
    pyright = [sys.executable, "-m", "pyright", "--pythonpath", installed / "python", program]
    done = subprocess.run(pyright, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert 'is "list[Exchange]"' in done.stdout and "(call: Call) -> (Fix | None)" in done.stdout
