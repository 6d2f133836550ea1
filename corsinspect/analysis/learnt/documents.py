"""Which documents the pages of a session were, and what they declared: policies that decide on other exchanges.

- A document is told by its own request: a navigation that was answered with something that runs or is shown as a page.
- A call belongs to a document of its page's origin, which the wire doesn't name. What counts is what had been loaded
  before the call: the latest document decides, and whether all of them agreed says how sure that is.
- What follows for a call follows from the documents alone, never from the order in which they arrived.
- Memory is bounded: the latest documents of the origins that were heard of last.
"""

import bisect
from collections import OrderedDict
from typing import NamedTuple

from corsinspect.fetch.embedder import EMBEDDER_POLICY, EmbedderPolicy, embedder_policy
from corsinspect.fetch.headers import combined, values
from corsinspect.fetch.safelist import media_type
from corsinspect.model import EngineName, PagePolicies

from ..classify import Facts

SLACK = 0.005
"""Seconds by which a document's answer may be stamped after the first request that it made."""

ORIGINS = 512
"""Origins whose documents are remembered."""
DOCUMENTS = 64
"""Documents of one origin that are remembered: those loaded last."""

NESTED = frozenset({"iframe", "frame", "embed", "object"})
"""Destinations of a document inside another."""
_WORKERS = frozenset({"worker", "sharedworker", "serviceworker"})
_PAGES = frozenset({"text/html", "application/xhtml+xml", "text/xml", "application/xml", "image/svg+xml"})
_EMBEDDER, _CONTENT = EMBEDDER_POLICY.lower(), "content-security-policy"

Page = tuple[str, EngineName | None]
"""An origin in one browser, as far as browsers can be told apart."""


class _Document(NamedTuple):
    loaded: float
    id: str
    embedder: EmbedderPolicy | None
    contents: tuple[str, ...]
    framed: bool


class _History:
    """The documents of one origin in order of time, and what they come to after each."""

    __slots__ = ("documents", "policies")

    def __init__(self) -> None:
        self.documents: list[_Document] = []
        self.policies: list[PagePolicies] = []

    def add(self, document: _Document) -> bool:
        """Takes in a document; False where it's known already."""
        if any(known.id == document.id for known in self.documents):
            return False
        place = bisect.bisect_left(self.documents, document[:2], key=lambda known: known[:2])
        self.documents.insert(place, document)
        del self.policies[place:]
        for number in range(place, len(self.documents)):
            self.policies.append(self._after(number))
        if len(self.documents) > DOCUMENTS:
            del self.documents[0], self.policies[0]
        return True

    def _after(self, number: int) -> PagePolicies:
        document = self.documents[number]
        before = self.policies[number - 1] if number else None
        policies = PagePolicies(
            embedder=document.embedder,
            contents=document.contents,
            agreed=before is None or (before.agreed and before.embedder == document.embedder),
            framed=document.framed or (before is not None and before.framed),
        )
        if before is not None and before == policies:
            return before  # most reloads change nothing: calls share what they came to
        return policies


class Documents:
    """The documents seen so far. `take` feeds it, `before` asks it."""

    def __init__(self) -> None:
        self._histories: OrderedDict[Page, _History] = OrderedDict()
        self._asked: OrderedDict[Page, float] = OrderedDict()  # the start of the latest call that was judged by them

    def take(self, facts: Facts) -> float | None:
        """Takes in an exchange if it loaded a document; gives the time since which calls began that were judged without
        it and may belong to it, if there are any.

        Each exchange may be given again in a later state.
        """
        document = _document(facts)
        if document is None:
            return None
        page = (facts.target, facts.engine)
        history = self._histories.get(page)
        if history is None:
            history = self._histories[page] = _History()
            if len(self._histories) > ORIGINS:
                self._histories.popitem(last=False)
        self._histories.move_to_end(page)
        since = document.loaded - SLACK
        return since if history.add(document) and self._asked.get(page, since - 1) >= since else None

    def before(self, page: str | None, facts: Facts) -> PagePolicies | None:
        """What the documents of this origin declared that were loaded before this exchange began; None: none was."""
        if page is None:
            return None
        key = (page, facts.engine)
        started = facts.exchange.started
        if started > self._asked.get(key, float("-inf")):
            self._asked[key] = started
            if len(self._asked) > ORIGINS:
                self._asked.popitem(last=False)
        history = self._histories.get(key)
        if history is None:
            return None
        started += SLACK
        number = len(history.documents)
        while number and history.documents[number - 1].loaded > started:
            number -= 1
        return history.policies[number - 1] if number else None


def _document(facts: Facts) -> _Document | None:
    if facts.mode != "navigate" and facts.dest not in _WORKERS:
        return None
    exchange = facts.exchange
    status = exchange.status
    if status is None or facts.engine is None or facts.location is not None or status in (204, 205):
        return None
    if exchange.answer_withheld:
        return None  # what it declared isn't known
    headers = exchange.response_headers
    embedder = embedder_policy(combined(headers, _EMBEDDER))
    contents = tuple(values(headers, _CONTENT))
    if status == 304 and embedder is None and not contents:
        return None  # it's the stored document again, which had been seen or hadn't
    if facts.mode != "navigate":
        if embedder is None:
            return None  # a worker that declares nothing can't be told from the page that it belongs to
    elif not _shows_page(facts):
        return None
    loaded = exchange.started if exchange.answered is None else exchange.answered
    return _Document(loaded, exchange.id, embedder, contents, facts.dest in NESTED)


def _shows_page(facts: Facts) -> bool:
    headers = facts.exchange.response_headers
    if (combined(headers, "content-disposition") or "").lower().startswith("attachment"):
        return False
    declared = combined(headers, "content-type")
    return declared is None or media_type(declared) in _PAGES
