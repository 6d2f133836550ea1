"""The usual causes of what happened to a call, the likeliest first by what the traffic shows."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from corsinspect.advice.cause_table import PATTERNS, Pattern
from corsinspect.advice.evidence import Evidence
from corsinspect.advice.values import Values, cut
from corsinspect.model import Call

MOST = 3
"""As many as are worth reading for one call."""
LAST_RESORT = 2
"""The weight up to which a cause is named only where there is no other."""


class Cause(msgspec.Struct, frozen=True):
    """One possible cause. Values from the network are in the texts as they are."""

    id: str
    what: str
    seen: str
    """What in the traffic, or in general, speaks for it."""
    change: str
    """Who must change what."""


def causes(call: Call, neighbours: Iterable[Call] = ()) -> list[Cause]:
    """At most MOST causes for this call, by how much its own traffic and that of the session's other calls speaks for
    each; none for a call that went well."""
    named = _name(call)
    if named is None:
        return []
    evidence = Evidence(call, neighbours)
    fitting = [
        pattern for pattern in PATTERNS if named in pattern.reasons and (pattern.test is None or pattern.test(evidence))
    ]
    fitting.sort(key=lambda pattern: -pattern.weight)
    # what is said for lack of anything better
    fitting = [pattern for pattern in fitting if pattern.weight > LAST_RESORT] or fitting
    values = Values(VALUES, evidence)
    return [_filled(pattern, values) for pattern in fitting[:MOST]]


def usual_causes(name: str) -> list[Cause]:
    """The causes of a reason (or guide) in general, with the sign by which each is told from the others."""
    values = {"server": "The server", "page": "the page's origin", "proxy": "the proxy", "method": "the method"}
    general = _General({**values, "capitals": "it in capitals", "expected": "it"})
    fitting = sorted((each for each in PATTERNS if name in each.reasons), key=lambda pattern: -pattern.weight)
    return [Cause(each.id, each.what, each.sign, _capital(each.change.format_map(general))) for each in fitting]


def _name(call: Call) -> str | None:
    """What the table calls that which happened: the reason, or a guide's name where the call did not fail."""
    verdict = call.verdict
    if verdict.outcome in ("blocked", "network-error"):
        return verdict.reason
    if verdict.outcome == "unknown" and verdict.reason == "no-actual-seen":
        return verdict.reason
    if call.kind not in ("simple", "preflighted", "no-cors"):
        return None
    if verdict.outcome == "opaque":
        # images and scripts are loaded so by nature; only code asks for it with destination "empty"
        return "no-cors" if Evidence(call).sent("sec-fetch-dest") == "empty" else None
    if verdict.outcome == "allowed" and verdict.status == 401 and not Evidence(call).has_cookie:
        return "cookies"
    return None


class _General(dict[str, str]):
    """What isn't known without a call is left open."""

    def __missing__(self, name: str) -> str:
        return "…"


def _filled(pattern: Pattern, values: Mapping[str, str]) -> Cause:
    seen = pattern.seen.format_map(values)
    return Cause(pattern.id, pattern.what, _capital(seen), _capital(pattern.change.format_map(values)))


def _capital(sentence: str) -> str:
    """Sentences that begin with a host's name stay as they are."""
    return "T" + sentence[1:] if sentence.startswith("the ") else sentence


def _server(evidence: Evidence) -> str:
    return cut(evidence.server.partition("://")[2] or "The server")


def _good(evidence: Evidence) -> str:
    number = len(evidence.good)
    if number > 1:
        return f"{number} other answers of {_server(evidence)} have it"
    return f"another answer of {_server(evidence)} has it" if number else "the answer to its preflight has it"


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
