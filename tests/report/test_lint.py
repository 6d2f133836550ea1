"""`check --lint`: what it prints, its exit status, and the baseline that silences what is known."""

import json
from pathlib import Path

import pytest

from corsinspect.commands.checking.verdicts import Options, Verdicts
from corsinspect.commands.lint import LintOptions
from corsinspect.commands.lint_baseline import LINT_BASELINE, LintBaselineError
from corsinspect.model import HeaderList
from corsinspect.session.writer import SessionWriter
from tests.analysis.lint.sample import CREDENTIALS, PAGE, STAR, call, named


def recorded(path: Path, *calls_of: tuple[str, HeaderList]) -> Path:
    """A session with an allowed call from each page, answered so."""
    writer = SessionWriter(path)
    for page, answer in calls_of:
        for exchange in call(answer, page=page, credentials=CREDENTIALS in answer).exchanges:
            writer.put(exchange)
    writer.close()
    return path


@pytest.fixture
def flawed(tmp_path: Path) -> Path:
    return recorded(tmp_path / "null.jsonl", ("null", named("null", CREDENTIALS)), (PAGE, named(PAGE)))


def test_a_finding_has_its_attack_its_safe_form_and_its_evidence(
    flawed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Verdicts(Options("text", lint=LintOptions())).of([flawed]) == 1
    said = capsys.readouterr().out
    assert "Lint: 1 finding" in said
    assert "error    null-credentials: https://api.shop.test lets in “null”" in said
    assert "→ Take “null” out of the list" in said
    assert "seen: GET https://api.shop.test/items (Access-Control-Allow-Origin: null)" in said


def test_without_lint_nothing_is_said_of_it(flawed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Verdicts(Options("text")).of([flawed]) == 0
    assert "Lint" not in capsys.readouterr().out


def test_findings_are_lines_of_their_own_for_machines(flawed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Verdicts(Options("jsonl", lint=LintOptions())).of([flawed])
    *calls, finding = map(json.loads, capsys.readouterr().out.splitlines())
    assert [row["outcome"] for row in calls] == ["allowed", "allowed"]
    assert finding["lint"]["slug"] == "null-credentials"
    assert finding["lint"]["evidence"]["found"] == "null"
    assert finding["lint"]["safe"]["headers"][0] == "Access-Control-Allow-Origin: null"


def test_a_public_api_may_say_star_and_is_told_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Verdicts(Options("text", lint=LintOptions())).of([recorded(tmp_path / "public.jsonl", (PAGE, (STAR,)))]) == 0
    said = capsys.readouterr().out
    assert "Lint: nothing found" in said
    assert "* is right for https://api.shop.test" in said


def test_what_is_in_the_baseline_is_silent(flawed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = tmp_path / "known.json"
    assert Verdicts(Options("text", lint=LintOptions(new_baseline=known))).of([flawed]) == 0
    assert "written, 1 finding" in capsys.readouterr().err
    assert Verdicts(Options("text", lint=LintOptions(baseline=known))).of([flawed]) == 0
    assert "Lint: nothing found (1 known from the baseline)" in capsys.readouterr().out
    worse = recorded(tmp_path / "worse.jsonl", (PAGE, (*named(PAGE), ("Access-Control-Expose-Headers", "Set-Cookie"))))
    Verdicts(Options("text", lint=LintOptions(baseline=known))).of([flawed, worse])
    assert "Lint: 1 finding (1 known from the baseline)" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"corsinspect-lint-baseline": 99}', '{"corsinspect-baseline": 1}'])
def test_a_file_that_is_no_baseline_is_said(text: str, tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    path.write_text(text)
    with pytest.raises(LintBaselineError, match=r"no lint baseline|version 99"):
        LINT_BASELINE.read(path)
    with pytest.raises(LintBaselineError, match="can't be read"):
        LINT_BASELINE.read(tmp_path / "none.json")
