"""The words of the filter language, as data: the states and the keys, what each means, and its test of a row.

Every test is a closure over plain values: made once when the filter is read, asked once a row.
"""

import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple, Protocol

from corsinspect.analysis.across.patterns import BY_SLUG, concerns
from corsinspect.analysis.across.traits import Traits
from corsinspect.fetch.engines import ENGINES
from corsinspect.fetch.reasons import TWO_ORIGIN_LINES, Reason, code, is_reason
from corsinspect.fetch.url import origin_of


class FilterRow(Protocol):
    """What a filter reads of a call."""

    @property
    def outcome(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def page(self) -> str | None: ...
    @property
    def preflight(self) -> str:
        """The list's sign of it."""
        ...

    @property
    def slug(self) -> Reason | None:
        """The verdict's reason."""
        ...

    @property
    def status(self) -> int | None: ...
    @property
    def took(self) -> float | None:
        """Seconds."""
        ...

    @property
    def confirmed(self) -> bool | None:
        """Whether the browser itself said the outcome."""
        ...

    @property
    def line(self) -> str:
        """The line of code that made the call."""
        ...

    @property
    def withheld(self) -> str:
        """The cookies that the browser kept back."""
        ...

    @property
    def traits(self) -> Traits | None: ...
    @property
    def text(self) -> str:
        """What free text is looked for in, in lower case."""
        ...


Predicate = Callable[[FilterRow], bool]


class State(NamedTuple):
    """A word that stands for itself."""

    meaning: str
    accepts: Predicate


class Field(NamedTuple):
    """What stands before a colon. `make` gives the test, or says what is wrong with the value."""

    example: str
    meaning: str
    make: Callable[[str, bool], Predicate | str]
    """From the value, and whether it has to be the whole field."""


def _outcome(outcome: str) -> Predicate:
    return lambda row: row.outcome == outcome


_SENT = frozenset("✓✗◌")
"""The list's signs of a preflight that was seen."""

STATES: dict[str, State] = {
    "blocked": State("the browser withheld the response from the page", _outcome("blocked")),
    "network": State("no response: not CORS", _outcome("network-error")),
    "unknown": State("the traffic doesn't show what the browser did", _outcome("unknown")),
    "allowed": State("the page may read the response", _outcome("allowed")),
    "simulated": State("allowed by a simulated fix only", _outcome("simulated")),
    "opaque": State("sent without CORS, unreadable", _outcome("opaque")),
    "pending": State("not answered yet", _outcome("pending")),
    "preflight": State("the browser sent a preflight (OPTIONS)", lambda row: row.preflight in _SENT),
}


def matcher(pattern: str, whole: bool) -> Callable[[str], bool]:
    """Whether a text (in lower case) is `pattern`, or has it in itself; `*` stands for anything.

    The pieces between the stars are looked for one after the other: no pattern takes more than a few passes.
    """
    wanted = pattern.lower()
    if "*" not in wanted:
        return (lambda text: text == wanted) if whole else (lambda text: wanted in text)
    first, *middle, last = wanted.split("*")
    if not whole:
        first, middle, last = "", [first, *middle, last], ""

    def matches(text: str) -> bool:
        if not text.startswith(first):
            return False
        at = len(first)
        for piece in middle:
            found = text.find(piece, at)
            if found < 0:
                return False
            at = found + len(piece)
        return len(text) - len(last) >= at and text.endswith(last)

    return matches


@lru_cache(maxsize=4096)
def host_names(origin: str) -> tuple[str, str, str]:
    """The ways to name the server of a serialised origin: the origin, host:port, and host; in lower case."""
    host_port = origin.partition("://")[2] or origin
    host = host_port if host_port.endswith("]") else re.sub(r":[0-9]+$", "", host_port)
    return origin.lower(), host_port.lower(), host.lower()


def path_of(url: str) -> str:
    """The path of a captured URL, without its query."""
    start = url.find("/", url.find("://") + 3)
    return "/" if start < 0 else url[start:].partition("?")[0]


def _of_origin(origin: Callable[[FilterRow], str | None]) -> Callable[[str, bool], Predicate]:
    def make(value: str, whole: bool) -> Predicate:
        matches = matcher(value.rstrip("/") or value, whole)
        names = slice(3 if whole else 1)  # what is in one of the names is in the origin

        def accepts(row: FilterRow) -> bool:
            found = origin(row)
            return found is not None and any(map(matches, host_names(found)[names]))

        return accepts

    return make


def _path(value: str, whole: bool) -> Predicate:
    matches = matcher(value, whole)
    return lambda row: matches(path_of(row.url).lower())


def _method(value: str, whole: bool) -> Predicate:
    matches = matcher(value, True)
    return lambda row: matches(row.method.lower())


def _reason(value: str, whole: bool) -> Predicate:
    matches = matcher(value, True)
    return lambda row: row.slug is not None and matches(row.slug)


def _code(value: str, whole: bool) -> Predicate:
    matches = matcher(value, True)
    return lambda row: any(matches(code.lower()) for code in codes(row.slug, row.preflight == "✗"))


@lru_cache(maxsize=512)
def codes(slug: Reason | None, preflight: bool) -> tuple[str, ...]:
    """The engines' own names for a reason; `preflight`: where a preflight's answer failed."""
    if not is_reason(slug):
        return ()
    found = [code(engine, slug, preflight, 1, False) for engine in ENGINES]
    return (*(name for name in found if name), *((TWO_ORIGIN_LINES,) if slug == "origin-multiple" else ()))


def _finding(value: str, whole: bool) -> Predicate | str:
    slug = value.lower()
    if slug not in BY_SLUG:
        near = get_close_matches(slug, BY_SLUG, n=1)
        return f"there is no finding {value}" + (f"; did you mean {near[0]}?" if near else "")
    return lambda row: row.traits is not None and concerns(slug, row.traits)


def _status(value: str, whole: bool) -> Predicate | str:
    if match := re.fullmatch(r"([1-5])(xx|\*)", value.lower()):
        hundred = int(match[1])
        return lambda row: row.status is not None and row.status // 100 == hundred
    if re.fullmatch(r"[0-9]{3}", value, re.ASCII):
        wanted = int(value)
        return lambda row: row.status == wanted
    return "a status is three digits, or 4xx for all that begin with 4"


def _slower(value: str, whole: bool) -> Predicate | str:
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|)", value.lower(), re.ASCII)
    if match is None:
        return "a duration looks like 500ms or 2s"
    seconds = float(match[1]) * (1 if match[2] == "s" else 0.001)
    return lambda row: row.took is not None and row.took > seconds


def _confirmed(value: str, whole: bool) -> Predicate | str:
    wanted = {"yes": True, "no": False}.get(value.lower())
    if wanted is None:
        return "it is yes or no"
    return lambda row: (row.confirmed is True) is wanted


def _line(value: str, whole: bool) -> Predicate:
    matches = matcher(value, whole)
    return lambda row: bool(row.line) and (matches(row.line.lower()) or matches(row.line.lower().rpartition("/")[2]))


def _withheld(value: str, whole: bool) -> Predicate:
    matches = matcher(value, whole)
    return lambda row: bool(row.withheld) and matches(row.withheld.lower().removeprefix("cookies withheld: "))


FIELDS: dict[str, Field] = {
    "method": Field("method:PUT", "the page's method", _method),
    "host": Field("host:api.shop.test", "the server that was called", _of_origin(lambda row: origin_of(row.url))),
    "path": Field("path:/v1", "the URL's path, without its query", _path),
    "origin": Field("origin:localhost:3000", "the page that called", _of_origin(lambda row: row.page)),
    "reason": Field("reason:origin-*", "the reason's identifier", _reason),
    "status": Field("status:4xx", "the status of the response where the call stopped", _status),
    "slower": Field("slower:500ms", "calls that took longer", _slower),
    "finding": Field("finding:preflight-login", "calls that this finding (F) is about", _finding),
    "confirmed": Field("confirmed:no", "whether the browser itself said the outcome: yes or no", _confirmed),
    "line": Field("line:api.js:42", "the line of code that called, as the browser gives it", _line),
    "withheld": Field("withheld:sid", "cookies that the browser had and didn't send", _withheld),
    "code": Field("code:MissingAllowOriginHeader", "the browser's own name for the failure", _code),
}
