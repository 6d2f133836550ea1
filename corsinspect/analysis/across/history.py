"""What became of one call over time: it worked and now fails, or it works now and then.

Looks at calls one after the other and remembers little of each address; what it finds are Patterns as any other.
"""

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from corsinspect.fetch.check import ALLOW_CREDENTIALS, ALLOW_HEADERS, ALLOW_METHODS, ALLOW_ORIGIN
from corsinspect.fetch.headers import CorsHeaders
from corsinspect.model import Call

from .patterns import Counts, Pattern, in_order, patterns
from .served import Served, served
from .traits import Traits, traits

REMEMBERED = 20_000
"""Addresses held at a time, those of longest ago let go of."""
MOST_PLACES = 20
"""Places remembered of one address."""
TURNS = 3
"""So many changes between passing and failing are no change of the server's, but chance."""


class _Field(NamedTuple):
    """The header that a reason is about, and where it is in CorsHeaders."""

    header: str
    name: str


_ORIGIN = _Field(ALLOW_ORIGIN, "allow_origin")
DECIDED_BY: dict[str, _Field] = {
    "origin-missing": _ORIGIN,
    "origin-mismatch": _ORIGIN,
    "origin-invalid": _ORIGIN,
    "origin-multiple": _ORIGIN,
    "origin-wildcard-with-credentials": _ORIGIN,
    "credentials-not-true": _Field(ALLOW_CREDENTIALS, "allow_credentials"),
    "method-not-allowed": _Field(ALLOW_METHODS, "allow_methods"),
    "allow-methods-invalid": _Field(ALLOW_METHODS, "allow_methods"),
    "header-not-allowed": _Field(ALLOW_HEADERS, "allow_headers"),
    "allow-headers-invalid": _Field(ALLOW_HEADERS, "allow_headers"),
}


class _Course:
    """What is remembered of one address, as one page calls it with one method."""

    def __init__(self) -> None:
        self.passed = self.failed = self.turns = 0
        self.grant: CorsHeaders | None = None
        """What the preflight's answer said when the call last passed; None: no preflight was seen then."""
        self.preflight_status: int | None = None
        self.answer: CorsHeaders | None = None
        self.first_failure: tuple[float, Traits] | None = None
        """Since the call last passed."""
        self.failures = 0
        """Since then."""
        self.passed_from: Counter[Served] = Counter()
        self.failed_from: Counter[Served] = Counter()

    def take(self, kind: Traits, started: float, place: Served) -> None:
        if kind.outcome == "allowed":
            self.turns += self.first_failure is not None
            self.passed += 1
            self.first_failure, self.failures = None, 0
            _count(self.passed_from, place)
            self.answer = kind.answer or self.answer
            if kind.asked is not None:
                self.grant, self.preflight_status = kind.grant, kind.preflight_status
            return
        if self.passed and self.first_failure is None:
            self.turns += 1
            self.first_failure = (started, kind)
        self.failures += 1
        self.failed += 1
        _count(self.failed_from, place)

    def found(self) -> tuple[str, dict[str, str]] | None:
        """The pattern's slug and values."""
        if not self.passed or not self.failed:
            return None
        if all(place.from_cache for place in self.failed_from) and not any(
            place.from_cache for place in self.passed_from
        ):
            return "intermittent-cache", {}
        passed, failed = ({place.instance for place in places} for places in (self.passed_from, self.failed_from))
        told = "" not in passed | failed and not passed & failed and self._names_come_again()
        if self.turns > 1 and told:
            return "intermittent-instance", {"found": ", ".join(sorted(failed)[:3])}
        if self.turns >= TURNS:
            return "intermittent", {}
        return None if self.first_failure is None or self.turns > 1 else self._worked_before(*self.first_failure)

    def _names_come_again(self) -> bool:
        """Else each answer has a name of its own, which is none of a server."""
        return all(max(places.values()) > 1 for places in (self.passed_from, self.failed_from))

    def _worked_before(self, started: float, kind: Traits) -> tuple[str, dict[str, str]] | None:
        """Only where the header that decides is another one now: else the page has changed, not the server."""
        at_preflight = kind.stage == "preflight"
        if kind.reason == "preflight-status" and self.grant is not None:
            return _changed("status", self.preflight_status, kind.preflight_status, started)
        field = DECIDED_BY.get(kind.reason or "")
        before, now = (self.grant, kind.grant) if at_preflight else (self.answer, kind.answer)
        if field is None or before is None or now is None:
            return None
        return _changed(field.header, getattr(before, field.name), getattr(now, field.name), started)


def _count(places: Counter[Served], place: Served) -> None:
    if place in places or len(places) < MOST_PLACES:
        places[place] += 1


def _changed(header: str, before: object, now: object, started: float) -> tuple[str, dict[str, str]] | None:
    if before == now:
        return None
    said = {"before": "" if before is None else str(before), "now": "" if now is None else str(now)}
    return "worked-before", {"header": header, "since": str(started), **said}


class Histories:
    """Takes calls in, in the order in which they began."""

    def __init__(self) -> None:
        self._courses: OrderedDict[tuple[str, str, str, str], _Course] = OrderedDict()

    def add(self, kind: Traits, url: str, started: float, place: Served) -> None:
        """A call: its Traits, address, time, and where its answer came from."""
        if kind.background or kind.page is None or kind.hop or kind.outcome not in ("allowed", "blocked"):
            return
        key = (kind.page, kind.api, kind.method or "", url.partition("?")[0])
        course = self._courses.get(key)
        if course is None:
            course = self._courses[key] = _Course()
            if len(self._courses) > REMEMBERED:
                self._courses.popitem(last=False)
        course.take(kind, started, place)

    def patterns(self) -> list[Pattern]:
        """What was found, one Pattern for all addresses of a server that show the same."""
        alike: defaultdict[tuple[str, ...], list[tuple[_Course, dict[str, str]]]] = defaultdict(list)
        for (page, api, _, _), course in self._courses.items():
            if (found := course.found()) is not None:
                slug, values = found
                alike[slug, api, page, values.get("header", ""), values.get("now", "")].append((course, values))
        made = [
            Pattern(
                slug=slug,
                severity="error",
                api=api,
                count=sum(course.failures if slug == "worked-before" else course.failed for course, _ in those),
                values=min((values for _, values in those), key=lambda values: float(values.get("since", 0))),
                page=page,
            )
            for (slug, api, page, *_), those in alike.items()
        ]
        return in_order(made)


def gravest(kinds: Counts, histories: Histories, most: int) -> list[Pattern]:
    """The errors that many calls share, and those that one call showed over time: so many at most."""
    found = in_order([*patterns(kinds), *histories.patterns()])
    return [each for each in found if each.severity == "error"][:most]


def history(calls: Iterable[Call]) -> list[Pattern]:
    """The patterns of a whole session's calls."""
    histories = Histories()
    for call in sorted(calls, key=lambda call: call.started):
        histories.add(traits(call), call.url, call.started, served(call))
    return histories.patterns()
