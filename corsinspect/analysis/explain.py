"""What follows from a Call when someone asks: the steps, the checks that fail next, what script can read.

All of it is made from the Call alone, when it's asked for: most Calls are never looked at.
"""

from collections.abc import Iterator

from corsinspect.fetch.check import (
    ALLOW_CREDENTIALS,
    ALLOW_HEADERS,
    ALLOW_METHODS,
    ALLOW_ORIGIN,
    Asked,
    Failed,
    cors_check,
    credentials_check,
    first_failure,
    origin_check,
    preflight_failures,
)
from corsinspect.fetch.engines import ENGINES, Engine
from corsinspect.fetch.expose import readable
from corsinspect.fetch.headers import CorsHeaders, combined, cors_headers, refreshed
from corsinspect.fetch.redirect import follow, location
from corsinspect.fetch.safelist import SAFELISTED_METHODS, unsafe_names
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call, Exchange, Finding, Stage, Step

from .classify import asked_names

_CREDENTIAL_REASONS = frozenset({"origin-wildcard-with-credentials", "credentials-not-true"})
_STEP_OF_CHECK = {
    "redirect": "status",
    "status": "status",
    "allow-origin": "allow-origin",
    "allow-credentials": "allow-credentials",
    "allow-methods-list": "allow-methods",
    "allow-methods": "allow-methods",
    "allow-headers-list": "allow-headers",
    "allow-headers": "allow-headers",
}


def readable_headers(call: Call) -> list[str]:
    """The (lower-case) names of the response headers that script can read off an allowed Call; else []."""
    request = call.hops[-1].request
    if call.verdict.outcome != "allowed" or request is None:
        return []
    return readable(request.response_headers, cors_headers(request.response_headers), call.credentials == "include")


def also_failing(call: Call) -> list[Finding]:
    """The checks that would fail next, in the browser's order, once what stopped this Call is mended."""
    return [
        Finding(
            reason=step.reason or "",
            stage=step.stage,
            hop=step.hop,
            header=step.header,
            expected=step.needed,
            found=step.found,
        )
        for step in trace(call)
        if step.state == "would-fail"
    ]


def trace(call: Call) -> list[Step]:
    """The steps of the browser's algorithm for this Call, in order, to where it stopped and what would have come next.

    Fetch, "main fetch", "HTTP fetch", "CORS-preflight fetch", "HTTP-redirect fetch".
    """
    if call.kind not in ("simple", "preflighted"):
        return _other_steps(call)
    engine = ENGINES[call.engine or "chromium"]
    include = call.credentials == "include" or call.verdict.reason in _CREDENTIAL_REASONS
    steps: list[Step] = []
    for number, hop in enumerate(call.hops):
        first = hop.preflight or hop.request
        if first is None:
            continue
        steps += _opening(call, number, first, engine)
        if hop.preflight is not None:
            steps += _preflight_steps(hop.preflight, hop.request, number, engine, include)
            if hop.request is None:
                steps.append(_unsent(call, number))
        if hop.request is not None:
            steps += _request_steps(call, hop.request, number, include)
    if call.verdict.outcome == "network-error" and not any(step.state == "failed" for step in steps):
        steps.append(_policy_step(call))
    return steps


def _opening(call: Call, number: int, first: Exchange, engine: Engine) -> Iterator[Step]:
    target = origin_of(first.url)
    cross = target != call.page_origin
    yield Step(
        name="cross-origin",
        state="ok" if cross else "skipped",
        hop=number,
        needed=call.page_origin,
        found=target,
        reason=None if cross else "same-origin",
    )
    if not cross and number == 0:
        return
    method, names = _asked(first, engine)
    why = "method" if method not in SAFELISTED_METHODS else "headers" if names else "none"
    if first is call.hops[number].preflight:
        why = "forced" if why == "none" else why
    elif why != "none":
        why = call.preflight or why
    yield Step(
        name="preflight-needed",
        state="skipped" if why == "none" else "ok",
        hop=number,
        reason=why,
        found=" ".join([method, *names]),
    )


def _asked(first: Exchange, engine: Engine) -> tuple[str, tuple[str, ...]]:
    """The actual request's method and unsafe names: as the preflight gives them, or as the request itself shows."""
    asked = combined(first.request_headers, "access-control-request-method")
    if asked is not None and first.method == "OPTIONS":
        return asked, asked_names(combined(first.request_headers, "access-control-request-headers"))
    return first.method or "", unsafe_names(first.request_headers, engine)


def _preflight_steps(
    preflight: Exchange, request: Exchange | None, number: int, engine: Engine, include: bool
) -> list[Step]:
    sent = _sent("preflight-sent", "preflight", preflight, number)
    if preflight.status is None:
        return [sent]
    method, names = _asked(preflight, engine)
    origin = combined(preflight.request_headers, "origin") or ""
    fields = cors_headers(preflight.response_headers)
    redirect = location(preflight.status, preflight.response_headers) or None
    asked = Asked(origin, method, names)
    # a request that followed proves that the browser found nothing wrong, whatever the headers seem to say
    failures = {} if request else preflight_failures(asked, include, preflight.status, redirect, fields)
    steps = [sent]
    for name in dict.fromkeys(_STEP_OF_CHECK[check] for check in engine.checks):
        needed, header, found = _wanted(name, asked, include, preflight, fields)
        step = Step(name=name, state="ok", stage="preflight", hop=number, header=header, needed=needed, found=found)
        steps.append(_judged(step, failures, engine, needed is None))
    return steps


def _wanted(
    name: str, asked: Asked, include: bool, preflight: Exchange, fields: CorsHeaders
) -> tuple[str | None, str | None, str | None]:
    """What a check of a preflight's response needs (None: nothing), the header it reads, and what that holds."""
    match name:
        case "status":
            return "200–299", None, str(preflight.status)
        case "allow-origin":
            return asked.origin, ALLOW_ORIGIN, fields.allow_origin
        case "allow-credentials":
            return ("true" if include else None), ALLOW_CREDENTIALS, fields.allow_credentials
        case "allow-methods":
            needed = None if asked.method in SAFELISTED_METHODS else asked.method
            return needed, ALLOW_METHODS, fields.allow_methods
    return (", ".join(asked.names) or None), ALLOW_HEADERS, fields.allow_headers


def _judged(step: Step, failures: dict[str, Failed], engine: Engine, needless: bool) -> Step:
    """The step with its state: passed, the one that stopped the browser, or what it would have been after that."""
    stop = first_failure(failures, engine.checks)
    mine = [check for check in engine.checks if _STEP_OF_CHECK[check] == step.name]
    failed = next((failures[check] for check in mine if check in failures), None)
    if stop is not None and stop.check in mine:
        return _with(step, "failed", stop)
    if failed is not None:
        return _with(step, "would-fail", failed)
    if needless:
        return _with(step, "skipped", None)
    reached = stop is None or engine.checks.index(mine[-1]) < engine.checks.index(stop.check)
    return _with(step, "ok" if reached else "would-pass", None)


def _with(step: Step, state, failed: Failed | None) -> Step:
    return Step(
        name=step.name,
        state=state,
        stage=step.stage,
        hop=step.hop,
        reason=failed.reason if failed else None,
        header=failed.header if failed else step.header,
        needed=failed.expected if failed else step.needed,
        found=failed.found if failed else step.found,
    )


def _request_steps(call: Call, request: Exchange, number: int, include: bool) -> Iterator[Step]:
    last = number == len(call.hops) - 1
    redirect = location(request.status, request.response_headers) or None
    stage: Stage = "redirect" if redirect is not None else "actual"
    yield _sent("request-sent", stage, request, number)
    if request.status is None:
        return
    cross = any(origin_of(exchange.url) != call.page_origin for exchange in _upto(call, number))
    stopped = False
    if cross:
        for step in _cors_steps(call, request, stage, number, include):
            stopped = stopped or step.state == "failed"
            yield step
    if redirect is not None:
        yield _location_step(call, request, redirect, number, last, stopped, cross)
    elif cross:
        yield _expose_step(request, number, stopped)


def _upto(call: Call, number: int) -> list[Exchange]:
    return [exchange for hop in call.hops[: number + 1] if (exchange := hop.request or hop.preflight) is not None]


def _cors_steps(call: Call, request: Exchange, stage: Stage, number: int, include: bool) -> Iterator[Step]:
    origin = combined(request.request_headers, "origin") or ""
    fields = cors_headers(request.response_headers)
    stored = call.hops[number].stored
    if stored is not None:
        fields = refreshed(cors_headers(stored.response_headers), fields)
    # what was not seen, or what the browser went on after, isn't held against the headers
    proven = number < len(call.hops) - 1 or call.verdict.reason == "stored-response-not-seen"
    stop = None if proven else cors_check(origin, include, fields)
    checks = (
        ("allow-origin", ALLOW_ORIGIN, origin, fields.allow_origin, origin_check(origin, include, fields)),
        (
            "allow-credentials",
            ALLOW_CREDENTIALS,
            "true" if include else None,
            fields.allow_credentials,
            credentials_check(include, fields),
        ),
    )
    for name, header, needed, found, failed in checks:
        step = Step(name=name, state="ok", stage=stage, hop=number, header=header, needed=needed, found=found)
        if failed is not None and not proven:
            yield _with(step, "failed" if failed == stop else "would-fail", failed)
        elif needed is None:
            yield _with(step, "skipped", None)
        else:
            yield _with(step, "ok" if stop is None or name == "allow-origin" else "would-pass", None)


def _location_step(
    call: Call, request: Exchange, redirect: str, number: int, last: bool, stopped: bool, cross: bool
) -> Step:
    step = Step(name="location", state="ok", stage="redirect", hop=number, header="Location", found=redirect)
    if not last:
        return step
    target = follow(request.url, redirect, request.status or 0, request.method or "", call.page_origin, False, cross)
    if isinstance(target, Failed):
        return _with(step, "would-fail" if stopped else "failed", target)
    if stopped:
        return _with(step, "would-pass", None)
    pending = call.verdict.outcome == "pending"
    return Step(
        name="location",
        state="unknown" if pending else "failed",
        stage="redirect",
        hop=number,
        reason=call.verdict.reason,
        header="Location",
        found=redirect,
    )


def _expose_step(request: Exchange, number: int, stopped: bool) -> Step:
    fields = cors_headers(request.response_headers)
    return Step(
        name="expose-headers",
        state="not-reached" if stopped else "ok" if fields.expose_headers else "skipped",
        stage="actual",
        hop=number,
        header="Access-Control-Expose-Headers",
        found=fields.expose_headers,
    )


def _sent(name: str, stage: Stage, exchange: Exchange, number: int) -> Step:
    """That an exchange was sent, and what became of it."""
    if exchange.status is not None:
        return Step(name=name, state="ok", stage=stage, hop=number, found=str(exchange.status))
    if exchange.failure is None:
        return Step(name=name, state="unknown", stage=stage, hop=number)
    kind = exchange.failure.kind
    return Step(name=name, state="failed", stage=stage, hop=number, reason="network-error" if kind == "other" else kind)


def _unsent(call: Call, number: int) -> Step:
    waiting = call.verdict.outcome in ("pending", "unknown")
    return Step(
        name="request-sent",
        state="unknown" if waiting else "not-reached",
        stage="actual",
        hop=number,
        reason=call.verdict.reason if call.verdict.outcome == "unknown" else None,
    )


def _other_steps(call: Call) -> list[Step]:
    """Where CORS has no say: that it hasn't, why, and what became of the request."""
    steps: list[Step] = []
    if call.kind is not None:
        steps.append(Step(name="cross-origin", state="skipped", reason=call.kind, found=origin_of(call.url)))
    for number, hop in enumerate(call.hops):
        if hop.request is not None:
            steps.append(_sent("request-sent", "actual", hop.request, number))
    if call.verdict.outcome in ("blocked", "network-error") and not any(step.state == "failed" for step in steps):
        steps.append(_policy_step(call))
    return steps


def _policy_step(call: Call) -> Step:
    """That a rule other than CORS stopped the Call."""
    verdict = call.verdict
    return Step(
        name="policy",
        state="failed",
        stage=verdict.stage,
        hop=verdict.hop,
        reason=verdict.reason,
        header=verdict.header,
        needed=verdict.expected,
        found=verdict.found,
    )
