"""Judged traffic as a HAR 1.2 document: the verdict is each entry's comment, and `_corsinspect` for programs."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from corsinspect.advice import OUTCOME_SIGNS
from corsinspect.model import Call, annotation
from corsinspect.report.har import har
from corsinspect.session.private import write_private

_ASCII = "".join(map(chr, range(0x21, 0x7F)))
"""All that may stand in a URL, and nothing else: other tools' readers stumble over the sign of a redacted secret."""


def write_calls(calls: Iterable[Call], path: Path) -> None:
    """An entry an exchange, by time."""
    judged = [
        (exchange, call, role) for call in calls for role, exchange in call.roles() if exchange.method is not None
    ]
    judged.sort(key=lambda each: each[0].started)
    document = har([exchange for exchange, _, _ in judged])
    for entry, (_, call, role) in zip(document["log"]["entries"], judged, strict=True):
        entry["request"]["url"] = quote(entry["request"]["url"], safe=_ASCII)
        entry["comment"] = comment(call, role)
        entry["_corsinspect"] = msgspec.to_builtins(annotation(call, role))
    write_private(path, msgspec.json.format(msgspec.json.encode(document), indent=1))


def comment(call: Call, role: str) -> str:
    """A verdict in a line, for a column of a developer tool."""
    verdict = call.verdict
    parts: list[Any] = [f"{OUTCOME_SIGNS[verdict.outcome]} CORS: {verdict.outcome}"]
    if verdict.reason is not None:
        parts.append(f"{verdict.reason}, {verdict.stage}" if verdict.stage else verdict.reason)
    if verdict.header is not None and verdict.outcome == "blocked":
        found = "absent" if verdict.found is None else f'"{verdict.found}"'
        parts.append(f"{verdict.header}: {found}" + (f', needs "{verdict.expected}"' if verdict.expected else ""))
    parts.append(f"role {role.partition(':')[0]} of {call.id}")
    return "; ".join(parts)


WRITERS = {"calls": write_calls}
