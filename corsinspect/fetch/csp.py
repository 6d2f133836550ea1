"""Content Security Policy, as far as it decides where a request may go: the lists of sources, and the upgrade to https.

Content Security Policy 3, "Does url match source list in origin with redirect count?"; Upgrade Insecure Requests. Only
where a redirect leads is asked here, and after a redirect paths don't count. Nonces, hashes and `strict-dynamic` are
the page's own secrets: a list that has one allows what it may allow.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from .url import DEFAULT_PORTS, Url, parse_url

_DIRECTIVES: dict[str, tuple[str, ...]] = {
    "empty": ("connect-src",),
    "image": ("img-src",),
    "script": ("script-src-elem", "script-src"),
    "style": ("style-src-elem", "style-src"),
    "font": ("font-src",),
    "audio": ("media-src",),
    "video": ("media-src",),
    "track": ("media-src",),
    "iframe": ("frame-src", "child-src"),
    "frame": ("frame-src", "child-src"),
    "object": ("object-src",),
    "embed": ("object-src",),
    "manifest": ("manifest-src",),
    "worker": ("worker-src", "child-src", "script-src"),
    "sharedworker": ("worker-src", "child-src", "script-src"),
}
"""By Sec-Fetch-Dest: the directives that speak of it, the first that is there counts. Section 6.8.3, "Get the list of
directives to fallback to"."""

_KEPT_SECRET = ("'nonce-", "'sha256-", "'sha384-", "'sha512-")
_NETWORK = frozenset(DEFAULT_PORTS)
_ALSO = {"http": ("http", "https"), "ws": ("ws", "wss", "http", "https"), "wss": ("wss", "https")}
"""What a scheme in a list allows beside itself. Section 6.7.2.9, "scheme-part matches"."""


class Directive(NamedTuple):
    """One line of a policy: its name and its sources, both as written."""

    name: str
    sources: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join((self.name, *self.sources))


Policy = dict[str, Directive]


@lru_cache(maxsize=256)
def parse_policies(value: str) -> tuple[Policy, ...]:
    """The policies of one header line, by directive; the first of a name counts. Section 2.2.1."""
    return tuple(policy for text in value.split(",") if (policy := _parsed(text)))


def _parsed(text: str) -> Policy:
    policy: Policy = {}
    for part in text.split(";"):
        name, *sources = part.split() or [""]
        if name:
            policy.setdefault(name.lower(), Directive(name.lower(), tuple(sources)))
    return policy


def upgrades_insecure(values: Iterable[str]) -> bool:
    """Whether any of these header lines has the page's requests to http sent to https instead."""
    return any("upgrade-insecure-requests" in policy for value in values for policy in parse_policies(value))


def forbidding(values: Iterable[str], destination: str | None, page: str, url: Url) -> Directive | None:
    """The directive, in these header lines of a page's document, by which a request may not be redirected to this URL.

    `destination`: the request's Sec-Fetch-Dest; None, where it wasn't sent, is forbidden nothing.
    """
    for value in values:
        for policy in parse_policies(value):
            names = (*_DIRECTIVES.get(destination or "", ()), "default-src")
            directive = next((policy[name] for name in names if name in policy), None)
            if destination in _DIRECTIVES and directive is not None and not _allows(directive, page, url):
                return directive
    return None


def _allows(directive: Directive, page: str, url: Url) -> bool:
    lower = [source.lower() for source in directive.sources]
    if any(source.startswith(_KEPT_SECRET) or source == "'strict-dynamic'" for source in lower):
        return True
    here = parse_url(page)
    return any(_matches(source, here, url) for source in lower)


def _matches(source: str, page: Url | None, url: Url) -> bool:
    """Section 6.7.2.8, "Does url match expression in origin with redirect count?"."""
    if source == "*":
        return url.scheme in _NETWORK or (page is not None and url.scheme == page.scheme)
    if source == "'self'":
        return page is not None and _is_self(page, url)
    if source.startswith("'"):
        return False
    scheme, colon, rest = source.partition("://")
    if not colon:
        if source.endswith(":"):
            return url.scheme in _ALSO.get(source[:-1], (source[:-1],))
        scheme, rest = "" if page is None else page.scheme, source
    if scheme and url.scheme not in _ALSO.get(scheme, (scheme,)):
        return False
    host, _, port = rest.partition("/")[0].partition(":") if not rest.startswith("[") else _bracketed(rest)
    return _host_matches(host, url.host) and _port_matches(port, scheme, url)


def _bracketed(rest: str) -> tuple[str, str, str]:
    host, _, after = rest.partition("]")
    return host + "]", ":", after.partition("/")[0].removeprefix(":")


def _is_self(page: Url, url: Url) -> bool:
    if page.origin == url.origin:
        return True
    upgraded = url.scheme in ("https", "wss") or (page.scheme == "http" and url.scheme == "ws")
    return page.host == url.host and upgraded and (page.port == url.port or (page.port is None and url.port is None))


def _host_matches(pattern: str, host: str) -> bool:
    if pattern == "*":
        return True
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _port_matches(port: str, scheme: str, url: Url) -> bool:
    """Section 6.7.2.11, "port-part matches"; 80 also allows 443, as http allows https."""
    default = DEFAULT_PORTS.get(url.scheme)
    actual = url.port or default
    if not port:
        return url.port is None
    return port in ("*", str(actual)) or (port == "80" and actual == 443 and scheme in ("", "http", "ws"))
