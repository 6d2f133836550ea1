"""list_calls: the calls that a filter accepts, the newest first, in pages."""

import itertools
from collections import Counter
from datetime import datetime

from corsinspect.advice import pattern_words
from corsinspect.analysis.across.history import Histories, gravest
from corsinspect.assistant.answers import CallList, CommonTrouble, Listed, ListedCall
from corsinspect.assistant.calls import Calls
from corsinspect.assistant.errors import ToolError
from corsinspect.listing.query import Problem, Query, parse
from corsinspect.listing.rows import CallRow
from corsinspect.listing.terms import FilterRow
from corsinspect.quoted import quoted

MOST_IN_COMMON = 3
FAR = 5000
"""Calls looked at for what became of them over time, from the newest back: 15 ms."""
URL = 160
WHY = 120
"""Characters of these that a list shows."""


def query(filter: str) -> Query:
    """The filter; raises ToolError where the text is none."""
    parsed = parse(filter)
    if isinstance(parsed, Problem):
        raise ToolError(
            f"This is no filter: {quoted(parsed.what, WHY)} (characters {parsed.start} to {parsed.end}).",
            "For example: blocked host:localhost:8000 method:PUT",
        )
    return parsed


def list_calls(calls: Calls, filter: str, offset: int, limit: int) -> CallList:
    """A page of the calls that the filter accepts; without one, all but those that CORS has no say in."""
    accepts = query(filter).accepts if filter.strip() else _by_cors
    found = [(id, row) for id, row in calls.newest() if accepts(row) and not row.background]
    shown = [listed(id, row) for id, row in found[offset : offset + limit]]
    until = offset + len(shown)
    outcomes: Counter[str] = Counter()
    for kind, number in calls.kinds.items():
        if not kind.background:
            outcomes[kind.outcome] += number
    return CallList(
        matching=len(found),
        next_offset=until if until < len(found) and shown else None,
        outcomes=dict(outcomes),
        captured=Listed(calls=shown, in_common=[] if offset else _in_common(calls)),
    )


def _by_cors(row: FilterRow) -> bool:
    return row.outcome != "not-cors"


def listed(id: str, row: CallRow) -> ListedCall:
    """A row in a few words."""
    return ListedCall(
        call=id,
        at=datetime.fromtimestamp(row.started).strftime("%H:%M:%S"),
        outcome=row.outcome,
        method=quoted(row.method, 20),
        url=quoted(row.url, URL),
        page=None if row.page is None else quoted(row.page, URL),
        why=quoted(row.reason, WHY),
    )


def _in_common(calls: Calls) -> list[CommonTrouble]:
    histories = Histories()
    for _, row in reversed(list(itertools.islice(calls.newest(), FAR))):
        if row.traits is not None:
            histories.add(row.traits, row.url, row.started, row.served)
    found: list[CommonTrouble] = []
    for each in gravest(calls.kinds, histories, MOST_IN_COMMON):
        words = pattern_words(each.slug, api=each.api, page=each.page, count=each.count, values=each.values)
        found.append(CommonTrouble(each.slug, quoted(words.short), quoted(words.change)))
    return found
