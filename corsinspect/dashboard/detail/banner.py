"""A fix being tried: how its calls look, so that nobody mistakes them for the server's own answers."""

from textual.content import Content

from corsinspect import advice
from corsinspect.analysis import by_server
from corsinspect.dashboard.look.content import lines, shown
from corsinspect.dashboard.look.styles import LOUD, QUIET, STRONG, WARNING
from corsinspect.model import Call, Exchange


def banner(call: Call, explains: bool) -> Content:
    """What goes above the details of a call that a fix was tried on: that it's no real answer, and what was changed.

    `explains`: what follows is about the server's own answers.
    """
    if call.verdict.outcome == "simulated":
        title = "the proxy's headers let this call pass"
    else:
        why = f" ({advice.short_reason(call)})" if advice.short_reason(call) else ""
        title = (
            f"the proxy changed the headers, but the call is still {advice.OUTCOME_WORDS[call.verdict.outcome]}{why}"
        )
    changed = [_changes(role, exchange) for role, exchange in call.roles() if exchange.simulated]
    reason = _capital(advice.server_reason(by_server(call)))
    below = Content.styled(shown(f"What follows is the server's own answer. {reason}."), QUIET)
    head = Content.assemble((" SIMULATED ", LOUD), (f" {shown(title)}", STRONG))
    return lines([head, *changed, *([below] if explains else [])])


def _changes(role: str, exchange: Exchange) -> Content:
    """The delivered lines that the server didn't send."""
    own = exchange.server_headers or ()
    parts = [f"{name}: {value}" for name, value in exchange.response_headers if (name, value) not in own]
    if exchange.status != exchange.server_status:
        parts.insert(0, f"status {exchange.status} instead of {exchange.server_status}")
    kind = "preflight" if role.startswith("preflight") else "answer"
    return Content.assemble((f"≈ {kind}  ", WARNING), shown(" · ".join(parts)))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
