"""Answers as real servers gave them, and what they are recognised as."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsinspect.fingerprints import Match, answered_by, matcher, recognise, recognise_all
from corsinspect.fingerprints.header_signs import HEADER_SIGNS, TOGETHER

HTML = "Content-Type: text/html; charset=utf-8"
NODE = "Date: x|Connection: keep-alive|Keep-Alive: timeout=5"

ANSWERS = {
    "express": ("X-Powered-By: Express|Content-Type: application/json|" + NODE, 200, "certain app"),
    "nextjs": (
        "Vary: rsc, next-router-state-tree, next-router-prefetch|content-type: application/json|" + NODE,
        200,
        "certain app",
    ),
    "fastify": ("content-type: application/json|content-length: 2|Date: x|Keep-Alive: timeout=72", 200, "likely app"),
    "node": ("Content-Type: application/json|X-Other: a|" + NODE, 200, "likely server"),
    "hono": (
        "access-control-allow-origin: x|content-type: application/json|Content-Length: 2|" + NODE,
        200,
        "guess app",
    ),
    "koa": ("Content-Type: text/plain; charset=utf-8|Content-Length: 9|" + NODE, 404, "likely app"),
    "flask": (f"Server: Werkzeug/3.1.9 Python/3.11.7|{HTML}|Connection: close", 404, "likely app"),
    "fastapi": ("date: x|server: uvicorn|content-length: 22|content-type: application/json", 404, "likely app"),
    "django": (
        f"{HTML}|X-Frame-Options: DENY|X-Content-Type-Options: nosniff|Referrer-Policy: same-origin"
        "|Cross-Origin-Opener-Policy: same-origin|Server: gunicorn",
        200,
        "likely app",
    ),
    "aiohttp": ("Content-Type: text/plain|Date: x|Server: Python/3.11 aiohttp/3.14.5", 404, "certain app"),
    "tornado": ("Server: TornadoServer/6.6.1|Content-Type: text/html|Date: x", 404, "certain app"),
    "nginx": ("Server: nginx/1.22.1|Date: x|Content-Type: text/html", 404, "certain proxy"),
    "apache": ("Date: x|Server: Apache/2.4.71 (Debian)", 200, "certain proxy"),
    "caddy": ("Content-Length: 0|Date: x|Server: Caddy", 502, "certain proxy"),
    "php": ("Host: localhost|Connection: close|X-Powered-By: PHP/8.2.35", 200, "certain server"),
    "go": ("Content-Type: application/json|X-Request-Id: 1|Date: x|Content-Length: 2", 200, "guess app"),
    "go-gin": ("Content-Type: application/json; charset=utf-8|X-Id: 1|Date: x|Content-Length: 2", 200, "guess app"),
    "rails": ("x-request-id: 1|x-runtime: 0.01|content-type: application/json", 200, "likely app"),
    "sinatra": ("Content-Type: application/json|X-Content-Type-Options: nosniff|Content-Length: 9", 200, "guess app"),
    "spring": (
        "X-Content-Type-Options: nosniff|X-XSS-Protection: 0|Pragma: no-cache|Expires: 0"
        "|Cache-Control: no-cache, no-store, max-age=0, must-revalidate",
        401,
        "likely app",
    ),
    "aspnet": ("Server: Kestrel|Date: x", 200, "certain app"),
    "laravel": ("X-Powered-By: PHP/8.3|Set-Cookie: laravel_session=‹redacted:9:aa›; path=/", 200, "certain app"),
    "aws-s3": ("x-amz-request-id: A|x-amz-id-2: B|Server: AmazonS3", 403, "certain server"),
    "minio": ("Server: MinIO|x-amz-request-id: A|x-amz-id-2: B|Vary: Origin", 403, "certain server"),
    "trpc": ("content-type: application/json|vary: trpc-accept, accept|" + NODE, 200, "certain app"),
    "sveltekit": ("content-type: text/html|x-sveltekit-page: true|" + NODE, 404, "certain app"),
    "cloudflare": ("Server: cloudflare|CF-RAY: 8-FRA", 200, "certain proxy"),
}


def lines(text: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (line.partition(": ") for line in text.split("|"))]


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_s_headers_name_their_maker(name: str) -> None:
    headers, status, said = ANSWERS[name]
    confidence, layer = said.split()
    assert Match(name, confidence, layer) in recognise(lines(headers), status)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ANSWERS)
def test_no_other_framework_is_named_with_confidence(name: str) -> None:
    headers, status, _ = ANSWERS[name]
    apps = [match.name for match in recognise(lines(headers), status) if match.layer == "app"]
    sure = [match.name for match in recognise(lines(headers), status) if match[1:] == ("certain", "app")]
    assert not apps or name in apps
    assert sure in ([], [name])


KOA_TEXT = "Content-Type: text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("headers", "status", "wanted"),
    [
        (f"{KOA_TEXT}|Content-Length: 12|{NODE}", 401, ["koa likely"]),
        (f"{KOA_TEXT}|Content-Length: 0|Allow: HEAD, GET|{NODE}", 200, ["koa likely"]),
        # not the status in words; Node's own count, which comes last; Express without its header
        (f"{KOA_TEXT}|Content-Length: 6|{NODE}", 403, ["koa guess", "node likely"]),
        (f"{KOA_TEXT}|{NODE}|Content-Length: 9", 403, ["koa guess", "node likely"]),
        (f'{KOA_TEXT}|Content-Length: 9|ETag: W/"9-x"|{NODE}', 403, ["koa guess", "node likely"]),
        (f"Content-Type: text/plain; charset=UTF-8|{NODE}|Content-Length: 1", 403, ["hono guess", "node likely"]),
        (f"content-type: text/plain;charset=UTF-8|{NODE}", 401, ["hono guess", "node likely"]),
    ],
)
def test_what_is_built_on_bare_node_is_told_by_its_errors(headers: str, status: int, wanted: list[str]) -> None:
    found = recognise(lines(headers), status)
    assert [f"{match.name} {match.confidence}" for match in found] == wanted


def test_behind_a_proxy_both_layers_are_named() -> None:
    headers = lines("Server: nginx|X-Powered-By: Express|CF-RAY: 1")
    assert recognise(headers, 500) == [
        Match("express", "certain", "app"),
        Match("nginx", "certain", "proxy"),
        Match("cloudflare", "certain", "proxy"),
    ]


@pytest.mark.parametrize(
    ("headers", "status", "page", "maker"),
    [
        ("Server: nginx|X-Powered-By: Express", 500, None, "express"),
        ("Server: nginx|X-Powered-By: Express", 404, "express", "express"),
        ("Server: nginx", 502, "nginx", "nginx"),
        ("Server: nginx", 200, None, None),
        ("Server: cloudflare|Via: 1.1 x (CloudFront)", 403, "aws-cloudfront", "aws-cloudfront"),
        ("Content-Type: text/plain; charset=utf-8|" + NODE, 404, None, None),
        ("", None, None, None),
    ],
)
def test_which_layer_made_the_answer(headers: str, status: int | None, page: str | None, maker: str | None) -> None:
    match = answered_by(lines(headers), status, page)
    assert (match.name if match else None) == maker


def test_a_framework_hides_what_it_is_built_on() -> None:
    headers = lines("X-Powered-By: Express|" + NODE)
    assert [match.name for match in recognise(headers, 404)] == ["express"]
    assert [match.name for match in recognise(headers, 404, "nestjs")] == ["nestjs"]


def test_several_answers_of_one_origin_are_worth_more_than_one() -> None:
    plain = recognise(lines("Content-Type: application/json|Date: x|" + NODE), 200)
    telling = recognise(lines(NODE), 404, "fastify")
    assert [match.name for match in recognise_all([plain, telling])] == ["fastify"]
    assert recognise_all([]) == []


def test_http2_names_say_nothing_by_their_case() -> None:
    assert recognise(lines("content-type: application/json|x-a: 1|date: x|content-length: 2"), 200) == []


def test_an_unknown_name_of_a_page_is_nothing() -> None:
    assert recognise([], 404, "nobody-knows") == []
    assert answered_by([], 404, "nobody-knows") is None


LINES = sorted(
    {line for headers, _, _ in ANSWERS.values() for line in lines(headers)}
    | {line for _, _, wanted in TOGETHER for line in wanted.items()}
    | {(sign.header, sign.pattern.pattern.strip("^$").replace("\\", "")) for sign in HEADER_SIGNS}
    | {line for text in (KOA_TEXT, "Content-Length: 12", "Allow: HEAD, GET", "ETag: x") for line in lines(text)}
)


BEGUN = [lines(headers) for headers, _, _ in ANSWERS.values()] + [
    lines(text) for text in (NODE, f"{KOA_TEXT}|Allow: HEAD, GET|{NODE}")
]


@settings(max_examples=500)
@given(
    st.sampled_from(BEGUN), st.lists(st.sampled_from(LINES), max_size=4), st.sampled_from([200, 401, 403, 404, None])
)
def test_values_that_are_left_aside_say_nothing(
    begun: list[tuple[str, str]], more: list[tuple[str, str]], status: int | None
) -> None:
    headers = [*begun, *more]
    assert recognise(headers, status) == matcher._matches(headers, status, None)


TEXT = st.text(string.printable + "é‹›\x00", max_size=60)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=12), st.integers(100, 999) | st.none(), TEXT | st.none())
def test_any_headers_are_taken(headers: list[tuple[str, str]], status: int | None, page: str | None) -> None:
    matches = recognise(headers, status, page)
    assert len({match.name for match in matches}) == len(matches)
    answered_by(headers, status, page)
