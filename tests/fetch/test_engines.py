import pytest

from corsinspect.fetch.engines import CHROMIUM, ENGINES, GECKO, WEBKIT
from corsinspect.fetch.reasons import Reason, code

ON_ANY = [
    ("origin-missing", "MissingAllowOriginHeader", "CORSMissingAllowOrigin2"),
    ("origin-wildcard-with-credentials", "WildcardOriginNotAllowed", "CORSNotSupportingCredentials"),
    ("origin-multiple", "MultipleAllowOriginValues", "CORSAllowOriginNotMatchingOrigin"),
    ("origin-invalid", "InvalidAllowOriginValue", "CORSAllowOriginNotMatchingOrigin"),
    ("origin-mismatch", "AllowOriginMismatch", "CORSAllowOriginNotMatchingOrigin"),
    ("credentials-not-true", "InvalidAllowCredentials", "CORSMissingAllowCredentials"),
]
ON_PREFLIGHTS = [
    ("preflight-redirect", "PreflightDisallowedRedirect", "CORSExternalRedirectNotAllowed"),
    ("preflight-status", "PreflightInvalidStatus", "CORSPreflightDidNotSucceed3"),
    ("allow-methods-invalid", "InvalidAllowMethodsPreflightResponse", "CORSInvalidAllowMethod"),
    ("allow-headers-invalid", "InvalidAllowHeadersPreflightResponse", "CORSInvalidAllowHeader"),
    ("method-not-allowed", "MethodDisallowedByPreflightResponse", "CORSMethodNotFound"),
    ("header-not-allowed", "HeaderDisallowedByPreflightResponse", "CORSMissingAllowHeaderFromPreflight2"),
]
ON_OTHERS = [
    ("redirect-credentials", "RedirectContainsCredentials", "CORSDidNotSucceed2"),
    ("redirect-disallowed-scheme", "CorsDisabledScheme", "CORSDidNotSucceed2"),
    ("redirect-invalid-location", None, "CORSDidNotSucceed2"),
    ("redirect-limit", None, "CORSDidNotSucceed2"),
    ("mixed-content", None, "CORSDidNotSucceed2"),
    ("mode-same-origin", "DisallowedByMode", None),
    ("corp", None, None),
]


def codes(reason: Reason, preflight: bool) -> list[str | None]:
    return [code(engine.name, reason, preflight, 1, False) for engine in (CHROMIUM, GECKO, WEBKIT)]


@pytest.mark.parametrize(("reason", "chromium", "gecko"), ON_ANY)
def test_chromium_says_where_the_cors_check_failed(reason: Reason, chromium: str, gecko: str) -> None:
    assert codes(reason, False) == [chromium, gecko, None]
    assert codes(reason, True) == ["Preflight" + chromium, gecko, None]


@pytest.mark.parametrize(("reason", "chromium", "gecko"), ON_PREFLIGHTS)
def test_codes_of_preflights(reason: Reason, chromium: str, gecko: str) -> None:
    assert codes(reason, True) == [chromium, gecko, None]


@pytest.mark.parametrize(("reason", "chromium", "gecko"), ON_OTHERS)
def test_codes_of_other_answers(reason: Reason, chromium: str | None, gecko: str | None) -> None:
    assert codes(reason, False) == [chromium, gecko, None]


@pytest.mark.parametrize(
    ("reason", "lines", "http2", "expected"),
    [
        ("origin-multiple", 1, False, "CORSAllowOriginNotMatchingOrigin"),
        ("origin-multiple", 2, False, "CORSMultipleAllowOriginNotAllowed"),
        ("origin-multiple", 3, False, "CORSMultipleAllowOriginNotAllowed"),
        ("origin-multiple", 2, True, "CORSAllowOriginNotMatchingOrigin"),
        ("credentials-not-true", 2, False, "CORSMissingAllowCredentials"),
    ],
)
def test_gecko_tells_two_lines_from_one(reason: Reason, lines: int, http2: bool, expected: str) -> None:
    assert code("firefox", reason, False, lines, http2) == expected
    assert code("chromium", reason, False, lines, http2) == code("chromium", reason, False, 1, False)


def test_engines_by_name() -> None:
    assert ENGINES == {"chromium": CHROMIUM, "firefox": GECKO, "webkit": WEBKIT}
    assert [engine.name for engine in ENGINES.values()] == ["chromium", "firefox", "webkit"]


def test_redirects_to_these_schemes_are_no_cors_failure() -> None:
    assert CHROMIUM.unsafe_redirects == {"data", "file", "filesystem", "blob", "about", "javascript"}
    assert GECKO.unsafe_redirects is None
    assert WEBKIT.unsafe_redirects == set()


@pytest.mark.parametrize(
    ("way", "chromium", "gecko", "webkit"),
    [
        ("replaces_entry", True, False, True),
        ("empty_location_redirects", False, True, False),
        ("tainted_preflight_origin", False, True, False),
        ("storage_access_on_preflight", False, True, False),
        ("asks_for_dropped_authorization", False, False, True),
        ("max_age_plus", False, False, True),
        ("wildcard_serves_omit", False, False, True),
        ("remembers_refusals", False, False, True),
        ("uncovered_drops_entry", False, False, True),
        ("cache_modes_bypass", True, True, False),
        ("loopback_is_mixed", False, False, True),
        ("fonts_without_cors", False, False, True),
        ("own_redirect_needs_credentials", False, False, True),
        ("range_in_any_case", False, False, True),
        ("invalid_location_fails_cors", False, False, True),
    ],
)
def test_ways(way: str, chromium: bool, gecko: bool, webkit: bool) -> None:
    assert [getattr(engine, way) for engine in (CHROMIUM, GECKO, WEBKIT)] == [chromium, gecko, webkit]


def test_only_chromium_lets_a_page_set_the_user_agent_unasked() -> None:
    assert [engine.no_preflight_for for engine in (CHROMIUM, GECKO, WEBKIT)] == [{"user-agent"}, set(), set()]


def test_only_webkit_adds_a_header_that_would_need_a_preflight() -> None:
    assert [engine.adds_itself for engine in (CHROMIUM, GECKO, WEBKIT)] == [set(), set(), {"icy-metadata"}]
