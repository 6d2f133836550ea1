"""Who gave the answer that stopped a call, where it was neither the app nor its CORS code."""

import re

from corsinspect.advice.values import cut
from corsinspect.fetch.url import origin_of
from corsinspect.fingerprints import Gate, gate
from corsinspect.model import Call

REASONS = ("origin-missing", "preflight-status", "preflight-redirect")
"""Those that such an answer is mistaken for."""


def gate_of(call: Call) -> Gate | None:
    """The gateway, guard or platform that gave this answer in the app's place; None: none that is known."""
    it = call.stopped_at
    if it is None or it.by_proxy or call.verdict.outcome != "blocked" or call.verdict.reason not in REASONS:
        return None
    preflight = call.verdict.stage == "preflight"
    return gate(it.response_headers, it.status, it.error_page, it.url, preflight=preflight)


def gate_change(found: Gate, call: Call) -> str:
    """What to change there, with the call's values."""
    it = call.stopped_at
    server = origin_of(it.url if it is not None else call.url).partition("://")[2]
    host = server if server.endswith("]") else server.rpartition(":")[0] or server
    page = call.page_origin or "the page's origin"
    values = {"server": server, "host": host, "page": page}
    return re.sub(r"\{(\w+)\}", lambda match: cut(values[match[1]]), found.change)
