"""The compact row of a call: what the list draws, filters and sorts by, and all that memory holds of most calls."""

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


class Common(msgspec.Struct, frozen=True, gc=False):
    """What a row has in common with many others: all but when, where to, and which call. Equal ones are one object."""

    outcome: Outcome
    certainty: Certainty
    method: str
    page: str | None
    preflight: str
    reason: str
    """In a few words."""
    background: bool
    slug: Reason | None = None
    """The verdict's reason."""
    status: int | None = None
    """Of the exchange where the call stopped."""
    kind: Kind | None = None
    confirmed: bool | None = None
    """Whether the browser itself said the outcome."""
    line: str = ""
    """The line of code that made the call, with its whole address."""
    withheld: str = ""
    """The cookies that the browser kept back, and why."""
    traits: Traits | None = None
    """What it has in common with others where findings are looked for."""
    served: Served = NOWHERE
    """Where its answer came from."""


class CallRow(msgspec.Struct, frozen=True, gc=False):
    """What the list shows of a call; texts are as captured, `shorten` and `printable` make them fit for a screen.

    With its texts it takes some 330 bytes (450 without `common`); a Call takes ten times as much.
    """

    position: int
    common: Common
    url: str
    started: float
    took: float | None
    """Seconds from the first byte asked to the last byte answered."""
    id: str = ""
    asked: float | None = None
    """Seconds that the page waited for the preflight of the first hop; None: there was none, or no answer."""

    @property
    def outcome(self) -> Outcome:
        return self.common.outcome

    @property
    def certainty(self) -> Certainty:
        return self.common.certainty

    @property
    def method(self) -> str:
        return self.common.method

    @property
    def page(self) -> str | None:
        return self.common.page

    @property
    def preflight(self) -> str:
        return self.common.preflight

    @property
    def reason(self) -> str:
        return self.common.reason

    @property
    def background(self) -> bool:
        return self.common.background

    @property
    def slug(self) -> Reason | None:
        return self.common.slug

    @property
    def status(self) -> int | None:
        return self.common.status

    @property
    def kind(self) -> Kind | None:
        return self.common.kind

    @property
    def confirmed(self) -> bool | None:
        return self.common.confirmed

    @property
    def line(self) -> str:
        return self.common.line

    @property
    def withheld(self) -> str:
        return self.common.withheld

    @property
    def traits(self) -> Traits | None:
        return self.common.traits

    @property
    def served(self) -> Served:
        return self.common.served

    @property
    def text(self) -> str:
        """What free text is looked for in."""
        it = self.common
        return f"{it.method} {self.url} from {it.page or ''} {it.outcome} {it.reason}".lower()


def row_of(position: int, call: Call, traits: Traits) -> CallRow:
    """The row of a call."""
    verdict = call.verdict
    hop = call.hops[-1] if call.hops else Hop()
    last = hop.request or hop.preflight
    ended = None if last is None else last.ended
    common = Common(
        outcome=verdict.outcome,
        certainty=verdict.certainty,
        method=call.method or ("CONNECT" if call.hops else ""),
        page=call.page_origin,
        preflight=preflight_sign(call),
        reason=_reason(call),
        background=call.background,
        slug=verdict.reason,
        status=verdict.status,
        kind=call.kind,
        confirmed=None if call.browser is None else call.browser.confirmed,
        line="" if (caller := caller_of(call)) is None else place(caller),
        withheld=advice.withheld(call),
        traits=traits,
        served=served(call),
    )
    return CallRow(
        position=position,
        common=_pooled(common),
        url=call.url,
        started=call.started,
        took=None if ended is None else max(0.0, ended - call.started),
        id=call.id,
        asked=_asked(call),
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


MOST_POOLED = 10_000
"""What each call has of its own (a server's name, a reason that quotes an id) isn't worth remembering."""
_pool: dict[Common, Common] = {}


def _pooled(common: Common) -> Common:
    """The one object that stands for equal ones: a row holds eight bytes of it."""
    if len(_pool) > MOST_POOLED:
        _pool.clear()
    return _pool.setdefault(common, common)
