"""The action and docs/ci.md: what they say can be used as it stands."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from corsinspect.capture import environment
from corsinspect.policy.config import parse_policy
from corsinspect.policy.levels import FAIL_ON
from corsinspect.report.formats import FORMATS
from tests.test_cli import run

ROOT = Path(__file__).parents[2]
ACTION = ROOT / ".github" / "actions" / "cors" / "action.yml"
TEXT = (ROOT / "docs" / "ci.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL)


@pytest.fixture
def action() -> dict:
    return YAML(typ="safe").load(ACTION.read_text("utf-8"))


def test_the_action_is_whole(action: dict) -> None:
    assert action["runs"]["using"] == "composite"
    assert all(each["description"] and each["default"] is not None for each in action["inputs"].values())
    used = {*re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", ACTION.read_text("utf-8"))}
    assert used == {*action["inputs"]}
    for step in action["runs"]["steps"]:
        assert step["shell"] == "bash" and step["name"]
        assert "${{" not in step["run"], "a value could be taken for a part of the script"


def test_the_package_is_where_the_action_looks_for_it(action: dict) -> None:
    (relative,) = re.findall(r'\$GITHUB_ACTION_PATH/([./]+)"', action["runs"]["steps"][0]["run"])
    assert ((ACTION.parent / relative).resolve() / "pyproject.toml").is_file()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"CORS_FILES": "traffic/**/*.har"}, 1),
        ({"CORS_FILES": "traffic/**/*.har", "CORS_FAIL_ON": "never"}, 0),
        ({"CORS_FILES": "traffic/none/*.har"}, 64),
        ({"CORS_FILES": "traffic/**/*.har", "CORS_CONFIG": "none.toml"}, 2),
    ],
)
def test_the_action_judges(action: dict, given: dict[str, str], status: int, tmp_path: Path) -> None:
    traffic = tmp_path / "traffic" / "a b"
    traffic.mkdir(parents=True)
    (traffic / "one.har").symlink_to(ROOT / "tests" / "session" / "recorded" / "chromium-156.har")
    names = dict.fromkeys(action["runs"]["steps"][1]["env"], "")
    told = {**names, "CORS_REPORTS": "reports", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), **given}
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", action["runs"]["steps"][1]["run"]],
        cwd=tmp_path,
        env={**os.environ, **told, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == status, done.stderr
    if status in (0, 1):
        assert "::error file=traffic/a b/one.har,line=1,title=Blocked" in done.stdout
        names = {path.name for path in (tmp_path / "reports").iterdir()}
        assert names == {"cors.xml", "cors.sarif", "cors.html", "cors.md"}
        assert (tmp_path / "summary").read_text("utf-8").startswith("# CORS report")


def test_the_yaml_of_the_document_is_right(action: dict) -> None:
    github, gitlab, hooks = map(YAML(typ="safe").load, blocks("yaml"))
    steps = github["jobs"]["test"]["steps"]
    (ours,) = [step for step in steps if "corsinspect" in step["uses"]]
    assert ours["uses"].split("@")[0].endswith(str(ACTION.parent.relative_to(ROOT)))
    assert {*ours["with"]} <= {*action["inputs"]}
    assert gitlab["cors"]["artifacts"]["reports"] == {"junit": "cors.xml"}
    assert hooks["repos"][0]["hooks"][0]["entry"] == "corsinspect check"


def test_its_policy_has_every_key() -> None:
    (example,) = blocks("toml")
    policy = parse_policy(example, ROOT / "corsinspect.toml")
    assert policy.must_allow and policy.expect and policy.baseline and policy.fail_on == "error"
    keys = TEXT.partition("\n| key | |\n")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", keys, flags=re.MULTILINE) == ["fail-on", "baseline", "must-allow", "expect"]
    assert all(f"`{level}`" in keys for level in FAIL_ON)


def test_its_python_compiles() -> None:
    for block in blocks("python"):
        compile(block, "ci.md", "exec")


def test_it_names_every_format_and_variable() -> None:
    formats = TEXT.partition("\n| format | |\n")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", formats, flags=re.MULTILINE) == [*FORMATS]
    names = (*environment.PROXIES, *environment.EXCEPTIONS, *environment.ADDED, *environment.REPLACED)
    assert all(f"`{name.upper()}`" in TEXT for name in names)


def test_the_options_that_it_names_are_there() -> None:
    help = run("check", "--help").stdout + run("run", "--help").stdout
    plugin = (ROOT / "corsinspect" / "plugin.py").read_text("utf-8")
    named = {*re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXT)}
    others = {"--proxy-server", "--proxy-bypass-list", "--ignore-certificate-errors"}
    assert named - others == {name for name in named - others if name in help or f'"{name}"' in plugin}
