"""Bodies pass as they are; of an error page only the name stays."""

import logging

import pytest
from mitmproxy import http

from corsinspect.addons import bodies

NGINX = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<hr><center>nginx/1.26.3</center>\r\n"
HTML = {"Content-Type": "text/html"}


def answered(status: int, headers: dict[str, str], body: bytes = b"") -> http.Response:
    made = http.Response.make(status, body)
    made.headers = http.Headers([(name.encode(), value.encode()) for name, value in headers.items()])
    return made


def streamed(response: http.Response, *chunks: bytes) -> tuple[bodies.Counter, list[bytes]]:
    """Who watched, and what the browser gets of these chunks, the way mitmproxy sends them on."""
    response.stream = watcher = bodies.watched(response)
    return watcher, [watcher(chunk) for chunk in (*chunks, b"")]


def test_a_streamed_body_is_counted_and_not_changed() -> None:
    for status in (200, 404):
        watcher, sent = streamed(answered(status, HTML), b"abc", b"", b"de")

        assert sent == [b"abc", b"", b"de", b""]
        assert watcher.size == 5


@pytest.mark.parametrize("size", [1, 7, 64, 5000])
def test_a_page_is_recognised_however_it_is_cut(size: int) -> None:
    body = NGINX + b"</body>\r\n</html>\r\n" + b"<!-- a padding to disable friendly error page -->\r\n" * 100
    response = answered(502, HTML)
    chunks = [body[start : start + size] for start in range(0, len(body), size)]

    assert b"".join(streamed(response, *chunks)[1]) == body
    assert bodies.page_of(response) == "nginx"


def test_only_the_first_bytes_are_looked_at_and_none_are_kept() -> None:
    response = answered(502, HTML)
    watcher, _ = streamed(response, b" " * 2048, NGINX)

    assert bodies.page_of(response) is None
    assert isinstance(watcher, bodies.ErrorPage)
    assert watcher._first is None


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, HTML),
        (302, HTML),
        (502, HTML | {"Content-Encoding": "gzip"}),
        (502, HTML | {"Content-Encoding": "identity, br"}),
    ],
)
def test_what_is_no_error_or_is_compressed_is_not_looked_at(status: int, headers: dict[str, str]) -> None:
    response = answered(status, headers)
    watcher, _ = streamed(response, NGINX)

    assert not isinstance(watcher, bodies.ErrorPage)
    assert bodies.page_of(response) is None


def test_identity_is_no_encoding() -> None:
    response = answered(502, HTML | {"Content-Encoding": "identity"})
    streamed(response, NGINX)

    assert bodies.page_of(response) == "nginx"


def test_a_body_that_a_persons_mitmproxy_collected_is_looked_at_too() -> None:
    assert bodies.page_of(answered(502, HTML, NGINX)) == "nginx"
    assert bodies.page_of(answered(200, HTML, NGINX)) is None
    assert bodies.page_of(None) is None


def test_a_fault_of_ours_costs_the_name_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fault(*_: object) -> str:
        raise RecursionError("a fault")

    monkeypatch.setattr(bodies, "error_page", fault)
    response = answered(502, HTML)
    chunks = [NGINX] * 40
    with caplog.at_level(logging.ERROR):
        watcher, sent = streamed(response, *chunks)

    assert sent == [*chunks, b""]
    assert bodies.page_of(response) is None
    assert watcher.size == 40 * len(NGINX)
    assert len(caplog.records) == 1
