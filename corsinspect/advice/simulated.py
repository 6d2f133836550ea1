"""The words for a call that a fix was tried on."""

from corsinspect.advice.sentences import short_reason
from corsinspect.model import Call


def server_reason(own: Call) -> str:
    """In a few words, what the server itself would have come to; `own`: the call as its own answers make it."""
    if own.verdict.outcome == "allowed":
        return "the server itself allows it now"
    return f"the server itself: {short_reason(own) or own.verdict.outcome}"
