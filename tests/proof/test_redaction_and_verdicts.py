"""Redaction changes no conclusion: verdicts, pairing, causes and recipes over the corpus are the same before and after,
also where every exchange carries secrets in its URL, its headers and its redirects.
"""

import functools
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import pytest

from corsinspect.advice.causes import causes
from corsinspect.advice.solution import solution
from corsinspect.analysis import judge_all
from corsinspect.model import Call, Exchange, HeaderList
from corsinspect.report.neighbours import Neighbours
from corsinspect.session.formats import mitm
from corsinspect.session.redaction.redact import Redactor
from tests.corpus import NAMES, recording


@functools.cache
def exchanges(name: str) -> tuple[Exchange, ...]:
    """As recorded, nothing redacted."""
    return tuple(mitm.read(recording(name).read_bytes())[0])


def plain(exchange: Exchange) -> Exchange:
    return exchange


def secret_for(text: str) -> str:
    return f"zQ{zlib.crc32(text.encode()):08x}Zz9"


def with_parameter(url: str) -> str:
    """The same URL always gets the same secret, as a page's or a server's code would send it."""
    before, hash_sign, fragment = url.partition("#")
    separator = "&" if "?" in before else "?"
    # by the query alone: a relative Location and the URL that it leads to share no more
    return f"{before}{separator}access_token={secret_for(before.partition('?')[2])}{hash_sign}{fragment}"


def with_link(url: str) -> str:
    """`/reset/SECRET` before the query."""
    before, mark, query = url.partition("?")
    return f"{before.rstrip('/')}/reset/zQ9f8e7d6c5b4a39{mark}{query}"


def relocated(lines: HeaderList, change: Callable[[str], str]) -> HeaderList:
    return tuple((name, change(value) if name.lower() == "location" and value else value) for name, value in lines)


def planted(exchange: Exchange, change: Callable[[str], str]) -> Exchange:
    if exchange.method is None:
        return exchange
    request = [*exchange.request_headers]
    if any(name.lower() == "origin" for name, _ in request) and exchange.method != "OPTIONS":
        request += [("X-Acme", "zQ9:hunter2"), ("X-Api-Key", "zQ9 secret"), ("Accept-Charset", "utf-8")]
    return msgspec.structs.replace(
        exchange,
        url=change(exchange.url),
        request_headers=tuple(request),
        response_headers=(*relocated(exchange.response_headers, change), ("X-Auth-Token", "zQ9 \xe9 token")),
    )


FORMS: dict[str, Callable[[Exchange], Exchange]] = {
    "as recorded": plain,
    "secret parameters": lambda exchange: planted(exchange, with_parameter),
    "secret links": lambda exchange: planted(exchange, with_link),
}


def conclusions(calls: list[Call], redactor: Redactor) -> Iterable[tuple[Any, ...]]:
    neighbours = Neighbours()
    for call in calls:
        neighbours.add(call)

    for call in calls:
        verdict, near = call.verdict, neighbours.few(call)
        expected = verdict.expected  # where a redirect should lead quotes its URL
        if expected is not None and expected.startswith("http"):
            expected = redactor.url(expected)
        yield (
            *(call.id, call.kind, call.method, call.page_origin, call.credentials, call.credentials_signal),
            *(call.preflight, call.preflight_from, call.engine, call.background, call.masked),
            tuple((role, exchange.id) for role, exchange in call.roles()),
            *(verdict.outcome, verdict.certainty, verdict.reason, verdict.stage, verdict.hop, verdict.header),
            *(verdict.status, expected, verdict.alternatives, verdict.engines),
            tuple(cause.id for cause in causes(call, near)),
            msgspec.to_builtins(solution(call, near)),
        )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_conclusions_are_the_same_before_and_after(name: str, form: str) -> None:
    redactor = Redactor()
    sent = [FORMS[form](exchange) for exchange in exchanges(name)]
    redacted = [redactor.exchange(exchange) for exchange in sent]
    before, after = conclusions(judge_all(sent), redactor), conclusions(judge_all(redacted), redactor)
    for was, now in zip(before, after, strict=True):
        assert now == was
    if form != "as recorded":
        assert b"zQ" not in msgspec.json.encode(redacted)


@pytest.mark.parametrize("name", NAMES)
def test_redacting_the_corpus_twice_is_redacting_once(name: str) -> None:
    redactor = Redactor()
    for exchange in exchanges(name):
        once = redactor.exchange(FORMS["secret links"](exchange))
        assert redactor.exchange(once) is once or redactor.exchange(once) == once
