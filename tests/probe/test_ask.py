"""What a person types is understood, or refused in words: what no page can ask isn't asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.probe import NeverSent, ProbeError, ask, header_line

API, PAGE = "https://api.example/x", "https://shop.example"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("api.example/x", "http://"),
        ("localhost:8000", "http://"),
        ("ftp://api.example/", "scheme"),
        ("https://", "no URL"),
        ("https://api.example:99999/", "port"),
        ("https://ann:secret@api.example/", "user name"),
        ("", "no URL"),
    ],
)
def test_a_url_that_is_none_is_said(url: str, says: str) -> None:
    with pytest.raises(ProbeError, match=says):
        ask(url, PAGE)


@pytest.mark.parametrize(
    ("origin", "says"),
    [
        ("https://shop.example/cart", "It writes https://shop.example"),
        ("https://shop.example/", "It writes https://shop.example"),
        ("https://Shop.Example", "It writes https://shop.example"),
        ("https://shop.example:443", "It writes https://shop.example"),
        ("https://bücher.example", "It writes https://xn--bcher-kva.example"),
        ("shop.example", "no origin"),
        ("", "no origin"),
        ("*", "no origin"),
    ],
)
def test_an_origin_that_is_none_is_said(origin: str, says: str) -> None:
    with pytest.raises(ProbeError, match=says):
        ask(API, origin)


@pytest.mark.parametrize("line", [("Host", "a"), ("Sec-Fetch-Site", "none"), ("Cookie", "a=b"), ("Origin", "null")])
def test_what_no_page_can_set_is_refused(line: tuple[str, str]) -> None:
    with pytest.raises(NeverSent):
        ask(API, PAGE, headers=(line,))


def test_a_cookie_goes_with_credentials() -> None:
    wanted = ask(API, PAGE, headers=(("Cookie", "a=b"), ("X-A", "1")), credentials=True)
    assert (wanted.cookie, wanted.headers) == ("a=b", (("X-A", "1"),))


@pytest.mark.parametrize("method", ["TRACE", "connect", "Track"])
def test_a_method_that_no_page_can_send_is_refused(method: str) -> None:
    with pytest.raises(NeverSent):
        ask(API, PAGE, method=method)


def test_methods_are_written_as_fetch_writes_them() -> None:
    assert [ask(API, PAGE, method=method).method for method in ("put", "patch", "Delete")] == ["PUT", "patch", "DELETE"]


def test_a_secure_page_does_not_ask_an_insecure_server() -> None:
    with pytest.raises(NeverSent, match="mixed content"):
        ask("http://api.example/", PAGE)
    ask("http://localhost:8000/", PAGE)


@given(st.text(), st.text(), st.text(), st.text())
def test_any_text_is_understood_or_refused_in_words(url: str, origin: str, method: str, line: str) -> None:
    try:
        ask(url, origin, method=method, headers=(header_line(line),))
    except ProbeError as error:
        assert error.what
        assert error.hint
