"""What each engine makes of the place where a Call stopped: its own order of checks, its own names for failures."""

from functools import lru_cache

import msgspec

from corsinspect.fetch.check import Failed, first_failure
from corsinspect.fetch.engines import CHROMIUM, ENGINES, GECKO, Engine
from corsinspect.fetch.reasons import Reason, code
from corsinspect.fetch.safelist import SAFELISTED_METHODS
from corsinspect.model import EngineName, EngineVerdict, Outcome, Verdict

from .chain import Chain
from .elsewhere import NOT_ASKED, elsewhere
from .steps import Stop


def failed_in(stop: Stop, engine: Engine) -> Failed | None:
    """The failure that this engine reports; None where it finds none."""
    if stop.failures is None:
        return stop.failed
    headers = stop.failures.get("allow-headers")
    if headers is None or not _exempt(engine, stop).issuperset(headers.subjects):
        return first_failure(stop.failures, engine.checks)
    failures = {check: failed for check, failed in stop.failures.items() if check != "allow-headers"}
    return first_failure(failures, engine.checks)


def outcome_in(stop: Stop, engine: Engine) -> Outcome:
    """What this engine makes of the stop: a redirect to a strange scheme or no URL is a CORS failure in some only."""
    failed = stop.failed
    if failed is None or failed.check != "location":
        return stop.outcome
    if failed.reason == "redirect-invalid-location":
        return "blocked" if engine.invalid_location_fails_cors else stop.outcome
    if failed.reason != "redirect-disallowed-scheme":
        return stop.outcome
    if engine.unsafe_redirects is None or failed.subjects[0] in engine.unsafe_redirects:
        return "network-error"
    return "blocked"


def engine_verdicts(
    chain: Chain, stop: Stop, outcome: Outcome, reason: Reason | None
) -> dict[EngineName, EngineVerdict]:
    """Every engine's verdict; `outcome` and `reason` where none of them found a failure of its own."""
    left = elsewhere(chain, stop)
    verdicts = _at_the_stop(stop, outcome, reason)
    return verdicts | left if left else verdicts


def only_in(engine: Engine, verdict: Verdict) -> Verdict:
    """The verdict as one that this engine comes to; the others would have gone on."""
    engines = {name: own if name == engine.name else NOT_ASKED for name, own in (verdict.engines or {}).items()}
    return msgspec.structs.replace(verdict, engines=engines)


def _at_the_stop(stop: Stop, outcome: Outcome, reason: Reason | None) -> dict[EngineName, EngineVerdict]:
    if stop.failed is None or outcome == "allowed":
        return alike(outcome, reason)
    if stop.failures is None and stop.failed.check in ("allow-origin", "allow-credentials"):
        http2 = stop.facts.exchange.http_version.startswith("HTTP/2")
        return _of_an_answer(stop.outcome, stop.failed, stop.facts.answer.origin_lines, http2)
    return {name: _verdict_in(stop, engine) for name, engine in ENGINES.items()}


@lru_cache(maxsize=64)
def alike(outcome: Outcome, reason: Reason | None) -> dict[EngineName, EngineVerdict]:
    """The same verdict of each engine."""
    return dict.fromkeys(ENGINES, EngineVerdict(outcome=outcome, reason=reason))


def _verdict_in(stop: Stop, engine: Engine) -> EngineVerdict:
    failed = failed_in(stop, engine)
    if failed is None or _asks_no_preflight(stop, engine):
        return NOT_ASKED
    if failed.reason == "private-network-header" and engine is not CHROMIUM:
        return NOT_ASKED  # no other engine asks for it, and nothing else was in the way
    http2 = stop.facts.exchange.http_version.startswith("HTTP/2")
    several = stop.facts.answer.origin_lines
    return _named(engine, outcome_in(stop, engine), failed, stop.failures is not None, several, http2)


@lru_cache(maxsize=512)
def _of_an_answer(outcome: Outcome, failed: Failed, origin_lines: int, http2: bool) -> dict[EngineName, EngineVerdict]:
    """What the engines call a failed CORS check, which is the same in all of them."""
    return {name: _named(engine, outcome, failed, False, origin_lines, http2) for name, engine in ENGINES.items()}


@lru_cache(maxsize=1024)
def _named(
    engine: Engine, outcome: Outcome, failed: Failed, preflight: bool, origin_lines: int, http2: bool
) -> EngineVerdict:
    """Made once of equal failures: pages make the same failing calls again and again."""
    name = None
    if outcome == "blocked" or engine is GECKO:
        name = code(engine.name, failed.reason, preflight, origin_lines, http2)
    parameter = _parameter(failed) if engine is CHROMIUM else None
    return EngineVerdict(outcome=outcome, reason=failed.reason, code=name, parameter=parameter)


def _exempt(engine: Engine, stop: Stop) -> frozenset[str]:
    """Names beyond the standard's for which this engine asks nobody; what it did ask for, it doesn't exempt."""
    if stop.facts.engine == engine.name:
        return frozenset()
    return engine.unasked


def _asks_no_preflight(stop: Stop, engine: Engine) -> bool:
    names = stop.facts.asked_names
    return (
        stop.failures is not None
        and bool(names)
        and stop.facts.preflight_method in SAFELISTED_METHODS
        and _exempt(engine, stop).issuperset(names)
    )


def _parameter(failed: Failed) -> str | None:
    """What Chromium quotes: the value as text (it reads UTF-8), the method, or the last of the refused names."""
    if not failed.subjects or failed.check == "location":
        return None
    try:
        return failed.subjects[-1].encode("latin-1").decode("utf-8") or None
    except UnicodeError:
        return failed.subjects[-1]
