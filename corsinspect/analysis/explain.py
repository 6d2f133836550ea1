"""What follows from a Call when someone asks: the steps, the checks that fail next, what script can read.

All of it is made from the Call alone, when it's asked for: most Calls are never looked at.
"""

from corsinspect.fetch.check import Failed, cors_check, first_failure, preflight_failures
from corsinspect.fetch.engines import ENGINES
from corsinspect.fetch.expose import readable
from corsinspect.fetch.headers import cors_headers
from corsinspect.model import Call, Finding, Stage


def readable_headers(call: Call) -> list[str]:
    """The (lower-case) names of the response headers that script can read off an allowed Call; else []."""
    request = call.hops[-1].request
    if call.verdict.outcome != "allowed" or request is None:
        return []
    return readable(request.response_headers, cors_headers(request.response_headers), call.credentials == "include")


def also_failing(call: Call) -> list[Finding]:
    return []
