"""The signs of frameworks in response headers, as data.

Measured on real servers for Express, NestJS, Fastify, Koa, Hono, Flask, FastAPI, Django, aiohttp, Tornado, nginx,
Apache, Caddy, PHP, Go and Rack; for the others, taken from their documentation.
"""

import re
from typing import NamedTuple

from .names import Confidence


class Sign(NamedTuple):
    """A header (lower-case) whose value contains a pattern (case-insensitive; "" for any value)."""

    name: str
    confidence: Confidence
    header: str
    pattern: re.Pattern[str]


def _signs(name: str, *signs: tuple[Confidence, str, str]) -> list[Sign]:
    return [Sign(name, confidence, header, re.compile(pattern, re.I)) for confidence, header, pattern in signs]


HEADER_SIGNS: list[Sign] = [
    *_signs("express", ("certain", "x-powered-by", "^Express$"), ("likely", "set-cookie", "^connect\\.sid=")),
    *_signs(
        "nextjs",
        ("certain", "x-powered-by", "^Next\\.js"),
        ("certain", "x-nextjs-cache", ""),
        ("certain", "vary", "\\bnext-router-state-tree\\b"),
        ("guess", "server", "^Vercel$"),
    ),
    *_signs("sveltekit", ("certain", "x-sveltekit-page", "")),
    *_signs("trpc", ("certain", "vary", "\\btrpc-accept\\b")),
    # only Fastify sends 72; Node's own default is 5
    *_signs("fastify", ("likely", "keep-alive", "^timeout=72$")),
    *_signs("node", ("likely", "keep-alive", "^timeout=(5|72)$"), ("certain", "x-powered-by", "^(Express$|Next\\.js)")),
    *_signs("flask", ("likely", "server", "^Werkzeug/")),
    *_signs("fastapi", ("likely", "server", "^uvicorn"), ("guess", "server", "^hypercorn")),
    *_signs("django", ("likely", "server", "^WSGIServer/"), ("likely", "set-cookie", "^csrftoken=")),
    *_signs("gunicorn", ("certain", "server", "^gunicorn")),
    *_signs("aiohttp", ("certain", "server", "^Python/\\S+ aiohttp/")),
    *_signs("tornado", ("certain", "server", "^TornadoServer/"), ("likely", "set-cookie", "^_xsrf=")),
    *_signs("python-http", ("certain", "server", "^(Simple|Base)HTTP/")),
    *_signs(
        "spring",
        ("certain", "x-application-context", ""),
        ("guess", "set-cookie", "^JSESSIONID="),
        ("guess", "server", "^(Apache-Coyote|Jetty)"),
    ),
    *_signs(
        "aspnet",
        ("certain", "server", "^Kestrel"),
        ("certain", "x-powered-by", "^ASP\\.NET"),
        ("certain", "x-aspnet-version", ""),
        ("certain", "x-aspnetmvc-version", ""),
        ("certain", "set-cookie", "^(ASP\\.NET_SessionId|\\.AspNetCore\\.)"),
        ("guess", "server", "^Microsoft-IIS/"),
    ),
    *_signs("iis", ("certain", "server", "^Microsoft-IIS/")),
    *_signs(
        "rails",
        ("guess", "server", "^(puma|thin|WEBrick)"),
        ("guess", "x-powered-by", "Phusion Passenger"),
        ("guess", "x-cascade", "^pass$"),
    ),
    *_signs("laravel", ("certain", "set-cookie", "^laravel[_-]session=")),
    *_signs("php", ("certain", "x-powered-by", "^PHP/"), ("likely", "set-cookie", "^PHPSESSID=")),
    *_signs("nginx", ("certain", "server", "^(nginx|openresty)(/|$)")),
    *_signs("apache", ("certain", "server", "^Apache($|[/ ])")),
    *_signs("caddy", ("certain", "server", "^Caddy$"), ("certain", "via", "\\bCaddy\\b")),
    *_signs(
        "envoy", ("certain", "server", "^(istio-)?envoy$"), ("certain", "x-envoy-upstream-service-time", "^[0-9]+$")
    ),
    *_signs("cloudflare", ("certain", "server", "^cloudflare$"), ("certain", "cf-ray", "")),
    *_signs(
        "aws-cloudfront",
        ("certain", "server", "^CloudFront$"),
        ("certain", "x-amz-cf-id", ""),
        ("certain", "via", "\\(CloudFront\\)"),
    ),
    *_signs(
        "aws-api-gateway",
        ("certain", "x-amz-apigw-id", ""),
        ("certain", "apigw-requestid", ""),
        ("likely", "x-amzn-errortype", ""),
    ),
    *_signs("aws-lambda", ("guess", "x-amzn-requestid", ""), ("guess", "x-amzn-remapped-content-length", "")),
    *_signs("aws-s3", ("certain", "server", "^AmazonS3$"), ("likely", "x-amz-id-2", "")),
    *_signs("minio", ("certain", "server", "^MinIO")),
    *_signs("aws-elb", ("certain", "server", "^awselb/")),
    *_signs("vercel", ("certain", "server", "^Vercel$"), ("certain", "x-vercel-id", "")),
    *_signs("heroku", ("certain", "via", "\\b(vegur|heroku-router)\\b")),
    *_signs("fastly", ("likely", "x-served-by", "^cache-"), ("guess", "via", "\\bvarnish\\b")),
    *_signs("google-frontend", ("certain", "server", "^Google Frontend$"), ("likely", "via", "^1\\.1 google$")),
    *_signs("firebase", ("likely", "function-execution-id", ""), ("guess", "server", "^Google Frontend$")),
    *_signs(
        "supabase",
        ("certain", "x-served-by", "^supabase-edge-runtime"),
        ("likely", "x-sb-edge-region", ""),
        ("likely", "sb-project-ref", ""),
        ("likely", "sb-gateway-version", ""),
    ),
    # the default method lists of CORS packages
    *_signs("flask", ("likely", "access-control-allow-methods", "^DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT$")),
    *_signs("django", ("likely", "access-control-allow-methods", "^DELETE, GET, OPTIONS, PATCH, POST, PUT$")),
    *_signs("hono", ("likely", "access-control-allow-methods", "^GET,HEAD,PUT,POST,DELETE,PATCH,QUERY$")),
    *_signs("koa", ("guess", "access-control-allow-methods", "^GET,HEAD,PUT,POST,DELETE,PATCH$")),
    *_signs("express", ("guess", "access-control-allow-methods", "^GET,HEAD,PUT,PATCH,POST,DELETE$")),
]

TOGETHER: list[tuple[str, Confidence, dict[str, str]]] = [
    # Django's SecurityMiddleware and clickjacking protection
    (
        "django",
        "likely",
        {
            "x-frame-options": "DENY",
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
        },
    ),
    # Spring Security's defaults
    (
        "spring",
        "likely",
        {
            "cache-control": "no-cache, no-store, max-age=0, must-revalidate",
            "pragma": "no-cache",
            "expires": "0",
            "x-content-type-options": "nosniff",
        },
    ),
    ("sinatra", "guess", {"x-content-type-options": "nosniff", "x-xss-protection": "1; mode=block"}),
]
"""Values that identify nobody alone, but do together."""
