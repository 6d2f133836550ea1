"""The lines at the bottom: what was said of the selected call, and the call that is waited for."""

from textual.content import Content

from corsinspect import advice
from corsinspect.dashboard.look.shorten import short_url
from corsinspect.dashboard.look.styles import QUIET
from corsinspect.dashboard.look.symbols import MARKED, NOTED, OUTCOMES
from corsinspect.dashboard.look.times import clock, in_words
from corsinspect.dashboard.state.remarks import SAID
from corsinspect.dashboard.state.watch import Watch
from corsinspect.model import Call
from corsinspect.printable import printable
from corsinspect.session.notes import Notes


def remark_line(notes: Notes, call: Call | None) -> Content | None:
    """A line with all that was said of this call; None where nothing was."""
    if call is None:
        return None
    parts: list[tuple[str, str]] = []
    if call.id in notes.marks:
        parts.append((f"{MARKED} marked", "bold $text-accent"))
    if (text := notes.notes.get(call.id)) is not None:
        parts.append((f"{NOTED} {printable(text)}", "bold"))
    if call.credentials_signal == "assumed":
        whole = call.id not in notes.assumed_calls or notes.assumed_calls[call.id] == "unknown"
        of = f", for all calls from {printable(call.page_origin or '')} (I changes it)" if whole else " (i changes it)"
        parts.append((SAID[call.credentials] + of, "$text-warning"))
    if not parts:
        return None
    return Content.assemble(" ", *[piece for part in parts for piece in (part, "   ")])


def watch_line(watch: Watch) -> Content:
    """How the call that is waited for stands: first the verdict, which is seen at any width."""
    latest = watch.latest
    symbol = OUTCOMES[latest.verdict.outcome]
    took = "" if watch.passed is None else f"it took {in_words(watch.passed)}"
    method, url, page = watch.endpoint
    return Content.assemble(
        " ",
        (
            f"{symbol.sign}{'?' if advice.is_open(latest) else ''} {symbol.word} at {clock(latest.started)}",
            symbol.style,
        ),
        (" (w stops)", QUIET),
        (f" · {took}" if took else "", symbol.style),
        (" ◉ watching ", "bold $text-accent"),
        printable(f"{method or 'CONNECT'} {short_url(url)} from {page or 'an unknown page'}"),
        (f" · {reason}" if (reason := printable(advice.short_reason(latest))) else "", QUIET),
    )
