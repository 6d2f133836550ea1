"""The probe against the servers that recipes are tried on: it comes to what the browser's own calls came to."""

from collections.abc import Iterable

from corsinspect.model import Call
from corsinspect.probe import Probed, ask, probe
from tests.fixes.calls import PageCall

COOKIE = ("Cookie", "session=1")
"""What the page's server sets, and the browser sends along with credentials."""


async def unlike(api: str, page: str, wanted: Iterable[PageCall], calls: dict[str, Call]) -> list[str]:
    """Where a probe of these calls and the page's own differ; what may change something isn't sent, and compared by its
    preflight."""
    found: list[str] = []
    for call in wanted:
        own, probed = calls[call.id], await _probed(api, page, call)
        if probed.unsent is not None and own.verdict.stage != "preflight":
            same = probed.passes
        else:
            assert probed.call is not None
            ours, theirs = probed.call.verdict, own.verdict
            reasons = {theirs.reason}
            if call.include and own.credentials == "unknown":  # its traffic doesn't show what the probe was told
                reasons = {each.reason for each in theirs.alternatives if "credentials" in each.condition} or reasons
            same = (ours.outcome, ours.stage) == (theirs.outcome, theirs.stage) and ours.reason in reasons
        if not same:
            said = None if probed.call is None else probed.call.verdict
            found.append(f"probe {call.id}: {said}, but the page's call {own.verdict}")
    return found


async def _probed(api: str, page: str, call: PageCall) -> Probed:
    headers = tuple(call.headers.items())
    return await probe(
        ask(
            f"{api}{call.path}{'&' if '?' in call.path else '?'}call={call.id}",
            page,
            method=call.method,
            headers=(*headers, COOKIE) if call.include else headers,
            credentials=call.include,
        )
    )
