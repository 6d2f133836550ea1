"""The session's other calls that matter for a blocked one: those to the same server."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from zlib import crc32

from corsinspect.advice.solution import server_of
from corsinspect.analysis import by_server
from corsinspect.model import Call, Exchange

MANY = 500
"""As many calls to one server are counted as evidence for a masked error."""
FEW = 60
ALIKE = 4
"""As many calls to one server, and as many of one kind or path, are examined for the cause of each blocked call."""
PATHS = 1_000
"""As many paths of one server, where calls come one by one: the latest."""
LOGINS = 20
"""As many calls to any server that set a cookie: another server's login may set one for this server."""

_SET_COOKIE = len("set-cookie")

Calls = dict[str, Call]
"""By id, so that a call whose verdict changed isn't there twice."""


@dataclass
class _Server:
    many: Calls = field(default_factory=Calls)
    few: Calls = field(default_factory=Calls)
    refused: Calls = field(default_factory=Calls)
    """Answered 4xx: shows what an earlier answer should have given script."""
    by_path: dict[str, Calls] = field(default_factory=dict[str, Calls])
    """Only of calls that come one by one."""
    kinds: Counter[tuple[object, ...]] = field(default_factory=Counter[tuple[object, ...]])
    said: set[str] = field(default_factory=set[str])


class Neighbours:
    """The calls of a session so far, as their servers answered."""

    def __init__(self, calls: Sequence[Call] = ()) -> None:
        """`calls`: those of a whole session, which are asked for again by their index; others come by `add`."""
        self._servers: defaultdict[str, _Server] = defaultdict(_Server)
        self._logins: Calls = {}
        self._calls = calls
        hashes = array("I", (self._add(call, by_server(call)) for call in calls))
        self._by_path = array("Q", sorted(range(len(hashes)), key=hashes.__getitem__))
        """Their indexes, those with one hash of server and path together: there may be as many paths as calls."""
        self._hashes = array("I", map(hashes.__getitem__, self._by_path))

    def add(self, call: Call) -> None:
        """Adds a call, or replaces one that changed."""
        own = by_server(call)
        self._add(call, own)
        by_path, path = self._servers[server_of(call)].by_path, _path(own)
        _keep(by_path.setdefault(path, {}), own, ALIKE)
        if len(by_path) > PATHS:
            del by_path[next(iter(by_path))]

    def _add(self, call: Call, own: Call) -> int:
        """Returns a hash of the call's server and path."""
        name = server_of(call)
        server = self._servers[name]
        verdict = own.verdict
        kind = (own.method, own.page_origin, verdict.outcome, verdict.reason, verdict.stage, verdict.status)
        server.kinds[kind] += 1
        _keep(server.many, own, MANY)
        _keep(server.few, own, FEW if server.kinds[kind] <= ALIKE else 0)
        if 400 <= (verdict.status or 0) <= 499:
            _keep(server.refused, own, FEW)
        if len(self._logins) < LOGINS and any(map(_sets_cookie, own.exchanges)):
            self._logins[own.id] = own
        return _hash(name, _path(own))

    def few(self, call: Call) -> list[Call]:
        """For one of the session's calls: some calls of each kind, some with the same path, and some that set a
        cookie."""
        name = server_of(call)
        server = self._servers[name]
        same_path = self._same_path(name, call) | server.by_path.get(_path(call), {})
        return list((self._logins | server.few | same_path).values())

    def _same_path(self, server: str, call: Call) -> Calls:
        """The first of the session's calls to this call's server and path."""
        path = _path(call)
        wanted = _hash(server, path)
        first = bisect_left(self._hashes, wanted)
        last = bisect_right(self._hashes, wanted, first)
        if last - first == 1:  # itself, which needn't be read from disk
            return {call.id: by_server(call)}
        found = Calls()
        for number in self._by_path[first:last]:
            if len(found) == ALIKE:
                break
            other = self._calls[number]
            own = by_server(other)
            if server_of(other) == server and _path(own) == path:
                found[own.id] = own
        return found

    def beside(self, call: Call) -> list[Call]:
        """Those that matter for this call: few; for one that went well only those that were refused, mostly none."""
        if call.verdict.outcome == "allowed" and (call.verdict.status or 0) < 400:
            return list(self._servers[server_of(call)].refused.values())
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


def _keep(calls: Calls, call: Call, most: int) -> None:
    if call.id in calls or len(calls) < most:
        calls[call.id] = call


def _sets_cookie(exchange: Exchange) -> bool:
    return any(len(name) == _SET_COOKIE and name.lower() == "set-cookie" for name, _ in exchange.response_headers)


def _hash(server: str, path: str) -> int:
    """The same in all processes, as `hash` isn't."""
    return crc32(f"{server} {path}".encode(errors="surrogatepass"))


def _path(call: Call) -> str:
    return call.url.partition("?")[0]
