"""The browser's HTTP cache, as far as it decides that a later request never reaches the wire. RFC 9111."""

import re

from .headers import Pairs, combined

_MAX_AGE = re.compile(r"max-age=\"?([0-9]+)")
_ASKS_FIRST = re.compile(r"no-(?:store|cache)\b(?!=)")


def kept_without_cors(method: str | None, status: int | None, headers: Pairs) -> bool:
    """Whether a browser may keep this response, which has no CORS headers, and give it to a request that needs them."""
    headers = list(headers)
    return combined(headers, "access-control-allow-origin") is None and _reused_for_any_origin(method, status, headers)


def _reused_for_any_origin(method: str | None, status: int | None, headers: Pairs) -> bool:
    """Whether a browser may answer a later GET of the URL with this response, whoever asks, without asking the server.

    It's fresh for some time by its own word (section 4.2.1) or by what browsers make of Last-Modified (section 4.2.2),
    and its Vary (section 4.1) doesn't tell an element's load, which has no Origin, from a fetch() that has one.
    """
    if method != "GET" or status not in (200, 203, 301, 308, 404, 410):
        return False
    control = (combined(headers, "cache-control") or "").lower()
    vary = {name.strip().lower() for name in (combined(headers, "vary") or "").split(",")}
    if _ASKS_FIRST.search(control) or vary & {"*", "origin"}:
        return False
    if (stated := _MAX_AGE.search(control)) is not None:
        return int(stated[1][:9]) > 0
    expires = combined(headers, "expires")
    if expires is not None:
        return expires not in ("0", "-1") and expires != combined(headers, "date")
    return status == 200 and combined(headers, "last-modified") is not None
