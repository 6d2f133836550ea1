"""The evidence that an error, and not the CORS setup, is the trouble behind a CORS failure."""

from collections.abc import Iterable
from typing import NamedTuple

from corsinspect.fetch.headers import combined, cors_headers
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call, Exchange


class Evidence(NamedTuple):
    """What a session shows beside an error answer that lacks the headers."""

    preflight_passed: bool
    carried: int
    """2xx answers of the same server that allowed the page that asked."""
    lacking: int
    """2xx answers of the same server that didn't, as far as a page of another origin asked."""
    example: str | None
    """The URL of the latest answer that carried them."""


def evidence(call: Call, others: Iterable[Call]) -> Evidence | None:
    """What speaks for `call.masked` among the session's other Calls to any server; None where nothing is masked."""
    failed = call.stopped_hop
    stopped = None if failed is None else failed.request or failed.preflight
    if call.masked is None or failed is None or stopped is None:
        return None
    if call.verdict.reason not in ("origin-missing", "preflight-status"):
        # headers that are there, and say something else, are not those of an error handler that adds none
        return None
    server = origin_of(stopped.url)
    carried: list[Exchange] = []
    lacking = 0
    for other in others:
        for role, exchange in other.roles():
            if not role.startswith("actual") or exchange.id == stopped.id or origin_of(exchange.url) != server:
                continue
            asked = combined(exchange.request_headers, "origin")
            if not 200 <= (exchange.status or 0) <= 299 or asked is None or other.kind not in ("simple", "preflighted"):
                continue
            if cors_headers(exchange.response_headers).allow_origin in (asked, "*"):
                carried.append(exchange)
            else:
                lacking += 1
    latest = max(carried, key=lambda exchange: exchange.started, default=None)
    return Evidence(
        preflight_passed=failed.preflight is not None and failed.request is not None,
        carried=len(carried),
        lacking=lacking,
        example=latest.url if latest is not None else None,
    )
