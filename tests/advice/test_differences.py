import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.advice import Difference, credentials_difference, list_difference, origin_difference

PAGE = "http://localhost:3000"


def marked(value: str, marks: tuple[tuple[int, int], ...]) -> list[str]:
    return [value[start:end] for start, end in marks]


@pytest.mark.parametrize(
    ("found", "kinds", "in_found", "in_needed"),
    [
        pytest.param("http://localhost:3000/", ["trailing-slash"], ["/"], [], id="trailing slash"),
        pytest.param("http://localhost:3000/app", ["path"], ["/app"], [], id="path"),
        pytest.param("https://localhost:3000", ["scheme"], ["https"], [], id="scheme"),
        pytest.param("http://localhost:3001", ["port"], [":3001"], [], id="another port"),
        pytest.param("http://localhost", ["port"], [], [":3000"], id="port missing"),
        pytest.param("http://127.0.0.1:3000", ["loopback"], ["127.0.0.1"], [], id="localhost by address"),
        pytest.param("http://Localhost:3000", ["case"], ["L"], [], id="upper-case host"),
        pytest.param("HTTP://localhost:3000", ["case"], list("HTTP"), [], id="upper-case scheme"),
        pytest.param("http://www.localhost:3000", ["subdomain"], ["www."], [], id="subdomain too much"),
        pytest.param("http://example.test:3000", ["host"], ["example.test"], [], id="another host"),
        pytest.param("http://*.test:3000", ["pattern"], ["*"], [], id="pattern"),
        pytest.param("http://me@localhost:3000", ["userinfo"], ["me@"], [], id="user name"),
        pytest.param("localhost:3000", ["no-scheme"], [], ["http://"], id="no scheme"),
        pytest.param('"http://localhost:3000"', ["quotes"], ['"', '"'], [], id="quotes"),
        pytest.param("http://localhost:8000", ["own-origin"], ["http://localhost:8000"], [], id="the server itself"),
        pytest.param("*", ["wildcard"], ["*"], [], id="wildcard"),
        pytest.param("null", ["null"], ["null"], [], id="null"),
        pytest.param(f"{PAGE}, {PAGE}", ["duplicated"], [f", {PAGE}"], [], id="the same twice"),
        pytest.param(f"*, {PAGE}", ["several"], ["*, "], [], id="right and another"),
        pytest.param("http://a.test http://b.test", ["several"], ["http://a.test http://b.test"], [], id="several"),
        pytest.param("", ["empty"], [], [PAGE], id="empty"),
        pytest.param(None, ["missing"], [], [PAGE], id="missing"),
        pytest.param("true", ["invalid"], ["true"], [], id="no origin at all"),
        pytest.param("https://localhost:3000/", ["scheme", "trailing-slash"], ["https", "/"], [], id="two at once"),
        pytest.param(PAGE, [], [], [], id="equal"),
    ],
)
def test_an_origin_differs_by_these_characters(
    found: str | None, kinds: list[str], in_found: list[str], in_needed: list[str]
) -> None:
    difference = origin_difference(PAGE, found, own="http://localhost:8000")
    assert list(difference.kinds) == kinds
    assert marked(found or "", difference.found_marks) == in_found
    assert marked(PAGE, difference.needed_marks) == in_needed
    assert bool(difference.note) == bool(kinds)


def test_a_default_port_is_left_out() -> None:
    difference = origin_difference("https://app.test", "https://app.test:443")
    assert difference.kinds == ("default-port",)
    assert marked("https://app.test:443", difference.found_marks) == [":443"]


def test_null_was_needed_after_a_tainting_redirect() -> None:
    assert origin_difference("null", "https://app.test").kinds == ("null",)


@pytest.mark.parametrize(
    ("found", "kinds"),
    [("true", ()), ("True", ("case",)), ("true, true", ("duplicated",)), ("1", ("value",)), (None, ("missing",))],
)
def test_credentials_must_be_true(found: str | None, kinds: tuple[str, ...]) -> None:
    assert credentials_difference(found).kinds == kinds


@pytest.mark.parametrize(
    ("needed", "found", "case_matters", "kinds", "in_found", "in_needed"),
    [
        pytest.param(["PUT"], "GET, POST", True, ("not-listed",), [], ["PUT"], id="method not listed"),
        pytest.param(["patch"], "GET, PATCH", True, ("case",), ["PATCH"], ["patch"], id="method in another case"),
        pytest.param(["PUT"], "*", True, ("wildcard",), ["*"], ["PUT"], id="wildcard"),
        pytest.param(["PUT"], "GET PUT, POST", True, ("malformed",), ["GET PUT"], [], id="malformed"),
        pytest.param(["PUT"], None, True, ("missing",), [], ["PUT"], id="missing"),
        pytest.param(["PUT"], " ", True, ("empty",), [], ["PUT"], id="empty"),
        pytest.param(["x-a", "x-b"], "X-A", False, ("not-listed",), [], ["x-b"], id="one of two headers"),
        pytest.param(["x-a"], "X-A", False, (), [], [], id="header names have no case"),
    ],
)
def test_a_list_lacks_names(
    needed: list[str],
    found: str | None,
    case_matters: bool,
    kinds: tuple[str, ...],
    in_found: list[str],
    in_needed: list[str],
) -> None:
    difference = list_difference(needed, found, case_matters=case_matters)
    assert difference.kinds == kinds
    assert marked(found or "", difference.found_marks) == in_found
    assert marked(", ".join(needed), difference.needed_marks) == in_needed


@given(st.text(), st.none() | st.text() | st.from_regex(r"https?://[a-z*.:/@,0-9 ]*", fullmatch=True))
def test_marks_stay_within_whatever_values(needed: str, found: str | None) -> None:
    for difference in (
        origin_difference(needed, found),
        credentials_difference(found),
        list_difference(needed.split(", "), found, case_matters=True),
    ):
        assert isinstance(difference, Difference)
        assert all(0 <= start <= end <= len(found or "") for start, end in difference.found_marks)
        assert all(0 <= start <= end <= max(4, len(needed)) for start, end in difference.needed_marks)
