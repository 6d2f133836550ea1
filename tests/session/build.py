"""Exchanges for the tests of session files."""

from pathlib import Path

import msgspec

from corsinspect.model import Annotation, Exchange

BLOCKED = Annotation(call="e1", role="actual:0", outcome="blocked", certainty="certain", rules=1, reason="no-header")


class _Line(msgspec.Struct):
    id: str = ""
    annotation: Annotation | None = None


def annotations(path: Path) -> dict[str, Annotation]:
    """What was concluded when each exchange was last written."""
    lines = [msgspec.json.decode(line, type=_Line) for line in path.read_bytes().splitlines()]
    latest = {line.id: line.annotation for line in lines}
    return {id: annotation for id, annotation in latest.items() if annotation is not None}


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
