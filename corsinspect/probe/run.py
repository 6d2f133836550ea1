"""A walk over real sockets: each request sent, each answer taken in, the whole judged."""

import asyncio
import time
from typing import NamedTuple
from uuid import uuid4

from corsinspect.model import Call, Exchange
from corsinspect.probe.addresses import Address, Resolve, resolve
from corsinspect.probe.ask import Ask
from corsinspect.probe.browsers import Leg, lines
from corsinspect.probe.errors import AddressRefused
from corsinspect.probe.walk import NOT_SENT, judged, walk
from corsinspect.probe.wire import PATIENCE, Patience, send
from corsinspect.session.redaction.redact import Redactor

_UNSENT = "{method} wasn't sent: it may change something on the server (corsinspect probe --send sends it)."
_ONLY_PREFLIGHT = "{method} wasn't sent: the session keeps no values of the headers that it had."

READABLE = ("allowed", "not-cors", "opaque")
"""Outcomes that give the page what its call can give it."""


class Probed(NamedTuple):
    """What a probe found; but in `ask`, secrets are replaced, as they are in session files."""

    ask: Ask
    """As it was given."""
    url: str
    call: Call | None
    """None: a browser would send this without a preflight, and it wasn't sent."""
    unsent: str | None = None
    """Why the request itself, or the next one, wasn't sent; a whole sentence."""

    @property
    def passes(self) -> bool:
        """Whether all that was asked was granted."""
        if self.call is None:
            return False
        verdict = self.call.verdict
        return verdict.outcome in READABLE or (verdict.outcome == "pending" and verdict.stage == "preflight")


async def probe(wanted: Ask, *, resolve: Resolve = resolve, patience: Patience = PATIENCE) -> Probed:
    """Makes the call in a browser's stead. Raises AddressRefused where the first address isn't one to connect to; where
    a redirect leads to such a one, the walk ends there and `unsent` says so."""
    steps = walk(wanted)
    clock = _Clock()
    done: list[Exchange] = []
    address: Address | None = None
    unsent: str | None = None
    try:
        leg = next(steps)
        while True:
            answered = await send(_asked(wanted, leg, clock.now()), leg.url, address, resolve, patience)
            address = answered.address or address
            done.append(answered.exchange)
            leg = steps.send(answered.exchange)
    except StopIteration as end:
        if end.value.unsent == NOT_SENT:
            unsent = (_ONLY_PREFLIGHT if wanted.only_preflight else _UNSENT).format(method=wanted.method)
    except AddressRefused as refused:
        if not done:
            raise
        unsent = str(refused)
    redactor = Redactor()
    url = redactor.url(wanted.url.href)
    if not done:
        return Probed(wanted, url, None, unsent)
    return Probed(wanted, url, judged(wanted, [redactor.exchange(exchange) for exchange in done]), unsent)


def _asked(wanted: Ask, leg: Leg, now: float) -> Exchange:
    return Exchange(
        id=f"probe-{uuid4().hex[:12]}",
        url=leg.url.href,
        method=leg.method,
        started=now,
        request_headers=lines(wanted.engine, leg),
        request_size=0,
    )


class _Clock:
    """The wall clock's time at the beginning, and from then on what has passed, whatever the clock is set to."""

    def __init__(self) -> None:
        self._began = time.time()
        self._offset = asyncio.get_running_loop().time()

    def now(self) -> float:
        return self._began + asyncio.get_running_loop().time() - self._offset
