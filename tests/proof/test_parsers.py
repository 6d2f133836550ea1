"""Every parser of what comes from outside takes anything: it answers, or says what it documents, and nothing else.

One strategy for all: random pieces of each parser's own language, so that examples get past the first character.
"""

import string
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corsinspect.model import Exchange
from corsinspect.session.reader import SessionError
from tests.proof.parsers import BYTES, PIECES, TEXT, file_in, traffic

pieces = st.sampled_from([*PIECES, " ", "\n", "\r\n", "\t", "\ud800", "\x00", "\x1b[2J", "\xff"])
texts = st.lists(pieces | st.text(max_size=4) | st.sampled_from(list(string.printable)), max_size=14).map("".join)
lines = st.lists(st.tuples(texts, texts), max_size=4).map(tuple)
data = texts.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=60)


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


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=data)
def test_any_file_is_read_or_refused(content: bytes, tmp_path: Path) -> None:
    file_in(tmp_path, content)


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
    traffic(exchange)
