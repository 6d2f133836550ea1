"""Exchanges by hand: what a browser sends and a server answers, in as few words as a test needs."""

import itertools
from collections.abc import Mapping

import msgspec

from corsinspect.analysis import judge_all
from corsinspect.model import Call, Exchange, Failure

PAGE = "https://app.test"
API = "https://api.test/x"
CHROMIUM = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"
SAFARI = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15"

GRANT = {"Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Methods": "PUT", "Access-Control-Max-Age": "0"}
OPEN = {"Access-Control-Allow-Origin": PAGE}

_numbers = itertools.count(1)


def exchange(
    method: str | None = "GET",
    url: str = API,
    at: float = 100.0,
    *,
    status: int | None = 200,
    sent: Mapping[str, str | None] | None = None,
    got: Mapping[str, str] | None = None,
    agent: str | None = CHROMIUM,
    failed: str | None = None,
    id: str | None = None,
    took: float = 0.01,
) -> Exchange:
    """A cors request of a page on `PAGE`, unless `sent` says otherwise (None takes a header away)."""
    headers: dict[str, str | None] = {
        "User-Agent": agent,
        "Origin": PAGE,
        "Sec-Fetch-Mode": "cors",
        "Sec-Fetch-Site": "same-site",
        "Sec-Fetch-Dest": "empty",
        "Referer": f"{PAGE}/",
    }
    headers |= sent or {}
    lines = tuple((name, value) for name, value in headers.items() if value is not None)
    answered = None if failed or status is None else at + took
    return Exchange(
        id=id or f"e{next(_numbers)}",
        url=url,
        started=at,
        method=method,
        request_headers=lines,
        status=None if failed else status,
        response_headers=tuple((got or {}).items()),
        answered=answered,
        ended=at + took if failed else answered,
        failure=Failure(kind=failed, text=failed) if failed else None,  # type: ignore[arg-type]
    )


def preflight(
    method: str = "PUT",
    names: str | None = None,
    url: str = API,
    at: float = 100.0,
    *,
    status: int | None = 204,
    got: Mapping[str, str] | None = None,
    sent: Mapping[str, str | None] | None = None,
    agent: str = CHROMIUM,
    failed: str | None = None,
    id: str | None = None,
) -> Exchange:
    """The browser's OPTIONS before such a request."""
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": names}
    return exchange(
        "OPTIONS",
        url,
        at,
        status=status,
        sent={**asked, **(sent or {})},
        got=GRANT if got is None else got,
        agent=agent,
        failed=failed,
        id=id,
    )


def only(*exchanges: Exchange) -> Call:
    """The one Call that these exchanges are."""
    (call,) = judge_all(exchanges)
    return call


def as_if_alone(call: Call) -> list[Exchange]:
    """A Call's exchanges, to be judged without the others on their connections: what only those showed, a cookie now
    shows."""
    if call.connection_signal is None or call.credentials != "include":
        return list(call.exchanges)
    asked = {hop.preflight.id for hop in call.hops if hop.preflight is not None}
    return [
        each
        if each.id in asked
        else msgspec.structs.replace(each, request_headers=(*each.request_headers, ("Cookie", "sid=1")))
        for each in call.exchanges
    ]
