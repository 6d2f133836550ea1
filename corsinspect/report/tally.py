"""What the calls of a check come to, taken in one at a time, in the order in which they began: how many had which
outcome, and what many share."""

from collections import Counter
from collections.abc import Iterable

from corsinspect.advice import certainty, counted, dispute, is_open, pattern_words
from corsinspect.analysis.across.history import Histories, gravest
from corsinspect.analysis.across.served import served
from corsinspect.analysis.across.traits import Traits, traits
from corsinspect.model import Call, Outcome

MOST_IN_COMMON = 5


class Tally:
    """Counts calls; memory grows with their kinds, not with their number."""

    def __init__(self, calls: Iterable[Call] = ()) -> None:
        self.background = 0
        """Requests of the browser's own."""
        self._outcomes: Counter[Outcome] = Counter()
        self._standing_open: Counter[str] = Counter()
        self._kinds: Counter[Traits] = Counter()
        self._histories = Histories()
        self._disputed = 0
        for call in calls:
            self.add(call)

    def add(self, call: Call) -> None:
        """Takes in one call."""
        kind = traits(call)
        self._kinds[kind] += 1
        self._histories.add(kind, call.url, call.started, served(call))
        if call.background:
            self.background += 1
            return
        self._outcomes[call.verdict.outcome] += 1
        self._disputed += bool(dispute(call))
        if is_open(call):
            self._standing_open[certainty(call)] += 1

    def summary(self) -> str:
        """How many calls had which outcome, in one line."""
        return counted(self._outcomes, self._standing_open, self.background)

    def in_common(self) -> list[str]:
        """Why many calls fail, in one sentence per cause, as captured: not yet safe for a terminal."""
        return [
            f"{pattern_words(each.slug, api=each.api, page=each.page, count=each.count, values=each.values).short}."
            for each in gravest(self._kinds, self._histories, MOST_IN_COMMON)
        ]

    def disputed(self) -> list[str]:
        """What to do about verdicts that the browser contradicts, in one sentence; none where there are none."""
        number = self._disputed
        said = (
            f"The browser contradicts {number} verdict{'s' if number > 1 else ''}: a mistake of corsinspect's. Please "
            "report it: `corsinspect bug-report FILE` writes these calls, without secrets, to a file to attach."
        )
        return [said] if number else []
