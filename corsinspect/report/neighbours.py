"""The session's other calls that matter for a blocked one: those to the same server."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from zlib import crc32

from corsinspect.advice.evidence.others import Common, Near
from corsinspect.advice.evidence.wanted import MISSED
from corsinspect.advice.solution import server_of
from corsinspect.analysis import by_server
from corsinspect.fetch.headers import once_a_list
from corsinspect.model import Call, HeaderList

MANY = 500
"""As many calls to one server are counted as evidence for a masked error."""
FEW = 60
ALIKE = 4
"""As many calls to one server, and as many of one kind or path, are examined for the cause of each blocked call."""
PATHS = 1_000
"""As many paths of one server, where calls come one by one: the latest."""
LOGINS = 20
"""As many calls to any server that set a cookie: another server's login may set one for this server."""

_COOKIE = "set-cookie"
_COOKIE_LENGTH = len(_COOKIE)

Calls = dict[str, Call]
"""By id, so that a call whose verdict changed isn't there twice."""


class Sort(NamedTuple):
    """What decides for which other calls one is kept: there are few for many calls."""

    server: str
    kind: tuple[str | int | None, ...]
    """Of those that are of one kind, a few show what all of them would."""
    missed: bool
    """Whether it was refused in a way that may show what an earlier answer should have given script."""
    login: bool
    """Whether an answer sets a cookie."""


def sort_of(call: Call, own: Call) -> Sort:
    """`own`: the call as its server answered it."""
    verdict = own.verdict
    status = verdict.status
    kind = own.method, own.page_origin, verdict.outcome, verdict.reason, verdict.stage, status
    return Sort(server_of(call), kind, status in MISSED, _logs_in(own))


def outline_of(call: Call) -> tuple[Sort, int]:
    """Its Sort, and a hash of its server and path."""
    own = by_server(call)
    sort = sort_of(call, own)
    return sort, _hash(sort.server, _path(own))


class Outlines:
    """Of many calls what Neighbours must know of each before it needs to see any: 8 bytes a call.

    Whoever keeps calls on disk fills one, so that they needn't all be read again.
    """

    def __init__(self) -> None:
        self._sorts: list[Sort] = []
        self._numbers: dict[Sort, int] = {}
        self._which = array("I")
        """The number of each call's Sort."""
        self._hashes = array("I")
        """Of each call's server and path."""

    def append(self, call: Call) -> None:
        """Adds a call, which is the next one."""
        self._append(*outline_of(call))

    def extend(self, others: "Outlines") -> None:
        """Adds all calls of these, which are the next ones."""
        for number, hash in zip(others._which, others._hashes, strict=True):
            self._append(others._sorts[number], hash)

    def of(self, places: Iterable[int]) -> Iterator[tuple[Sort, int]]:
        """The outlines of the calls at these places."""
        return ((self._sorts[self._which[place]], self._hashes[place]) for place in places)

    def _append(self, sort: Sort, hash: int) -> None:
        number = self._numbers.get(sort)
        if number is None:
            number = self._numbers[sort] = len(self._sorts)
            self._sorts.append(sort)
        self._which.append(number)
        self._hashes.append(hash)


@dataclass
class _Server:
    many: Calls = field(default_factory=Calls)
    few: Calls = field(default_factory=Calls)
    missed: Calls = field(default_factory=Calls)
    """As `Sort.missed`."""
    by_path: dict[str, Calls] = field(default_factory=dict[str, Calls])
    """Only of calls that come one by one."""
    kinds: Counter[tuple[str | int | None, ...]] = field(default_factory=Counter[tuple[str | int | None, ...]])
    said: set[str] = field(default_factory=set[str])
    common: Common | None = None
    """The few, and the logins; None: must be made anew."""


class Neighbours:
    """The calls of a session so far, as their servers answered."""

    def __init__(self, calls: Sequence[Call] = (), outlines: Iterable[tuple[Sort, int]] | None = None) -> None:
        """`calls`: those of a whole session, which are asked for again by their index; others come by `add`.
        `outlines`: of each of them; without, all are looked at for it."""
        self._servers: defaultdict[str, _Server] = defaultdict(_Server)
        self._logins: Calls = {}
        self._calls = calls
        self._on_path: dict[tuple[str, str], Calls] = {}
        """By server and path, what `_same_path` found last where several calls go there."""
        hashes = array("I")
        for number, (sort, hash) in enumerate(map(outline_of, calls) if outlines is None else outlines):
            hashes.append(hash)
            if keeping := self._keeping(sort):
                _keep(keeping, by_server(calls[number]))
        self._by_path = array("Q", sorted(range(len(hashes)), key=hashes.__getitem__))
        """Their indexes, those with one hash of server and path together: there may be as many paths as calls."""
        self._hashes = array("I", map(hashes.__getitem__, self._by_path))

    def add(self, call: Call) -> None:
        """Adds a call, or replaces one that changed."""
        own = by_server(call)
        sort = sort_of(call, own)
        _keep(self._keeping(sort, own.id), own)
        by_path = self._servers[sort.server].by_path
        of_path = by_path.setdefault(_path(own), {})
        if own.id in of_path or len(of_path) < ALIKE:
            of_path[own.id] = own
        if len(by_path) > PATHS:
            del by_path[next(iter(by_path))]

    def _keeping(self, sort: Sort, id: str | None = None) -> list[Calls]:
        """Where a call of this sort is kept. `id`: of one that may be there already; a file may have one that's ""."""
        server = self._servers[sort.server]
        server.kinds[sort.kind] += 1
        few = FEW if server.kinds[sort.kind] <= ALIKE else 0
        places = [(server.many, MANY), (server.few, few), (server.missed, FEW if sort.missed else 0)]
        keeping = [calls for calls, most in places if len(calls) < most or id in calls]
        if sort.login and len(self._logins) < LOGINS:
            keeping.append(self._logins)
            for each in self._servers.values():
                each.common = None
        if any(calls is server.few for calls in keeping):
            server.common = None
        return keeping

    def few(self, call: Call) -> Near:
        """For one of the session's calls: some calls of each kind, some with the same path, and some that set a
        cookie."""
        name = server_of(call)
        server = self._servers[name]
        if server.common is None:
            server.common = Common(self._logins | server.few)
        common = server.common
        same_path = self._same_path(name, call, common.calls)
        if came := server.by_path.get(_path(call)):
            same_path = same_path | came
        if any(common.calls.get(id, own) is not own for id, own in same_path.items()):
            # a newer state of one of them, or another file's with the same id
            common, same_path = Common(common.calls | same_path), {}
        return Near(common, same_path.values())

    def _same_path(self, server: str, call: Call, held: Calls) -> Calls:
        """The first of the session's calls to this call's server and path; of those in `held`, the very objects."""
        path = _path(call)
        wanted = _hash(server, path)
        first = bisect_left(self._hashes, wanted)
        last = bisect_right(self._hashes, wanted, first)
        if last - first == 1:  # itself, which needn't be read from disk
            return {call.id: by_server(call)}
        known = self._on_path.get((server, path))
        if known is not None:
            return known
        found = Calls()
        for number in self._by_path[first:last]:
            if len(found) == ALIKE:
                break
            other = self._calls[number]
            own = by_server(other)
            if server_of(other) == server and _path(own) == path:
                as_held = held.get(own.id)
                found[own.id] = own if as_held is None or as_held != own else as_held
        if len(self._on_path) >= PATHS:
            del self._on_path[next(iter(self._on_path))]
        self._on_path[server, path] = found
        return found

    def beside(self, call: Call) -> list[Call]:
        """Those that matter for this call: few; for one that went well only those that show what it should have
        given script, mostly none; none at all where there is nothing to explain."""
        if call.verdict.outcome in ("not-cors", "pending"):
            return []
        if call.verdict.outcome == "allowed" and (call.verdict.status or 0) < 400:
            return list(self._servers[server_of(call)].missed.values())
        return self.few(call)

    def many(self, call: Call) -> list[Call]:
        """The first MANY calls."""
        return list(self._servers[server_of(call)].many.values())

    def is_new(self, call: Call, sentence: str) -> bool:
        """Whether this sentence (whatever its numbers) is new for the call's server; remembers it."""
        said = self._servers[server_of(call)].said
        gist = re.sub("[0-9]+", "", sentence)
        new = gist not in said
        said.add(gist)
        return new


def _keep(keeping: Iterable[Calls], call: Call) -> None:
    for calls in keeping:
        calls[call.id] = call


def _logs_in(call: Call) -> bool:
    """Whether one of its answers sets a cookie."""
    for hop in call.hops:
        if hop.request is not None and _sets_cookie(hop.request.response_headers):
            return True
        if hop.preflight is not None and _sets_cookie(hop.preflight.response_headers):
            return True
    return False


@once_a_list
def _sets_cookie(headers: HeaderList) -> bool:
    return any(len(name) == _COOKIE_LENGTH and name.lower() == _COOKIE for name, _ in headers)


def _hash(server: str, path: str) -> int:
    """The same in all processes, as `hash` isn't."""
    return crc32(f"{server} {path}".encode(errors="surrogatepass"))


def _path(call: Call) -> str:
    return call.url.partition("?")[0]
