from corsinspect.fetch.expose import readable
from corsinspect.fetch.headers import CorsHeaders

LINES = (
    ("Content-Type", "x"),
    ("ETag", "x"),
    ("X-A", "x"),
    ("Set-Cookie", "x"),
    ("Cache-Control", "x"),
    ("Set-Cookie2", "x"),
)


def test_a_few_are_always_readable() -> None:
    assert readable(LINES, CorsHeaders(), False) == ["cache-control", "content-type"]


def test_the_seven_that_need_no_exposing() -> None:
    seven = "Cache-Control Content-Language Content-Length Content-Type Expires Last-Modified Pragma".split()
    lines = [(name, "x") for name in [*seven, "Date", "Server", "Vary", "Location", "Age"]]
    assert readable(lines, CorsHeaders(), True) == [name.lower() for name in seven]


def test_no_wildcard_shows_cookies() -> None:
    assert readable((("Set-Cookie", "a=b"), ("Set-Cookie2", "a=b")), CorsHeaders(expose_headers="*"), False) == []


def test_exposed_ones_are_too_where_they_are_there() -> None:
    fields = CorsHeaders(expose_headers="etag, X-Absent, Set-Cookie, set-cookie2")
    assert readable(LINES, fields, True) == ["cache-control", "content-type", "etag"]


def test_the_wildcard_counts_without_credentials_only() -> None:
    fields = CorsHeaders(expose_headers="*")
    assert readable(LINES, fields, False) == ["cache-control", "content-type", "etag", "x-a"]
    assert readable(LINES, fields, True) == ["cache-control", "content-type"]


def test_a_list_that_does_not_parse_exposes_nothing_more() -> None:
    fields = CorsHeaders(expose_headers="etag, x a")
    assert readable(LINES, fields, False) == ["cache-control", "content-type"]
