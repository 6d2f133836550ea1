"""URLs and origins in few cells. What comes out is printable, and never says less than which server was meant."""

from functools import lru_cache

from rich.cells import cell_len, set_cell_size

from corsinspect.fetch.url import DEFAULT_PORTS, parse_url
from corsinspect.printable import printable

LOCALHOST = "localhost"


def short_url(url: str) -> str:
    """`:8000/api` for http on localhost, `api.test/cart` for https elsewhere; an unusual scheme is kept.

    Localhost and 127.0.0.1 are different origins, so only the former is left out.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return printable(url)
    local = _host(rest) in (LOCALHOST, "127.0.0.1", "[::1]")
    shown = rest if scheme == ("http" if local else "https") else url
    if shown is rest and rest.startswith(LOCALHOST + ":"):
        shown = rest[len(LOCALHOST) :]
    return printable(shown)


@lru_cache(maxsize=1024)
def short_origin(origin: str | None) -> str:
    """The same for a page's origin; `–` where it is unknown."""
    return "–" if origin is None else short_url(origin)


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` cells: padded, or cut at the end with an ellipsis."""
    if text.isascii():  # a cell each, and nearly all there is: half the time
        return text.ljust(width) if len(text) <= width else text[: width - 1] + "…" if width > 0 else ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, max(0, width - 1)) + "…" if width > 0 else ""


def fit_url(text: str, width: int) -> str:
    """A short URL in exactly `width` cells: the host and the last parts of the path stay, its middle goes first."""
    if (len(text) <= width and text.isascii()) or cell_len(text) <= width:
        return fit(text, width)
    path, query, _ = text.partition("?")
    path = path[: width * 8]  # what is cut anyway costs nothing to measure
    scheme, separator, rest = path.rpartition("://")
    host, *parts = rest.split("/")
    host = scheme + separator + host
    if query and cell_len(path) < width:
        return fit(text, width)
    for first in range(1, len(parts)):
        shorter = "/".join([host, "…", *parts[first:]])
        if cell_len(shorter) <= width:
            return fit(shorter, width)
    return fit(path, width)


def host_port(url: str) -> str:
    """`host:port` of a URL, the port always there: what a certificate is trusted for."""
    parsed = parse_url(url)
    if parsed is None:  # a file may have what no browser takes
        scheme, _, rest = url.partition("://")
        return f"{_host(rest)}:{DEFAULT_PORTS.get(scheme, 80)}"
    return f"{parsed.host.strip('[]')}:{parsed.port or DEFAULT_PORTS.get(parsed.scheme, 80)}"


def _host(rest: str) -> str:
    authority = rest.partition("/")[0].rpartition("@")[2]
    return authority if authority.endswith("]") else authority.rpartition(":")[0] or authority
