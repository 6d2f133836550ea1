"""What a Call would have come to by the server's own answers, where a fix was tried on it."""

import msgspec

from corsinspect.model import Call, Exchange

from .chain import chain_of_call
from .credentials import UNKNOWN, Inferred
from .judge import judge
from .learnt.connections import SIGNALS
from .steps import first_stop


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

    The browser's requests are facts, so is the credentials mode that they show; the Call ends at the first answer of
    the server's own that wouldn't have let the browser go on.
    """
    if not call.simulated or call.kind not in ("simple", "preflighted"):
        return call
    chain = chain_of_call(call, own_answer)
    stop = first_stop(chain, call.credentials == "include", proven=False)
    hops = chain.hops[: stop.hop + 1]
    let_through = len(hops) < len(chain.hops)
    if stop.stage == "preflight":
        let_through = hops[-1][1] is not None
        hops[-1] = (stop.facts, None)
    # what the connections showed is no proof: `chain` has it, too
    own = UNKNOWN if call.credentials_signal in SIGNALS else Inferred(call.credentials, call.credentials_signal)
    again = judge(msgspec.structs.replace(chain, hops=hops), own)
    word = None if call.browser is None else msgspec.structs.replace(call.browser, confirmed=None, computed=None)
    return msgspec.structs.replace(
        again, preflight=call.preflight, preflight_from=call.preflight_from, let_through=let_through, browser=word
    )
