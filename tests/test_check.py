"""`check` by a policy: its reports and the places in them, the baseline, and clear words for what can't be used."""

import json
from pathlib import Path

import pytest

from tests.analysis.build import OPEN, exchange
from tests.test_cli import allowed as allowed
from tests.test_cli import blocked as blocked
from tests.test_cli import run, session

ROOT = Path(__file__).parents[1]
HAR = ROOT / "tests" / "session" / "recorded" / "chromium-156.har"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_several_reports_come_of_one_check(blocked: Path, tmp_path: Path) -> None:
    done = run("check", "--report", "junit=a.xml", "--report", "html=b.html", "--format", "github", blocked)
    assert done.returncode == 1
    assert done.stdout.startswith("::error ")
    assert (tmp_path / "a.xml").read_text("utf-8").startswith("<?xml")
    assert (tmp_path / "b.html").read_text("utf-8").startswith("<!doctype html>")


def test_a_report_names_the_line_of_a_session_and_the_entry_of_a_har(tmp_path: Path) -> None:
    calls = [exchange(id=f"e{number}", at=100.0 + number, got=OPEN if number == 1 else {}) for number in range(3)]
    file = session(tmp_path / "s.jsonl", *calls)
    places = [
        place["physicalLocation"]["region"]["startLine"]
        for result in json.loads(run("check", "--format", "sarif", file).stdout)["runs"][0]["results"]
        for place in result["locations"]
    ]
    assert [json.loads(file.read_text().splitlines()[place - 1])["id"] for place in places] == ["e0", "e2"]
    log = json.loads(run("check", "--format", "sarif", file, HAR).stdout)
    where = [result["locations"][0] for result in log["runs"][0]["results"]]
    entries = {place["logicalLocations"][0]["fullyQualifiedName"] for place in where if "logicalLocations" in place}
    assert entries and all(name.startswith("log.entries[") for name in entries)
    number = int(min(entries).removeprefix("log.entries[").removesuffix("]"))
    blocked = json.loads(HAR.read_text())["log"]["entries"][number]
    assert blocked["request"]["url"].startswith("http://127.0.0.1:39")


def test_only_new_problems_fail(blocked: Path, tmp_path: Path) -> None:
    known = ("--baseline", "known.json")
    done = run("check", *known, "--write-baseline", blocked)
    assert done.returncode == 0 and "known.json: written, 1 problem" in done.stderr
    done = run("check", *known, blocked)
    assert done.returncode == 0 and "(in the baseline)" in done.stdout
    new = session(tmp_path / "new.jsonl", exchange(id="n", url="https://other.test/"))
    assert run("check", *known, blocked, new).returncode == 1
    done = run("check", *known, new)
    assert done.returncode == 1 and "no longer seen of the baseline: 1 problem" in done.stderr


def test_the_policy_of_the_folder_counts(blocked: Path, tmp_path: Path) -> None:
    rule = '[[tool.corsinspect.expect]]\nurl = "https://api.test/*"\nwhy = "an old one"\n'
    (tmp_path / "pyproject.toml").write_text(rule)
    done = run("check", blocked)
    assert done.returncode == 0 and "(expected: an old one)" in done.stdout
    (tmp_path / "strict.toml").write_text("")
    assert run("check", "--config", "strict.toml", blocked).returncode == 1
    assert run("check", "--config", "strict.toml", "--fail-on", "never", blocked).returncode == 0


def test_a_call_that_must_be_allowed_and_is_missing_fails(allowed: Path, tmp_path: Path) -> None:
    (tmp_path / "corsinspect.toml").write_text('[[must-allow]]\nurl = "https://api.test/never"\n')
    done = run("check", allowed)
    assert done.returncode == 1 and "! must-allow: no such call was recorded" in done.stdout


def test_an_unknown_key_is_said_with_its_line(blocked: Path, tmp_path: Path) -> None:
    (tmp_path / "corsinspect.toml").write_text('# ours\n\nfail_on = "error"\n')
    done = run("check", blocked)
    assert (done.returncode, done.stdout) == (2, "")
    assert "corsinspect.toml, line 3: unknown key 'fail_on'. Did you mean 'fail-on'?" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--report", "html=none/x.html"), "none/x.html can't be written"),
        (("--baseline", "none.json"), "none.json can't be read"),
        (("--config", "none.toml"), "none.toml can't be read"),
        (("--baseline", "none/b.json", "--write-baseline"), "none/b.json can't be written"),
    ],
)
def test_what_cannot_be_used_is_said(arguments: tuple[str, ...], words: str, blocked: Path) -> None:
    done = run("check", *arguments, blocked)
    assert done.returncode == 2
    assert words in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [("--report", "html"), ("--report", "html="), ("--report", "x=y"), ("--fail-on", "sometimes")]
)
def test_wrong_options_are_usage_errors(arguments: tuple[str, ...], blocked: Path) -> None:
    done = run("check", *arguments, blocked)
    assert done.returncode == 64 and "Usage:" in done.stderr
