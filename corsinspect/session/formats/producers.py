"""Who makes HAR files, and what each of them leaves out.

A proxy writes what was on the wire. A browser's tools write what the browser tells them, and leave out more or less of
the request: there, that a header isn't listed is no evidence that it wasn't sent.
"""

from collections.abc import Collection
from typing import NamedTuple

from corsinspect.model import ANY


class Producer(NamedTuple):
    """What a maker's files show."""

    withheld: tuple[str, ...] = ("authorization", "cookie")
    """Request headers (lower-case) that are left out of every file, or may be."""
    wire: bool = False
    """Whether it saw the wire itself: what isn't listed wasn't there."""
    connecting_counts: bool = True
    """Whether the time that connecting took lies between a request's start and its answer."""
    names_connections: bool = False
    """Whether its `_connectionId` is that of the browser's own connection, on which requests can be compared."""


_BROWSER = Producer()
"""Chrome's export drops cookies and Authorization unless asked for them (DevTools, "Export HAR (sanitized)", the
default since Chrome 130), Safari's and Playwright's list them at times; of an unknown maker the same is assumed."""
_PROXY = Producer(withheld=(), wire=True)

_PRODUCERS = {
    "webinspector": Producer(names_connections=True),  # Chromium's developer tools
    "firefox": Producer(withheld=()),
    # proxies, by the name that they sign with
    "mitmproxy": Producer(withheld=(), wire=True, connecting_counts=False),
    "charles": _PROXY,
    "fiddler": _PROXY,
    "http toolkit": _PROXY,
    "httptoolkit": _PROXY,
    "proxyman": _PROXY,
    "browsermob": _PROXY,
    "browserup": _PROXY,
    "burp": _PROXY,
    "zap": _PROXY,
    "owasp": _PROXY,
    "selenium wire": _PROXY,
    "reqable": _PROXY,
    "whistle": _PROXY,
    "anyproxy": _PROXY,
}
"""By how the creator's name begins, in lower case. The names of chrome-har and mitmproxy are from their sources; the
others haven't been verified."""


def producer(creator: str) -> Producer:
    """Who made a file, by the creator that it names."""
    name = creator.lower()
    return next((known for beginning, known in _PRODUCERS.items() if name.startswith(beginning)), _BROWSER)


def withheld(by: Producer, names: Collection[str]) -> tuple[str, ...]:
    """The request headers that an entry with these (lower-case) names may lack although they were sent.

    A browser adds Origin, Sec-Fetch-* and cookies at the very last: what its tools list of a request that failed, was
    cached, or was made before that ("provisional headers") has none of them.
    """
    if by.wire:
        return ()
    return by.withheld if "sec-fetch-site" in names else (ANY,)
