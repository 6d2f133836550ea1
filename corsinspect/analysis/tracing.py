"""What follows from a Call when someone asks: the steps, the checks that fail next, what script can read.

All of it is made from the Call alone, when it's asked for: most Calls are never looked at.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from corsinspect.fetch.check import (
    ALLOW_CREDENTIALS,
    ALLOW_HEADERS,
    ALLOW_METHODS,
    ALLOW_ORIGIN,
    Asked,
    Failed,
    asked_by,
    cors_check,
)
from corsinspect.fetch.engines import ENGINES, Engine
from corsinspect.fetch.expose import readable
from corsinspect.fetch.headers import CorsHeaders, combined, cors_headers, refreshed_lines
from corsinspect.fetch.redirect import REDIRECT_STATUSES
from corsinspect.fetch.safelist import SAFELISTED_METHODS
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call, Exchange, Finding, Hop, Stage, Step, StepState

from .chain import chain_of_call
from .per_engine import failed_in
from .steps import Checked, checked_answer, steps

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
    """The (lower-case) names of the response headers that script can read for sure off an allowed Call; else []."""
    hop = call.hops[-1] if call.hops else Hop()
    if call.verdict.outcome != "allowed" or hop.request is None:
        return []
    lines: Sequence[tuple[str, str]] = hop.request.response_headers
    if hop.stored is not None and not _asked_by_page(hop):
        lines = refreshed_lines(hop.stored.response_headers, lines)
    fields = cors_headers(lines)
    include = call.credentials == "include"
    if call.credentials == "unknown" and fields.expose_headers is not None:
        # an answer that only allows a request without credentials says that there were none
        include = cors_check(combined(hop.request.request_headers, "origin") or "", True, fields) is None
    return readable(lines, fields, include)


def _asked_by_page(hop: Hop) -> bool:
    """Whether the page itself, not the browser's cache, asked if something changed: script then reads the 304."""
    if hop.preflight is None:
        return False
    return any(name.startswith("if-") for name in asked_by(hop.preflight.request_headers).names)


def also_failing(call: Call) -> list[Finding]:
    """The checks that would fail next, in the browser's order, once what stopped this Call is fixed: those steps of
    `trace` that would, without the others, which cost half as much again."""
    if call.verdict.reason is None:
        return []  # nothing did
    if call.kind not in ("simple", "preflighted") or not call.hops or _fails_once(call):
        return []
    engine = ENGINES[call.engine or "chromium"]
    found: list[Finding] = []
    for checked in steps(chain_of_call(call), call.uses_credentials):
        if checked.failures:  # where nothing failed, nothing fails next
            look: Callable[[Call, Checked, Engine], Iterable[Step]]
            look = _preflight_checks if checked.stage == "preflight" else _answer_checks
            found += [_finding(step) for step in look(call, checked, engine) if step.state == "would-fail"]
    return found


def _fails_once(call: Call) -> bool:
    """Whether an answer stopped this Call that can fail one check at most, as most can: seen at once, at an eighth of
    what the line of such a Call costs otherwise."""
    request = call.hops[0].request
    if len(call.hops) > 1 or request is None or call.uses_credentials:
        return False
    return request.status not in REDIRECT_STATUSES


def _finding(step: Step) -> Finding:
    return Finding(
        reason=step.reason or "",
        stage=step.stage,
        hop=step.hop,
        header=step.header,
        expected=step.needed,
        found=step.found,
    )


def trace(call: Call) -> list[Step]:
    """The steps of the browser's algorithm for this Call, in order, to where it stopped and what would have come next.

    The same walk that the verdict comes from (`steps.steps`), in words: the verdict is its first failed step.
    """
    if call.kind not in ("simple", "preflighted") or not call.hops:
        return _other_steps(call)
    engine = ENGINES[call.engine or "chromium"]
    found: list[Step] = []
    hop = -1
    for checked in steps(chain_of_call(call), call.uses_credentials):
        if checked.hop != hop:
            hop = checked.hop
            found += _opening(call, checked)
        if checked.stage != "preflight":
            found += _answer_steps(call, checked, engine)
            continue
        found += _preflight_steps(call, checked, engine)
        if call.verdict.reason == "private-network-header" and call.verdict.hop == hop:
            found.append(_policy_step(call))
        if call.hops[hop].request is None:
            found.append(_unsent(call, hop))
    if call.verdict.outcome == "network-error" and not any(step.state == "failed" for step in found):
        found.append(_policy_step(call))
    return found


def _opening(call: Call, checked: Checked) -> Iterator[Step]:
    """Whether this hop is cross-origin, and whether it needs a preflight."""
    facts, number = checked.facts, checked.hop
    cross = facts.target != call.page_origin or (number == 0 and checked.cors)
    yield Step(
        name="cross-origin",
        state="ok" if cross else "skipped",
        hop=number,
        needed=call.page_origin,
        found=facts.target,
        reason=None if cross else "same-origin",
    )
    if not cross and number == 0:
        return
    method = facts.preflight_method or facts.exchange.method or ""
    names = facts.asked_names if facts.is_preflight else facts.unsafe_names
    why = "method" if method not in SAFELISTED_METHODS else "headers" if names else "none"
    if facts.is_preflight:
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


def _preflight_steps(call: Call, checked: Checked, engine: Engine) -> Iterator[Step]:
    preflight = checked.facts.exchange
    yield _sent("preflight-sent", "preflight", preflight, checked.hop)
    if preflight.status is not None:
        yield from _preflight_checks(call, checked, engine)


def _preflight_checks(call: Call, checked: Checked, engine: Engine) -> Iterable[Step]:
    preflight, stop, failures = checked.facts.exchange, checked.stop, checked.failures
    failed = None if stop is None or not failures else failed_in(stop, engine)
    asked = asked_by(preflight.request_headers)._replace(origin=checked.facts.origin or "")
    found = tuple(failures.values())
    return _checks_of(
        engine, checked.hop, asked, call.uses_credentials, preflight.status, checked.facts.answer, found, failed
    )


@lru_cache(maxsize=256)  # pages make the same failing calls again and again: a tenth of what such a line costs
def _checks_of(
    engine: Engine,
    hop: int,
    asked: Asked,
    include: bool,
    status: int | None,
    fields: CorsHeaders,
    failures: tuple[Failed, ...],
    failed: Failed | None,
) -> tuple[Step, ...]:
    """The steps of a preflight's checks. `failures`: all that it fails; `failed`: the one that stopped the browser."""
    by_check = {each.check: each for each in failures}
    found: list[Step] = []
    for name in dict.fromkeys(_STEP_OF_CHECK[check] for check in engine.checks):
        needed, header, value = _wanted(name, asked, include, status, fields)
        step = Step(name=name, state="ok", stage="preflight", hop=hop, header=header, needed=needed, found=value)
        found.append(_judged(step, by_check, failed, engine, needed is None))
    return tuple(_in_order(found))


def _in_order(steps: list[Step]) -> list[Step]:
    """The steps, with none that would fail next above the one that stopped the browser: a step of several checks (a
    redirect, which is looked at first, is no success either) may stand above it by its first."""
    stopped = next((place for place, step in enumerate(steps) if step.state == "failed"), 0)
    late = [step for step in steps[:stopped] if step.state == "would-fail"]
    before = [step for step in steps[:stopped] if step.state != "would-fail"]
    return [*before, *steps[stopped : stopped + 1], *late, *steps[stopped + 1 :]]


def _wanted(
    name: str, asked: Asked, include: bool, status: int | None, fields: CorsHeaders
) -> tuple[str | None, str | None, str | None]:
    """What a check of a preflight's response needs (None: nothing), the header it reads, and what that holds."""
    match name:
        case "status":
            return "200–299", None, str(status)
        case "allow-origin":
            return asked.origin, ALLOW_ORIGIN, fields.allow_origin
        case "allow-credentials":
            return ("true" if include else None), ALLOW_CREDENTIALS, fields.allow_credentials
        case "allow-methods":
            needed = None if asked.method in SAFELISTED_METHODS else asked.method
            return needed, ALLOW_METHODS, fields.allow_methods
        case _:
            return (", ".join(asked.names) or None), ALLOW_HEADERS, fields.allow_headers


def _judged(step: Step, failures: dict[str, Failed], stop: Failed | None, engine: Engine, needless: bool) -> Step:
    """The step with its state: passed, the one that stopped the browser, or what it would have been after that."""
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


def _with(step: Step, state: StepState, failed: Failed | None) -> Step:
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


def _answer_steps(call: Call, checked: Checked, engine: Engine) -> Iterator[Step]:
    request = checked.facts.exchange
    yield _sent("request-sent", checked.stage, request, checked.hop)
    if request.status is not None:
        yield from _answer_checks(call, checked, engine)


def _answer_checks(call: Call, checked: Checked, engine: Engine) -> Iterator[Step]:
    if checked.cors:
        yield from _cors_steps(call, checked, engine)
    if checked.target is not None:
        yield _location_step(call, checked)
    elif checked.cors:
        yield _expose_step(checked.facts.exchange, checked)


def _cors_steps(call: Call, checked: Checked, engine: Engine) -> Iterator[Step]:
    fields = checked_answer(checked.facts)
    withheld = call.page_origin if checked.facts.origin_withheld else None
    origin = checked.facts.origin or withheld or ""
    stop = failed_in(checked.stop, engine) if checked.stop is not None and checked.failures else None
    checks = (
        ("allow-origin", ALLOW_ORIGIN, origin, fields.allow_origin),
        ("allow-credentials", ALLOW_CREDENTIALS, "true" if call.uses_credentials else None, fields.allow_credentials),
    )
    for name, header, needed, found in checks:
        step = Step(
            name=name, state="ok", stage=checked.stage, hop=checked.hop, header=header, needed=needed, found=found
        )
        failed = checked.failures.get(name)
        if failed is not None:
            yield _with(step, "failed" if failed == stop else "would-fail", failed)
        elif needed is None:
            yield _with(step, "skipped", None)
        else:
            yield _with(step, "ok" if stop is None or name == "allow-origin" else "would-pass", None)


def _location_step(call: Call, checked: Checked) -> Step:
    """Where the redirect leads, and whether the browser goes there."""
    stopped = bool(checked.failures)
    step = Step(
        name="location", state="ok", stage="redirect", hop=checked.hop, header="Location", found=checked.facts.location
    )
    if checked.stop is None:
        return step
    if isinstance(checked.target, Failed):
        return _with(step, "would-fail" if stopped else "failed", checked.target)
    if stopped:
        return _with(step, "would-pass", None)
    if checked.stop.failed is not None:
        return _with(step, "failed", checked.stop.failed)
    return Step(
        name="location",
        state="unknown" if call.verdict.outcome == "pending" else "failed",
        stage="redirect",
        hop=checked.hop,
        reason=call.verdict.reason,
        header="Location",
        found=checked.facts.location,
    )


def _expose_step(request: Exchange, checked: Checked) -> Step:
    fields = cors_headers(request.response_headers)
    return Step(
        name="expose-headers",
        state="not-reached" if checked.failures else "ok" if fields.expose_headers else "skipped",
        stage="actual",
        hop=checked.hop,
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
    if kind == "failed-unexplained":
        return Step(name=name, state="unknown", stage=stage, hop=number, reason=kind)
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
    """Where CORS has no say, or nothing was sent: that it hasn't, why, and what became of the request."""
    steps: list[Step] = []
    if call.kind is not None:
        crosses = call.kind in ("simple", "preflighted")
        steps.append(
            Step(
                name="cross-origin",
                state="ok" if crosses else "skipped",
                reason=None if crosses else call.kind,
                needed=call.page_origin if crosses else None,
                found=origin_of(call.url),
            )
        )
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
