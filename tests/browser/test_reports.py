"""The comparison with a browser's report sees every difference: a test of the tests."""

import pytest

from corsinspect.demo.cases import BY_PATH, Case
from corsinspect.model import Call, EngineVerdict, Verdict
from tests.browser.reports import Report, disagreements

MISSING = BY_PATH["/missing-header"]
FIXED = BY_PATH["/missing-header-fixed"]
DOWN = BY_PATH["/server-down"]
CODE = "MissingAllowOriginHeader"

BLOCKED = Verdict(
    outcome="blocked",
    stage="actual",
    reason="origin-missing",
    engines={"chromium": EngineVerdict(outcome="blocked", code=CODE)},
)
ALLOWED = Verdict(outcome="allowed", stage="actual", status=200)
REFUSED = Verdict(outcome="network-error", stage="actual", reason="refused")


def differences(case: Case, verdict: Verdict, report: Report) -> list[str]:
    call = Call(
        id="1",
        url="http://localhost:1/",
        method="GET",
        started=0.0,
        kind="simple",
        hops=(),
        verdict=verdict,
        engine="chromium",
    )
    return disagreements(case, call, "chromium", report)


@pytest.mark.parametrize(
    ("case", "verdict", "report"),
    [
        (MISSING, BLOCKED, Report("failed", code=CODE, stage="actual")),
        (FIXED, ALLOWED, Report("allowed", 200)),
        (DOWN, REFUSED, Report("failed", code=CODE, stage="actual")),
    ],
)
def test_the_same_is_no_difference(case: Case, verdict: Verdict, report: Report) -> None:
    assert differences(case, verdict, report) == []


@pytest.mark.parametrize(
    ("case", "verdict", "report"),
    [
        (MISSING, BLOCKED, Report("allowed", 200)),
        (MISSING, BLOCKED, Report("opaque")),
        (MISSING, BLOCKED, Report("failed", code=CODE, stage="redirect")),
        (MISSING, BLOCKED, Report("failed", code="PreflightMissingAllowOriginHeader", stage="preflight")),
        (MISSING, BLOCKED, Report("failed", code="AllowOriginMismatch", stage="actual")),
        (MISSING, BLOCKED, Report("failed", code=None, stage="actual")),
        (MISSING, ALLOWED, Report("failed", code=CODE, stage="actual")),
        (FIXED, ALLOWED, Report("allowed", 404)),
        (DOWN, BLOCKED, Report("failed", code=CODE, stage="actual")),
    ],
)
def test_each_difference_is_seen(case: Case, verdict: Verdict, report: Report) -> None:
    assert differences(case, verdict, report)
