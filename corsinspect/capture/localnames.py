"""Names below localhost are this machine: browsers know that by themselves, many systems' resolvers don't."""

import asyncio
from typing import Any


def resolve_local_names(loop: asyncio.AbstractEventLoop) -> None:
    """Makes this loop connect `anything.localhost` to localhost. RFC 6761, 6.3; Chromium, net/base/url_util.cc.

    mitmproxy has no place for it: a hook that changes a connection's address would part it from its name for good.
    """
    resolve = loop.getaddrinfo

    async def getaddrinfo(host: Any, port: Any, **options: Any) -> Any:
        return await resolve("localhost" if _is_below_localhost(host) else host, port, **options)

    loop.getaddrinfo = getaddrinfo


def _is_below_localhost(host: object) -> bool:
    return isinstance(host, str) and host.lower().rstrip(".").endswith(".localhost")
