"""verify_fixed: the server's own answer to the next real call of the same kind."""

from corsinspect.advice import explanation
from corsinspect.analysis import by_server, trace
from corsinspect.assistant.answers import StillFailing, Verified
from corsinspect.assistant.calls import Calls, handle
from corsinspect.assistant.explaining import SENTENCE, failing
from corsinspect.assistant.listing import listed
from corsinspect.model import Call
from corsinspect.quoted import quoted

PASS = "The server's own answer lets the page read this call now."
FAIL = "The server's own answer still doesn't let the page read this call."
UNKNOWN = "The call was repeated, but the traffic doesn't show what the browser did with it."
NOT_CALLED = (
    "The page hasn't repeated this call. Check that the server runs again, have the page repeat it (reload, or repeat "
    "the click), and ask again."
)


def verified(calls: Calls, call: Call, since: int, *, at_last: bool = False) -> Verified | None:
    """What the newest call of the same kind came to by the server's own answer, where that says something of the server
    as it is now: it came after `since` (a position in `calls`), or it came after `call` and passes. None: not yet.

    `at_last`: nothing more is waited for. Until then a server that doesn't answer is taken for one that restarts.
    """
    newest = _newest_again(calls, call)
    if newest is None:
        return None
    own = by_server(newest)
    outcome = own.verdict.outcome
    if outcome != "allowed" and calls.position(handle(newest)) < since:
        return None
    final = ("allowed", "blocked", "network-error", "unknown") if at_last else ("allowed", "blocked")
    return _judged(calls, own) if outcome in final else None


def not_called(calls: Calls, call: Call) -> Verified:
    """The answer where none came in time: what the last one of the same kind came to, if there is one."""
    newest = _newest_again(calls, call)
    found = None if newest is None else _judged(calls, by_server(newest))
    return Verified(
        verdict="not-called",
        call=None if found is None else found.call,
        reason=None if found is None else found.reason,
        says=NOT_CALLED,
        captured=StillFailing(None, "", []) if found is None else found.captured,
    )


def is_again(other: Call, call: Call) -> bool:
    """Whether it is the same call made once more: the same page, method and address, whatever its query."""
    return (other.method, other.page_origin) == (call.method, call.page_origin) and _address(other) == _address(call)


def _newest_again(calls: Calls, call: Call) -> Call | None:
    if calls.get(handle(call)) is None:
        return None  # withdrawn meanwhile: its exchanges turned out to be another call's
    first = calls.position(handle(call))
    for id, row in calls.newest():
        if row.position <= first:
            return None
        other = calls.get(id)
        if other is not None and other.kind in ("simple", "preflighted") and is_again(other, call):
            return other
    return None


def _judged(calls: Calls, own: Call) -> Verified:
    """`own`: the call as the server alone would have it."""
    outcome, id = own.verdict.outcome, handle(own)
    said = explanation(own)
    row = listed(id, calls.row(id))
    if outcome == "allowed":
        return Verified(verdict="pass", call=id, reason=None, says=PASS, captured=StillFailing(row, "", []))
    failed = outcome in ("blocked", "network-error")
    return Verified(
        verdict="fail" if failed else "unknown",
        call=id,
        reason=own.verdict.reason,
        says=FAIL if failed else UNKNOWN,
        captured=StillFailing(row, quoted(said.happened, SENTENCE), failing(own, trace(own))),
    )


def _address(call: Call) -> str:
    return call.url.partition("?")[0]
