"""The trace as a ladder: each step of the browser's algorithm as a question, what was seen, and the answer."""

from collections.abc import Sequence

import msgspec

from corsinspect.advice.differences import credentials_difference, list_difference, origin_difference
from corsinspect.model import Call, Stage, Step

TITLES = {
    "cross-origin": "cross-origin?",
    "preflight-needed": "preflight needed?",
    "preflight-sent": "OPTIONS sent",
    "allow-origin": "Allow-Origin",
    "allow-credentials": "Allow-Credentials",
    "status": "status 200–299",
    "allow-methods": "Allow-Methods",
    "allow-headers": "Allow-Headers",
    "location": "redirect",
    "request-sent": "your {method}",
    "response": "answer",
    "policy": "Resource-Policy",
    "expose-headers": "Expose-Headers",
}

ANSWERS = {
    "ok": "ok",
    "failed": "stopped here",
    "skipped": "not needed",
    "not-reached": "not reached",
    "would-pass": "would pass",
    "would-fail": "would fail next",
    "unknown": "unknown",
}

SLUGS = {
    "same-origin": "the same origin",
    "scheme-differs": "scheme differs",
    "host-differs": "host differs",
    "port-differs": "port differs",
    "method": "the method is not GET, HEAD or POST",
    "header": "a request header is not on the safe list",
    "headers": "request headers are not on the safe list",
    "safelisted": "GET, HEAD or POST with safe headers only",
    "simple": "GET, HEAD or POST with safe headers only",
    "cached": "an earlier preflight still counts",
    "no-credentials": "no credentials seen",
    "no-headers": "no unsafe headers",
    "safelisted-method": "GET, HEAD and POST need no listing",
    "not-sent": "not sent",
}
"""Why a step was skipped or became necessary, where the reason isn't one of a verdict."""


class Rung(msgspec.Struct, frozen=True):
    """One step as shown: `number  title  detail  answer`."""

    number: int
    title: str
    detail: str
    answer: str
    state: str
    stage: Stage | None
    hop: int


def ladder(call: Call, steps: Sequence[Step]) -> list[Rung]:
    """The rungs of a call's trace, in the order of the browser's algorithm."""
    return [
        Rung(
            number=number,
            title=TITLES.get(step.name, step.name).format(method=call.method or "request"),
            detail=_detail(step),
            answer=_answer(step),
            state=step.state,
            stage=step.stage,
            hop=step.hop,
        )
        for number, step in enumerate(steps, 1)
    ]


def _detail(step: Step) -> str:
    """What was compared: `found`, and how it differs from `needed`, or why the step counts or doesn't."""
    reason = SLUGS.get(step.reason or "", "")
    if step.state in ("failed", "would-fail", "ok", "would-pass") and step.name in _COMPARED:
        return _COMPARED[step.name](step)
    parts = [part for part in (step.needed, step.found) if part]
    shown = " → ".join(parts) if step.name == "cross-origin" else ", ".join(parts)
    return " · ".join(part for part in (shown, reason) if part)


def _answer(step: Step) -> str:
    if step.name in ("cross-origin", "preflight-needed") and step.state in ("ok", "skipped"):
        return "yes" if step.state == "ok" else "no"
    return ANSWERS[step.state]


def _origin(step: Step) -> str:
    if step.state in ("ok", "would-pass"):
        return f"{step.found} = {step.needed}" if step.found == step.needed else f"{step.found} covers {step.needed}"
    note = origin_difference(step.needed or "", step.found).note
    return f"{_sent(step)} — {note}" if step.found else f"{_sent(step)}, needs {step.needed}"


def _credentials(step: Step) -> str:
    if step.state in ("ok", "would-pass"):
        return step.found or "not needed"
    return f"{_sent(step)} — {credentials_difference(step.found).note}" if step.found else f"{_sent(step)}, needs true"


def _list(step: Step) -> str:
    if step.state in ("ok", "would-pass"):
        return step.found or step.needed or ""
    case_matters = step.name == "allow-methods"
    note = list_difference((step.needed or "").split(", "), step.found, case_matters=case_matters).note
    return f"{_sent(step)} — {note}" if step.found else f"{_sent(step)}, needs {step.needed}"


def _status(step: Step) -> str:
    return step.found or "no status"


def _sent(step: Step) -> str:
    return "not sent" if step.found is None else step.found or "empty"


_COMPARED = {
    "allow-origin": _origin,
    "allow-credentials": _credentials,
    "allow-methods": _list,
    "allow-headers": _list,
    "status": _status,
}
