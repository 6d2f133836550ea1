"""Two sessions side by side: which calls changed their verdict, and by which header."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from corsinspect.advice import OUTCOME_SIGNS
from corsinspect.analysis import by_server
from corsinspect.fetch.headers import values
from corsinspect.model import Call, Exchange
from corsinspect.printable import printable
from corsinspect.report import text

_JUDGED = ("access-control-", "cross-origin-resource-policy", "timing-allow-origin", "location")
"""How the names of headers begin that a verdict can hang on."""

Key = tuple[str, str, str]
"""The page's origin, the method, and the URL without its query."""


class HeaderChange(NamedTuple):
    """One header (or the status) that the server sends otherwise."""

    role: str
    header: str
    before: str | None
    """None: absent."""
    after: str | None


class Change(NamedTuple):
    """A call that has another verdict now."""

    before: Call
    after: Call
    headers: tuple[HeaderChange, ...]


class Changes(NamedTuple):
    """What two sessions have in common and what not."""

    changed: list[Change]
    same: int
    gone: list[Call]
    new: list[Call]


def changes(before: Iterable[Call], after: Iterable[Call]) -> Changes:
    """Calls of the same page, method and URL are compared in their order: the second with the second, and so on."""
    old, new = _by_key(before), _by_key(after)
    found = Changes([], 0, [], [])
    same = 0
    for key in dict.fromkeys((*old, *new)):
        for earlier, later in zip_longest(old.get(key, ()), new.get(key, ())):
            if later is None:
                found.gone.append(earlier)
            elif earlier is None:
                found.new.append(later)
            elif _verdict(earlier) != _verdict(later):
                found.changed.append(Change(earlier, later, tuple(_headers(earlier, later))))
            else:
                same += 1
    return found._replace(same=same)


def lines(found: Changes, *, colour: bool) -> Iterator[str]:
    """The changed calls at length, the others counted."""
    for earlier, later, headers in found.changed:
        yield text.lines(later, colour=colour)
        reason = f" ({earlier.verdict.reason})" if earlier.verdict.reason else ""
        yield f"  was {OUTCOME_SIGNS[earlier.verdict.outcome]} {earlier.verdict.outcome}{reason}"
        for role, header, was, now in headers:
            yield f"  {role.partition(':')[0]}: {printable(header)}: {_shown(was)} → {_shown(now)}"
        if not headers:
            yield "  no header that is judged changed: look at the request, and at the page"
    parts = [f"{len(found.changed)} changed", f"{found.same} as before"]
    parts += [
        f"{len(calls)} only in the {where} session"
        for calls, where in ((found.gone, "first"), (found.new, "second"))
        if calls
    ]
    yield ", ".join(parts)


def _by_key(calls: Iterable[Call]) -> dict[Key, Sequence[Call]]:
    found: defaultdict[Key, list[Call]] = defaultdict(list)
    for call in calls:
        own = by_server(call)
        if own.verdict.outcome != "not-cors" and not own.background:
            found[own.page_origin or "", own.method or "", own.url.partition("?")[0]].append(own)
    return dict(found)


def _verdict(call: Call) -> tuple[str, str | None]:
    return call.verdict.outcome, call.verdict.reason


def _headers(before: Call, after: Call) -> Iterator[HeaderChange]:
    old, new = dict(before.roles()), dict(after.roles())
    for role in dict.fromkeys((*old, *new)):
        was, now = old.get(role), new.get(role)
        if was is None or now is None:
            continue  # a request that is made only now, or no more, is a consequence
        if was.status != now.status:
            yield HeaderChange(role, "status", _status(was), _status(now))
        names = {name.lower(): name for exchange in (was, now) for name, _ in exchange.response_headers}
        for lower, name in sorted(names.items()):
            if lower.startswith(_JUDGED) and _value(was, lower) != _value(now, lower):
                yield HeaderChange(role, name, _value(was, lower), _value(now, lower))


def _status(exchange: Exchange) -> str | None:
    return None if exchange.status is None else str(exchange.status)


def _value(exchange: Exchange, name: str) -> str | None:
    found = values(exchange.response_headers, name)
    return ", ".join(found) if found else None


def _shown(value: str | None) -> str:
    return "absent" if value is None else f'"{printable(value)}"'
