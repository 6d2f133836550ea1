"""CORS code that refuses: recognised by signs of its maker's own, never by a status alone."""

import pytest

from corsinspect.fingerprints import REFUSALS, refusal, refused

BARE = (("Date", "Sat, 28 Nov 2026 16:00:00 GMT"), ("Content-Length", "0"))
URL = "https://api.test/x"


@pytest.mark.parametrize(
    ("headers", "status", "page", "url", "maker"),
    [
        (BARE, 403, None, URL, "gin-contrib/cors"),
        (BARE, 403, None, "http://localhost:11434/v1/models", "Ollama"),
        (BARE, 403, None, "https://models.test/api/tags?x=1", "Ollama"),
        (BARE, 401, None, URL, None),
        ((("Server", "nginx"), *BARE), 403, None, URL, None),
        ((("WWW-Authenticate", "Basic"), *BARE), 403, None, URL, None),
        ((("X-Ms-Error-Code", "CorsPreflightFailure"),), 403, None, URL, "Azure Storage"),
        ((("x-ms-error-code", "AuthenticationFailed"),), 403, None, URL, None),
        ((), 403, "aws-s3", URL, "Amazon S3"),
        ((("X-Rack-CORS", "miss; no-path"),), 404, None, URL, "rack-cors"),
        ((), 403, None, URL, None),
    ],
)
def test_a_refusal_is_known_by_its_own_sign(headers, status, page, url, maker) -> None:
    found = refusal(headers, status, page, url, preflight=True)
    assert (found and found.maker) == maker
    assert refused(headers, status, page, url, preflight=True) == (maker is not None)


def test_an_error_page_of_s3_on_the_request_itself_is_no_refusal() -> None:
    assert refusal((), 403, "aws-s3", URL, preflight=False) is None


def test_every_refusal_has_a_sign_and_a_source() -> None:
    for each in REFUSALS:
        assert each.source.startswith("https://")
        assert each.header or each.error_page or each.bare
