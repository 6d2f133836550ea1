"""What a page showed about its credentials, for its other calls whose own traffic doesn't show it.

A page makes the same call again and again: a login proves with a cookie what the next click leaves open. So a call of
unknown credentials mode takes the mode of the latest call before it of the same shape (page, server, method, names
asked for, endpoint) that showed `include`. That ends with the page's next load, which may bring other code, and with
the first call of the shape that shows the contrary: people take `credentials: 'include'` out as a fix.

- What a call shows is its own traffic's alone: what it took from here it doesn't pass on.
- Which call took what follows from the calls' times, never from the order in which they became known: a call that
  shows its mode late, or a load that is seen late, has those after it judged anew (`take_stale`).
- Bounded: so many shapes, and so many calls of each, are remembered.
"""

import bisect
import re
from collections import OrderedDict
from typing import NamedTuple

from corsinspect.fetch.url import origin_of
from corsinspect.model import Call, EngineName, Shown

from .chain import Chain
from .credentials import PAGE_SHOWED
from .pairing import own_unsafe_names

SHAPES = 2_000
"""Shapes remembered; the one that was looked at longest ago goes first."""

CALLS = 256
"""Calls remembered of one shape, of each kind, and loads of one page."""

_NAMES_ONE = re.compile(r"/(?:\d+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,})(?=/|$)")

Moment = tuple[float, str]
"""When a call or a load began, and its id."""


class Shape(NamedTuple):
    """What calls have in common that come from the same line of a page's code."""

    page: str
    engine: EngineName | None
    method: str
    names: tuple[str, ...]
    endpoint: str


def endpoint(url: str) -> str:
    """The address without its query, parts of its path that name one thing among many as `*`."""
    origin = origin_of(url)
    return origin + _NAMES_ONE.sub("/*", url[len(origin) : len(origin) + 500].partition("?")[0])


def shape_of(chain: Chain) -> Shape | None:
    """The shape of a call; None where its page isn't known."""
    first = chain.first
    if chain.page is None:
        return None
    names = first.asked_names if first.is_preflight else own_unsafe_names(first)
    method = first.preflight_method or first.exchange.method or ""
    return Shape(chain.page, first.engine, method, tuple(sorted(names)), endpoint(first.exchange.url))


class _Calls:
    """The calls of one shape, each kind in order of time."""

    __slots__ = ("asking", "showing")

    def __init__(self) -> None:
        self.asking: list[Moment] = []
        """Whose mode their own traffic doesn't show."""
        self.showing: list[tuple[float, str, Shown | None]] = []
        """Whose traffic shows it; None where it isn't `include`."""


class PageMemory:
    """Learns from judged Calls, in any order, and says what a page had shown before each."""

    def __init__(self) -> None:
        self._shapes: OrderedDict[Shape, _Calls] = OrderedDict()
        self._pages: dict[str, set[Shape]] = {}
        self._loads: OrderedDict[str, list[Moment]] = OrderedDict()
        self._known: dict[str, tuple[Shape, Moment, Shown | bool | None]] = {}
        """By a Call's id what is remembered of it: what it showed, None if it's not `include`, or True: it asks."""
        self._stale: dict[str, None] = {}

    def shown(self, chain: Chain) -> Shown | None:
        """What calls before this one showed."""
        shape = shape_of(chain)
        calls = None if shape is None else self._shapes.get(shape)
        if shape is None or calls is None or not calls.showing:
            return None
        exchange = chain.first.exchange
        index = bisect.bisect_left(calls.showing, (exchange.started, exchange.id)) - 1
        if index < 0:
            return None
        started, _, shown = calls.showing[index]
        return None if shown is None or self._loaded(shape.page, started, exchange.started) else shown

    def learn(self, chain: Chain, call: Call) -> None:
        """Takes in what a Call's own traffic shows, or that it shows nothing."""
        shape = shape_of(chain) if call.kind in ("simple", "preflighted") else None
        if shape is None:
            self.forget(call.id)
            return
        found: Shown | bool | None = None
        if call.credentials == "unknown" or call.credentials_signal == PAGE_SHOWED:
            found = True
        elif call.credentials == "include":
            found = Shown(call=call.id, method=call.method or "", url=call.url, started=call.started)
        moment = (call.started, call.id)
        if self._known.get(call.id) == (shape, moment, found):
            return
        self.forget(call.id)
        self._known[call.id] = (shape, moment, found)
        calls = self._shapes.get(shape)
        if calls is None:
            calls = self._shapes[shape] = _Calls()
            self._pages.setdefault(shape.page, set()).add(shape)
            if len(self._shapes) > SHAPES:
                self._drop(next(iter(self._shapes)))
        else:
            self._shapes.move_to_end(shape)
        if found is True:
            bisect.insort(calls.asking, moment)
            del calls.asking[:-CALLS]
        else:
            bisect.insort(calls.showing, (*moment, found or None), key=lambda item: item[:2])
            del calls.showing[:-CALLS]
            self._mark(calls, moment)

    def forget(self, id: str) -> None:
        """Takes back what a Call showed: there is no such Call any more, or it shows something else."""
        known = self._known.pop(id, None)
        if known is None:
            return
        shape, moment, found = known
        calls = self._shapes.get(shape)
        if calls is None:
            return
        if found is True:
            calls.asking = [other for other in calls.asking if other != moment]
        else:
            calls.showing = [other for other in calls.showing if other[:2] != moment]
            self._mark(calls, moment)

    def release(self, id: str) -> None:
        """What this Call showed stays as it is: it won't be judged again."""
        known = self._known.pop(id, None)
        if known is not None and known[2] is True and (calls := self._shapes.get(known[0])) is not None:
            calls.asking = [other for other in calls.asking if other != known[1]]

    def load(self, page: str, moment: Moment) -> None:
        """A page of this origin was loaded."""
        loads = self._loads.setdefault(page, [])
        self._loads.move_to_end(page)
        if moment in loads:
            return
        bisect.insort(loads, moment)
        del loads[:-CALLS]
        if len(self._loads) > SHAPES:
            self._loads.popitem(last=False)
        for shape in self._pages.get(page, ()):
            self._mark(self._shapes[shape], moment)

    def take_stale(self) -> list[str]:
        """The ids of Calls for which something may have changed since the last call."""
        stale, self._stale = self._stale, {}
        return list(stale)

    def _drop(self, shape: Shape) -> None:
        del self._shapes[shape]
        shapes = self._pages[shape.page]
        shapes.remove(shape)
        if not shapes:
            del self._pages[shape.page]

    def _mark(self, calls: _Calls, since: Moment) -> None:
        for _, id in calls.asking[bisect.bisect_left(calls.asking, since) :]:
            self._stale[id] = None

    def _loaded(self, page: str, since: float, until: float) -> bool:
        """Whether the page was loaded between the two."""
        loads = self._loads.get(page, ())
        index = bisect.bisect_right(loads, (since, "\U0010ffff"))
        return index < len(loads) and loads[index][0] <= until
