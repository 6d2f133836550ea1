"""What a server grants to several origins, methods and headers, with credentials and without: its policy as a table."""

from collections.abc import Sequence
from typing import NamedTuple

from corsinspect.fetch.check import headers_check
from corsinspect.fetch.headers import cors_headers
from corsinspect.fetch.safelist import SAFELISTED_METHODS
from corsinspect.model import Call
from corsinspect.probe.ask import READS_ONLY, Ask
from corsinspect.probe.run import Probed
from corsinspect.probe.walk import judged


class Cell(NamedTuple):
    """One origin and method."""

    probed: Probed
    without: Call | None
    """The call without credentials; None: a browser would send it unasked, and it wasn't sent."""
    included: Call | None
    headers: dict[str, tuple[bool, bool]]
    """By name: whether a preflight grants it without credentials, and with them. Empty where there was none."""


def most_requests(asks: Sequence[Ask]) -> int:
    """How many requests these take at most, redirects left out."""
    return sum(map(_requests, asks))


def _requests(ask: Ask) -> int:
    preflighted = ask.method not in SAFELISTED_METHODS or bool(ask.headers)
    return preflighted + (ask.method in READS_ONLY or ask.send)


def cell(probed: Probed) -> Cell:
    """The same answers, judged without credentials and with them: no browser's preflight shows which it is."""
    return Cell(probed, _judged(probed, include=False), _judged(probed, include=True), _granted(probed))


def passes(call: Call | None) -> bool | None:
    """Whether a page gets what it asks for, as far as it was asked; None: unknown."""
    return None if call is None else call.verdict.outcome in ("allowed", "not-cors", "opaque", "pending")


def _judged(probed: Probed, *, include: bool) -> Call | None:
    if probed.call is None:
        return None
    wanted = probed.ask._replace(credentials=include)
    exchanges = probed.call.exchanges
    for number in range(1, len(exchanges)):
        # what was sent after a preflight without credentials proves nothing about one with them
        call = judged(wanted, exchanges[:number])
        if call.verdict.outcome != "pending":
            return call
    return judged(wanted, exchanges)


def _granted(probed: Probed) -> dict[str, tuple[bool, bool]]:
    preflight = probed.call.hops[0].preflight if probed.call is not None else None
    if preflight is None or preflight.status is None:
        return {}
    found = cors_headers(preflight.response_headers).allow_headers
    names = (name for name, _ in probed.ask.headers)
    return {
        name: (
            headers_check((name.lower(),), False, found) is None,
            headers_check((name.lower(),), True, found) is None,
        )
        for name in names
    }
