"""Calls as a browser makes them, with answers that a test gives."""

import itertools
from collections.abc import Iterable

import msgspec

from corsinspect.model import Call, Exchange, HeaderList
from corsinspect.probe import ask
from corsinspect.probe.browsers import lines
from corsinspect.probe.walk import judged, walk

API = "https://api.shop.test"
PAGE = "https://app.shop.test"
_numbers = itertools.count()


def named(origin: str, *more: tuple[str, str]) -> HeaderList:
    """A good answer to this page."""
    return (("Access-Control-Allow-Origin", origin), ("Vary", "Origin"), *more)


CREDENTIALS = ("Access-Control-Allow-Credentials", "true")
STAR = ("Access-Control-Allow-Origin", "*")


def call(
    answer: HeaderList,
    *,
    page: str = PAGE,
    url: str = f"{API}/items",
    method: str = "GET",
    headers: HeaderList = (),
    credentials: bool = False,
    preflight: HeaderList | None = None,
    started: float = 0.0,
    took: float = 0.1,
) -> Call:
    """A call whose preflight, if it has one, is answered with `preflight`, and its request with `answer`."""
    wanted = ask(url, page, method=method, headers=headers, credentials=credentials, send=True)
    exchanges: list[Exchange] = []
    steps = walk(wanted)
    leg = next(steps)
    while leg is not None:
        exchange = Exchange(
            id=str(next(_numbers)),
            url=leg.url.href,
            method=leg.method,
            started=started,
            request_headers=lines("chromium", leg),
            status=200,
            response_headers=(preflight or answer) if leg.is_preflight else answer,
            answered=started + took,
            ended=started + took,
        )
        started += took
        exchanges.append(exchange)
        try:
            leg = steps.send(exchange)
        except StopIteration:
            leg = None
    return judged(wanted, exchanges)


def unknown(calls: Iterable[Call]) -> list[Call]:
    """The same, of pages whose credentials mode doesn't show."""
    return [msgspec.structs.replace(each, credentials="unknown") for each in calls]
