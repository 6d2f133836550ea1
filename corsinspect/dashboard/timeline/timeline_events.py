"""A saved session as what came to be known when: each exchange asked, answered and ended, in the order of time."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from corsinspect.model import Exchange


class Moment(NamedTuple):
    """Sorts by time, and in one instant by what began first."""

    at: float
    exchange: int
    """Its index among the exchanges."""
    stage: int


ASKED, ANSWERED, ENDED = range(3)

COMES: dict[str, int] = {
    **dict.fromkeys("id url started method request_headers http_version connection withheld".split(), ASKED),
    **dict.fromkeys(
        "request_size status reason_phrase response_headers answered by_proxy error_page".split(), ANSWERED
    ),
    **dict.fromkeys("untrusted_certificate server_status server_headers count answer_withheld".split(), ANSWERED),
    **dict.fromkeys("response_size ended failure".split(), ENDED),
}
"""At which stage each field of an Exchange comes to be known."""
_UNKNOWN: list[dict[str, object]] = [
    {field.name: field.default for field in msgspec.structs.fields(Exchange) if COMES.get(field.name, ASKED) > stage}
    for stage in (ASKED, ANSWERED, ENDED)
]
"""The fields that aren't known yet at a stage, as they are then."""


def moments(exchanges: Sequence[Exchange]) -> list[Moment]:
    """All of them; what came at once with something later of the same exchange is left out."""
    found: list[Moment] = []
    for index, each in enumerate(exchanges):
        times = _times(each)
        for (at, stage), (after, _) in zip(times, [*times[1:], (None, None)], strict=True):
            if at != after:
                found.append(Moment(at, index, stage))
    found.sort()
    return found


def state(exchange: Exchange, stage: int) -> Exchange:
    """What was known of an exchange at this stage."""
    return msgspec.structs.replace(exchange, **_UNKNOWN[stage]) if stage != ENDED else exchange


def is_quiet(moment: Moment, exchange: Exchange) -> bool:
    """Whether a moment is only the end of an answer that came before."""
    if moment.stage != ENDED or exchange.failure is not None:
        return False
    return any(stage == ANSWERED and at < moment.at for at, stage in _times(exchange))


def _times(exchange: Exchange) -> list[tuple[float, int]]:
    """When each stage came; never earlier than the one before, whatever the clocks did."""
    begun = exchange.started
    if exchange.method is None:  # a connection that failed: known of only then
        return [(begun, ENDED)]
    times = [(begun, ASKED)]
    if exchange.status is not None:
        times.append((max(begun, exchange.answered or exchange.ended or begun), ANSWERED))
    if exchange.ended is not None or exchange.failure is not None:
        times.append((max(times[-1][0], exchange.ended or begun), ENDED))
    return times
