"""Redirects: where they lead and what they change. Fetch standard, "HTTP-redirect fetch"."""

from typing import NamedTuple

from .check import Failed
from .engines import Engine
from .headers import Pairs, values
from .origin import OPAQUE, potentially_trustworthy
from .url import Url, parse_url

REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 20
"""Fetch, "HTTP-redirect fetch", step 7."""


def location(status: int | None, headers: Pairs) -> str | None:
    """The Location of a response that redirects, "" where it's empty; None for any other, and where it's absent."""
    if status not in REDIRECT_STATUSES:
        return None
    found = values(headers, "location")
    return found[0] if found else None


class Target(NamedTuple):
    """Where a redirect leads."""

    url: Url
    method: str
    tainted: bool
    """Whether the request's origin is "null" from here on. Fetch, "redirect-taint"."""


def follow(
    url: str,
    location: str,
    status: int,
    method: str,
    page_origin: str | None,
    tainted: bool,
    cors: bool,
    engine: Engine | None = None,
    upgrade: bool = False,
) -> Target | Failed:
    """Where the browser goes next, or why it doesn't.

    `url` and `method` are the redirecting request's, `tainted` whether its origin was "null" already by a redirect,
    `cors` whether its response tainting is "cors", `upgrade` whether https is asked where http is said. An unknown
    `page_origin` (None) taints nothing. With `engine`, where that one goes; else where the standard does.
    """
    base = parse_url(url)
    target = parse_url(location, base)
    if target is None or base is None:
        return Failed("location", "redirect-invalid-location", "Location", None, location)
    if upgrade:
        target = upgraded(target)
    if target.scheme not in ("http", "https"):
        return Failed("location", "redirect-disallowed-scheme", "Location", None, location, (target.scheme,))
    if is_mixed_content(page_origin, target.origin, engine):
        return Failed("location", "mixed-content", "Location", "https:" + target.href.partition(":")[2], location)
    cross = page_origin is not None and target.origin != page_origin
    if target.userinfo and (cross or cors):
        return Failed("location", "redirect-credentials", "Location", target.href, location, ())
    leaves = target.origin != base.origin
    away = page_origin is not None and page_origin != OPAQUE and base.origin != page_origin
    return Target(target, method_after(status, method), tainted or (leaves and away))


def upgraded(url: Url) -> Url:
    """The URL asked by a page that upgrades insecure requests; itself where it's trustworthy already. Upgrade Insecure
    Requests, "Upgrade request to a potentially trustworthy URL"."""
    return url if url.scheme != "http" or potentially_trustworthy(url.origin) else url._replace(scheme="https")


def is_mixed_content(page_origin: str | None, target: str, engine: Engine | None = None) -> bool:
    """Whether a secure page asks an origin that isn't. Mixed Content, "should fetching request be blocked"."""
    if not page_origin or not page_origin.startswith("https:"):
        return False
    if engine is not None and engine.loopback_is_mixed and target.startswith("http:"):
        return True
    return not potentially_trustworthy(target)


def method_after(status: int, method: str) -> str:
    """The next request's method. Fetch, "HTTP-redirect fetch", step 12."""
    if (status in (301, 302) and method == "POST") or (status == 303 and method not in ("GET", "HEAD")):
        return "GET"
    return method
