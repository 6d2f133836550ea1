"""What a probe found, as lines for people."""

from collections.abc import Iterator, Sequence

from corsinspect.advice.solution import solution
from corsinspect.advice.solution import text as solution_text
from corsinspect.model import Call, Exchange
from corsinspect.printable import printable
from corsinspect.probe.ask import Engine
from corsinspect.probe.browsers import BROWSERS
from corsinspect.probe.grid import Cell, passes
from corsinspect.probe.run import Probed
from corsinspect.report import text

_INDENT = " " * 16


def lines(probed: Probed, *, colour: bool = False) -> Iterator[str]:
    """The verdict, what was sent, and the fix."""
    ask, call = probed.ask, probed.call
    if call is None:
        yield f"· not asked     {ask.method:<7} {printable(probed.url)}   from {printable(ask.origin)}"
        yield f"{_INDENT}A browser sends this {ask.method} without a preflight."
    elif call.verdict.outcome == "pending":
        yield f"✓ preflight ok  {ask.method:<7} {printable(probed.url)}   from {printable(ask.origin)}"
    else:
        yield text.lines(call, colour=colour)
    if call is not None:
        yield f"{_INDENT}sent by corsinspect, as {BROWSERS[ask.engine]} would:"
        yield from (f"{_INDENT}  {_sent(exchange)}" for exchange in call.exchanges)
    if probed.unsent is not None:
        yield f"{_INDENT}{printable(probed.unsent)}"
    if call is not None and call.verdict.outcome == "blocked" and (words := solution_text(solution(call, [call]))):
        yield from ("", *(printable(line) for line in words.splitlines()))


def _sent(exchange: Exchange) -> str:
    took = f", {(exchange.ended - exchange.started) * 1000:.0f} ms" if exchange.ended is not None else ""
    what = f"{exchange.method} {printable(exchange.url)}"
    if exchange.status is None:
        why = exchange.failure.text if exchange.failure is not None else "no answer"
        return f"{what}: {printable(why)}{took}"
    untrusted = f" (untrusted certificate: {exchange.untrusted_certificate})" if exchange.untrusted_certificate else ""
    return f"{what}: {exchange.status}{took}{printable(untrusted)}"


def announced(number: int, servers: Sequence[str], engine: Engine) -> str:
    """What is said before several requests go out."""
    to = ", ".join(map(printable, servers))
    return f"Sending up to {number} request{'s' if number > 1 else ''} to {to}, as {BROWSERS[engine]} would."


def table(cells: Sequence[Cell]) -> Iterator[str]:
    """The policy of one URL, a line an origin and method."""
    width = max((len(cell.probed.ask.origin) for cell in cells), default=0) + 2
    yield f"{'origin':<{width}}{'method':<9}{'without credentials':<34}with credentials"
    for cell in cells:
        ask = cell.probed.ask
        yield f"{printable(ask.origin):<{width}}{ask.method:<9}{_word(cell.without):<34}{_word(cell.included)}".rstrip()
        if cell.headers:
            yield f"{'':<{width}}{'':<9}{_headers(cell, 0):<34}{_headers(cell, 1)}".rstrip()


def _word(call: Call | None) -> str:
    if call is None:
        return "· needs no preflight, not sent"
    if passes(call):
        return "✓ preflight ok" if call.verdict.outcome == "pending" else f"✓ {call.verdict.outcome}"
    return f"✗ {call.verdict.reason or call.verdict.outcome}"


def _headers(cell: Cell, mode: int) -> str:
    return " ".join(f"{'✓' if granted[mode] else '✗'} {printable(name)}" for name, granted in cell.headers.items())
