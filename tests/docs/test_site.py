"""The documentation site builds without a warning (links and anchors included), and what it shows can be done."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import typer

from corsinspect.cli import OF_NO_COMMAND, app
from corsinspect.model import Reason

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [*sorted(DOCS.glob("*.md")), *sorted((DOCS / "pages").glob("*.md")), DOCS.parent / "README.md"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = (sys.executable, "-m", "mkdocs", "build", "--strict", "-f", DOCS / "mkdocs.yml", "-d", folder)
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder


def test_every_command_and_every_reason_has_its_part(site: Path) -> None:
    commands = (site / "commands.html").read_text("utf-8")
    names = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    assert {name for name in names if f'id="{name}"' not in commands} == set()
    assert 'id="session-diff"' in commands
    reasons = (site / "reasons.html").read_text("utf-8")
    assert {slug for slug in get_args(Reason) if f'id="{slug}"' not in reasons} == set()


def test_every_engine_has_its_column(site: Path) -> None:
    engines = (site / "engines.html").read_text("utf-8")
    assert all(name in engines for name in ("Chromium", "Firefox", "WebKit", "max age cap"))


def test_every_picture_is_there(site: Path) -> None:
    tour = (site / "index.html").read_text("utf-8")
    pictures = re.findall(r'src="(pictures/[^"]+)"', tour)
    assert len(pictures) >= 6
    assert all((site / picture).read_text("utf-8").startswith("<svg") for picture in pictures)


def _commands() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for page in PAGES:
        text = page.read_text("utf-8")
        blocks = [*re.findall(r"```sh\n(.*?)```", text, re.S), *re.findall(r"(?m)^    (corsinspect [^\n]*)$", text)]
        lines = (line.strip() for block in blocks for line in block.splitlines())
        found += [(page.name, line) for line in lines if line.startswith("corsinspect ")]
    return found


@pytest.mark.parametrize(("page", "line"), _commands())
def test_every_command_line_is_one_that_can_be_given(page: str, line: str) -> None:
    line = re.split(r"  +|\s[|>#]\s", line)[0]
    if re.search(r"[\[\]…]", line):
        return  # a table of forms, not a line to give
    arguments = shlex.split(line)[1:]
    root = typer.main.get_command(app)
    names = set(getattr(root, "commands", {}))
    if arguments and arguments[0] not in {*names, *OF_NO_COMMAND}:
        arguments = ["live", *arguments]
    while arguments and arguments[0] in getattr(root, "commands", {}):
        root = root.commands[arguments.pop(0)]  # type: ignore[attr-defined]
    root.make_context("corsinspect", arguments)


def test_the_task_for_vs_code_is_one() -> None:
    text = (DOCS / "pages" / "setups.md").read_text("utf-8")
    (task,) = json.loads(re.findall(r"```json\n(.*?)```", text, re.S)[0])["tasks"]
    assert task["command"].startswith("corsinspect ")
