"""probe: asks a server as a browser would, but only servers that the session called or the person named."""

from collections.abc import Iterable, Mapping

from corsinspect.assistant.answers import Probed, ProbedFacts
from corsinspect.assistant.calls import Calls
from corsinspect.assistant.errors import ToolError
from corsinspect.assistant.explaining import facts
from corsinspect.fetch.url import DEFAULT_PORTS, parse_url
from corsinspect.model import Call
from corsinspect.probe import AddressRefused, ask, resolve
from corsinspect.probe import probe as send
from corsinspect.quoted import quoted

READS = "GET and HEAD"
PASSES = "The server grants this."
PREFLIGHT_PASSES = f"The server grants the preflight. By MCP no more is sent than that: only {READS} are."
FAILS = "The server doesn't grant this."
NOT_SENT = f"A browser sends this without a preflight, and by MCP only {READS} are sent: nothing was asked."
UNCLEAR = "There was no answer to judge by CORS."


def origins(calls: Calls, named: Iterable[str]) -> set[str]:
    """The servers that may be asked: those that pages of the session called, and those that the person named."""
    return {kind.api for kind in calls.kinds if not kind.background} | {*named}


async def probe(
    allowed: set[str], url: str, origin: str, method: str, headers: Mapping[str, str], credentials: bool
) -> Probed:
    """Asks, and explains the answer as that of any call. Raises ToolError for a server that may not be asked, and
    ProbeError where no page could ask that."""
    wanted = ask(url, origin, method=method, headers=tuple(headers.items()), credentials=credentials)
    if wanted.url.origin not in allowed:
        raise ToolError(
            "This server may not be asked: no page of the session called it.",
            "The person allows it with: corsinspect mcp --may-probe ORIGIN.",
        )
    servers = [found for each in allowed if (found := parse_url(each)) is not None]
    hosts = {(each.host, each.port or DEFAULT_PORTS.get(each.scheme)) for each in servers}

    async def only_allowed(host: str, port: int) -> list[str]:
        """A server must not choose by a redirect what else is asked."""
        if (host, port) not in hosts:
            raise AddressRefused("The redirect leads to a server that may not be asked.", "It wasn't followed.")
        return await resolve(host, port)

    found = await send(wanted, resolve=only_allowed)
    return _answer(found.call, found.unsent or "", passes=found.passes)


def _answer(call: Call | None, unsent: str, *, passes: bool) -> Probed:
    if call is None:
        return Probed(passes=False, outcome=None, reason=None, says=NOT_SENT, captured=ProbedFacts(None, ""))
    outcome = call.verdict.outcome
    says = PASSES if passes else FAILS if outcome == "blocked" else UNCLEAR
    if passes and outcome == "pending":
        says = PREFLIGHT_PASSES
    captured = ProbedFacts(facts(call, [call]), quoted(unsent))
    return Probed(passes=passes, outcome=outcome, reason=call.verdict.reason, says=says, captured=captured)
