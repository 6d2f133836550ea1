"""Ask a server what it lets a page do, as a browser would ask.

    from corsinspect.probe import ProbeError, ask, probe

    wanted = ask("https://api.example/orders", "https://shop.example", method="PUT", headers=(("X-A", "1"),))
    found = await probe(wanted)
    found.call.verdict.outcome     # as for a call that a browser made; the exchanges are in found.call.exchanges
    found.unsent                   # why the request itself wasn't sent, or None

`ask(url, origin, *, method="GET", headers=(), credentials=False, send=False, engine="chromium", mode="cors")` reads
what a person typed and raises ProbeError (a CorsinspectError: `what` and `hint`) where no page could ask that.
`probe(ask, *, resolve=resolve, patience=PATIENCE)` sends the preflight and then a GET or HEAD; anything else only with
`send=True`. It raises AddressRefused (a ProbeError) for link-local addresses and nothing else: no such host, a refused
connection, TLS errors, timeouts and garbage are network errors, and judged. What it returns is redacted.
`ask_of_call(call)` gives the Ask that repeats a recorded call, without what a session doesn't keep.
"""

from corsinspect.probe.addresses import resolve
from corsinspect.probe.ask import Ask, ask, header_line
from corsinspect.probe.browsers import BROWSERS
from corsinspect.probe.errors import AddressRefused, NeverSent, ProbeError
from corsinspect.probe.of_call import ask_of_call
from corsinspect.probe.run import Probed, probe
from corsinspect.probe.wire import PATIENCE, Patience

__all__ = [
    "BROWSERS",
    "PATIENCE",
    "AddressRefused",
    "Ask",
    "NeverSent",
    "Patience",
    "ProbeError",
    "Probed",
    "ask",
    "ask_of_call",
    "header_line",
    "probe",
    "resolve",
]
