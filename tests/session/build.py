"""Exchanges for the tests of session files."""

from pathlib import Path

import msgspec

from corsinspect.model import Annotation, Exchange

BLOCKED = Annotation(call="e1", role="actual:0", outcome="blocked", certainty="certain", rules=1, reason="no-header")


class Line(Exchange, frozen=True):
    """What a session file says of an exchange: the facts, and the annotation if one was made."""

    annotation: Annotation | None = None


def recorded(session: Path) -> list[Line]:
    """The last line of each exchange, in the order in which they were first written."""
    latest: dict[str, Line] = {}
    for line in session.read_bytes().split(b"\n")[:-1]:
        if b'"corsinspect"' not in line[:16]:
            exchange = msgspec.json.decode(line, type=Line)
            latest[exchange.id] = exchange
    return list(latest.values())


def annotations(path: Path) -> dict[str, Annotation]:
    """What was concluded when each exchange was last written."""
    return {line.id: line.annotation for line in recorded(path) if line.annotation is not None}


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
