"""Who gave an answer, as its headers tell: a cache on the way, and which of several servers."""

import re
from typing import NamedTuple

from corsinspect.fetch.headers import once_a_list
from corsinspect.model import Call, HeaderList

INSTANCES = (
    *("x-served-by", "x-backend-server", "x-backend", "x-upstream", "x-instance-id", "x-instance", "x-server-id"),
    *("x-pod-name", "x-hostname", "x-node", "fly-machine-id", "x-render-origin-server", "x-amz-cf-pop"),
)
"""Response headers by which one of several servers, or one place of a network, names itself."""
CACHES = frozenset(
    "x-cache x-cache-status cf-cache-status x-vercel-cache x-proxy-cache x-varnish-cache cache-status".split()
)
LONGEST = 60

_HIT = re.compile(r"\bhit\b", re.IGNORECASE)


class Served(NamedTuple):
    """Where an answer came from, as far as it says."""

    from_cache: bool = False
    """RFC 9111, 5.1: an Age above 0; or a cache's own header says that it hit."""
    instance: str = ""
    """What the server calls itself."""


NOWHERE = Served()


def served(call: Call) -> Served:
    """Where the answer came from at which the call stopped."""
    exchange = call.stopped_at
    if exchange is None or exchange.status is None or exchange.by_proxy:
        return NOWHERE
    return _served(exchange.response_headers)


@once_a_list
def _served(headers: HeaderList) -> Served:
    cached, instance, age = False, "", "0"
    for name, value in headers:
        lower = name.lower()
        if lower in CACHES:
            cached = cached or _HIT.search(value) is not None
        elif lower == "age":
            age = value.strip()
        elif lower in INSTANCES and not instance:
            instance = value[:LONGEST]
    cached = cached or (age.isascii() and age.isdigit() and age.strip("0") != "")
    return Served(cached, instance) if cached or instance else NOWHERE
