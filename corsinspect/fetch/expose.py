"""Which response headers script can read. Fetch standard, "CORS-safelisted response-header name"."""

from functools import lru_cache

from .headers import CorsHeaders, Pairs, by_name, token_list

SAFELISTED_RESPONSE_HEADERS = frozenset(
    "cache-control content-language content-length content-type expires last-modified pragma".split()
)
FORBIDDEN_RESPONSE_HEADERS = frozenset({"set-cookie", "set-cookie2"})


def readable(headers: Pairs, fields: CorsHeaders, include: bool) -> list[str]:
    """The (lower-case, sorted) names of those response headers that a CORS response shows to script.

    An Access-Control-Expose-Headers that doesn't parse exposes nothing more; `*` counts without credentials only.
    """
    return list(_readable(tuple(by_name(headers)), fields.expose_headers, include))


@lru_cache(maxsize=512)  # a server's answers mostly have the same names: a fifteenth of an allowed call's line
def _readable(names: tuple[str, ...], expose_headers: str | None, include: bool) -> tuple[str, ...]:
    exposed = {name.lower() for name in token_list(expose_headers) or ()}
    everything = "*" in exposed and not include
    shown = {name for name in names if everything or name in exposed or name in SAFELISTED_RESPONSE_HEADERS}
    return tuple(sorted(shown - FORBIDDEN_RESPONSE_HEADERS))
