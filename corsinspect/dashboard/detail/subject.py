"""One call as the tabs of its details see it."""

from collections.abc import Callable, Sequence
from functools import cached_property

from corsinspect import analysis
from corsinspect.advice.evidence.elsewhere import Elsewhere, elsewhere
from corsinspect.advice.solution import Solution, solution
from corsinspect.model import Call, Step


class Subject:
    """One call as the tabs see it; what only some of them need is worked out when they ask."""

    def __init__(
        self,
        call: Call,
        others: Callable[[], Sequence[Call]] = tuple,
        *,
        can_trust: bool = False,
        recipe: str | None = None,
        own: Callable[[], Sequence[Call]] = tuple,
    ) -> None:
        """`others` gives the session's calls to the same server; `can_trust`: a key may accept an untrusted
        certificate here; `recipe`: the id of the one that the person chose for this server;
        `own` gives the calls to the page's own origin and to the servers beside it."""
        self.call = call
        self.can_trust = can_trust
        self.recipe = recipe
        self._others = others
        self._own = own

    @cached_property
    def steps(self) -> list[Step]:
        """The browser's algorithm for this call."""
        return analysis.trace(self.call)

    @cached_property
    def solution(self) -> Solution:
        """How to fix it."""
        return solution(self.call, self.others, self.recipe)

    @cached_property
    def elsewhere(self) -> Elsewhere | None:
        """What to do if the server isn't the person's own; None where it may as well be."""
        return elsewhere(self.call, self.others, self._own())

    @cached_property
    def by_server(self) -> "Subject":
        """The same call as the server alone would have it, where a fix is being tried on it."""
        own = analysis.by_server(self.call)
        return Subject(own, self._others, can_trust=self.can_trust, recipe=self.recipe, own=self._own)

    @cached_property
    def others(self) -> Sequence[Call]:
        """The session's calls to the same server (the latest ones where there are very many), this one among them."""
        found = [analysis.by_server(other) for other in self._others()]
        return found if any(other.id == self.call.id for other in found) else (*found, self.call)
