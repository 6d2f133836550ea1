"""Blocked calls of every kind that headers can fix, and a server that blocks them, over HTTP/1.1 and HTTP/2."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from tests.capture.wire import answering_http2

Lines = list[tuple[str, str]]

ORIGIN, CREDENTIALS = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"
METHODS, HEADERS = "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"


@dataclass(frozen=True)
class Case:
    """A call and what the server answers to it; PAGE in a value stands for the page's origin."""

    reason: str
    options: dict[str, Any] = field(default_factory=dict)
    preflight: tuple[int, Lines] = (204, [])
    actual: Lines = field(default_factory=list)

    def url(self, api: str, number: int) -> str:
        answers = {"preflight": self.preflight, "actual": self.actual}
        return f"{api}/{number}?answers={quote(json.dumps(answers))}"


ALLOW = [(ORIGIN, "PAGE")]
GRANT = [*ALLOW, (METHODS, "PUT, PATCH"), (HEADERS, "x-a")]
INCLUDE = {"credentials": "include"}


def with_origin(reason: str, *lines: list[str]) -> list[Case]:
    """The same trouble with Access-Control-Allow-Origin on simple requests, on preflights and after them."""
    found = []
    for values in lines:
        broken = [(ORIGIN, value) for value in values]
        put = {"method": "PUT"}
        found += [
            Case(reason, actual=broken),
            Case(reason, put, (204, [*broken, (METHODS, "PUT")]), ALLOW),
            Case(reason, put, (204, GRANT), broken),
        ]
    return found


def cases() -> list[Case]:
    star = [(ORIGIN, "*"), (CREDENTIALS, "true")]
    false = [[*ALLOW], [*ALLOW, (CREDENTIALS, "false")], [*ALLOW, (CREDENTIALS, "True")]]
    named = {"headers": {"X-A": "1", "X-B": "2"}}
    lists = ("GET; PUT", "PUT PATCH", '"PUT"', "PUT,@", "[PUT]")
    return [
        *with_origin("origin-missing", [], []),
        *with_origin("origin-multiple", ["PAGE", "PAGE"], ["PAGE, *"]),
        *with_origin("origin-invalid", ["localhost"], ["*.test"]),
        *with_origin("origin-mismatch", ["http://localhost:1"], ["PAGE/"]),
        *(Case("origin-wildcard-with-credentials", INCLUDE | {"headers": {"Accept": f"x/{n}"}}, actual=star)
          for n in range(3)),
        *(Case("origin-wildcard-with-credentials", INCLUDE | {"method": method}, (204, [*GRANT, (CREDENTIALS, "true")]),
               star) for method in ("PUT", "PATCH")),
        *(Case("credentials-not-true", INCLUDE, actual=own) for own in false),
        *(Case("credentials-not-true", INCLUDE | {"method": "PUT"}, (204, [*GRANT, (CREDENTIALS, "true")]), own)
          for own in false),
        *(Case("preflight-status", {"method": "PUT"}, (status, GRANT), ALLOW) for status in (401, 403, 404, 405, 500)),
        *(Case("allow-methods-invalid", {"method": "PUT"}, (204, [*ALLOW, (METHODS, value)]), ALLOW)
          for value in lists),
        *(Case("allow-headers-invalid", {"method": "PUT"}, (204, [*GRANT[:2], (HEADERS, value)]), ALLOW)
          for value in lists),
        *(Case("method-not-allowed", {"method": method}, (204, [*ALLOW, (METHODS, "GET, POST")]), ALLOW)
          for method in ("PUT", "PATCH", "DELETE", "patch", "QUERY")),
        *(Case("header-not-allowed", {"method": method, **named}, (204, [*ALLOW, (METHODS, "*"), (HEADERS, "x-a")]),
               ALLOW) for method in ("GET", "POST", "PUT", "PATCH", "DELETE")),
    ]  # fmt: skip


async def over_http1(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A page, and an API that answers what the query says."""
    request, _, rest = head.decode("latin-1").partition("\r\n")
    sent = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest.splitlines())}
    status, lines, body = _answer(request.split(" ")[1], sent)
    told = "".join(f"{name}: {value}\r\n" for name, value in lines)
    writer.write(f"HTTP/1.1 {status} Told\r\n{told}Connection: close\r\n\r\n".encode() + body)


def _stream(sent: dict[str, str]) -> tuple[Lines, bytes]:
    status, lines, body = _answer(sent[":path"], sent)
    return [(":status", str(status)), *((name.lower(), value) for name, value in lines)], body


over_http2 = answering_http2(_stream)
"""The same, any number of requests a connection."""


def _answer(target: str, sent: dict[str, str]) -> tuple[int, Lines, bytes]:
    """Status, header lines and body; what may be kept, a browser is asked to keep."""
    answers = json.loads(parse_qs(urlsplit(target).query).get("answers", ["null"])[0])
    status, lines, body = 200, [("Content-Type", "text/html")], b"<title>page</title>"
    if answers is not None and "access-control-request-method" in sent:
        status, lines = answers["preflight"]
        lines, body = [*lines, ("Access-Control-Max-Age", "600")], b"" if status == 204 else b"refused"
    elif answers is not None:
        lines, body = [*answers["actual"], ("ETag", '"1"'), ("Cache-Control", "no-cache")], b"done"
        if sent.get("if-none-match"):
            status, body = 304, b""
    if body or status not in (204, 304):
        lines = [*lines, ("Content-Length", str(len(body)))]
    page = sent.get("origin", "")
    return status, [(name, value.replace("PAGE", page)) for name, value in lines], body
