"""The usual causes of what happened to a call, the likeliest first by what the traffic shows."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from corsinspect.advice.cause_table import PATTERNS, Pattern
from corsinspect.advice.evidence import Evidence
from corsinspect.advice.values import Values, cut
from corsinspect.model import Call

MOST = 3
"""More are not worth reading for one call."""
LAST_RESORT = 2
"""Causes of at most this weight are named only if there is no other."""


class Cause(msgspec.Struct, frozen=True):
    """One possible cause. The texts contain values from the network unchanged."""

    id: str
    what: str
    seen: str
    """The evidence for it, in this traffic or in general."""
    change: str
    """Who must change what."""


def causes(call: Call, neighbours: Iterable[Call] = ()) -> list[Cause]:
    """At most MOST causes for this call, ranked by the evidence in its own traffic and in the session's other calls;
    none for a call that succeeded."""
    named = _name(call)
    if named is None:
        return []
    evidence = Evidence(call, neighbours)
    fitting = [
        pattern for pattern in PATTERNS if named in pattern.reasons and (pattern.test is None or pattern.test(evidence))
    ]
    fitting.sort(key=lambda pattern: -pattern.weight)
    # weak causes count only if there is nothing better
    fitting = [pattern for pattern in fitting if pattern.weight > LAST_RESORT] or fitting
    values = Values(VALUES, evidence)
    return [_filled(pattern, values) for pattern in fitting[:MOST]]


def usual_causes(name: str) -> list[Cause]:
    """The causes of a reason (or guide) in general, each with the sign by which to recognise it."""
    values = {"server": "The server", "page": "the page's origin", "proxy": "the proxy", "method": "the method"}
    general = _General({**values, "capitals": "it in capitals", "expected": "it"})
    fitting = sorted((each for each in PATTERNS if name in each.reasons), key=lambda pattern: -pattern.weight)
    return [Cause(each.id, each.what, each.sign, _capital(each.change.format_map(general))) for each in fitting]


def _name(call: Call) -> str | None:
    """The key of the table: the reason, or a guide's name where the call did not fail."""
    verdict = call.verdict
    if verdict.outcome in ("blocked", "network-error"):
        return verdict.reason
    if verdict.outcome == "unknown" and verdict.reason == "no-actual-seen":
        return verdict.reason
    if call.kind not in ("simple", "preflighted", "no-cors"):
        return None
    if verdict.outcome == "opaque":
        # images and scripts always load like this; with destination "empty" it was code that asked for it
        return "no-cors" if Evidence(call).sent("sec-fetch-dest") == "empty" else None
    if verdict.outcome == "allowed" and verdict.status == 401 and not Evidence(call).has_cookie:
        return "cookies"
    return None


class _General(dict[str, str]):
    """Leaves open what isn't known without a call."""

    def __missing__(self, name: str) -> str:
        return "…"


def _filled(pattern: Pattern, values: Mapping[str, str]) -> Cause:
    seen = pattern.seen.format_map(values)
    return Cause(pattern.id, pattern.what, _capital(seen), _capital(pattern.change.format_map(values)))


def _capital(sentence: str) -> str:
    """Capitalises "the server"; a host's name at the start stays as it is."""
    return "T" + sentence[1:] if sentence.startswith("the ") else sentence


def _server(evidence: Evidence) -> str:
    return cut(evidence.server.partition("://")[2] or "The server")


def _good(evidence: Evidence) -> str:
    number = len(evidence.good)
    if number > 1:
        return f"{number} other answers from {_server(evidence)} have it"
    return f"another answer from {_server(evidence)} has it" if number else "the answer to its preflight has it"


VALUES: dict[str, Callable[[Evidence], str]] = {
    "server": _server,
    "page": lambda evidence: cut(evidence.page or "the page's origin"),
    "status": lambda evidence: str(evidence.status or "unknown"),
    "found": lambda evidence: f"“{cut(evidence.verdict.found)}”" if evidence.verdict.found else "empty",
    "expected": lambda evidence: cut(evidence.verdict.expected or "it"),
    "location": lambda evidence: cut(evidence.location),
    "proxy": lambda evidence: evidence.proxies[0] if evidence.proxies else "the proxy",
    "method": lambda evidence: cut(evidence.call.method or "request"),
    "capitals": lambda evidence: cut((evidence.call.method or "").upper()),
    "good": _good,
    "type": lambda evidence: cut(evidence.header("content-type") or "unknown"),
}
