"""Origins and sites. HTML standard, "Origin" and "Sites"; Fetch standard, "`Origin` header"."""

import ipaddress
from collections.abc import Callable
from functools import lru_cache

from .url import Url, parse_url

OPAQUE = "null"


@lru_cache(maxsize=8192)
def parse_origin(text: str) -> Url | None:
    """A serialised origin's parts; None for "null" and for what isn't exactly an origin (a slash, upper case)."""
    url = parse_url(text)
    return url if url is not None and url.origin == text else None


def same_origin(one: str, other: str) -> bool:
    """Whether two serialised origins are the same. Opaque ones never are: each is equal to itself alone, and the wire
    doesn't tell which it is."""
    return one == other and one != OPAQUE


def same_site(one: str, other: str, registrable_domain: Callable[[str], str | None]) -> bool:
    """Whether two serialised origins are schemelessly same site and of one scheme.

    `registrable_domain` gives a host's registrable domain, None where it has none. HTML, "same site".
    """
    a, b = parse_origin(one), parse_origin(other)
    if a is None or b is None or a.scheme != b.scheme:
        return False
    if a.host == b.host:
        return True
    domain = None if is_address(a.host) or is_address(b.host) else registrable_domain(a.host)
    return domain is not None and domain == registrable_domain(b.host)


@lru_cache(maxsize=4096)
def is_address(host: str) -> bool:
    """Whether a URL's host is an IP address, not a domain."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=8192)
def potentially_trustworthy(origin: str) -> bool:
    """Whether browsers send Sec-Fetch-* to this serialised origin. Secure Contexts, "Is origin
    potentially trustworthy?"
    """
    url = parse_origin(origin)
    if url is None:
        return False
    return url.scheme in ("https", "wss") or is_loopback(url.host)


@lru_cache(maxsize=4096)
def is_loopback(host: str) -> bool:
    """Whether a URL's host is this machine by name or address: localhost, *.localhost, 127.0.0.0/8, [::1]."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
