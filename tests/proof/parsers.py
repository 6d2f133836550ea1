"""Every parser of what comes from outside, each a function of text or bytes, and pieces of the languages that they
read. Any answer is right; what is raised must be what the function documents."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from corsinspect.advice.messages.console import decode_all
from corsinspect.analysis import judge_all, trace
from corsinspect.analysis.engine import engine_of
from corsinspect.capture.processes import pid_of
from corsinspect.fetch import cache, csp, embedder, headers, origin, redirect, safelist, url
from corsinspect.fetch.engines import CHROMIUM
from corsinspect.fingerprints import error_page
from corsinspect.listing import query
from corsinspect.model import Exchange
from corsinspect.printable import printable
from corsinspect.session.failures import browser_failure, failure
from corsinspect.session.follower import Ahead, Follower
from corsinspect.session.formats import har, mitm
from corsinspect.session.lines import UNREADABLE, decode
from corsinspect.session.notes import Notes
from corsinspect.session.reader import SessionError, load
from corsinspect.session.redaction.redact import Redactor

PIECES = """
    http:// https:// // / \\ : :443 @ # ? & = ; , . * null true localhost [::1] 127.0.0.1 a.test xn--
    %00 %2F %zz %25 Origin Access-Control-Allow-Origin Access-Control-Allow-Headers set-cookie location
    text/html bytes=0- max-age=5 {" "} [] {} {"corsinspect":1} "id":"a" "url":"http://a.test/"
    "started":1 "started":1e300 "started":-1 "log" "entries" "request" "response" "headers" "name"
    "value" 5:hello, 0:~ 0:} 4:true! 3:1.5^ 99999999999: -1: ‹redacted:3:0123456789ab› Access blocked
    CORS policy: (Reason: 'http://a.test' net::ERR_FAILED status:403 -method:PUT or ( ) " ' \\" ~ > <
    token= "password":" Bearer Basic eyJhbGciOi.eyJ. \ud800 \udfff \x00 \x1b[31m \u202e \xe9 𝕏
    Mozilla/5.0 Chrome/156 Firefox/
""".split()
TEXT: dict[str, Callable[[str], Any]] = {
    "url": url.parse_url,
    "url beside another": lambda text: url.parse_url(text, url.parse_url("https://a.test/b/c?d")),
    "origin of": url.origin_of,
    "origin": origin.parse_origin,
    "trustworthy": origin.potentially_trustworthy,
    "address": origin.is_address,
    "loopback": origin.is_loopback,
    "token list": headers.token_list,
    "first bad token": headers.first_bad_token,
    "media type": safelist.media_type,
    "range": safelist.is_simple_range,
    "value size": safelist.value_size,
    "safelisted": lambda text: [
        safelist.is_safelisted_request_header(name, text) for name in ("accept", "range", text)
    ],
    "content security policy": csp.parse_policies,
    "embedder policy": embedder.embedder_policy,
    "max age": lambda text: cache.max_age(text, CHROMIUM),
    "engine": lambda text: engine_of(text, text, True),
    "console message": decode_all,
    "query": query.parse,
    "query's tokens": query.tokens,
    "printable": printable,
    "proxy's failure": failure,
    "browser's failure": browser_failure,
    "process": pid_of,
    "redacted URL": lambda text: Redactor().url(text),
    "redacted text": lambda text: Redactor().text(text),
    "redacted phrase": lambda text: Redactor().phrase(text),
}


def _line(content: bytes) -> None:
    with suppress(*UNREADABLE):
        decode(content)


def file_in(folder: Path, content: bytes) -> None:
    """Everything that reads a file of a person's: as a recording, as one that grows, and as notes."""
    path = folder / "any.jsonl"
    path.write_bytes(content)
    try:
        judge_all(load(path).exchanges)
    except SessionError as error:
        assert str(path) in str(error)
    follower = Follower(path)
    follower.poll()
    follower.close()
    Ahead(path, 0).count()
    path.rename(folder / "session.jsonl.notes.jsonl")
    Notes(folder / "session.jsonl")


def _file(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        file_in(Path(folder), content)


def traffic(exchange: Exchange) -> None:
    """What is done with an exchange between the wire and the screen."""
    redacted = Redactor().exchange(exchange)
    assert Redactor().exchange(redacted) == redacted
    headers.cors_headers(redacted.response_headers)
    redirect.location(redacted.status, redacted.response_headers)
    safelist.unsafe_names(redacted.request_headers)
    for call in judge_all([redacted]):
        trace(call)


_HEADERS = ("Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers", "Cookie", "Content-Type")
_ANSWER = ("Access-Control-Allow-Origin", "Access-Control-Allow-Headers", "Location", "Set-Cookie", "Link", "X-Any")


def _traffic(content: bytes) -> None:
    """Its fields are separated by line breaks, as bytes on the wire."""
    method, address, status, reason, *values = [*content.decode("latin-1").split("\n"), "", "", "", ""]
    exchange = Exchange(
        id="1",
        url=address,
        started=1.0,
        method=method,
        request_headers=tuple(zip(_HEADERS, values, strict=False)),
        status=int(status) if status.isascii() and status.isdigit() and len(status) <= 3 else None,
        reason_phrase=reason,
        response_headers=tuple(zip(_ANSWER, values[len(_HEADERS) :], strict=False)),
    )
    traffic(exchange)


BYTES: dict[str, Callable[[bytes], Any]] = {
    "har": har.read,
    "is it har": har.begins,
    "mitm": mitm.read,
    "is it mitm": mitm.resembles,
    "session line": _line,
    "file": _file,
    "traffic": _traffic,
    "error page": lambda data: [error_page(data, kind) for kind in (None, "text/html", "application/json")],
}
