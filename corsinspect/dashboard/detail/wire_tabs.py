"""The tabs of what was on the wire: the preflight, the request, its answer, and all of it line for line."""

from collections.abc import Callable, Iterable

from textual.content import Content

from corsinspect import advice, analysis
from corsinspect.advice.browsers import ENGINE_NAMES
from corsinspect.dashboard.detail.subject import Subject
from corsinspect.dashboard.look.content import MOST_URL, arrow, blocks, entry, headers, lines, shown
from corsinspect.dashboard.look.styles import BAD, GOOD, QUIET, STRONG, WARNING
from corsinspect.dashboard.look.times import clock, duration, span
from corsinspect.fetch.cache import max_age
from corsinspect.fetch.engines import ENGINES
from corsinspect.fetch.headers import cors_headers
from corsinspect.model import Call, Exchange

ROLES = {"preflight": "Preflight", "redirect": "Redirect", "actual": "Request"}
EVERYDAY = frozenset(
    """connection date keep-alive server set-cookie set-cookie2 transfer-encoding vary via alt-svc trailer upgrade
    strict-transport-security x-powered-by nel report-to x-content-type-options x-frame-options referrer-policy
    permissions-policy content-encoding accept-ranges age""".split()
)
"""Response headers that no page misses."""
MOST_RAW = 1000
LONGEST_RAW = 8000


def preflight(subject: Subject, width: int) -> Content:
    """Every preflight of the call, or why there is none."""
    call = subject.call
    found = [
        _exchange(call, "preflight", number, hop.preflight, width)
        for number, hop in enumerate(call.hops)
        if hop.preflight is not None
    ]
    asked = [hop.preflight for hop in call.hops if hop.preflight is not None]
    return blocks([_no_preflight(subject, width), *found, *(_kept(call, exchange, width) for exchange in asked)])


def request(subject: Subject, width: int) -> Content:
    """What the browser sent, hop by hop."""
    call = subject.call
    parts: list[Content] = []
    for role, exchange in call.roles():
        if role.startswith("preflight"):
            continue
        parts.append(lines([_head(role), *_asked(exchange, width)]))
    if not parts:
        parts.append(_not_sent(call))
    return blocks([*parts, lines(_credentials(call, width))])


def response(subject: Subject, width: int) -> Content:
    """What came back, hop by hop, and what the page's script may read of it."""
    call = subject.call
    parts: list[Content] = []
    for role, exchange in call.roles():
        if role.startswith("preflight"):
            continue
        readable = readable_names(call) if role.startswith("actual") else None
        marks = _marks(call, exchange, readable)
        parts.append(lines([_head(role), *_answered(call, exchange, width, marks)]))
        if readable is not None:
            parts.append(Content.styled("✓ readable by the page's script   · not readable", QUIET))
    if not parts:
        parts.append(_not_sent(call))
        if call.preflight == "sent":
            parts.append(Content.styled("The only response is the preflight's: see tab 2.", QUIET))
    return blocks([*parts, script_reads(call, width)])


def raw(subject: Subject, width: int) -> Content:
    """Every line of every exchange, as it was stored."""
    parts: list[Content] = []
    for role, exchange in subject.call.roles():
        version = f" {shown(exchange.http_version, 20)}"
        wanted: list[Content] = [_head(role)]
        wanted.append(Content(f"{shown(exchange.method or 'CONNECT')} {shown(exchange.url, LONGEST_RAW)}{version}"))
        wanted += headers(exchange.request_headers, width, sign=arrow(">"), most=MOST_RAW, longest=LONGEST_RAW)
        wanted += _status(exchange)
        wanted += headers(exchange.response_headers, width, sign=arrow("<"), most=MOST_RAW, longest=LONGEST_RAW)
        if exchange.server_headers is not None:
            wanted.append(Content.styled(f"the server's own response: {exchange.server_status}", WARNING))
            wanted += headers(exchange.server_headers, width, sign=arrow("«"), most=MOST_RAW, longest=LONGEST_RAW)
        wanted += entry("id", exchange.id[:200], width, QUIET)
        wanted += entry("connection", (exchange.connection or "unknown")[:200], width, QUIET)
        for label, size in (("sent", exchange.request_size), ("received", exchange.response_size)):
            wanted += entry(label, "unknown" if size is None else f"{size:,} bytes of body", width, QUIET)
        parts.append(lines(wanted))
    parts.append(Content.styled("Secrets are replaced before anything is written; bodies are never stored.", QUIET))
    return blocks(parts)


def script_reads(call: Call, width: int) -> Content:
    """Which response headers the page's script gets to see, and which it may miss; empty where CORS has no say."""
    readable = readable_names(call)
    if readable is None:
        return Content("")
    answer = call.hops[-1].request
    sent = {name.lower() for name, _ in answer.response_headers} if answer is not None else set()
    hidden = sorted(
        name for name in sent - readable - EVERYDAY if not name.startswith(("access-control-", "cross-origin-"))
    )
    entries = [*entry("script reads", ", ".join(name[:80] for name in sorted(readable)[:30]) or "no header", width)]
    if hidden:
        names = ", ".join(name[:80] for name in hidden[:30])
        entries += entry("can't read", names, width, WARNING)
        change = f"to expose them: Access-Control-Expose-Headers: {names}"
        entries += entry("", change, width, QUIET)
    return lines(entries)


def readable_names(call: Call) -> set[str] | None:
    """The names that script may read off a cross-origin answer; None where CORS doesn't restrict it."""
    if call.verdict.outcome != "allowed" or call.kind not in ("simple", "preflighted") or not call.hops:
        return None
    return set(analysis.readable_headers(call))


def _no_preflight(subject: Subject, width: int) -> Content:
    call = subject.call
    why = next((rung.detail for rung in advice.step_rows(call, subject.steps) if rung.title == "preflight needed?"), "")
    if call.preflight == "sent":
        return Content("")
    if call.preflight == "cached":
        return lines(_cached(subject, width))
    if call.preflight == "missing":
        text = (
            "No preflight (OPTIONS) was captured. The browser must have sent it before the capture began, or before C "
            "emptied the list, and has kept the answer in its cache since."
        )
    elif call.kind in ("simple", "preflighted"):
        text = "No preflight was needed: the browser sent the request directly."
    else:
        text = "CORS doesn't apply to this call, so there was no preflight."
    return lines([Content(text), *([Content.styled(shown(why), QUIET)] if why else [])])


def _cached(subject: Subject, width: int) -> Iterable[Content]:
    call = subject.call
    yield Content("The browser sent no new preflight: an earlier one is still cached.")
    earlier = [
        hop.preflight
        for other in subject.others
        for hop in other.hops
        if hop.preflight is not None and hop.preflight.id == call.preflight_from
    ]
    for exchange in earlier[:1]:
        age = call.started - (exchange.answered or exchange.started)
        yield Content("")
        yield from entry("answered", f"{clock(exchange.started)}, {duration(age)} before this call", width)
        yield _kept(call, exchange, width)
        yield Content("")
        yield _exchange(call, "preflight", 0, exchange, width)


def _kept(call: Call, exchange: Exchange, width: int) -> Content:
    """How long the browser remembers a granted preflight."""
    if exchange.status is None or call.verdict.stage == "preflight":
        return Content("")
    engine = ENGINES[call.engine or "chromium"]
    fields = cors_headers(exchange.response_headers)
    age = max_age(fields.max_age, engine)
    said = "no Access-Control-Max-Age" if fields.max_age is None else f"Access-Control-Max-Age: {fields.max_age}"
    kept = f"{ENGINE_NAMES[engine.name]} {f'keeps this for {span(age)}' if age else 'does not keep this'}"
    return lines(entry("cached", f"{kept} ({said})", width))


def _exchange(call: Call, kind: str, hop: int, exchange: Exchange, width: int) -> Content:
    """One request and its answer as they were on the wire."""
    marks = _marks(call, exchange, None)
    return lines([_head(f"{kind}:{hop}"), *_asked(exchange, width), *_answered(call, exchange, width, marks)])


def _head(role: str) -> Content:
    kind, _, hop = role.partition(":")
    again = f" (after redirect {hop})" if hop != "0" else ""
    return Content.styled(f"{ROLES.get(kind, kind)}{again}", STRONG)


def _asked(exchange: Exchange, width: int) -> Iterable[Content]:
    method = shown(exchange.method or "CONNECT")
    yield Content.assemble(("> ", QUIET), f"{method} {shown(exchange.url, MOST_URL)}")
    yield from headers(exchange.request_headers, width, sign=arrow(">"))


def _answered(call: Call, exchange: Exchange, width: int, sign: Callable[[str], tuple[str, str]]) -> Iterable[Content]:
    yield from _status(exchange)
    yield from headers(exchange.response_headers, width, sign=sign)
    verdict = call.verdict
    if verdict.header and verdict.found is None and verdict.outcome == "blocked" and _stopped_here(call, exchange):
        yield Content.styled(f"✗ (no {shown(verdict.header, 80)})", BAD)
    if exchange.error_page:
        yield Content.styled(f"  looks like an error page from {shown(exchange.error_page)}", QUIET)


def _marks(call: Call, exchange: Exchange, readable: set[str] | None) -> Callable[[str], tuple[str, str]]:
    """What stands before each header of an answer: ✗ where the browser stopped; whether script can read it, if
    that is known."""
    wrong = (call.verdict.header or "").lower() if _stopped_here(call, exchange) else ""

    def mark(name: str) -> tuple[str, str]:
        if name == wrong:
            return "✗", BAD
        if readable is None:
            return "<", QUIET
        return ("✓", GOOD) if name in readable else ("·", QUIET)

    return mark


def _stopped_here(call: Call, exchange: Exchange) -> bool:
    return call.verdict.outcome == "blocked" and call.stopped_at is exchange


def _status(exchange: Exchange) -> Iterable[Content]:
    if exchange.status is not None:
        phrase = f" {shown(exchange.reason_phrase, 60)}" if exchange.reason_phrase else ""
        answered = exchange.answered if exchange.answered is not None else exchange.ended
        took = f"   after {duration(answered - exchange.started)}" if answered is not None else ""
        proxy = "   (written by the proxy)" if exchange.by_proxy else ""
        yield Content.assemble(("< ", QUIET), f"{exchange.status}{phrase}", (took + proxy, QUIET))
    if exchange.failure is not None:
        times = f" (×{exchange.count})" if exchange.count > 1 else ""
        yield Content.assemble(("↯ ", WARNING), f"{exchange.failure.kind}: {shown(exchange.failure.text)}{times}")
    elif exchange.status is None:
        yield Content.styled("◌ no response yet", QUIET)


def _not_sent(call: Call) -> Content:
    method = shown(call.method or "request", 40)
    if not call.hops:
        return Content(f"Your {method} was never sent: what became of it was decided in the browser.")
    if call.let_through:
        return Content(f"Your {method} was sent: the tried fix let it through. The server's own preflight wouldn't.")
    if call.verdict.outcome == "blocked":
        return Content(f"Your {method} was never sent: the browser stopped at the preflight.")
    return Content(f"Your {method} wasn't captured.")


def _credentials(call: Call, width: int) -> Iterable[Content]:
    if call.kind not in ("simple", "preflighted"):
        return
    mode = {
        "include": "sent",
        "omit": "not sent",
        "unknown": "unknown: the traffic doesn't show whether cookies or a login were allowed",
    }
    why = shown(advice.evidence(call))
    yield from entry("credentials", mode[call.credentials] + (f": {why}" if why else ""), width)
