import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.fetch.check import (
    Asked,
    Failed,
    cors_check,
    first_failure,
    headers_check,
    methods_check,
    origin_reason,
    preflight_failures,
)
from corsinspect.fetch.engines import CHECKS, CHROMIUM, ENGINES, GECKO, WEBKIT
from corsinspect.fetch.headers import CorsHeaders

ORIGIN = "https://a.test"


@pytest.mark.parametrize(
    ("allow_origin", "allow_credentials", "without", "included"),
    [
        (ORIGIN, "true", None, None),
        (ORIGIN, None, None, "credentials-not-true"),
        (ORIGIN, "True", None, "credentials-not-true"),
        (ORIGIN, "true, true", None, "credentials-not-true"),
        (ORIGIN, "", None, "credentials-not-true"),
        ("*", None, None, "origin-wildcard-with-credentials"),
        ("*", "true", None, "origin-wildcard-with-credentials"),
        (None, "true", "origin-missing", "origin-missing"),
        ("", "true", "origin-invalid", "origin-invalid"),
        ("null", "true", "origin-mismatch", "origin-mismatch"),
        ("https://a.test/", "true", "origin-mismatch", "origin-mismatch"),
        ("http://a.test", "true", "origin-mismatch", "origin-mismatch"),
        ("https://A.test", "true", "origin-mismatch", "origin-mismatch"),
        ("https://a.test:443", "true", "origin-mismatch", "origin-mismatch"),
        ("a.test", "true", "origin-invalid", "origin-invalid"),
        ("*.test", "true", "origin-invalid", "origin-invalid"),
        ("localhost:3000", "true", "origin-mismatch", "origin-mismatch"),
        ("https://*.test", "true", "origin-mismatch", "origin-mismatch"),
        ("https://a.test, https://b.test", "true", "origin-multiple", "origin-multiple"),
        ("*, *", "true", "origin-multiple", "origin-multiple"),
        ("not a url", "true", "origin-multiple", "origin-multiple"),
        ("NULL", "true", "origin-invalid", "origin-invalid"),
    ],
)
def test_the_cors_check(
    allow_origin: str | None, allow_credentials: str | None, without: str | None, included: str | None
) -> None:
    fields = CorsHeaders(allow_origin=allow_origin, allow_credentials=allow_credentials)
    for include, reason in ((False, without), (True, included)):
        failed = cors_check(ORIGIN, include, fields)
        assert (failed.reason if failed else None) == reason
        if failed:
            expected = "true" if reason == "credentials-not-true" else ORIGIN
            found = allow_credentials if reason == "credentials-not-true" else allow_origin
            assert (failed.expected, failed.found) == (expected, found)


def test_an_opaque_origin_matches_null() -> None:
    assert cors_check("null", False, CorsHeaders(allow_origin="null")) is None
    assert cors_check("null", True, CorsHeaders(allow_origin="null", allow_credentials="true")) is None


def test_failures_name_their_header() -> None:
    assert cors_check(ORIGIN, False, CorsHeaders()) == Failed(
        "allow-origin", "origin-missing", "Access-Control-Allow-Origin", ORIGIN, None
    )
    assert cors_check(ORIGIN, True, CorsHeaders(ORIGIN, "no")) == Failed(
        "allow-credentials", "credentials-not-true", "Access-Control-Allow-Credentials", "true", "no", ("no",)
    )


@pytest.mark.parametrize(
    ("method", "found", "without", "included"),
    [
        ("PUT", "PUT", None, None),
        ("PUT", "GET, PUT", None, None),
        ("PUT", "put", "method-not-allowed", "method-not-allowed"),
        ("patch", "PATCH", "method-not-allowed", "method-not-allowed"),
        ("patch", "patch", None, None),
        ("PUT", "*", None, "method-not-allowed"),
        ("*", "*", None, None),
        ("PUT", None, "method-not-allowed", "method-not-allowed"),
        ("PUT", "", "method-not-allowed", "method-not-allowed"),
        ("GET", None, None, None),
        ("HEAD", "PUT", None, None),
        ("POST", "PUT", None, None),
        ("GET", "GET PUT", "allow-methods-invalid", "allow-methods-invalid"),
        ("PUT", "PUT; x", "allow-methods-invalid", "allow-methods-invalid"),
    ],
)
def test_methods(method: str, found: str | None, without: str | None, included: str | None) -> None:
    for include, reason in ((False, without), (True, included)):
        failed = methods_check(method, include, found)
        assert (failed.reason if failed else None) == reason
        if failed:
            assert (failed.header, failed.expected, failed.found) == ("Access-Control-Allow-Methods", method, found)
            assert failed.subjects == ((method,) if reason == "method-not-allowed" else ())


@pytest.mark.parametrize(
    ("names", "found", "without", "included"),
    [
        ((), None, None, None),
        ((), "x y", "allow-headers-invalid", "allow-headers-invalid"),
        (("x-a",), "X-A", None, None),
        (("x-a",), "x-b, x-a", None, None),
        (("x-a",), None, "header-not-allowed", "header-not-allowed"),
        (("x-a", "x-b"), "x-a", "header-not-allowed", "header-not-allowed"),
        (("x-a",), "*", None, "header-not-allowed"),
        (("authorization",), "*", None, "header-not-allowed"),
        (("*",), "*", None, None),
        (("x-a",), "x-a, b c", "allow-headers-invalid", "allow-headers-invalid"),
        (("x-a", "x-b"), "b c", "allow-headers-invalid", "allow-headers-invalid"),
    ],
)
def test_headers(names: tuple[str, ...], found: str | None, without: str | None, included: str | None) -> None:
    for include, reason in ((False, without), (True, included)):
        failed = headers_check(names, include, found)
        assert (failed.reason if failed else None) == reason
        if failed:
            assert (failed.header, failed.expected) == ("Access-Control-Allow-Headers", ", ".join(names))


def test_refused_names_are_told() -> None:
    failed = headers_check(("a", "b", "c"), False, "b")
    assert failed is not None and failed.subjects == ("a", "c")


ASKED = Asked(ORIGIN, "PUT", ("x-a",))
GOOD = CorsHeaders(ORIGIN, "true", "PUT", "x-a")


@pytest.mark.parametrize(
    ("status", "location", "fields", "checks"),
    [
        (200, None, GOOD, set()),
        (204, None, GOOD, set()),
        (299, None, GOOD, set()),
        (199, None, GOOD, {"status"}),
        (300, None, GOOD, {"status"}),
        (404, None, GOOD, {"status"}),
        (302, "/x", GOOD, {"redirect"}),
        (302, None, GOOD, {"status"}),
        (204, None, CorsHeaders(), {"allow-origin", "allow-credentials", "allow-methods", "allow-headers"}),
        (204, None, CorsHeaders(ORIGIN, "true", "P U", "x:a"), {"allow-methods-list", "allow-headers-list"}),
    ],
)
def test_the_preflight_check(status: int, location: str | None, fields: CorsHeaders, checks: set[str]) -> None:
    failures = preflight_failures(ASKED, True, status, location, fields)
    assert set(failures) == checks
    assert all(failed.check == name for name, failed in failures.items())


def test_a_bad_status_is_told() -> None:
    failed = preflight_failures(ASKED, False, 404, None, GOOD)["status"]
    assert (failed.reason, failed.expected, failed.found, failed.header) == ("preflight-status", "200–299", "404", None)
    failed = preflight_failures(ASKED, False, 302, "/x", GOOD)["redirect"]
    assert (failed.reason, failed.expected, failed.found, failed.header) == (
        "preflight-redirect",
        "200–299",
        "302",
        None,
    )


def test_engines_differ_in_what_they_report_first() -> None:
    nothing = preflight_failures(ASKED, False, 404, None, CorsHeaders())
    assert [_first(nothing, engine) for engine in (CHROMIUM, GECKO, WEBKIT)] == [
        "origin-missing",
        "origin-missing",
        "preflight-status",
    ]
    redirect = preflight_failures(ASKED, False, 302, "/x", CorsHeaders())
    assert [_first(redirect, engine) for engine in (CHROMIUM, GECKO, WEBKIT)] == [
        "preflight-redirect",
        "origin-missing",
        "preflight-redirect",
    ]
    lists = preflight_failures(ASKED, False, 204, None, CorsHeaders(ORIGIN, None, "GET", "x:a"))
    assert [_first(lists, engine) for engine in (CHROMIUM, GECKO, WEBKIT)] == [
        "allow-headers-invalid",
        "method-not-allowed",
        "allow-headers-invalid",
    ]


def _first(failures, engine) -> str | None:
    failed = first_failure(failures, engine.checks)
    return failed.reason if failed else None


def test_every_engine_makes_every_check() -> None:
    for engine in ENGINES.values():
        assert sorted(engine.checks) == sorted(CHECKS)


def test_nothing_failed_is_none() -> None:
    assert first_failure({}) is None


VALUES = st.one_of(st.none(), st.sampled_from(["*", ORIGIN, "true", "PUT", "x-a", "", "null"]), st.text(max_size=20))


@given(st.booleans(), st.integers(100, 599), st.lists(VALUES, min_size=4, max_size=4))
def test_what_one_engine_blocks_all_block(include: bool, status: int, values: list[str | None]) -> None:
    fields = CorsHeaders(values[0], values[1], values[2], values[3])
    failures = preflight_failures(ASKED, include, status, None, fields)
    reported = {name: first_failure(failures, engine.checks) for name, engine in ENGINES.items()}
    assert all((failed is None) == (not failures) for failed in reported.values())


@given(VALUES, VALUES, st.sampled_from([ORIGIN, "null", "http://localhost:3000"]))
def test_setting_what_was_expected_mends_exactly_that(
    allow_origin: str | None, allow_credentials: str | None, origin: str
) -> None:
    fields = CorsHeaders(allow_origin, allow_credentials)
    failed = cors_check(origin, True, fields)
    if failed is None:
        return
    field = "allow_origin" if failed.header == "Access-Control-Allow-Origin" else "allow_credentials"
    again = cors_check(origin, True, fields._replace(**{field: failed.expected}))
    assert again is None or again.check != failed.check


@given(st.text(max_size=30))
def test_every_refused_origin_has_a_reason(value: str) -> None:
    assert origin_reason(value).startswith("origin-")
