"""Response headers that pages set on a request, usually in the hope that this allows the call."""

from corsinspect.fetch.headers import token_list

_RESPONSE_ONLY = frozenset(
    """access-control-allow-origin access-control-allow-credentials access-control-allow-methods
    access-control-allow-headers access-control-allow-private-network access-control-expose-headers
    access-control-max-age content-security-policy cross-origin-embedder-policy cross-origin-opener-policy
    cross-origin-resource-policy strict-transport-security x-content-type-options x-frame-options""".split()
)
"""Fetch, 3.3 "CORS protocol", and HTML: those that only a response means anything with."""


def misplaced(names: str | None) -> list[str]:
    """Which of these names of request headers, separated by commas, are response headers."""
    return [name for name in token_list(names) or () if name.lower() in _RESPONSE_ONLY]
