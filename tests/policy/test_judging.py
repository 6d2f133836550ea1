"""What makes a check fail, and what doesn't: rules, expected failures, the baseline, the level."""

from pathlib import Path

import pytest

from corsinspect.policy.baseline import BASELINE, problem_of
from corsinspect.policy.config import PolicyError, parse_policy
from corsinspect.policy.judging import Judging
from corsinspect.policy.levels import FailOn
from corsinspect.policy.selector import Selector
from tests.analysis.build import API, PAGE, exchange, only

BLOCKED = only(exchange(id="b", url=f"{API}/items?page=1"))
ALLOWED = only(exchange(id="a", got={"Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Credentials": "true"}))
DOWN = only(exchange(id="d", failed="refused"))
UNANSWERED = only(exchange(id="u", status=None))


def judging(text: str = "", baseline: frozenset = frozenset()) -> Judging:
    return Judging(parse_policy(text, Path("corsinspect.toml")), baseline)


@pytest.mark.parametrize(("fail_on", "failing"), [("error", "b"), ("warning", "bd"), ("note", "bdu"), ("never", "")])
def test_the_level_says_what_fails(fail_on: FailOn, failing: str) -> None:
    found = judging(f'fail-on = "{fail_on}"')
    judged = [found.judge(call) for call in (BLOCKED, ALLOWED, DOWN, UNANSWERED)]
    assert [each.call.id for each in judged if each.fails] == [*failing]
    assert found.failed == bool(failing)


def test_an_expected_failure_does_not_fail() -> None:
    found = judging(f'[[expect]]\nurl = "{API}/*"\nreason = "origin-missing"\nwhy = "an old API"')
    judged = found.judge(BLOCKED)
    assert (judged.standing, judged.fails, judged.why) == ("expected", False, "expected: an old API")
    assert not found.failed and not list(found.unmet())


def test_a_failure_for_another_reason_is_not_the_expected_one() -> None:
    found = judging(f'[[expect]]\nurl = "{API}/*"\nreason = "origin-mismatch"')
    assert found.judge(BLOCKED).fails
    (unmet,) = found.unmet()
    assert unmet.severity == "note" and "no such failure" in unmet.what


@pytest.mark.parametrize("call", [BLOCKED, DOWN], ids=["blocked", "down"])
def test_a_call_that_must_be_allowed_and_is_not_fails(call) -> None:
    found = judging(f'[[must-allow]]\nurl = "{API}*"\norigin = "{PAGE}"\nwhy = "the shop"')
    judged = found.judge(call)
    assert judged.fails and judged.severity == "error" and judged.why == "must be allowed: the shop"


def test_a_call_that_must_be_allowed_and_is_passes() -> None:
    found = judging(f'[[must-allow]]\nurl = "{API}"\nmethod = "GET"')
    assert not found.judge(ALLOWED).fails
    assert not list(found.unmet()) and not found.failed


def test_a_call_that_must_be_allowed_and_was_never_made_fails() -> None:
    found = judging(f'[[must-allow]]\nurl = "{API}"\nmethod = "PUT"')
    found.judge(ALLOWED)
    assert not found.failed
    (unmet,) = found.unmet()
    assert unmet.fails and found.failed


def test_a_baseline_leaves_only_new_problems(tmp_path: Path) -> None:
    first = judging()
    first.judge(BLOCKED)
    file = tmp_path / "known.json"
    assert BASELINE.write(file, first.problems) == 1
    other_time = only(exchange(id="z", url=f"{API}/items?page=2", at=900.0))
    later = judging(baseline=BASELINE.read(file))
    assert later.judge(other_time).standing == "known"
    assert not later.failed and later.gone() == 0
    assert later.judge(only(exchange("POST", f"{API}/items"))).fails
    assert judging(baseline=BASELINE.read(file)).gone() == 1


def test_a_replaced_secret_is_the_same_problem_in_another_session() -> None:
    urls = (f"{API}/‹redacted:32:{tag * 12}›/x" for tag in "ab")
    first, second = (problem_of(only(exchange(url=url))) for url in urls)
    assert first == second


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '{"corsinspect-baseline": 2, "problems": [{"new": 1}]}',
            "has version 2, and this corsinspect reads version 1",
        ),
        ('{"problems": []}', "is no baseline"),
        ('{"corsinspect-baseline": 1, "problems": [{"url": "x"}]}', "is no baseline"),
        ("[]", "is no baseline"),
        ("{", "is no baseline"),
    ],
)
def test_what_is_no_baseline_of_ours_is_said(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(PolicyError) as caught:
        BASELINE.read(tmp_path / "b.json")
    assert words in str(caught.value) and "--write-baseline" in str(caught.value)


def test_a_baseline_that_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="can't be read"):
        BASELINE.read(tmp_path / "none.json")
    with pytest.raises(PolicyError, match="can't be written"):
        BASELINE.write(tmp_path / "none" / "b.json", [])


@pytest.mark.parametrize(
    ("selector", "fits"),
    [
        (Selector(), True),
        (Selector(url=f"{API}/items"), True),
        (Selector(url=f"{API}/items?page=2"), False),
        (Selector(url=f"{API}/items?*"), True),
        (Selector(url="https://*/x/*"), True),
        (Selector(url="https://other.test/*"), False),
        (Selector(origin="https://*.test"), True),
        (Selector(origin=f"{PAGE}:444"), False),
        (Selector(methods=("PUT", "GET")), True),
        (Selector(methods=("get",)), False),
    ],
)
def test_a_selector_selects(selector: Selector, fits: bool) -> None:
    assert selector.matches(BLOCKED) is fits


def test_page_loads_are_not_calls() -> None:
    assert not Selector().matches(only(exchange(sent={"Sec-Fetch-Mode": "navigate", "Origin": None})))
