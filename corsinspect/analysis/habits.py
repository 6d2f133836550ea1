"""What a browser was seen to send in this session, and so what it says by not sending it.

Some of Firefox's versions and settings never send Priority or Sec-Fetch-Storage-Access: their absence tells something
only where this very browser, known by its User-Agent, sends them at all. What is learnt holds for its earlier requests
too, so those that it concerns are judged again.
"""

from collections.abc import Sequence

from .classify import Facts

PRIORITY = "priority"
STORAGE_ACCESS = "sec-fetch-storage-access"

BROWSERS = 64
"""Browsers whose habits are kept: a User-Agent comes from the network, and may be another each time."""


class Habits:
    """The habits of all browsers of a session."""

    def __init__(self) -> None:
        self._sent: dict[str, set[str]] = {}
        self._concerned: dict[str, dict[str, Facts]] = {}

    def take(self, facts: Facts) -> Sequence[Facts]:
        """Takes in a new exchange; gives the earlier ones on which it sheds light."""
        if facts.agent is None or facts.engine != "firefox":
            return ()
        if facts.agent not in self._sent and len(self._sent) >= BROWSERS:
            return ()
        known = self._sent.setdefault(facts.agent, set())
        concerned = self._concerned.setdefault(facts.agent, {})
        if _is_concerned(facts):
            facts.browser_sends = known
            concerned[facts.exchange.id] = facts
        sent = {PRIORITY} if facts.priority is not None else set[str]()
        if facts.storage_access:
            sent.add(STORAGE_ACCESS)
        if sent <= known:
            return ()
        known |= sent
        return list(concerned.values())

    def drop(self, facts: Facts) -> None:
        """Forgets an exchange."""
        if facts.agent in self._concerned:
            self._concerned[facts.agent].pop(facts.exchange.id, None)


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
