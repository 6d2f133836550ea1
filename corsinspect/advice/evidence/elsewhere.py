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

    `others`: the session's calls to that server; `own`: those to the page's origin and to the servers beside it
    (`is_beside`), which show what the page is served by and what its backend is made with.
    """
    server, page = server_of(call), call.page_origin or ""
    url = parse_origin(server)
    if call.verdict.outcome != "blocked" or url is None or not _is_public(url.host):
        return None
    signs = tuple(_signs(call, list(others), server, page))
    return Elsewhere(url.host, signs, tuple(_ways(own, page))) if signs else None


def is_beside(server: str) -> bool:
    """Whether a server (an origin) is on this machine or in its network, so likely the person's own."""
    url = parse_origin(server)
    return url is not None and not _is_public(url.host)


def _signs(call: Call, others: Sequence[Call], server: str, page: str) -> Iterable[str]:
    site = next((combined(each.request_headers, "sec-fetch-site") for each in call.exchanges), None)
    if site == "same-site":
        return
    if site == "cross-site":
        yield "It is a public host on another site than the page."
    pages = {other.page_origin for other in others if other.page_origin} - {page}
    if foreign := [each for each in pages if not is_beside(each)]:
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
    elif is_beside(page):
        text = "In development, your dev server can pass the calls on: choose yours from the list."
        yield Way(text, None)
    backend = _backend(own, page)
    another = (
        "" if backend is None or backend in ROUTES else " Yours has another framework: take the recipe as a model."
    )
    text = f"A route of your own backend can call it: CORS doesn't apply to servers.{another}"
    yield Way(text, ROUTES.get(backend or "", "backend-route"))
    yield Way(
        "Its documentation may offer more: a setting for allowed origins, a key for browsers, a library for pages."
    )


def _backend(own: Sequence[Call], page: str) -> str | None:
    """The framework of the person's backend: of the page's own origin, else of a server beside it; best one that there
    is a recipe for."""
    answers: dict[str, list[Exchange]] = {page: []}
    for call in own:
        for each in call.exchanges:
            answers.setdefault(origin_of(each.url), []).append(each)
    found = [
        match.name
        for exchanges in answers.values()
        for match in matches(exchanges)
        if match.layer == "app" and match.confidence != "guess"
    ]
    return next((name for name in found if name in ROUTES), found[0] if found else None)


def _is_public(host: str) -> bool:
    """Whether a host is neither this machine nor one of a private network."""
    if is_loopback(host) or ("." not in host.strip("[]") and ":" not in host):
        return False
    try:
        return ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return not host.endswith((".local", ".localhost", ".internal", ".lan", ".home.arpa"))
