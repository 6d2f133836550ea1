"""What browsers say of their own calls, and which of our reasons that stands for."""

from dataclasses import dataclass
from typing import Literal

from corsinspect.demo.cases import Case
from corsinspect.model import Call, EngineName, Stage

Seen = Literal["allowed", "opaque", "failed"]
"""What page code got: an answer, one that it can't read, or an exception."""


@dataclass(frozen=True)
class Report:
    """One call, as the browser itself tells it. `code` is its own name for a CORS failure, None when it named none."""

    seen: Seen
    status: int | None = None
    code: str | None = None
    stage: Stage | None = None
    """The request that failed for CORS."""


REASONS: dict[EngineName, dict[str, set[str]]] = {
    # CDP's Network.CorsError; without the prefix `Preflight` that some carry in a preflight
    "chromium": {
        "MissingAllowOriginHeader": {"origin-missing"},
        "WildcardOriginNotAllowed": {"origin-wildcard-with-credentials"},
        "MultipleAllowOriginValues": {"origin-multiple"},
        "InvalidAllowOriginValue": {"origin-invalid"},
        "AllowOriginMismatch": {"origin-mismatch"},
        "InvalidAllowCredentials": {"credentials-not-true"},
        "DisallowedRedirect": {"preflight-redirect"},
        "InvalidStatus": {"preflight-status"},
        "InvalidAllowMethodsPreflightResponse": {"allow-methods-invalid"},
        "InvalidAllowHeadersPreflightResponse": {"allow-headers-invalid"},
        "MethodDisallowedByPreflightResponse": {"method-not-allowed"},
        "HeaderDisallowedByPreflightResponse": {"header-not-allowed"},
    },
    # categories of Firefox's console messages; one of them covers three of our reasons
    "firefox": {
        "CORSMissingAllowOrigin2": {"origin-missing"},
        "CORSNotSupportingCredentials": {"origin-wildcard-with-credentials"},
        "CORSMultipleAllowOriginNotAllowed": {"origin-multiple"},
        "CORSAllowOriginNotMatchingOrigin": {"origin-mismatch", "origin-invalid", "origin-multiple"},
        "CORSMissingAllowCredentials": {"credentials-not-true"},
        "CORSExternalRedirectNotAllowed": {"preflight-redirect"},
        "CORSPreflightDidNotSucceed3": {"preflight-status"},
        "CORSInvalidAllowMethod": {"allow-methods-invalid"},
        "CORSInvalidAllowHeader": {"allow-headers-invalid"},
        "CORSMethodNotFound": {"method-not-allowed"},
        "CORSMissingAllowHeaderFromPreflight2": {"header-not-allowed"},
    },
}


def disagreements(case: Case, call: Call, engine: EngineName, report: Report) -> list[str]:
    """How this Call's verdict differs from the browser's report, one text for each difference."""
    verdict = call.verdict
    differences: list[str] = []

    def compare(what: str, ours: object, the_browsers: object) -> None:
        if ours != the_browsers:
            differences.append(f"{what}: {ours}, but the browser says {the_browsers}")

    compare("engine", call.engine, engine)
    if report.seen != "failed":
        compare("outcome", verdict.outcome, report.seen)
        compare("reason", verdict.reason, None)
        if report.seen == "allowed":
            compare("status", verdict.status, report.status)
    elif case.answer is None:
        # the browser got the proxy's own error page and blames CORS for that; we know better, and the page never can
        compare("outcome", verdict.outcome, "network-error")
        compare("stage", verdict.stage, report.stage)
    else:
        compare("outcome", verdict.outcome, "blocked")
        compare("stage", verdict.stage, report.stage)
        reasons = REASONS[engine].get(_plain(report.code), set())
        if verdict.reason not in reasons:
            differences.append(f"reason: {verdict.reason}, but the browser says {report.code}")
        named = verdict.engines and verdict.engines[engine].code
        compare("code", named, report.code)
    return differences


def _plain(code: str | None) -> str:
    return "" if code is None else code.removeprefix("Preflight")
