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
from collections.abc import Callable
from typing import Literal

from corsinspect.model import Call, EngineName, Shown

from ..chain import Chain
from ..classify import Facts
from ..credentials import PAGE_SHOWED

SHAPES = 2_000
"""Shapes remembered; the one that was met longest ago goes first."""

CALLS = 256
"""Calls remembered of one shape, of each kind, and loads of one page."""

_NAMES_ONE = re.compile(r"/(?:\d+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{16,})(?=/|$)")
"""A part of a path that names one thing among many."""

Moment = tuple[float, str]
"""When a call or a load began, and its id."""

Showing = tuple[float, str, Shown | None]
"""A call whose own traffic shows its mode: its moment, and what it showed; None where that isn't `include`."""

Mode = Literal["include", "omit"]
"""The credentials mode that a call's own traffic shows."""

Shape = tuple[str, EngineName | None, str, tuple[str, ...], str]
"""Page, engine, method, names asked for and endpoint: alike in calls that come from one line of a page's code."""


def endpoint(url: str, origin: str) -> str:
    """The address without its query, parts of its path that name one thing among many as `*`."""
    return origin + general_path(url[len(origin) : len(origin) + 500].partition("?")[0])


def general_path(path: str) -> str:
    """A path with `*` for what names one thing among many: `/orders/*`."""
    return _NAMES_ONE.sub("/*", path)


def call_shape(facts: Facts, page: str) -> Shape:
    """Of calls that come from one line of a page's code: what they show decides a verdict."""
    exchange, method = facts.exchange, facts.preflight_method
    where = endpoint(exchange.url, facts.target)
    if method is None:
        return page, facts.engine, exchange.method or "", facts.unsafe_names, where
    return page, facts.engine, method, tuple(sorted(facts.asked_names)), where


def server_shape(facts: Facts, page: str) -> Shape:
    """Of all calls of a page to one server: what they prove decides what a fix has to grant."""
    return page, facts.engine, "", (), facts.target


class Calls:
    """The calls of one shape, each by the first of its exchanges, in order of time and each kind apart."""

    __slots__ = ("asking", "page", "showing")

    def __init__(self, page: str) -> None:
        self.page = page
        self.asking: list[Facts] | None = None
        """Whose mode is open; None: there never was one, as of most shapes, whose calls all show theirs."""
        self.showing: list[Showing] = []


class PageMemory:
    """Learns from judged Calls, in any order, and says what a page had shown before each."""

    def __init__(self, shape_of: Callable[[Facts, str], Shape]) -> None:
        """`shape_of`: what a call and its page must share with another for what that one showed to hold for it."""
        self._shape_of = shape_of
        self._shapes: OrderedDict[Shape, Calls] = OrderedDict()
        self._asked = float("-inf")
        """When the latest call began that asks."""
        self.asking: dict[str, Calls] = {}
        """The Calls that asked and may still be judged, by their ids. Most have nothing to take back, which whoever
        looks here first finds out at less cost; so it is with `showing`."""
        self.showing: dict[str, tuple[Calls, Mode]] = {}
        """Those whose own traffic shows their mode."""
        self._loads: OrderedDict[str, list[Moment]] = OrderedDict()
        self.stale: dict[str, Facts] = {}
        """Calls for which something may have changed, by their ids; `take_stale` empties it."""

    def ask(self, chain: Chain) -> Shown | None:
        """What a call before this one showed; the call that asks is judged anew when that changes."""
        if chain.page is None:
            return None
        exchange = chain.first.exchange
        calls = self.asking.get(exchange.id)
        if calls is None or calls.page != chain.page:
            calls = self._note_asking(chain.first, chain.page)
        showing = calls.showing
        if not showing:
            return None
        index = bisect.bisect_left(showing, (exchange.started, exchange.id)) - 1
        if index < 0:
            return None
        started, _, shown = showing[index]
        return None if shown is None or self._loaded(chain.page, started, exchange.started) else shown

    def learn(self, chain: Chain, call: Call) -> None:
        """Takes in what a Call's own traffic shows."""
        facts, mode = chain.first, call.credentials
        if mode == "unknown" or call.credentials_signal == PAGE_SHOWED:
            self.unlearn(facts)
        elif chain.page is not None:
            noted = self.showing.get(call.id)
            if noted is None or noted[1] != mode or noted[0].page != chain.page:
                if noted is not None or call.id in self.asking:
                    self.forget(facts)
                self._note_showing(facts, chain.page, mode)

    def _note_asking(self, facts: Facts, page: str) -> Calls:
        self.forget(facts)
        calls = self._calls_of(self._shape_of(facts, page))
        exchange, asking = facts.exchange, calls.asking
        if asking is None:
            asking = calls.asking = []
        self.asking[exchange.id] = calls
        if not asking or _moment(asking[-1]) < (exchange.started, exchange.id):
            asking.append(facts)
        else:
            bisect.insort(asking, facts, key=_moment)
        if len(asking) > CALLS:
            del asking[0]
        self._asked = max(exchange.started, self._asked)
        return calls

    def _note_showing(self, facts: Facts, page: str, mode: Mode) -> None:
        exchange = facts.exchange
        calls = self._calls_of(self._shape_of(facts, page))
        self.showing[exchange.id] = calls, mode
        shown = None
        if mode == "include":
            method = facts.preflight_method or exchange.method or ""
            shown = Shown(call=exchange.id, method=method, url=exchange.url, started=exchange.started)
        _insert(calls.showing, (exchange.started, exchange.id, shown))
        if len(calls.showing) > CALLS:
            del calls.showing[:-CALLS]
        if calls.asking:
            self._mark(calls, (exchange.started, exchange.id))

    def unlearn(self, facts: Facts) -> None:
        """Takes back what a Call showed, if it showed anything; that it asks stays."""
        noted = self.showing.pop(facts.exchange.id, None)
        if noted is None:
            return
        calls, moment = noted[0], _moment(facts)
        calls.showing = [other for other in calls.showing if other[:2] != moment]
        self._mark(calls, moment)

    def forget(self, facts: Facts) -> None:
        """Takes back what a Call showed and that it asked: there is no such Call any more, or it shows something
        else."""
        if facts.exchange.id in self.asking:
            self._stop_asking(facts)
        if facts.exchange.id in self.showing:
            self.unlearn(facts)

    def release(self, facts: Facts) -> None:
        """What this Call showed stays as it is: it won't be judged again."""
        if facts.exchange.id in self.asking:
            self._stop_asking(facts)
        self.showing.pop(facts.exchange.id, None)

    def _stop_asking(self, facts: Facts) -> None:
        asking = self.asking.pop(facts.exchange.id).asking
        if not asking:
            return
        if asking[0] is facts:
            del asking[0]  # the oldest is nearly always the one that's let go of
            return
        index = bisect.bisect_left(asking, _moment(facts), key=_moment)
        if index < len(asking) and asking[index] is facts:
            del asking[index]

    def _calls_of(self, shape: Shape) -> Calls:
        calls = self._shapes.get(shape)
        if calls is not None:
            self._shapes.move_to_end(shape)
            return calls
        calls = self._shapes[shape] = Calls(shape[0])
        if len(self._shapes) > SHAPES:
            self._shapes.popitem(last=False)
        return calls

    def load(self, page: str, moment: Moment) -> None:
        """A page of this origin was loaded."""
        loads = self._loads.setdefault(page, [])
        self._loads.move_to_end(page)
        bisect.insort(loads, moment)
        del loads[:-CALLS]
        if len(self._loads) > SHAPES:
            self._loads.popitem(last=False)
        if self._asked >= moment[0]:
            # a load that is seen late is so rare that looking through all shapes costs less than a list a page
            for calls in self._shapes.values():
                if calls.page == page:
                    self._mark(calls, moment)

    def take_stale(self) -> list[Facts]:
        """The Calls, by their first exchanges, for which something may have changed since the last time."""
        stale, self.stale = self.stale, {}
        return list(stale.values())

    def _mark(self, calls: Calls, since: Moment) -> None:
        asking = calls.asking
        if asking and _moment(asking[-1]) > since:
            for facts in asking[bisect.bisect_left(asking, since, key=_moment) :]:
                self.stale[facts.exchange.id] = facts

    def _loaded(self, page: str, since: float, until: float) -> bool:
        """Whether the page was loaded between the two."""
        loads = self._loads.get(page, ())
        index = bisect.bisect_right(loads, (since, "\U0010ffff"))
        return index < len(loads) and loads[index][0] <= until


def _insert(showing: list[Showing], entry: Showing) -> None:
    """Puts what a call showed in its place; what it had shown when it was released gives way."""
    moment = entry[:2]
    if not showing or showing[-1][:2] < moment:
        showing.append(entry)
        return
    index = bisect.bisect_left(showing, moment, key=lambda other: other[:2])
    showing[index : index + (showing[index][:2] == moment)] = [entry]


def _moment(facts: Facts) -> Moment:
    return facts.exchange.started, facts.exchange.id
