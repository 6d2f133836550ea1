import pytest

from corsinspect.fetch.engines import CHROMIUM, ENGINES, GECKO, WEBKIT, code


@pytest.mark.parametrize(
    ("reason", "preflight", "chromium", "gecko"),
    [
        ("origin-missing", False, "MissingAllowOriginHeader", "CORSMissingAllowOrigin2"),
        ("origin-missing", True, "PreflightMissingAllowOriginHeader", "CORSMissingAllowOrigin2"),
        ("credentials-not-true", True, "PreflightInvalidAllowCredentials", "CORSMissingAllowCredentials"),
        ("preflight-status", True, "PreflightInvalidStatus", "CORSPreflightDidNotSucceed3"),
        ("preflight-redirect", True, "PreflightDisallowedRedirect", "CORSExternalRedirectNotAllowed"),
        ("method-not-allowed", True, "MethodDisallowedByPreflightResponse", "CORSMethodNotFound"),
        ("header-not-allowed", True, "HeaderDisallowedByPreflightResponse", "CORSMissingAllowHeaderFromPreflight2"),
        ("corp", False, None, None),
    ],
)
def test_codes(reason: str, preflight: bool, chromium: str | None, gecko: str | None) -> None:
    assert code(CHROMIUM, reason, preflight, 1, False) == chromium
    assert code(GECKO, reason, preflight, 1, False) == gecko
    assert code(WEBKIT, reason, preflight, 1, False) is None


@pytest.mark.parametrize(
    ("lines", "http2", "expected"),
    [
        (1, False, "CORSAllowOriginNotMatchingOrigin"),
        (2, False, "CORSMultipleAllowOriginNotAllowed"),
        (2, True, "CORSAllowOriginNotMatchingOrigin"),
    ],
)
def test_gecko_tells_two_lines_from_one(lines: int, http2: bool, expected: str) -> None:
    assert code(GECKO, "origin-multiple", False, lines, http2) == expected
    assert code(CHROMIUM, "origin-multiple", False, lines, http2) == "MultipleAllowOriginValues"


def test_engines_by_name() -> None:
    assert {name: engine.name for name, engine in ENGINES.items()} == {name: name for name in ENGINES}
