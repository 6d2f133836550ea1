"""The other calls of a session that bear on a blocked one: those to the same server."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from corsinspect.advice.remedy import server_of
from corsinspect.analysis import by_server
from corsinspect.model import Call

MANY = 500
"""Calls to one server that are counted for what hides behind an error."""
FEW = 60
ALIKE = 4
"""Calls to one server, and of one kind or path among them, that are looked at for a cause: by each that is blocked."""

Calls = dict[str, Call]
"""By their ids, so that one whose verdict changed isn't there twice."""


@dataclass
class _Server:
    many: Calls = field(default_factory=dict)
    few: Calls = field(default_factory=dict)
    by_path: defaultdict[str, Calls] = field(default_factory=lambda: defaultdict(dict))
    kinds: Counter[tuple[object, ...]] = field(default_factory=Counter)
    told: set[str] = field(default_factory=set)


class Neighbours:
    """The calls of a session so far, as their servers answered them."""

    def __init__(self) -> None:
        self._servers: defaultdict[str, _Server] = defaultdict(_Server)

    def add(self, call: Call) -> None:
        """Takes in a call, or what has become of one."""
        server, own = self._servers[server_of(call)], by_server(call)
        verdict = own.verdict
        kind = (own.method, own.page_origin, verdict.outcome, verdict.reason, verdict.stage, verdict.status)
        server.kinds[kind] += 1
        _keep(server.many, own, MANY)
        _keep(server.by_path[_path(own)], own, ALIKE)
        _keep(server.few, own, FEW if server.kinds[kind] <= ALIKE else 0)

    def few(self, call: Call) -> list[Call]:
        """Some of each kind, and some of the same path."""
        server = self._servers[server_of(call)]
        return list((server.few | server.by_path[_path(call)]).values())

    def many(self, call: Call) -> list[Call]:
        """The first MANY."""
        return list(self._servers[server_of(call)].many.values())

    def hear(self, call: Call, sentence: str) -> bool:
        """Whether this is told of a call's server for the first time, whatever the numbers in it."""
        told = self._servers[server_of(call)].told
        gist = re.sub("[0-9]+", "", sentence)
        new = gist not in told
        told.add(gist)
        return new


def _keep(calls: Calls, call: Call, most: int) -> None:
    if call.id in calls or len(calls) < most:
        calls[call.id] = call


def _path(call: Call) -> str:
    return call.url.partition("?")[0]
