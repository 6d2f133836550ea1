"""A fix being tried: how its calls look, so that nobody takes them for the server's doing."""

from textual.content import Content

from corsinspect import advice
from corsinspect.analysis import by_server
from corsinspect.dashboard.look.content import lines, shown
from corsinspect.dashboard.look.styles import LOUD, QUIET, STRONG, WARNING
from corsinspect.model import Call, Exchange


def short_reason(call: Call) -> str:
    """What the server itself would have come to, in a few words."""
    own = by_server(call)
    if own.verdict.outcome == "allowed":
        return "the server itself lets it pass by now"
    return f"the server itself: {advice.short_reason(own) or own.verdict.outcome}"


def banner(call: Call, explains: bool) -> Content:
    """What goes above the details of a call that a fix was tried on: that it's no real answer, and what was changed.

    `explains`: what follows is about the server's own answers.
    """
    if call.verdict.outcome == "simulated":
        told = "the proxy's headers let this call pass"
    else:
        told = f"the proxy changed the headers, the call is {advice.OUTCOME_WORDS[call.verdict.outcome]} all the same"
        told += f" ({advice.short_reason(call)})" if advice.short_reason(call) else ""
    changed = [_changes(role, exchange) for role, exchange in call.roles() if exchange.simulated]
    below = Content.styled(shown(f"What follows is the server's own answer. {_capital(short_reason(call))}."), QUIET)
    head = Content.assemble((" SIMULATED ", LOUD), (f" {shown(told)}", STRONG))
    return lines([head, *changed, *([below] if explains else [])])


def _changes(role: str, exchange: Exchange) -> Content:
    """The delivered lines that the server didn't send."""
    own = exchange.server_headers or ()
    parts = [f"{name}: {value}" for name, value in exchange.response_headers if (name, value) not in own]
    if exchange.status != exchange.server_status:
        parts.insert(0, f"status {exchange.status} in place of {exchange.server_status}")
    kind = "preflight" if role.startswith("preflight") else "answer"
    return Content.assemble((f"≈ {kind}  ", WARNING), shown(" · ".join(parts)))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
