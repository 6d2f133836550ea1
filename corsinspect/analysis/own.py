"""What a Call would have come to by the server's own answers, where a fix was tried on it."""

import msgspec

from corsinspect.fetch.check import cors_check
from corsinspect.model import Call, Exchange, Hop

from .chain import chain_of
from .classify import Facts
from .credentials import Inferred
from .judge import judge
from .pairing import grant_failures


def own_answer(exchange: Exchange) -> Exchange:
    """The exchange with what the server itself answered; the very same object where nothing was simulated."""
    if exchange.server_headers is None:
        return exchange
    return msgspec.structs.replace(
        exchange,
        status=exchange.server_status,
        reason_phrase="",
        response_headers=exchange.server_headers,
        by_proxy=False,
        server_status=None,
        server_headers=None,
    )


def by_server(call: Call) -> Call:
    """The Call as the server alone would have it; the very same object where nothing was simulated.

    The browser's requests are facts, so is the credentials mode that they show; the walk ends at the first answer of
    the server's own that wouldn't have let the browser go on.
    """
    if not call.simulated or call.kind not in ("simple", "preflighted"):
        return call
    starts: list[Facts] = []
    before: Facts | None = None
    for hop in call.hops:
        preflight = None if hop.preflight is None else Facts(own_answer(hop.preflight))
        request = None if hop.request is None else Facts(own_answer(hop.request))
        stopped = preflight is not None and _is_refused(preflight, call)
        if preflight is not None and not stopped:
            preflight.request = request
        if request is not None:
            request.stored = hop.stored
        start = preflight or request
        if start is None:
            break
        starts.append(start)
        if before is not None:
            before.child = start
        before = request
        if stopped or request is None or _is_refused_on(request, hop, call):
            break
    chain = chain_of(starts[0], call.verdict.outcome != "pending")._replace(page=call.page_origin)
    again = judge(chain, Inferred(call.credentials, call.credentials_signal))
    return msgspec.structs.replace(again, preflight=call.preflight, preflight_from=call.preflight_from)


def _is_refused(preflight: Facts, call: Call) -> bool:
    """Whether this preflight's answer keeps the request from being sent."""
    if preflight.exchange.status is None:
        return False
    return bool(grant_failures(preflight, call.credentials == "include"))


def _is_refused_on(request: Facts, hop: Hop, call: Call) -> bool:
    """Whether this redirect's answer keeps the browser from following it."""
    if hop is call.hops[-1] or request.exchange.status is None or request.target == call.page_origin:
        return False
    return cors_check(request.origin or "", call.credentials == "include", request.answer) is not None
