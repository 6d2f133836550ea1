import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.fetch.engines import CHROMIUM, GECKO, WEBKIT
from corsinspect.fetch.safelist import (
    MAX_VALUE,
    Size,
    is_forbidden,
    is_safelisted_method,
    is_safelisted_request_header,
    is_simple_range,
    media_type,
    unsafe_names,
    value_size,
)


@pytest.mark.parametrize(
    ("method", "safe"),
    [("GET", True), ("HEAD", True), ("POST", True), ("PUT", False), ("get", False), ("OPTIONS", False), ("", False)],
)
def test_methods(method: str, safe: bool) -> None:
    assert is_safelisted_method(method) is safe


UNSAFE_BYTES = [*map(chr, range(9)), *map(chr, range(10, 32)), *'"():<>?@[\\]{}', "\x7f"]


@pytest.mark.parametrize("byte", UNSAFE_BYTES, ids=lambda byte: f"{ord(byte):02x}")
def test_unsafe_bytes(byte: str) -> None:
    assert value_size(f"a{byte}") == Size(2, True)


def test_all_other_bytes_are_safe() -> None:
    for number in set(range(256)) - {ord(byte) for byte in UNSAFE_BYTES}:
        assert not value_size(chr(number)).unsafe, number


def test_redacted_parts_count_as_they_were_sent() -> None:
    assert value_size("ab‹redacted:126:00ff›") == Size(128, False)
    assert value_size("‹redacted:1:00ff!›x") == Size(2, True)
    assert value_size("‹redacted:3:00ff›‹redacted:4:00ff›") == Size(7, False)
    assert value_size("(‹redacted:3:00ff›") == Size(4, True)


def test_redacted_parts_of_any_length_and_place() -> None:
    assert value_size("Bearer ‹redacted:10:0123456789abcdef›, x") == Size(20, False)
    assert value_size("‹redacted:3:00ff›\x7f") == Size(4, True)
    assert value_size("‹redacted:3:00ff!›‹redacted:3:00ff›") == Size(6, True)
    assert value_size("‹redacted:999999999:00ff›").length == 999999999
    assert value_size(f"‹redacted:{'9' * 5000}:00ff›").length > MAX_VALUE
    assert value_size("‹") == Size(1, False)


def test_the_bytes_of_languages() -> None:
    letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for name in ("accept-language", "content-language"):
        safe = {chr(number) for number in range(256) if is_safelisted_request_header(name, chr(number))}
        assert safe == set(letters + " *,-.;=")


def test_the_bytes_of_media_types() -> None:
    letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for shape in ("{}x/y", "x/{}y"):
        tokens = {chr(number) for number in range(33, 256) if media_type(shape.format(chr(number)))}
        assert tokens == set(letters + "!#$%&'*+-.^_`|~")


HEADERS = [
    ("accept", "text/html, */*;q=0.8", True),
    ("accept", "text/html (x)", False),
    ("accept", "a" * 128, True),
    ("accept", "a" * 129, False),
    ("accept-language", "en-US,en;q=0.9", True),
    ("accept-language", "en_US", False),
    ("accept-language", "*", True),
    ("content-language", "de, en", True),
    ("content-language", "de\ten", False),
    ("content-type", "text/plain", True),
    ("content-type", "Text/Plain; charset=UTF-8", True),
    ("content-type", "text/plain ;x", True),
    ("content-type", "application/x-www-form-urlencoded", True),
    ("content-type", "multipart/form-data; boundary=x", True),
    ("content-type", "application/json", False),
    ("content-type", "application/json, text/plain", False),
    ("content-type", "text/plain; a=(", False),
    ("content-type", "", False),
    ("content-type", "text", False),
    ("range", "bytes=0-", True),
    ("range", "bytes=0-499", True),
    ("range", "bytes=-500", False),
    ("range", "bytes=9-1", False),
    ("range", "bytes=0-1,3-4", False),
    ("range", "bytes= 0-1", False),
    ("range", "items=0-1", False),
    ("range", "bytes=", False),
    ("range", "bytes=0", False),
    ("range", "bytes=0-9-", False),
    ("accept-language", "a" * 129, False),
    ("content-language", "", True),
    ("accept", "", True),
    ("content-type", "text/plain;" + "a" * 117, True),
    ("content-type", "text/plain;" + "a" * 118, False),
    ("content-type", 'text/plain; a="b"', False),
    ("content-type", "text/html", False),
    ("save-data", "on", False),
    ("authorization", "x", False),
    ("x-custom", "", False),
    ("dpr", "2", False),
]


@pytest.mark.parametrize(("name", "value", "safe"), HEADERS)
def test_request_headers(name: str, value: str, safe: bool) -> None:
    assert is_safelisted_request_header(name, value) is safe


def test_chromium_lets_client_hints_through() -> None:
    hints = "dpr save-data viewport-width width device-memory downlink ect rtt"
    prefixed = "sec-ch-dpr sec-ch-viewport-width sec-ch-width sec-ch-device-memory"
    for name in f"{hints} {prefixed}".split():
        assert is_safelisted_request_header(name, "1", CHROMIUM)
        assert not is_safelisted_request_header(name, "1", GECKO)
    assert not is_safelisted_request_header("dpr", "1" * 129, CHROMIUM)


@pytest.mark.parametrize(
    ("value", "essence"),
    [
        ("Text/HTML;charset=utf-8", "text/html"),
        (" text/html\t", "text/html"),
        ("text/html ; a", "text/html"),
        ("text/html, x", None),
        ("text/html\t;", "text/html"),
        ("text/html\r\n;", "text/html"),
        ("text/html;\na", "text/html"),
        ("text/html;", "text/html"),
        ("text/html x", None),
        ("text", None),
        ("/html", None),
        ("text/", None),
    ],
)
def test_media_type(value: str, essence: str | None) -> None:
    assert media_type(value) == essence


def test_ranges_compare_as_numbers() -> None:
    assert is_simple_range("bytes=9-10")
    assert is_simple_range("bytes=5-5")
    assert not is_simple_range("bytes=10-9")
    assert is_simple_range("bytes=" + "9" * 5000 + "-")
    assert is_simple_range("bytes=1000000000000000001-1000000000000000002")
    assert not is_simple_range("bytes=1000000000000000002-1000000000000000001")


@pytest.mark.parametrize(
    ("value", "webkit", "others"),
    [
        ("Bytes=0-5", True, False),
        ("bYTES=0-", True, False),
        ("bytes=0-5", True, True),
        ("items=0-5", False, False),
        ("bytes=0-9223372036854775807", True, True),
        ("bytes=0-9223372036854775808", False, True),
        ("bytes=9223372036854775808-", False, True),
        ("bytes=0-10000000000000000000", False, True),
        ("bytes=0-99999999999999999999", False, True),
    ],
)
def test_webkit_reads_ranges_in_any_case_and_as_numbers_of_64_bits(value: str, webkit: bool, others: bool) -> None:
    assert is_safelisted_request_header("range", value, WEBKIT) is webkit
    assert is_safelisted_request_header("range", value, CHROMIUM) is others
    assert is_safelisted_request_header("range", value, GECKO) is others


FORBIDDEN = """Accept-Charset Accept-Encoding Access-Control-Request-Headers Access-Control-Request-Method
    Access-Control-Request-Private-Network Connection Content-Length Cookie Cookie2 Date DNT Expect Host Keep-Alive
    Origin Referer Set-Cookie TE Trailer Transfer-Encoding Upgrade Via Sec-Fetch-Mode Sec- Proxy-Connection
    Proxy-""".split()


@pytest.mark.parametrize("name", FORBIDDEN)
def test_forbidden(name: str) -> None:
    assert is_forbidden(name.lower())
    assert unsafe_names([(name, "x")]) == ()


@pytest.mark.parametrize("name", ["x-cookie", "second", "proxy", "sec", "authorization", "access-control-x", ""])
def test_not_forbidden(name: str) -> None:
    assert not is_forbidden(name)


def test_names_are_lower_case_sorted_and_each_once() -> None:
    lines = [("X-B", "1"), ("Content-Type", "application/json"), ("x-a", "1"), ("X-b", "2"), ("User-Agent", "x")]
    assert unsafe_names(lines) == ("content-type", "x-a", "x-b")


def test_whitespace_around_a_value_does_not_count() -> None:
    assert unsafe_names([("Range", " bytes=0-1\t"), ("Accept", " " + "a" * 128)]) == ()


def test_what_browsers_add_themselves_is_left_out() -> None:
    own = "User-Agent Priority Purpose Upgrade-Insecure-Requests Cache-Control Pragma If-None-Match If-Modified-Since"
    for name in [*own.split(), ":authority", ":path"]:
        assert unsafe_names([(name, "x (")]) == ()
    assert unsafe_names([("X", "y")]) == ("x",)


def test_what_one_engine_adds_itself_is_left_out_there() -> None:
    headers = [("Icy-Metadata", "1"), ("X-A", "1")]
    assert unsafe_names(headers, WEBKIT) == ("x-a",)
    assert unsafe_names(headers, CHROMIUM) == unsafe_names(headers) == ("icy-metadata", "x-a")


def test_too_much_of_the_safe_is_unsafe() -> None:
    lines = [("Accept", "a" * 128), *[("Accept-Language", "a" * 128)] * 7]
    assert unsafe_names(lines) == ()
    assert unsafe_names([*lines, ("Content-Language", "d")]) == ("accept", "accept-language", "content-language")


def test_too_much_counts_whitespace_and_not_the_unsafe() -> None:
    lines = [("Accept", "a" * 128)] * 8
    assert unsafe_names([*lines, ("X-A", "a" * 2000)]) == ("x-a",)
    assert unsafe_names([*lines, ("X-A", "b"), ("Accept-Language", "d")]) == ("accept", "accept-language", "x-a")


def test_chromium_s_hints_count_as_safe() -> None:
    assert unsafe_names([("DPR", "2"), ("X-A", "b")], CHROMIUM) == ("x-a",)
    assert unsafe_names([("DPR", "2"), ("X-A", "b")], GECKO) == ("dpr", "x-a")


@given(st.sampled_from(["accept", "content-type", "range", "accept-language", "x-a"]), st.text(max_size=140))
def test_never_raises(name: str, value: str) -> None:
    safe = is_safelisted_request_header(name, value)
    assert (unsafe_names([(name, value)]) == ()) == is_safelisted_request_header(name, value.strip("\t\n\r "))
    assert safe in (True, False)
