"""The calls of a session as the tools ask for them: by id, by server, the newest first."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from corsinspect.advice.solution import server_of
from corsinspect.analysis import by_server
from corsinspect.analysis.across.traits import Traits, traits
from corsinspect.listing.rows import CallRow, row_of
from corsinspect.model import Call, Changes

HELD = 200_000
"""Calls held; a capture that runs for days lets go of the oldest."""
MOST = 200
"""Calls to one server that are looked at for causes and recipes, from the newest back."""
ALIKE = 8
"""As many of one kind are among them: a page that polls hides nothing."""

_PLAIN = re.compile(r"[A-Za-z0-9:._-]{1,64}")


def handle(call: Call) -> str:
    """The id by which the tools know a call (see `plain`)."""
    return plain(call.id)


def plain(id: str) -> str:
    """A call's own id, or, where another tool's file has an odd one, a short hash."""
    if _PLAIN.fullmatch(id):
        return id
    return "x" + hashlib.sha256(id.encode(errors="replace")).hexdigest()[:16]


class Calls:
    """The calls so far, each in its newest state, in the order in which they came."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}
        self._rows: dict[str, CallRow] = {}
        self._servers: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._kinds: dict[Traits, Traits] = {}
        self._came = 0
        self.kinds: Counter[Traits] = Counter()
        """How many calls there are of a kind."""

    def __len__(self) -> int:
        return len(self._calls)

    @property
    def came(self) -> int:
        """How many calls have come so far; the position of the next one."""
        return self._came

    def take(self, changes: Changes) -> None:
        """Takes in what a Tracker changed."""
        for id in changes.withdrawn:
            self._drop(id)
        for call in changes.changed:
            self._put(call)

    def get(self, id: str) -> Call | None:
        """The call with this id (see `handle`)."""
        return self._calls.get(id)

    def position(self, id: str) -> int:
        """The place of the call with this id in the order in which calls came, from 0."""
        return self._rows[id].position

    def row(self, id: str) -> CallRow:
        """The row of the call with this id."""
        return self._rows[id]

    def newest(self) -> Iterator[tuple[str, CallRow]]:
        """Ids and rows, the newest first."""
        return reversed(self._rows.items())

    def beside(self, call: Call) -> list[Call]:
        """The session's calls to the same server, as that server answered them; this one among them."""
        found: list[Call] = []
        alike: Counter[Traits | None] = Counter()
        for id in reversed(self._servers[server_of(call)]):
            kind = self._rows[id].traits
            alike[kind] += 1
            if alike[kind] <= ALIKE:
                found.append(by_server(self._calls[id]))
            if len(found) >= MOST:
                break
        own = by_server(call)
        return found[::-1] if any(other.id == own.id for other in found) else [*found[::-1], own]

    def all(self) -> list[Call]:
        """All calls, in the order in which they came."""
        return list(self._calls.values())

    def _put(self, call: Call) -> None:
        id = handle(call)
        before = self._calls.get(id)
        if before is None:
            position, self._came = self._came, self._came + 1
            if len(self._calls) >= HELD:
                self._drop(next(iter(self._calls)))
        else:
            position = self._rows[id].position
            self._forget(id, before)
        kind = traits(call)
        kind = self._kinds.setdefault(kind, kind)
        self.kinds[kind] += 1
        self._calls[id] = call
        self._rows[id] = row_of(position, call, kind)
        self._servers[server_of(call)][id] = None

    def _drop(self, id: str) -> None:
        call = self._calls.pop(id, None)
        if call is not None:
            self._forget(id, call)
            del self._rows[id]

    def _forget(self, id: str, call: Call) -> None:
        self._servers[server_of(call)].pop(id, None)
        kind = self._rows[id].traits
        if kind is not None:
            self.kinds[kind] -= 1
            if not self.kinds[kind]:
                del self.kinds[kind]
