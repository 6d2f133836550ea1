"""How grave it is what happened to a call."""

from corsinspect.analysis import by_server
from corsinspect.model import Call, Outcome
from corsinspect.policy.levels import Severity

_BY_OUTCOME: dict[Outcome, Severity] = {"network-error": "warning", "unknown": "note", "pending": "note"}


def severity_of(call: Call) -> Severity | None:
    """None: nothing is wrong with it. Where a fix was simulated, what the server's own answers lead to counts."""
    verdict = by_server(call).verdict
    if verdict.outcome == "blocked":
        return "error"
    if call.background:
        return None
    if verdict.reason == "failed-unexplained":
        return "error"  # the browser failed it, and the recording doesn't show that it wasn't for CORS
    return _BY_OUTCOME.get(verdict.outcome)
