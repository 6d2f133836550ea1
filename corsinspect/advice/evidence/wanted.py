"""Headers that script needs and can't read: what the request shows about the page's protocol, as data."""

import re
from typing import NamedTuple

from corsinspect.fetch.expose import readable
from corsinspect.fetch.headers import combined, cors_headers, token_list
from corsinspect.model import Call


class Wanted(NamedTuple):
    """Headers of the answer that a client of this protocol reads. `sign`: a request header, or "url", and what it
    contains."""

    names: tuple[str, ...]
    sign: tuple[str, str]
    source: str


WANTED: tuple[Wanted, ...] = (
    Wanted(
        ("mcp-session-id",),
        ("accept", r"application/json.*text/event-stream|text/event-stream.*application/json"),
        "https://modelcontextprotocol.io/specification/2025-06-18/basic/transports (Session Management)",
    ),
    Wanted(
        ("grpc-status", "grpc-message"),
        ("content-type", r"^application/grpc-web"),
        "https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md",
    ),
    Wanted(
        ("location", "upload-offset", "upload-length"),
        ("tus-resumable", r"^[0-9]"),
        "https://tus.io/protocols/resumable-upload",
    ),
    Wanted(("content-range",), ("range", r"^bytes="), "https://www.rfc-editor.org/rfc/rfc9110 (14.4)"),
    Wanted(
        ("x-total-count",),
        ("url", r"[?&]_(start|page|limit)="),
        "https://www.npmjs.com/package/ra-data-json-server (X-Total-Count)",
    ),
    Wanted(
        ("content-range",),
        ("url", r"[?&]range=(\[|%5B)"),
        "https://www.npmjs.com/package/ra-data-simple-rest (Content-Range)",
    ),
)


def wanted_and_hidden(call: Call) -> list[str]:
    """The headers of an allowed answer that script can't read although its request shows that it needs them."""
    if call.verdict.outcome != "allowed" or call.kind not in ("simple", "preflighted") or not call.hops:
        return []
    answer = call.hops[-1].request
    if answer is None or answer.status is None:
        return []
    present = {name.lower() for name, _ in answer.response_headers}
    wanted = [name for each in WANTED for name in each.names if name in present and _shows(call, each)]
    if not wanted:
        return []
    fields = cors_headers(answer.response_headers)
    # where it isn't known whether the page sends credentials, * may expose everything
    shown = {*readable(answer.response_headers, fields, call.credentials == "include")}
    return [name for name in dict.fromkeys(wanted) if name not in shown]


def exposed_as_well(call: Call) -> str:
    """The value of Access-Control-Expose-Headers that exposes them, and keeps what is exposed now."""
    answer = call.hops[-1].request if call.hops else None
    now = () if answer is None else token_list(cors_headers(answer.response_headers).expose_headers) or ()
    return ", ".join(dict.fromkeys([*(name for name in now if name != "*"), *wanted_and_hidden(call)]))


def _shows(call: Call, wanted: Wanted) -> bool:
    where, pattern = wanted.sign
    answer = call.hops[-1].request
    if answer is None:
        return False
    text = answer.url if where == "url" else combined(answer.request_headers, where)
    return re.search(pattern, text or "", re.I) is not None
