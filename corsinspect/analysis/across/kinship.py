"""How two origins that a person takes for one differ: what works from one often fails from the other."""

from typing import Literal

from corsinspect.analysis.site import registrable_domain
from corsinspect.fetch.origin import parse_origin

Kinship = Literal["scheme", "www", "loopback", "port", "subdomain"]

LOOPBACK = frozenset(("localhost", "127.0.0.1", "[::1]"))


def kinship(one: str, other: str) -> Kinship | None:
    """What differs; None for the same origin, and for strangers."""
    here, there = parse_origin(one), parse_origin(other)
    if here is None or there is None or here == there:
        return None
    if here.host == there.host:
        return "scheme" if here.scheme != there.scheme else "port"
    if {here.host, there.host} <= LOOPBACK:
        return "loopback"
    if here.host.removeprefix("www.") == there.host.removeprefix("www."):
        return "www"
    domain = registrable_domain(here.host)
    return "subdomain" if domain is not None and domain == registrable_domain(there.host) else None
