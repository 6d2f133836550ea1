"""A Call judged again, from its own exchanges alone, with a fact given that the wire doesn't show."""

import msgspec

from corsinspect.model import Call, Credentials

from .chain import Chain, chain_of
from .classify import Facts
from .credentials import infer
from .judge import judge


def assuming(call: Call, credentials: Credentials) -> Call:
    """The Call as it is if the page's credentials mode was this one; "unknown" gives it as the wire alone has it.

    Its signal is then "assumed". Where the wire proves the mode, the Call stays as it is.
    """
    if call.kind not in ("simple", "preflighted"):
        return call
    chain = _chain(call)
    again = judge(chain, infer(chain.hops, credentials))
    return msgspec.structs.replace(
        call,
        verdict=again.verdict,
        credentials=again.credentials,
        credentials_signal=again.credentials_signal,
        masked=again.masked,
    )


def _chain(call: Call) -> Chain:
    """The chain that the Call was judged from; it had been given up unless it was still waited for."""
    root: Facts | None = None
    before: Facts | None = None
    for hop in call.hops:
        preflight = Facts(hop.preflight) if hop.preflight is not None else None
        request = Facts(hop.request) if hop.request is not None else None
        if request is not None:
            request.preflight, request.stored = preflight, hop.stored
        if preflight is not None:
            preflight.request = request
        root = root or preflight or request
        if before is not None:
            before.child = preflight or request
        before = request
    assert root is not None
    return chain_of(root, call.verdict.outcome != "pending")
