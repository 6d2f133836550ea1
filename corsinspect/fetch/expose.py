"""Which response headers script can read. Fetch standard, "CORS-safelisted response-header name"."""

from .headers import CorsHeaders, Pairs, by_name, token_list

SAFELISTED_RESPONSE_HEADERS = frozenset(
    "cache-control content-language content-length content-type expires last-modified pragma".split()
)
FORBIDDEN_RESPONSE_HEADERS = frozenset({"set-cookie", "set-cookie2"})


def readable(headers: Pairs, fields: CorsHeaders, include: bool) -> list[str]:
    """The (lower-case, sorted) names of those response headers that a CORS response shows to script.

    An Access-Control-Expose-Headers that doesn't parse exposes nothing more; `*` counts without credentials only.
    """
    exposed = {name.lower() for name in token_list(fields.expose_headers) or ()}
    everything = "*" in exposed and not include
    present = by_name(headers).keys() - FORBIDDEN_RESPONSE_HEADERS
    return sorted(name for name in present if everything or name in exposed or name in SAFELISTED_RESPONSE_HEADERS)
