import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.fetch.headers import (
    CorsHeaders,
    Pairs,
    combined,
    cors_headers,
    first_bad_token,
    is_token,
    once_a_list,
    refreshed,
    refreshed_lines,
    token_list,
    values,
)

LINES = (("Vary", " Origin\t"), ("x-a", "1"), ("VARY", "Accept"), ("X-Empty", ""))


def test_values_are_found_in_any_case_and_stripped() -> None:
    assert values(LINES, "vary") == ["Origin", "Accept"]
    assert values(LINES, "x-none") == []


def test_a_tuple_is_read_once_and_a_list_each_time() -> None:
    read: list[int] = []

    @once_a_list
    def count(headers: Pairs) -> int:
        read.append(len(list(headers)))
        return read[-1]

    changing = [("a", "1")]
    assert (count(changing), count(LINES), count(LINES)) == (1, 4, 4)
    changing.append(("b", "2"))
    assert count(changing) == 2
    assert read == [1, 4, 2]


def test_reading_once_holds_with_more_lists_than_are_remembered() -> None:
    counted = once_a_list(lambda headers: dict(headers)["number"])
    for number in range(3_000):
        assert counted((("number", str(number)),)) == str(number)


def test_lines_combine_with_a_comma_and_a_space() -> None:
    assert combined(LINES, "vary") == "Origin, Accept"
    assert combined(LINES, "x-empty") == ""
    assert combined(LINES, "x-none") is None


@pytest.mark.parametrize(
    ("value", "tokens"),
    [
        (None, ()),
        ("", ()),
        (" , ,", ()),
        ("GET", ("GET",)),
        ("GET,PUT", ("GET", "PUT")),
        (" GET ,\tPUT,", ("GET", "PUT")),
        ("*", ("*",)),
        ("!#$%&'*+-.^_`|~09azAZ", ("!#$%&'*+-.^_`|~09azAZ",)),
        ("GET PUT", None),
        ("GET; PUT", None),
        ('"GET"', None),
        ("GET, X:Y", None),
        ("é", None),
        ("(GET)", None),
    ],
)
def test_a_list_is_all_tokens_or_nothing(value: str | None, tokens: tuple[str, ...] | None) -> None:
    assert token_list(value) == tokens


@pytest.mark.parametrize(
    ("value", "bad"),
    [("GET, P UT, x:y", "P UT"), ("GET,,PUT", None), ("", None), ("é", "é"), ("a, b;c", "b;c")],
)
def test_names_the_first_bad_token(value: str, bad: str | None) -> None:
    assert first_bad_token(value) == bad


def test_tokens() -> None:
    assert is_token("x-a") and not is_token("") and not is_token("x a")


def test_the_bytes_of_tokens() -> None:
    letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert {chr(number) for number in range(256) if is_token(chr(number))} == set(letters + "!#$%&'*+-.^_`|~")


@pytest.mark.parametrize("space", ["\t", "\n", "\r", " "], ids=["tab", "lf", "cr", "space"])
def test_whitespace_around_a_value_is_not_part_of_it(space: str) -> None:
    assert values([("x-a", f"{space}a{space}b{space}")], "x-a") == [f"a{space}b"]
    assert token_list(f"{space}GET{space},{space}PUT") == ("GET", "PUT")
    assert first_bad_token(f"GET,{space}x y{space}") == "x y"


def test_cors_headers_in_one_pass() -> None:
    lines = (
        ("Access-Control-Allow-Origin", " https://a.test "),
        ("access-control-allow-credentials", "true"),
        ("ACCESS-CONTROL-ALLOW-METHODS", "GET"),
        ("Access-Control-Allow-Methods", "PUT"),
        ("Access-Control-Allow-Headers", "x-a"),
        ("Access-Control-Max-Age", "5"),
        ("Access-Control-Expose-Headers", "x-b"),
        ("Accept-Ranges", "bytes"),
        ("Age", "1"),
        ("Vary", "Origin"),
    )
    assert cors_headers(lines) == CorsHeaders("https://a.test", "true", "GET, PUT", "x-a", "5", "x-b", 1)


def test_two_origin_lines_are_counted_and_joined() -> None:
    fields = cors_headers((("Access-Control-Allow-Origin", "*"), ("access-control-allow-origin", "*")))
    assert (fields.allow_origin, fields.origin_lines) == ("*, *", 2)


def test_a_304_replaces_what_it_has_and_leaves_the_rest() -> None:
    stored = CorsHeaders("https://a.test", "true", "GET", "x-a", "5", "x-b", 1)
    assert refreshed(stored, cors_headers(())) == stored
    two = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Origin", "null"))
    assert refreshed(stored, cors_headers(two)) == stored._replace(allow_origin="*, null", origin_lines=2)
    assert refreshed(stored, CorsHeaders(expose_headers="")) == stored._replace(expose_headers="")
    assert refreshed(CorsHeaders(), stored) == stored


def test_absent_and_empty_differ() -> None:
    assert cors_headers(()).origin_lines == 0
    assert cors_headers((("Vary", "x"),)) == CorsHeaders()
    assert cors_headers((("Access-Control-Allow-Origin", ""),)).allow_origin == ""


HEADERS = st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=6)


@given(HEADERS)
def test_one_pass_finds_what_combining_finds(lines: list[tuple[str, str]]) -> None:
    lines = [*lines, ("Access-Control-Max-Age", "1"), *lines, ("access-control-MAX-age", "2")]
    fields = cors_headers(lines)
    assert fields.max_age == combined(lines, "access-control-max-age")
    assert fields.allow_origin == combined(lines, "access-control-allow-origin")


@given(st.text(max_size=30))
def test_a_list_is_good_exactly_where_nothing_in_it_is_bad(value: str) -> None:
    assert (token_list(value) is None) == (first_bad_token(value) is not None)


def test_a_304_s_lines_replace_those_of_their_name() -> None:
    stored = (("Content-Type", "a/b"), ("ETag", "1"), ("etag", "2"))
    assert refreshed_lines(stored, (("eTag", "3"), ("Date", "x"))) == [
        ("Content-Type", "a/b"),
        ("eTag", "3"),
        ("Date", "x"),
    ]
