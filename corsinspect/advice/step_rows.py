"""The trace as rows: each step of the browser's algorithm as a question, what was seen, and the answer."""

from collections.abc import Sequence

import msgspec

from corsinspect.advice.compare.differences import credentials_difference, list_difference, origin_difference
from corsinspect.advice.reasons import REASONS
from corsinspect.fetch.origin import parse_origin
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
    "ok": "",
    "failed": "stopped here",
    "skipped": "not needed",
    "not-reached": "not reached",
    "would-pass": "would pass",
    "would-fail": "would fail next",
    "unknown": "unknown",
}

WHY_PREFLIGHT = {
    "method": "{method} is not GET, HEAD or POST",
    "headers": "{names} not CORS-safelisted",
    "forced": "the page watches or streams the upload",
    "cached": "{subject}, but an earlier preflight is still valid",
    "missing": "{subject}, but no preflight was seen: asked before the capture (or before C), and cached since?",
    "none": "{method} with only safe headers",
}
"""By the reason of the step `preflight-needed`."""


class StepRow(msgspec.Struct, frozen=True):
    """One step as shown: `number  title  detail  answer`; an answer that is obvious is ""."""

    number: int
    title: str
    detail: str
    answer: str
    state: str
    stage: Stage | None
    hop: int


def step_rows(call: Call, steps: Sequence[Step]) -> list[StepRow]:
    """The rows for a call's trace, in the order of the browser's algorithm."""
    return [
        StepRow(
            number=number,
            title=_title(step).format(method=call.method or "request"),
            detail=_detail(step),
            answer=_answer(step, call),
            state=step.state,
            stage=step.stage,
            hop=step.hop,
        )
        for number, step in enumerate(steps, 1)
    ]


_IN_BROWSER = ("csp", "cached-without-cors", "extension", "bad-port", "aborted-by-page")
"""What stopped a call before it was sent."""


def _title(step: Step) -> str:
    if step.name == "policy" and step.reason in _IN_BROWSER:
        return "sent"
    if step.name == "policy" and step.header is not None:
        return step.header.removeprefix("Cross-Origin-").removeprefix("Access-Control-")
    return TITLES.get(step.name, step.name)


def _detail(step: Step) -> str:
    """What was compared: `found`, and how it differs from `needed`; or why the step applies or doesn't."""
    if step.state == "not-reached":
        return ""
    if step.name in _COMPARED and step.state in ("failed", "would-fail", "ok", "would-pass"):
        return _COMPARED[step.name](step)
    if step.name == "cross-origin":
        return _cross_origin(step)
    if step.name == "preflight-needed":
        return _preflight_needed(step)
    if step.name in ("preflight-sent", "request-sent"):
        return f"answered {step.found}" if step.found else REASONS[step.reason].short if step.reason in REASONS else ""
    if step.name == "policy" and step.reason in _IN_BROWSER:
        return ": ".join(filter(None, (REASONS[step.reason].short, step.found)))
    if step.name == "location":
        return f"to {step.found}"
    if step.name == "expose-headers":
        return step.found or "the page can read only the common headers"
    return step.found or ""


def _answer(step: Step, call: Call) -> str:
    if step.name in ("cross-origin", "preflight-needed") and step.state in ("ok", "skipped"):
        return "yes" if step.state == "ok" else "no"
    if step.name in ("preflight-sent", "request-sent"):
        not_sent = "sent: the tried fix let it through" if call.let_through else "not sent"
        return {"not-reached": not_sent, "unknown": "not seen"}.get(step.state, ANSWERS[step.state])
    if step.name == "expose-headers" and step.state == "skipped":
        return ""
    return ANSWERS[step.state]


def _cross_origin(step: Step) -> str:
    if step.state == "skipped":
        return f"{step.found} is the page's own origin" if step.reason == "same-origin" else step.found or ""
    if not step.needed:
        return f"an unknown page → {step.found}"
    page, target = parse_origin(step.needed), parse_origin(step.found or "")
    if page is None or target is None:
        return f"{step.needed} → {step.found}"
    if page.scheme != target.scheme:
        return f"{step.needed} → {step.found}"
    differs = "the hosts differ" if page.host != target.host else "the ports differ"
    return f"{differs}: {_authority(step.needed)} → {_authority(step.found or '')}"


def _authority(origin: str) -> str:
    return origin.partition("://")[2]


def _preflight_needed(step: Step) -> str:
    method, _, listed = (step.found or "").partition(" ")
    names = listed.split()
    subject = ", ".join(names) or method
    verb = "is" if len(names) == 1 else "are"
    values = {"method": method, "names": f"{', '.join(names)} {verb}", "subject": subject}
    return WHY_PREFLIGHT.get(step.reason or "", "{subject}").format_map(values)


def _origin(step: Step) -> str:
    if step.state in ("ok", "would-pass"):
        return step.found or "" if step.found == step.needed else f"{step.found} covers {step.needed}"
    note = origin_difference(step.needed or "", step.found).note
    if step.found == "*":
        return note
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
