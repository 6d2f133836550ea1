"""What a browser was seen to send in this session, and so what it says by not sending it.

Some of Firefox's versions and settings never send Priority or Sec-Fetch-Storage-Access: their absence tells something
only where this very browser, known by its User-Agent, sends them at all. What is learnt holds for its earlier requests
too, so those that it concerns are judged again.
"""

from collections.abc import Sequence

from ..classify import Facts

PRIORITY = "priority"
STORAGE_ACCESS = "sec-fetch-storage-access"
_ALL = frozenset({PRIORITY, STORAGE_ACCESS})

BROWSERS = 64
"""Browsers whose habits are kept: a User-Agent comes from the network, and may be another each time."""


class Habits:
    """The habits of all browsers of a session."""

    def __init__(self) -> None:
        self._sent: dict[str, set[str]] = {}
        self._concerned: dict[str, dict[str, Facts]] = {}

    def take(self, facts: Facts) -> Sequence[Facts]:
        """Takes in a new exchange; gives the earlier ones on which it sheds light."""
        if facts.engine != "firefox" or facts.agent is None:
            return ()
        known = self._sent.get(facts.agent)
        if known is None:
            if len(self._sent) >= BROWSERS:
                return ()
            known = self._sent[facts.agent] = set()
            self._concerned[facts.agent] = {}
        concerned = _is_concerned(facts)
        if concerned:
            facts.browser_sends = known
        if len(known) == len(_ALL):
            return ()
        return self._learn(facts, facts.agent, concerned)

    def _learn(self, facts: Facts, agent: str, concerned: bool) -> Sequence[Facts]:
        known, earlier = self._sent[agent], self._concerned[agent]
        if concerned:
            earlier[facts.exchange.id] = facts
        sent = {PRIORITY} if facts.priority is not None else set[str]()
        if facts.storage_access:
            sent.add(STORAGE_ACCESS)
        if sent <= known:
            return ()
        known |= sent
        enlightened = list(earlier.values())
        if len(known) == len(_ALL):
            earlier.clear()  # nothing will shed light on them any more
        return enlightened

    def drop(self, facts: Facts) -> None:
        """Forgets an exchange."""
        if facts.engine == "firefox" and (earlier := self._concerned.get(facts.agent or "")):
            earlier.pop(facts.exchange.id, None)


def _is_concerned(facts: Facts) -> bool:
    """Whether one of these headers, left out, tells the credentials mode or the request mode."""
    return facts.mode == "cors" and (facts.site == "cross-site" or not facts.mode_known)


def is_xhr(facts: Facts) -> bool:
    """Whether a POST whose mode isn't seen is XMLHttpRequest's, and so cors: fetch(), beacons and forms have a Priority
    in Firefox. Seen: 22 of 22."""
    return (
        facts.engine == "firefox"
        and facts.exchange.method == "POST"
        and facts.priority is None
        and PRIORITY in facts.browser_sends
    )
