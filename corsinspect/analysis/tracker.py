"""Exchanges in, Calls out: the one place where live capture, replay and check get their conclusions from.

- Facts come in any order and in growing states; the same facts end in the same Calls.
- Time comes in with the facts: nothing here reads a clock. Live it's a monotonic one, which whoever feeds reads; of a
  recording it's the exchanges' own, which goes on where it was set back.
- Memory is bounded: old exchanges are let go of, together with what was concluded from them.
"""

import heapq
import math
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from corsinspect.fetch.origin import OPAQUE
from corsinspect.model import Call, Changes, Exchange, Word
from corsinspect.said import Said

from .chain import Chain, chain_of
from .classify import Facts
from .credentials import PROOFS
from .judge import judge
from .learnt.connections import Connections
from .learnt.documents import Documents
from .learnt.habits import Habits
from .learnt.page_memory import PageMemory, call_shape, server_shape
from .pairing import Pairing
from .steady import SteadyTime, in_steady_time
from .word.matching import Matching
from .word.never_sent import never_sent
from .word.speech import Speech, speech_of
from .word.verdict import judge_heard

PATIENCE = 3.0
"""Seconds that a granted preflight, or a redirect, is given for what must follow it."""

LIMIT = 10_000
"""Exchanges held at a time: half a minute of a very busy browser, and some 20 MB."""


SETTLE_AFTER = 0.25
"""Seconds, by the clock of the exchanges, after which what came since is joined with what the browser said."""


class Tracker:
    """Pairs, joins and judges. `limit`: the exchanges held at a time; older ones keep the Call that they have."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._facts: OrderedDict[str, Facts] = OrderedDict()
        self._evicted: OrderedDict[str, Facts | None] = OrderedDict()
        self._pairing = Pairing()
        self._habits = Habits()
        self._connections = Connections()
        self._documents = Documents()
        self._waiting: list[tuple[float, str]] = []
        self._memory = PageMemory(call_shape)
        self._servers = PageMemory(server_shape)
        self._ask, self._ask_server = self._memory.ask, self._servers.ask  # to look them up once
        self._time = SteadyTime()
        self._shifts: dict[str, float] = {}
        """What the stamps of an exchange lacked when it began, where its clock had been set back before."""
        self._due: dict[str, float] = {}
        """When to stop waiting for what must follow an exchange, where its own times don't say."""
        self._live = False
        self._closed = False
        self._matching: Matching | None = None  # until there is a Said: most captures have none
        self._settled_at = float("-inf")
        self._never_sent: dict[str, Call] = {}
        self._words: OrderedDict[str, Word] = OrderedDict()
        """What the browser said of Calls, by their ids, for those that change when all else is let go of."""

    def feed(self, exchange: Exchange, now: float | None = None) -> Changes:
        """Takes in one state of an exchange (a later one replaces an earlier one).

        `now`: what time it is by the clock that `advance` is told, where that isn't the exchanges' own (live).
        """
        id = exchange.id
        facts = self._facts.get(id)
        enlightened: Sequence[Facts] = ()
        if now is not None:
            self._live = True
            self._time.read(now)
        elif not self._time.passes(exchange):
            exchange = self._steady(exchange, facts is None)
        if facts is None:
            if id in self._evicted:
                return self._late(exchange)
            facts = self._facts[id] = Facts(exchange)
            enlightened = self._habits.take(facts)
            if told := self._connections.take(facts):
                enlightened = [*enlightened, *told]
            self._pairing.add(facts)
            if facts.mode == "navigate":
                self._memory.load(facts.target, (exchange.started, id))
                self._servers.load(facts.target, (exchange.started, id))
            if len(self._facts) > self._limit:
                self._evict()
        elif not facts.done or exchange.status is not None or exchange.failure is not None:
            was_done = facts.done
            facts.read_response(exchange)
            self._pairing.update(facts, was_done)
        if self._matching is not None:
            self._matching.see(facts)
        concerned = () if facts.mode == "cors" else self._concerned(facts)
        if self._pairing.touched or enlightened or concerned or facts.preflight is not None or facts.parent is not None:
            return self._changes([facts, *self._pairing.take_touched(), *enlightened, *concerned])
        call = self._judge(facts)  # two of three: a call of its own, so far
        if self._memory.stale or self._servers.stale:
            return self._with_stale([call], [])
        return Changes([call], [])

    def hear(self, saids: Iterable[Said]) -> Changes:
        """Takes in what the browser itself said of its requests; of one leg, a later state replaces an earlier one."""
        matching = self._matching
        for said in saids:
            if matching is None:
                matching = self._matching = Matching()
                for facts in self._facts.values():
                    matching.see(facts)
            matching.hear(said)
        return Changes([], []) if matching is None else self._settle(matching, [])

    def _settle(self, matching: Matching, touched: list[Facts]) -> Changes:
        """Joins what came with what the browser said, and judges whatever that concerns, and those touched."""
        self._settled_at = self._time.now
        settled = matching.settle()
        concerned = [self._facts[id] for id in settled.exchanges if id in self._facts]
        changes = self._changes([*touched, *concerned]) if touched or concerned else Changes([], [])
        for id in sorted(settled.requests):
            request = matching.request(id)
            if request is None:  # forgotten: its row stays
                self._never_sent.pop(id, None)
                continue
            own = request.legs[-1]
            call = None if request.reached else never_sent(request.legs, matching.answered_before(own))
            before = self._never_sent.pop(id, None)
            if call is not None:
                self._never_sent[id] = call
                if call != before:
                    changes.changed.append(call)
            elif before is not None:
                changes.withdrawn.append(before.id)
        return changes

    def _concerned(self, facts: Facts) -> list[Facts]:
        """Whoever was judged without knowing what this exchange shows of their page: nobody, where facts come in order
        of time."""
        since = self._documents.take(facts)
        if since is None:
            return []
        pages = (facts.target, OPAQUE, None)  # a page that isn't known yet may be known by a later hop
        return [
            other
            for other in self._facts.values()
            if other.emitted and other.page in pages and other.exchange.started >= since
        ]

    def _steady(self, exchange: Exchange, new: bool) -> Exchange:
        """The exchange in steady time: `new` ones show whether the clock was set, later states of known ones may be
        old lines that were written again."""
        id = exchange.id
        if new and id not in self._evicted:
            if self._time.meet(exchange):
                self._wait_anew()
            if self._time.shift:
                self._shifts[id] = self._time.shift
        return in_steady_time(exchange, self._shifts.get(id, 0.0), self._time.shift)

    def _wait_anew(self) -> None:
        """The clock was set, so how long anything has waited isn't known."""
        due = self._time.now + PATIENCE
        waiting = sorted({id for _, id in self._waiting if id in self._facts})
        self._waiting = [(due, id) for id in waiting]
        self._due |= dict.fromkeys(waiting, due)

    def advance_to(self, exchange: Exchange) -> Changes:
        """Of a recording, before `feed`: tells that it's the time when this exchange began, if it's a new one.

        Recordings come in the order of their start, or in the order in which they were written.
        """
        if exchange.id in self._facts or exchange.id in self._evicted:
            return Changes([], [])
        time = self._time
        if not time.passes(exchange) and time.meet(exchange):
            self._wait_anew()
        return self._give_up(exchange.started + time.shift)

    def advance(self, now: float) -> Changes:
        """Tells what time it is by the exchanges' own clock, or by that of `feed`: what waited too long gets its
        verdict. Where that clock was set back, all that waits does so anew."""
        time = self._time
        if time.goes_on(now):
            time.now = now
        elif time.read(now):
            self._wait_anew()
        return self._give_up(time.now)

    def _give_up(self, now: float) -> Changes:
        if now > self._time.now:
            self._time.now = now
        if self._matching is None and not (self._waiting and self._waiting[0][0] <= self._time.now):
            return Changes([], [])  # nearly always
        due: list[Facts] = []
        while self._waiting and self._waiting[0][0] <= self._time.now:
            _, id = heapq.heappop(self._waiting)
            facts = self._facts.get(id)
            if facts is not None and facts.request is None and facts.child is None:
                due.append(facts)
        matching = self._matching
        if matching is not None and matching.stale and self._time.now >= self._settled_at + SETTLE_AFTER:
            return self._settle(matching, due)
        return self._changes(due) if due else Changes([], [])

    def close(self) -> Changes:
        """Nothing more will come: every Call that waited gets its verdict."""
        self._closed = True
        waiting = [self._facts[id] for _, id in self._waiting if id in self._facts]
        self._waiting.clear()
        pending = [facts for facts in self._facts.values() if not facts.done]
        if self._matching is not None:
            return self._settle(self._matching, [*waiting, *pending])
        return self._changes([*waiting, *pending])

    def _changes(self, touched: list[Facts]) -> Changes:
        withdrawn: list[str] = []
        roots = {id(root): root for root in map(_root, touched)}
        for facts in touched:
            if facts.emitted and id(facts) not in roots:
                facts.emitted = False
                withdrawn.append(facts.exchange.id)
                self._memory.forget(facts)
                self._servers.forget(facts)
        return self._with_stale([self._judge(root) for root in roots.values()], withdrawn)

    def _with_stale(self, changed: list[Call], withdrawn: list[str]) -> Changes:
        """These changes, and what follows from them for other calls of the page."""
        if self._memory.stale or self._servers.stale:
            # what others of the page have shown by now changes those after them
            again = {call.id: call for call in map(self._judge, self._stale_roots())}
            changed = [call for call in changed if call.id not in again] + list(again.values())
        return Changes(changed, withdrawn)

    def _stale_roots(self) -> list[Facts]:
        stale = {facts.exchange.id: facts for facts in (*self._memory.take_stale(), *self._servers.take_stale())}
        return [facts for facts in stale.values() if facts.emitted]

    def _judge(self, root: Facts) -> Call:
        chain = chain_of(root, self._closed, self._documents)
        since = _awaited_since(chain)
        if since is not None:
            chain = self._awaited(chain, since)
        root.emitted = True
        # now it learns what others of the page have shown; what they show after this makes it stale again
        if self._memory.stale or self._servers.stale:
            self._memory.stale.pop(root.exchange.id, None)
            self._servers.stale.pop(root.exchange.id, None)
        word = None if self._matching is None else self._word(chain)
        if word is None:
            call = judge(chain, None, self._ask, self._ask_server)
        else:
            call = judge_heard(chain, word, self._ask, self._ask_server)
            self._words[call.id] = word
            if len(self._words) > self._limit:
                self._words.popitem(last=False)
        if call.credentials != "unknown" or call.id in self._memory.showing:
            self._memory.learn(chain, call)
        if call.credentials_signal in PROOFS:
            self._servers.learn(chain, call)
        elif call.id in self._servers.showing:
            self._servers.unlearn(root)
        return call

    def _word(self, chain: Chain) -> Word | None:
        assert self._matching is not None
        return self._matching.word(facts.exchange for facts in chain.facts())

    def _awaited(self, chain: Chain, since: float) -> Chain:
        """The chain, closed where what must follow it was waited for long enough; else it will be."""
        id = chain.last.exchange.id
        deadline = self._deadline(id, since)
        if self._closed:
            return chain
        if deadline <= self._time.now:
            return msgspec.structs.replace(chain, closed=True)
        heapq.heappush(self._waiting, (deadline, id))
        return chain

    def _deadline(self, id: str, since: float) -> float:
        """When to stop waiting for what must follow this exchange."""
        if not self._live:
            self._time.awaited = max(self._time.awaited, since)
        elif id not in self._due:
            self._due[id] = self._time.now + PATIENCE
        return self._due.get(id, since + PATIENCE)

    def _evict(self) -> None:
        """Lets go of the oldest exchange."""
        id, facts = self._facts.popitem(last=False)
        if self._due:
            self._due.pop(id, None)
        self._pairing.drop(facts)
        if self._matching is not None:
            self._matching.drop(facts)
        for memory in (self._memory, self._servers):
            if id in memory.showing or id in memory.asking:
                memory.release(facts)
        self._habits.drop(facts)
        self._connections.drop(facts)
        self._evicted[id] = facts if facts.exchange.ended is None else None
        if not facts.request is facts.child is facts.preflight is facts.parent is None:
            self._untie(facts)
        if len(self._evicted) > self._limit:
            id, _ = self._evicted.popitem(last=False)
            if self._shifts:
                self._shifts.pop(id, None)

    def _untie(self, facts: Facts) -> None:
        """Unties a Call of several exchanges of which nothing is held any more and nothing will come, so that it's
        freed at once: they refer to each other, and the collector gets to what is so old once in 100,000 exchanges."""
        chain = [other for hop in chain_of(_root(facts), True).hops for other in hop if other is not None]
        if all(other.exchange.ended is not None and other.exchange.id not in self._facts for other in chain):
            for other in chain:
                other.request = other.child = None

    def _late(self, exchange: Exchange) -> Changes:
        """A later state of an exchange let go of: updates its Call, pairs with nothing new."""
        facts = self._evicted[exchange.id]
        if facts is None:
            return Changes([], [])
        if facts.done and exchange.status is None and exchange.failure is None:
            return Changes([], [])  # a state from before the one that is known
        facts.read_response(exchange)
        if exchange.ended is not None:
            self._evicted[exchange.id] = None
        root = _root(facts)
        chain, word = chain_of(root, True, self._documents), self._words.get(root.exchange.id)
        return Changes([judge(chain) if word is None else judge_heard(chain, word)], [])


def _root(facts: Facts) -> Facts:
    """The first exchange of the Call that this one belongs to."""
    while True:
        before = facts.preflight or facts.parent
        if before is None:
            return facts
        facts = before


def _awaited_since(chain: Chain) -> float | None:
    """Since when something must follow the chain's last exchange; None where nothing must."""
    preflight, request = chain.hops[-1]
    if request is None:
        assert preflight is not None
        answered = preflight.exchange.answered
        return None if preflight.exchange.status is None else answered or preflight.exchange.started
    if request.location is None or request.mode not in ("cors", "no-cors"):
        return None
    return request.exchange.answered or request.exchange.started


def judge_all(exchanges: Iterable[Exchange], saids: Iterable[Said] = ()) -> list[Call]:
    """The Calls that a whole recording holds, in order of their first request.

    `exchanges` in order of their start, or as they were written; their own times are the clock. `saids`: what the
    browser said.
    """
    calls: dict[str, Call] = {}
    for changes in changes_of(exchanges, speech_of(saids)):
        changes.apply_to(calls)
    return sorted(calls.values(), key=lambda call: (call.started, call.id))


def changes_of(exchanges: Iterable[Exchange], speech: Speech) -> Iterator[Changes]:
    """The same as it comes, for whoever doesn't hold all Calls: what each exchange, and then the end, changes."""
    tracker = Tracker()
    for exchange in exchanges:
        while said := speech.until(exchange.started):
            yield tracker.hear(said)
        due = tracker.advance_to(exchange)
        if due.changed or due.withdrawn:
            yield due
        yield tracker.feed(exchange)
    while said := speech.until(math.inf):
        yield tracker.hear(said)
    yield tracker.close()
