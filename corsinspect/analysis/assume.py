"""A Call judged again, from its own exchanges alone, with a fact given that the wire doesn't show."""

import msgspec

from corsinspect.model import Call, Credentials

from .chain import chain_of_call
from .credentials import ASSUMED, Inferred, infer
from .judge import judge
from .request_signs import Mode


def assuming(call: Call, credentials: Credentials) -> Call:
    """The Call as it is if the page's credentials mode was this one; "unknown" gives it as the wire alone has it.

    Its signal is then "assumed". Where the wire proves the mode, or the browser told the outcome, the Call stays as it
    is.
    """
    if call.kind not in ("simple", "preflighted") or (call.browser is not None and call.browser.confirmed is not None):
        return call
    chain = chain_of_call(call)
    again = judge(chain, infer(chain.hops, credentials))
    return msgspec.structs.replace(
        call,
        verdict=again.verdict,
        credentials=again.credentials,
        credentials_signal=again.credentials_signal,
        masked=again.masked,
    )


def told(call: Call, mode: Mode, credentials: Credentials) -> Call:
    """The Call as it is for whoever made it, and knows in which mode and credentials mode: nothing depends on signs."""
    if call.kind not in ("simple", "preflighted", "no-cors"):
        return call
    chain = msgspec.structs.replace(chain_of_call(call), mode=mode, mode_known=True)
    return judge(chain, Inferred(credentials, ASSUMED, proof=True))
