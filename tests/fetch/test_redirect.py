import pytest

from corsinspect.fetch.check import Failed
from corsinspect.fetch.engines import CHROMIUM, GECKO, WEBKIT
from corsinspect.fetch.redirect import MAX_REDIRECTS, Target, follow, is_mixed_content, location, method_after

PAGE = "https://app.test"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_has_a_location(status: int) -> None:
    assert location(status, (("Location", " /x "),)) == "/x"
    assert location(status, (("location", ""),)) == ""
    assert location(status, ()) is None
    assert location(status, (("Location", "/x"), ("Location", "/y"))) == "/x"


@pytest.mark.parametrize("status", [200, 201, 300, 304, 305, 306, 404, None])
def test_other_statuses_redirect_nowhere(status: int | None) -> None:
    assert location(status, (("Location", "/x"),)) is None


@pytest.mark.parametrize(
    ("status", "method", "after"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (303, "GET", "GET"),
        (301, "PUT", "PUT"),
        (302, "DELETE", "DELETE"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
        (301, "HEAD", "HEAD"),
    ],
)
def test_the_method_after(status: int, method: str, after: str) -> None:
    assert method_after(status, method) == after


def go(url: str, where: str, *, page: str | None = PAGE, tainted: bool = False, cors: bool = True) -> Target | Failed:
    return follow(url, where, 302, "GET", page, tainted, cors)


def target(result: Target | Failed) -> Target:
    assert isinstance(result, Target), result
    return result


def failed(result: Target | Failed) -> Failed:
    assert isinstance(result, Failed), result
    return result


@pytest.mark.parametrize(
    ("url", "where", "tainted"),
    [
        ("https://app.test/a", "https://api.test/b", False),
        ("https://api.test/a", "/b", False),
        ("https://api.test/a", "https://other.test/b", True),
        ("https://api.test/a", "https://app.test/b", True),
        ("https://api.test/a", "https://api.test:8443/b", True),
    ],
)
def test_leaving_another_origin_taints(url: str, where: str, tainted: bool) -> None:
    assert target(go(url, where)).tainted is tainted


def test_taint_stays() -> None:
    assert target(go("https://api.test/a", "/b", tainted=True)).tainted


def test_an_unknown_page_taints_nothing() -> None:
    assert not target(go("https://api.test/a", "https://other.test/b", page=None)).tainted
    assert not target(go("https://api.test/a", "https://u@other.test/b", page=None, cors=False)).tainted


def test_an_opaque_page_needs_no_taint() -> None:
    assert not target(go("https://api.test/a", "https://other.test/b", page="null")).tainted


@pytest.mark.parametrize(
    ("where", "page", "cors", "reason"),
    [
        ("https://u:p@other.test/", PAGE, False, "redirect-credentials"),
        ("https://u@api.test/", PAGE, True, "redirect-credentials"),
        ("https://u@app.test/", PAGE, True, "redirect-credentials"),
        ("https://u@app.test/", PAGE, False, None),
        ("https://app.test/", PAGE, True, None),
        ("mailto:x", PAGE, True, "redirect-disallowed-scheme"),
        ("data:,x", PAGE, True, "redirect-disallowed-scheme"),
        ("ftp://api.test/", PAGE, True, "redirect-disallowed-scheme"),
        ("https://a:x/", PAGE, True, "redirect-invalid-location"),
        ("http://api.test/", PAGE, True, "mixed-content"),
        ("http://api.test/", "http://app.test", True, None),
        ("http://localhost:8000/", PAGE, True, None),
    ],
)
def test_where_browsers_do_not_go(where: str, page: str, cors: bool, reason: str | None) -> None:
    result = go("https://api.test/a", where, page=page, cors=cors)
    if isinstance(result, Failed):
        assert (result.check, result.header, result.found) == ("location", "Location", where)
    assert (failed(result).reason if reason else target(result) and None) == reason


def test_a_url_that_is_none_leads_nowhere() -> None:
    assert failed(go("nonsense", "https://api.test/")).reason == "redirect-invalid-location"


def test_twenty_are_followed() -> None:
    assert MAX_REDIRECTS == 20


def test_refusals_quote_the_location() -> None:
    result = failed(go("https://api.test/a", "https://u:p@other.test/x"))
    assert (result.check, result.header, result.found) == ("location", "Location", "https://u:p@other.test/x")
    assert result.expected == "https://other.test/x"
    result = failed(go("https://api.test/a", "http://other.test/x"))
    assert result.expected == "https://other.test/x"
    assert failed(go("https://api.test/a", "mailto:x")).subjects == ("mailto",)


def test_resolves_against_the_redirecting_url() -> None:
    went = target(follow("https://api.test/a/b", "c?d", 303, "POST", PAGE, False, True))
    assert (went.url.href, went.method) == ("https://api.test/a/c?d", "GET")


def test_mixed_content() -> None:
    plain, secure = "http://api.test", "https://api.test"
    assert is_mixed_content("https://app.test", plain)
    assert not is_mixed_content("https://app.test", secure)
    assert not is_mixed_content("http://app.test", plain)
    assert not is_mixed_content(None, plain)


@pytest.mark.parametrize("loopback", ["http://localhost:8000", "http://127.0.0.1", "http://[::1]:3000"])
def test_this_machine_is_mixed_content_in_webkit_alone(loopback: str) -> None:
    assert [is_mixed_content(PAGE, loopback, engine) for engine in (CHROMIUM, GECKO, WEBKIT)] == [False, False, True]
    assert not is_mixed_content("http://app.test", loopback, WEBKIT)
    went = follow("https://api.test/a", f"{loopback}/x", 302, "GET", PAGE, False, True, WEBKIT)
    assert failed(went).reason == "mixed-content"
