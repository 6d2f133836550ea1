"""The timing tab: when, how long, and what a longer memory of the preflight would save."""

from collections.abc import Iterable

from textual.content import Content

from corsinspect.dashboard.detail.subject import Subject
from corsinspect.dashboard.look.content import blocks, entry, lines
from corsinspect.dashboard.look.styles import QUIET, STRONG
from corsinspect.dashboard.look.times import clock, duration, span
from corsinspect.fetch.cache import max_age
from corsinspect.fetch.engines import ENGINES
from corsinspect.fetch.headers import cors_headers
from corsinspect.model import Call, Exchange

ROLES = {"preflight": "preflight", "redirect": "redirect", "actual": "request"}
LABEL = 11
NUMBERS = 9


def timing(subject: Subject, width: int) -> Content:
    """The exchanges of the call on one scale, and what they cost."""
    call = subject.call
    roles = call.roles()
    if not roles:
        return Content("Nothing of this call was captured.")
    start = roles[0][1].started
    end = max((exchange.ended or exchange.answered or exchange.started) for _, exchange in roles)
    parts = [
        lines([*entry("started", clock(start, thousandths=True), width), *_total(roles, start, end, width)]),
        lines(line for role, exchange in roles for line in _bar(role, exchange, start, end, width)),
        lines(_connections(roles, width)),
        lines(_saving(subject, width)),
    ]
    return blocks(parts)


def preflight_seconds(call: Call) -> float:
    """How long the call's preflights took, to the end of their answers."""
    return sum(
        max(0.0, (exchange.ended or exchange.answered or exchange.started) - exchange.started)
        for role, exchange in call.roles()
        if role.startswith("preflight")
    )


def _total(roles: list[tuple[str, Exchange]], start: float, end: float, width: int) -> Iterable[Content]:
    open_still = any(exchange.ended is None and exchange.failure is None for _, exchange in roles)
    yield from entry("took", "not finished yet" if open_still else duration(end - start), width)


def _bar(role: str, exchange: Exchange, start: float, end: float, width: int) -> Iterable[Content]:
    """One exchange on the call's scale: waiting for headers in full blocks, the body in light ones."""
    cells = max(8, width - LABEL - NUMBERS - 2)
    scale = cells / max(end - start, 1e-9)
    answered = exchange.answered or exchange.ended or end
    finished = exchange.ended or answered
    left = min(cells - 1, int((exchange.started - start) * scale))
    # a clock that is set back meanwhile has an answer come hours before or after its end
    waiting = max(1, round(min((answered - exchange.started) * scale, cells)))
    body = max(0, round(min((finished - answered) * scale, cells)))
    drawn = (" " * left + "█" * waiting + "░" * body)[:cells]
    kind, _, hop = role.partition(":")
    name = ROLES.get(kind, kind) + (f" {hop}" if hop != "0" else "")
    took = duration(finished - exchange.started) if exchange.ended is not None else "…"
    yield Content.assemble((f"{name:<{LABEL}}", QUIET), (f"{drawn:<{cells}}", "$text-primary"), f" {took:>{NUMBERS}}")


def _connections(roles: list[tuple[str, Exchange]], width: int) -> Iterable[Content]:
    known = [exchange.connection for _, exchange in roles]
    if len(known) > 1 and all(known):
        text = "one, kept open" if len(set(known)) == 1 else f"{len(set(known))} connections"
        yield from entry("connection", text, width)
    versions = dict.fromkeys(exchange.http_version[:20] for _, exchange in roles)
    yield from entry("protocol", ", ".join(versions), width)
    yield Content.styled("█ until the response headers   ░ body   (between browser and proxy)", QUIET)


def _saving(subject: Subject, width: int) -> Iterable[Content]:
    """What the preflight cost, here and at this address, and what an Access-Control-Max-Age would change."""
    call = subject.call
    asked = [hop.preflight for hop in call.hops if hop.preflight is not None]
    if not asked:
        if call.preflight == "cached":
            yield Content("An earlier preflight was still cached: this call needed none.")
        return
    engine = ENGINES[call.engine or "chromium"]
    fields = cors_headers(asked[0].response_headers)
    kept = max_age(fields.max_age, engine)
    yield Content.styled("What the preflight costs", STRONG)
    yield from entry("this call", f"{duration(preflight_seconds(call))} before your {call.method or 'request'}", width)
    same = [other for other in subject.others if _asks_the_same(call, other)]
    if len(same) > 1:
        seconds = sum(map(preflight_seconds, same))
        yield from entry("this address", f"{len(same)} preflights like this one, {duration(seconds)} in total", width)
    said = "no Access-Control-Max-Age" if fields.max_age is None else f"Access-Control-Max-Age: {fields.max_age}"
    if call.verdict.stage == "preflight" and call.verdict.outcome == "blocked":
        yield from entry("cached", "no: it failed", width)
        return
    yield from entry("cached", f"{f'for {span(kept)}' if kept else 'no'} ({said})", width)
    if kept < engine.max_age_cap:
        most = engine.max_age_cap
        avoidable = _avoidable(same, kept, most)
        text = f"Access-Control-Max-Age: {most} would save {duration(preflight_seconds(call))} each time it's repeated"
        if avoidable:
            seconds = sum(map(preflight_seconds, avoidable))
            text += f"; in this session, {len(avoidable)} of these preflights ({duration(seconds)})"
        yield from entry("could be", f"{text}.", width)


def _asks_the_same(call: Call, other: Call) -> bool:
    same = (other.url, other.method, other.page_origin) == (call.url, call.method, call.page_origin)
    return same and other.preflight == "sent"


def _avoidable(same: list[Call], kept: int, most: int) -> list[Call]:
    """Those that came within `most` seconds of the one before that would still have been asked."""
    avoidable: list[Call] = []
    asked = None
    for call in sorted(same, key=lambda each: each.started):
        if asked is not None and kept <= call.started - asked < most:
            avoidable.append(call)
        else:
            asked = call.started
    return avoidable
