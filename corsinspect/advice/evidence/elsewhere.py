"""Not your server? The signs that the person can't change an API, and what they can do without changing it."""

import ipaddress
import re
from collections.abc import Iterable, Sequence

import msgspec

from corsinspect.advice.recipes import matches
from corsinspect.advice.solution import server_of
from corsinspect.fetch.headers import combined
from corsinspect.fetch.origin import is_loopback, parse_origin
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call, Exchange

TOOLCHAINS: tuple[tuple[str, str, str], ...] = (
    ("angular-proxy", "Angular", r"/@ng/|/ng-cli-ws|/@fs/.*/\.angular/"),
    ("vite-proxy", "Vite", r"/@vite/client|/@id/|/node_modules/\.vite/"),
    ("next-rewrites", "Next.js", r"/_next/"),
    ("cra-proxy", "Create React App", r"/static/js/bundle\.js|\.hot-update\.js"),
    ("webpack-proxy", "webpack", r"/webpack-dev-server|/__webpack_|/sockjs-node"),
)
"""The recipe for each, its name, and addresses that only its development server has; the first that fits counts."""

ROUTES = {
    "express": "backend-route",
    "nestjs": "backend-route",
    "fastapi": "backend-fastapi",
    "flask": "backend-flask",
    "nextjs": "backend-nextjs",
}
"""The recipes for a route of one's own, by the framework that answers the page's own origin."""


class Way(msgspec.Struct, frozen=True):
    """One way around. The texts contain no captured values but well-formed hosts."""

    what: str
    recipe: str | None = None
    """The id of the recipe for it."""


class Elsewhere(msgspec.Struct, frozen=True):
    """What there is to do where the API is somebody else's."""

    host: str
    signs: tuple[str, ...]
    ways: tuple[Way, ...]


def elsewhere(call: Call, others: Iterable[Call] = (), own: Sequence[Call] = ()) -> Elsewhere | None:
    """None where the call isn't blocked, or its server may as well be the person's own.

    `others`: the session's calls to that server; `own`: those to the page's origin, which show what the page is served
    by.
    """
    server, page = server_of(call), call.page_origin or ""
    url = parse_origin(server)
    if call.verdict.outcome != "blocked" or url is None or not _is_public(url.host):
        return None
    signs = tuple(_signs(call, list(others), server, page))
    return Elsewhere(url.host, signs, tuple(_ways(own, page))) if signs else None


def _signs(call: Call, others: Sequence[Call], server: str, page: str) -> Iterable[str]:
    site = next((combined(each.request_headers, "sec-fetch-site") for each in call.exchanges), None)
    if site == "same-site":
        return
    if site == "cross-site":
        yield "It is a public host on another site than the page."
    pages = {other.page_origin for other in others if other.page_origin} - {page}
    if foreign := [each for each in pages if not _is_here(each)]:
        yield f"Pages of {len(foreign)} other origin{'s' if len(foreign) > 1 else ''} call it, too."
    answers = [each for other in (*others, call) for each in other.exchanges if origin_of(each.url) == server]
    platforms = [match.name for match in matches(answers) if match.layer == "proxy" and match.name in _PLATFORMS]
    if platforms and site == "cross-site":
        yield f"It is behind {_PLATFORMS[platforms[0]]}, as public APIs are."


_PLATFORMS = {
    "cloudflare": "Cloudflare",
    "aws-cloudfront": "CloudFront",
    "aws-api-gateway": "API Gateway",
    "fastly": "Fastly",
    "google-frontend": "Google's front end",
    "vercel": "Vercel",
}


def _ways(own: Sequence[Call], page: str) -> Iterable[Way]:
    exchanges = [each for call in own for each in call.exchanges if origin_of(each.url) == page]
    paths = [each.url.removeprefix(page) for each in exchanges]
    tool = next(((id, name) for id, name, sign in TOOLCHAINS if any(re.search(sign, path) for path in paths)), None)
    if tool is not None:
        yield Way(f"In development, {tool[1]} can pass the calls on, so that they stay on the page's origin.", tool[0])
    elif _is_here(page):
        text = "In development, your dev server can pass the calls on: choose yours from the list."
        yield Way(text, None)
    yield Way("A route of your own backend can call it: CORS doesn't apply to servers.", _route(exchanges))
    yield Way(
        "Its documentation may offer more: a setting for allowed origins, a key for browsers, a library for pages."
    )


def _route(exchanges: Iterable[Exchange]) -> str:
    found = [ROUTES[match.name] for match in matches(exchanges) if match.name in ROUTES]
    return found[0] if found else "backend-route"


def _is_here(origin: str) -> bool:
    url = parse_origin(origin)
    return url is not None and not _is_public(url.host)


def _is_public(host: str) -> bool:
    """Whether a host is neither this machine nor one of a private network."""
    if is_loopback(host) or ("." not in host.strip("[]") and ":" not in host):
        return False
    try:
        return ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return not host.endswith((".local", ".localhost", ".internal", ".lan", ".home.arpa"))
