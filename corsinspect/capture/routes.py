"""How the proxy stands between browser and servers: by itself, behind a company's proxy, or in one server's place.

- `--upstream`: everything goes through another proxy, except calls to this machine and to what NO_PROXY names: there
  `localhost` would be the other proxy's own. A PAC file isn't read: it is a program, and browsers run it.
- `--reverse`: the port is opened in the place of one server's. Nothing has to be set up in a browser.
"""

import ipaddress
import os
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit
from urllib.request import proxy_bypass

from corsinspect.fetch.origin import is_loopback
from corsinspect.fetch.url import DEFAULT_PORTS

AUTH_VARIABLE = "CORSINSPECT_UPSTREAM_AUTH"
"""Where the name and password for the upstream proxy are: a command line is shown to everybody by `ps`."""


class Route(NamedTuple):
    """One of the three ways; the URLs are `scheme://host:port`."""

    upstream: str | None = None
    reverse: str | None = None

    @property
    def mode(self) -> str:
        """mitmproxy's name for it."""
        if self.upstream is not None:
            return f"upstream:{self.upstream}"
        return f"reverse:{self.reverse}" if self.reverse is not None else "regular"


DIRECT = Route()


def route(upstream: str | None, reverse: str | None) -> Route:
    """The route that a person asked for. Raises ValueError, in words for people, where it can't be taken."""
    if upstream is not None and reverse is not None:
        raise ValueError("--upstream and --reverse can't be combined.")
    if upstream is not None:
        return Route(upstream=_base(upstream, "--upstream http://proxy.corp:3128"))
    if reverse is not None:
        return Route(reverse=_base(reverse, "--reverse http://localhost:8000"))
    return DIRECT


def _base(url: str, example: str) -> str:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port
    except ValueError as problem:
        raise ValueError(f"{url!r} can't be a URL: {problem}.") from problem
    if parts.username is not None or parts.password is not None:
        raise ValueError(
            "A password on the command line can be read by everybody on this machine; for --upstream, set "
            f"{AUTH_VARIABLE}=name:password instead."
        )
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} has to be an http or https URL, as in {example}.")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(f"{url!r} has to end after the port, as in {example}.")
    return f"{parts.scheme}://{_bracketed(parts)}:{port or DEFAULT_PORTS[parts.scheme]}"


def _bracketed(parts: SplitResult) -> str:
    return f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""


def authority_of(url: str) -> str:
    """What a browser would write into Host for this URL."""
    parts = urlsplit(url)
    default = parts.port == DEFAULT_PORTS.get(parts.scheme)
    return _bracketed(parts) if default else f"{_bracketed(parts)}:{parts.port}"


def is_here(host: str) -> bool:
    """Whether a name or address, as it's written, is this machine."""
    host = host.lower().rstrip(".").strip("[]")
    if is_loopback(host):
        return True
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def goes_direct(host: str) -> bool:
    """Whether a server is called past the upstream proxy: this machine, and what NO_PROXY names."""
    return is_here(host) or bool(proxy_bypass(host))


def credentials() -> str | None:
    """`name:password` for the upstream proxy. Raises ValueError where the variable has another form."""
    found = os.environ.get(AUTH_VARIABLE) or None
    if found is not None and ":" not in found:
        raise ValueError(f"{AUTH_VARIABLE} has to be name:password.")
    return found
