"""Headers that script needs and can't read: what the traffic shows about the page's protocol, as data."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from corsinspect.fetch.expose import readable
from corsinspect.fetch.headers import by_name, combined, cors_headers, token_list
from corsinspect.model import Call, Exchange


class Wanted(NamedTuple):
    """Headers of the answer that a client of this protocol reads. `sign`: where it shows, and what is there: "url",
    a request header, or after "answer:" a response header."""

    names: tuple[str, ...]
    sign: tuple[str, str]
    source: str


class Returned(NamedTuple):
    """A header of the answer that the client has to send back with a later request, as another header perhaps; without
    it that request gets one of these statuses."""

    name: str
    back: str
    statuses: tuple[int, ...]
    source: str
    same_path: bool = False


_PAGED = r"[?&]_?(page|per_page|page_?size|limit|offset|start|end|skip|take|top|cursor)(%5B\w+%5D|\[\w+\])?="

WANTED: tuple[Wanted, ...] = (
    Wanted(
        ("mcp-session-id",),
        ("accept", r"application/json.*text/event-stream|text/event-stream.*application/json"),
        "https://modelcontextprotocol.io/specification/2025-06-18/basic/transports (Session Management)",
    ),
    Wanted(
        ("grpc-status", "grpc-message", "grpc-status-details-bin"),
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
        ("x-total-count", "x-total", "x-total-pages", "x-wp-total", "x-wp-totalpages", "x-pagination", "content-range"),
        ("url", _PAGED),
        "https://www.npmjs.com/package/ra-data-json-server (X-Total-Count), "
        "https://developer.wordpress.org/rest-api/using-the-rest-api/pagination/ (X-WP-Total)",
    ),
    Wanted(
        ("content-range",),
        ("url", r"[?&]range=(\[|%5B)"),
        "https://www.npmjs.com/package/ra-data-simple-rest (Content-Range)",
    ),
    Wanted(
        ("content-disposition",),
        ("answer:content-disposition", r"^attachment\b.*filename"),
        "https://www.rfc-editor.org/rfc/rfc6266 (4.3: the name that a script saves the file under)",
    ),
)

RETURNED: tuple[Returned, ...] = (
    Returned("etag", "if-match", (412, 428), "https://www.rfc-editor.org/rfc/rfc6585 (3)", same_path=True),
    Returned(
        "x-csrf-token",
        "x-csrf-token",
        (401, 403, 419),
        "https://cheatsheetseries.owasp.org (Cross-Site Request Forgery Prevention)",
    ),
    Returned(
        "x-xsrf-token",
        "x-xsrf-token",
        (401, 403, 419),
        "https://cheatsheetseries.owasp.org (Cross-Site Request Forgery Prevention)",
    ),
    Returned("x-auth-token", "x-auth-token", (401, 403), "Spring Session, HeaderHttpSessionIdResolver"),
    Returned("authorization", "authorization", (401, 403), "tokens that a login's answer carries in this header"),
)

LACKING = 400
"""The status of what came without something, in general."""
MISSED = frozenset(status for each in RETURNED for status in each.statuses) | {LACKING}
"""Statuses of answers that may show what the script of an earlier one couldn't read."""

Later = Callable[[], Iterable[Exchange]]
"""Gives later exchanges with the same server; asked only where they can matter."""

_NAMES = frozenset(name for each in WANTED for name in each.names) | {each.name for each in RETURNED}


def wanted_and_hidden(call: Call, later: Later = tuple) -> list[str]:
    """The headers of an allowed answer that script can't read although the traffic shows that it needs them: this
    request, or `later` ones to the same server."""
    if call.verdict.outcome != "allowed" or call.kind not in ("simple", "preflighted") or not call.hops:
        return []
    answer = call.hops[-1].request
    if answer is None or answer.status is None:
        return []
    present = by_name(answer.response_headers).keys()
    if present.isdisjoint(_NAMES):
        return []
    fields = cors_headers(answer.response_headers)
    # where it isn't known whether the page sends credentials, * may expose everything
    hidden = _NAMES & (present - readable(answer.response_headers, fields, call.credentials == "include"))
    if not hidden:
        return []
    wanted = [name for each in WANTED for name in each.names if name in hidden and _shows(answer, each)]
    returned = [each for each in RETURNED if each.name in hidden]
    after = list(later()) if returned else []
    wanted += [each.name for each in returned if _was_missed(each, answer, after)]
    return list(dict.fromkeys(wanted))


def exposed_as_well(call: Call, later: Later = tuple) -> str:
    """The value of Access-Control-Expose-Headers that exposes them, and keeps what is exposed now."""
    answer = call.hops[-1].request if call.hops else None
    now = () if answer is None else token_list(cors_headers(answer.response_headers).expose_headers) or ()
    return ", ".join(dict.fromkeys([*(name for name in now if name != "*"), *wanted_and_hidden(call, later)]))


def _shows(answer: Exchange, wanted: Wanted) -> bool:
    where, pattern = wanted.sign
    if where == "url":
        text = answer.url
    elif where.startswith("answer:"):
        text = combined(answer.response_headers, where.removeprefix("answer:"))
    else:
        text = combined(answer.request_headers, where)
    return re.search(pattern, text or "", re.I) is not None


def _was_missed(returned: Returned, answer: Exchange, later: Iterable[Exchange]) -> bool:
    return any(
        each.started > answer.started
        and each.status in returned.statuses
        and combined(each.request_headers, returned.back) is None
        and (not returned.same_path or each.url.partition("?")[0] == answer.url.partition("?")[0])
        for each in later
    )
