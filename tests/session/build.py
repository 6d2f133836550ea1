"""Exchanges for the tests of session files."""

import msgspec

from corsinspect.model import Annotation, Exchange

BLOCKED = Annotation(call="e1", role="actual:0", outcome="blocked", certainty="certain", rules=1, reason="no-header")


def exchange(id: str = "e1", url: str = "http://api.test/items", **fields) -> Exchange:
    fields.setdefault("started", 1795253217.25)
    fields.setdefault("method", "GET")
    return Exchange(id=id, url=url, **fields)


def answered(pending: Exchange, status: int = 200) -> Exchange:
    return msgspec.structs.replace(
        pending,
        status=status,
        reason_phrase="OK",
        response_headers=(("Content-Type", "text/plain"), ("X-Odd", "\xe9\x00\x7f")),
        answered=pending.started + 0.5,
        ended=pending.started + 1.0,
    )
