"""corsinspect: which call CORS blocked, at which step, by which header, and what the server must change.

    >>> import corsinspect
    >>> for call in corsinspect.judge_all(corsinspect.load("traffic.har").exchanges):
    ...     print(call.url, call.verdict.outcome, call.verdict.reason)

What is listed in `__all__` is the library, described in docs/api.md; it needs neither mitmproxy nor Textual. Everything
else may change from one version to the next.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corsinspect.advice import explanation
    from corsinspect.advice.fix import fix
    from corsinspect.analysis import Tracker, judge_all, trace
    from corsinspect.errors import CorsinspectError
    from corsinspect.model import Call, Exchange, Step, Verdict
    from corsinspect.session.reader import load

__version__ = "0.1.0"

__all__ = [
    "Call",
    "CorsinspectError",
    "Exchange",
    "Step",
    "Tracker",
    "Verdict",
    "explanation",
    "fix",
    "judge_all",
    "load",
    "trace",
]

_HOMES = {
    "Call": "corsinspect.model",
    "CorsinspectError": "corsinspect.errors",
    "Exchange": "corsinspect.model",
    "Step": "corsinspect.model",
    "Tracker": "corsinspect.analysis",
    "Verdict": "corsinspect.model",
    "explanation": "corsinspect.advice",
    "fix": "corsinspect.advice.fix",
    "judge_all": "corsinspect.analysis",
    "load": "corsinspect.session.reader",
    "trace": "corsinspect.analysis",
}
"""Where the public names live. They are imported on first use, to keep `corsinspect --help` quick."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
