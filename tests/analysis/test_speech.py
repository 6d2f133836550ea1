"""What was said is handed over when it would have come, and read no sooner."""

import math
from collections.abc import Sequence

import msgspec

from corsinspect.analysis.word.speech import AT_ONCE, Speech
from corsinspect.said import Said
from tests.analysis.build import exchange
from tests.said import said_of


def said(at: float) -> Said:
    return msgspec.structs.replace(said_of(exchange(), f"1:{at}"), ended=at)


class Sidecar:
    """So many Saids, a second from one to the next, in pieces of 100."""

    def __init__(self, count: int) -> None:
        self.count, self.read = count, 0

    def piece(self) -> Sequence[Said]:
        first, self.read = self.read, min(self.count, self.read + 100)
        return [said(1 + number) for number in range(first, self.read)]


def test_what_was_told_by_then_comes_once_and_in_order() -> None:
    sidecar = Sidecar(1_000)
    speech = Speech(sidecar.piece)
    assert [each.ended for each in speech.until(50)] == list(range(1, 50))
    assert sidecar.read == 100
    assert speech.until(50.1) == []
    assert [each.ended for each in speech.until(120)] == list(range(50, 120))


def test_at_the_end_no_more_is_held_than_is_handed_over() -> None:
    sidecar = Sidecar(5_000)
    speech = Speech(sidecar.piece)
    found: list[Said] = []
    while some := speech.until(math.inf):
        found += some
        assert len(some) <= AT_ONCE
        assert sidecar.read - len(found) < AT_ONCE + 100
    assert [each.ended for each in found] == list(range(1, 5_001))
