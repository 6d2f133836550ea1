"""Error pages as real servers sent them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.fingerprints import error_page, recognise
from corsinspect.fingerprints.names import LAYER_OF
from corsinspect.fingerprints.pages import CONFIDENCE_OF

HTML, JSON, TEXT = "text/html; charset=utf-8", "application/json; charset=utf-8", "text/plain; charset=utf-8"

SAMPLES = [
    (
        "express",
        HTML,
        b'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n'
        b"<pre>Cannot GET /nope</pre>\n</body>\n</html>\n",
    ),
    ("nestjs", JSON, b'{"message":"Cannot GET /nope","error":"Not Found","statusCode":404}'),
    ("nestjs", JSON, b'{"statusCode":500,"message":"Internal server error"}'),
    ("nestjs", JSON, b'{"message":"Unauthorized","statusCode":401}'),
    ("nestjs", JSON, b'{"message":"Forbidden resource","error":"Forbidden","statusCode":403}'),
    ("nestjs", JSON, b'{"message":["name must be a string"],"error":"Bad Request","statusCode":400}'),
    ("fastify", JSON, b'{"message":"Route GET:/nope not found","error":"Not Found","statusCode":404}'),
    ("fastify", JSON, b'{"statusCode":400,"code":"FST_ERR_CTP_INVALID_MEDIA_TYPE","error":"Bad Request"}'),
    ("fastify", JSON, b'{"statusCode":500,"error":"Internal Server Error","message":"boom"}'),
    (
        "h3",
        JSON,
        b'{"status":404,"message":"Cannot find any route matching [OPTIONS] http://localhost:4014/api/items"}',
    ),
    (
        "nuxt",
        "application/json",
        b'{\n  "error": true,\n  "url": "http://localhost:4021/nope",\n  "statusCode": 404,\n  "message": "Cannot',
    ),
    (
        "trpc",
        "application/json",
        b'{"error":{"message":"No procedure found on path \\"nope\\"","code":-32004,"data":{"code":"NOT_FOUND"',
    ),
    ("connect", "application/json", b'{"code":"internal","message":"internal error"}'),
    ("connect", "application/json", b'{"code":"unauthenticated"}'),
    (
        "apollo",
        JSON,
        b'{"errors":[{"message":"This operation has been blocked as a potential Cross-Site Request Forgery (CSRF). '
        b"Please either specify a 'content-type' header (with a type that is not one of application/x-www-form-"
        b"urlencoded, multipart/form-data, text/plain) or provide a non-empty value for one of the following headers: "
        b"x-apollo-operation-name, apollo-require-preflight",
    ),
    ("socket.io", "application/json", b'{"code":2,"message":"Bad handshake method"}'),
    ("hono", "text/plain; charset=UTF-8", b"404 Not Found"),
    ("hono", "text/plain; charset=UTF-8", b"Internal Server Error"),
    ("flask", HTML, b"<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"),
    ("flask", HTML, b"<!doctype html>\n<html lang=en>\n  <head>\n    <title>KeyError: 1 // Werkzeug Debugger</title>"),
    ("fastapi", "application/json", b'{"detail":"Not Found"}'),
    ("fastapi", "application/json", b'{"detail":[{"type":"missing","loc":["body"],"msg":"Field required"}]}'),
    ("fastapi", TEXT, b"Disallowed CORS origin, method"),
    ("django", HTML, b'<!DOCTYPE html>\n<html lang="en">\n<head>\n  <title>Page not found at /nope</title>'),
    ("django", HTML, b'\n<!doctype html>\n<html lang="en">\n<head>\n  <title>Not Found</title>\n</head>'),
    ("django", "application/json", b'{"detail":"Not found."}'),
    ("aiohttp", TEXT, b"404: Not Found"),
    ("aiohttp", TEXT, b"500 Internal Server Error\n\nServer got itself in trouble"),
    ("tornado", HTML, b"<html><title>404: Not Found</title><body>404: Not Found</body></html>"),
    (
        "nginx",
        "text/html",
        b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>"
        b"\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n",
    ),
    ("nginx", "text/html", b"<hr><center>nginx/1.18.0 (Ubuntu)</center>"),
    ("apache", "text/html; charset=iso-8859-1", b'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN"\n<html>'),
    ("go", TEXT, b"404 page not found\n"),
    ("go-gin", "text/plain", b"404 page not found"),
    ("sinatra", "text/html;charset=utf-8", "<h2>Sinatra doesn’t know this ditty.</h2>".encode()),
    ("spring", JSON, b'{"timestamp":"2026-01-01T00:00:00.000+00:00","status":404,"error":"Not Found","path":"/x"}'),
    ("spring", "text/plain", b"Invalid CORS request"),
    (
        "aspnet",
        "application/problem+json",
        b'{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.5","title":"Not Found","status":404,'
        b'"traceId":"00-1"}',
    ),
    ("laravel", JSON, b'{\n    "message": "The route api/nope could not be found.",'),
    ("envoy", "text/plain", b"upstream connect error or disconnect/reset before headers. reset reason: x"),
    ("aws-api-gateway", "application/json", b'{"message":"Missing Authentication Token"}'),
    (
        "aws-s3",
        "application/xml",
        b'<?xml version="1.0"?>\n<Error><Code>AccessForbidden</Code><Message>CORSResponse</Message><RequestId>1',
    ),
    ("cloudflare", TEXT, b"error code: 1101"),
    ("supabase", JSON, b'{"code":"BOOT_ERROR","message":"Function failed to start"}'),
    # an API's own words, and what several frameworks say
    (None, TEXT, b"Not Found"),
    (None, JSON, b'{"error":"not found"}'),
    (None, JSON, b'{"message":"Internal Server Error"}'),
    (None, HTML, b""),
    (None, None, b"\xff\xfe\x00"),
]


@pytest.mark.parametrize(("name", "content_type", "body"), SAMPLES)
def test_a_page_is_recognised_by_its_first_bytes(name: str | None, content_type: str | None, body: bytes) -> None:
    assert error_page(body, content_type) == name


def test_every_name_of_a_page_is_known_to_the_matcher() -> None:
    for name in CONFIDENCE_OF:
        assert [match.layer for match in recognise([], 404, name)] == [LAYER_OF[name]]


@given(st.binary(max_size=3000), st.text(max_size=40) | st.none())
def test_any_bytes_are_taken(body: bytes, content_type: str | None) -> None:
    assert error_page(body, content_type) in {None, *LAYER_OF}
