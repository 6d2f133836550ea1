"""Every parser of what comes from outside takes anything: it answers, or says what it documents, and nothing else.

One strategy for all: random pieces of each parser's own language, so that examples get past the first character.
"""

import contextlib
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corsinspect.advice.messages.console import decode_all
from corsinspect.analysis import judge_all, trace
from corsinspect.analysis.engine import engine_of
from corsinspect.capture.processes import pid_of
from corsinspect.dashboard.state import query
from corsinspect.fetch import cache, headers, origin, redirect, safelist, url
from corsinspect.fetch.engines import CHROMIUM
from corsinspect.fingerprints import error_page
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
pieces = st.sampled_from([*PIECES, " ", "\n", "\r\n", "\t", "\ud800", "\x00", "\x1b[2J", "\xff"])
texts = st.lists(pieces | st.text(max_size=4) | st.sampled_from(list(string.printable)), max_size=14).map("".join)
lines = st.lists(st.tuples(texts, texts), max_size=4).map(tuple)
data = texts.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=60)

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
BYTES: dict[str, Callable[[bytes], Any]] = {
    "har": har.read,
    "is it har": har.begins,
    "mitm": mitm.read,
    "is it mitm": mitm.resembles,
    "error page": lambda data: [error_page(data, kind) for kind in (None, "text/html", "application/json")],
}


@pytest.mark.parametrize("name", TEXT)
@settings(max_examples=150, deadline=None)
@given(text=texts)
def test_a_parser_of_text_takes_anything(name: str, text: str) -> None:
    TEXT[name](text)


@pytest.mark.parametrize("name", BYTES)
@settings(max_examples=150, deadline=None)
@given(content=data)
def test_a_parser_of_bytes_takes_anything(name: str, content: bytes) -> None:
    try:
        BYTES[name](content)
    except SessionError:
        assert name in ("har", "mitm")


@settings(max_examples=300, deadline=None)
@given(content=data)
def test_a_line_is_one_of_ours_or_unreadable(content: bytes) -> None:
    with contextlib.suppress(*UNREADABLE):
        decode(content)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=data)
def test_any_file_is_read_or_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "any.jsonl"
    path.write_bytes(content)
    try:
        judge_all(load(path).exchanges)
    except SessionError as error:
        assert str(path) in str(error)
    follower = Follower(path)
    follower.poll()
    follower.close()
    Ahead(path, 0).count()
    path.rename(tmp_path / "session.jsonl.notes.jsonl")
    Notes(tmp_path / "session.jsonl")


@settings(max_examples=200, deadline=None)
@given(sent=lines, received=lines, method=texts, address=texts, status=st.none() | st.integers(0, 999), reason=texts)
def test_any_exchange_is_redacted_and_judged(
    sent: tuple[tuple[str, str], ...],
    received: tuple[tuple[str, str], ...],
    method: str,
    address: str,
    status: int | None,
    reason: str,
) -> None:
    exchange = Exchange(
        id="1",
        url=address,
        started=1.0,
        method=method,
        request_headers=(*sent, ("Origin", address), ("Access-Control-Request-Method", method)),
        status=status,
        reason_phrase=reason,
        response_headers=(*received, ("Location", address), ("Access-Control-Allow-Origin", address)),
    )
    redacted = Redactor().exchange(exchange)
    assert Redactor().exchange(redacted) == redacted
    headers.cors_headers(redacted.response_headers)
    redirect.location(status, redacted.response_headers)
    safelist.unsafe_names(redacted.request_headers)
    for call in judge_all([redacted]):
        trace(call)
