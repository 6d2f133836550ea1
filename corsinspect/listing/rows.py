"""The compact row of a call: what the list draws, filters and sorts by, and all that memory holds of most calls."""

from sys import intern

import msgspec

from corsinspect import advice
from corsinspect.advice.messages.browser_said import caller_of, place
from corsinspect.analysis import by_server
from corsinspect.analysis.across.served import NOWHERE, Served, served
from corsinspect.analysis.across.traits import Traits
from corsinspect.model import Call, Certainty, Hop, Kind, Outcome, PreflightUse, Reason

PROBLEMS = frozenset({"blocked", "network-error"})
"""Outcomes that a person came here for."""
EXPLAINED = PROBLEMS | {"unknown", "simulated"}
"""Outcomes whose reason stands under the row; the others' sign says enough."""


PREFLIGHTS: dict[PreflightUse | None, str] = {"cached": "cache", "none": "–", "missing": "?", None: ""}


class CallRow(msgspec.Struct, frozen=True, gc=False):
    """What the list shows of a call; texts are as captured, `shorten` and `printable` make them fit for a screen.

    With its texts it takes some 350 bytes; a Call takes ten times as much.
    """

    position: int
    outcome: Outcome
    certainty: Certainty
    method: str
    url: str
    page: str | None
    preflight: str
    reason: str
    """In a few words."""
    started: float
    took: float | None
    """Seconds from the first byte asked to the last byte answered."""
    background: bool
    id: str = ""
    slug: Reason | None = None
    """The verdict's reason."""
    status: int | None = None
    """Of the exchange where the call stopped."""
    kind: Kind | None = None
    asked: float | None = None
    """Seconds that the page waited for the preflight of the first hop; None: there was none, or no answer."""
    confirmed: bool | None = None
    """Whether the browser itself said the outcome."""
    line: str = ""
    """The line of code that made the call, with its whole address."""
    withheld: str = ""
    """The cookies that the browser kept back, and why."""
    traits: Traits | None = None
    """What it has in common with others; one object for equal ones."""
    served: Served = NOWHERE
    """Where its answer came from; one object for equal ones."""

    @property
    def text(self) -> str:
        """What free text is looked for in."""
        page = self.page or ""
        return f"{self.method} {self.url} from {page} {self.outcome} {self.reason}".lower()


def row_of(position: int, call: Call, traits: Traits) -> CallRow:
    """The row of a call. Texts that come again and again are held once."""
    verdict = call.verdict
    hop = call.hops[-1] if call.hops else Hop()
    last = hop.request or hop.preflight
    ended = None if last is None else last.ended
    if len(_PLACES) > MOST_PLACES:
        _PLACES.clear()
    place_served = served(call)
    return CallRow(
        position=position,
        outcome=intern(verdict.outcome),  # pyright: ignore[reportArgumentType] - the same text
        certainty=intern(verdict.certainty),  # pyright: ignore[reportArgumentType]
        method=intern(call.method or ("CONNECT" if call.hops else "")),
        url=call.url,
        page=None if call.page_origin is None else intern(call.page_origin),
        preflight=preflight_sign(call),
        reason=intern(_reason(call)),
        started=call.started,
        took=None if ended is None else max(0.0, ended - call.started),
        background=call.background,
        id=call.id,
        slug=None if verdict.reason is None else intern(verdict.reason),  # pyright: ignore[reportArgumentType]
        status=_STATUSES.get(verdict.status, verdict.status),
        kind=call.kind,
        asked=_asked(call),
        confirmed=None if call.browser is None else call.browser.confirmed,
        line="" if (caller := caller_of(call)) is None else intern(place(caller)),
        withheld=intern(advice.withheld(call)),
        traits=traits,
        served=_PLACES.setdefault(place_served, place_served),
    )


def preflight_sign(call: Call) -> str:
    """What became of the preflight: ✓ passed, ✗ failed, ◌ under way, cache, – none needed, ? needed and not seen."""
    if call.preflight != "sent":
        return PREFLIGHTS[call.preflight]
    verdict = call.verdict
    if verdict.stage == "preflight" and verdict.outcome in ("blocked", "network-error"):
        return "✗"
    asked = [hop.preflight for hop in call.hops if hop.preflight is not None]
    return "◌" if asked and asked[-1].status is None and asked[-1].failure is None else "✓"


def _reason(call: Call) -> str:
    if call.verdict.outcome == "simulated":
        return advice.server_reason(by_server(call))
    return advice.short_reason(call)


def _asked(call: Call) -> float | None:
    preflight = call.hops[0].preflight if call.hops else None
    ended = None if preflight is None else preflight.ended or preflight.answered
    return None if preflight is None or ended is None else max(0.0, ended - preflight.started)


MOST_PLACES = 1000
"""Answers that name a server of their own each aren't worth remembering."""
_PLACES: dict[Served, Served] = {}
_STATUSES: dict[int | None, int] = {status: status for status in range(100, 600)}
"""One object a status: what is read from a file are as many as there are calls."""
