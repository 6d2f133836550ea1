"""How the value that a server sent differs from the one that the browser needed, character by character.

- `origin_difference`, `credentials_difference`, `list_difference` take the two values and name the kinds of difference.
- A mark is a half-open range of characters `(start, end)` of the raw value: it says what to highlight and decides
  nothing (the verdict comes from elsewhere; the marks help a person to see it).
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from typing import Literal

import msgspec

from corsinspect.fetch.headers import is_token

DifferenceKind = Literal[
    "missing",
    "empty",
    "wildcard",
    "null",
    "duplicated",
    "several",
    "trailing-slash",
    "path",
    "scheme",
    "no-scheme",
    "port",
    "default-port",
    "host",
    "loopback",
    "subdomain",
    "pattern",
    "case",
    "userinfo",
    "quotes",
    "own-origin",
    "invalid",
    "not-listed",
    "malformed",
    "value",
]
Mark = tuple[int, int]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
DEFAULT_PORTS = {"http": ":80", "https": ":443"}

_ORIGIN = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<user>[^/@]*@)?(?P<host>\[[^]/]*\]|[^/:?#]*)(?P<port>:[0-9]*)?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)


class Difference(msgspec.Struct, frozen=True):
    """How two values differ; without any kind they are equal."""

    kinds: tuple[DifferenceKind, ...] = ()
    note: str = ""
    """The kinds in a few words."""
    needed_marks: tuple[Mark, ...] = ()
    found_marks: tuple[Mark, ...] = ()


NONE = Difference()


@lru_cache(maxsize=256)
def origin_difference(needed: str, found: str | None, own: str | None = None) -> Difference:
    """How an `Access-Control-Allow-Origin` (several lines joined with ", ") differs from the origin that was needed.

    `own` is the origin of the server that sent it: allowing itself instead of the page is a frequent mistake.
    """
    if found is None:
        return Difference(("missing",), "missing", ((0, len(needed)),))
    if not found:
        return Difference(("empty",), "empty", ((0, len(needed)),))
    if found == needed:
        return NONE
    whole: tuple[Mark, ...] = ((0, len(found)),)
    if found == "*":
        return Difference(("wildcard",), "* does not cover credentials", found_marks=whole)
    if re.search(r"[,\s]", found):
        return _several(needed, found)
    if found.lower() == "null":
        return Difference(("null",), "null stands for sandboxed and local pages", found_marks=whole)
    if found == own:
        return Difference(("own-origin",), "this is the server itself, not the page", found_marks=whole)
    if found.strip("\"'") == needed:
        start = len(found) - len(found.lstrip("\"'"))
        marks = tuple(mark for mark in ((0, start), (start + len(needed), len(found))) if mark[0] < mark[1])
        return Difference(("quotes",), "quotes are not allowed", found_marks=marks)
    return _by_part(needed, found)


def credentials_difference(found: str | None) -> Difference:
    """How an `Access-Control-Allow-Credentials` differs from a single `true` in lower case."""
    if found is None:
        return Difference(("missing",), "missing", ((0, 4),))
    if not found:
        return Difference(("empty",), "empty", ((0, 4),))
    if found == "true":
        return NONE
    if set(found.replace(",", " ").split()) == {"true"}:
        return Difference(("duplicated",), "sent twice", found_marks=((4, len(found)),))
    if found.lower() == "true":
        return Difference(("case",), "must be in lower case", found_marks=_unequal(found, "true"))
    return Difference(("value",), "must be exactly true", found_marks=((0, len(found)),))


def list_difference(needed: Iterable[str], found: str | None, *, case_matters: bool) -> Difference:
    """Which of the needed methods (case matters) or header names (it doesn't) a list lacks, and what makes it invalid.

    `needed_marks` are positions in the needed names joined with ", ".
    """
    names = list(needed)
    lengths = [len(name) for name in names]
    starts = list(accumulate((length + len(", ") for length in lengths), initial=0))
    listed = list(_items(found or ""))
    malformed = tuple((start, start + len(item)) for start, item in listed if not is_token(item))
    exact = {item if case_matters else item.lower() for _, item in listed}
    absent = [i for i, name in enumerate(names) if (name if case_matters else name.lower()) not in exact]
    marks = tuple((starts[i], starts[i] + lengths[i]) for i in absent)
    if malformed:
        return Difference(("malformed",), "not a list of names separated by commas", found_marks=malformed)
    if not absent:
        return NONE
    if found is None:
        return Difference(("missing",), "missing", marks)
    wanted = {names[i].lower() for i in absent}
    miscased = tuple((start, start + len(item)) for start, item in listed if item.lower() in wanted)
    if miscased:
        return Difference(("case",), "upper and lower case matter", marks, miscased)
    if not found.strip(" ,"):
        return Difference(("empty",), "empty", marks)
    names_absent = ", ".join(names[i] for i in absent)
    if "*" in exact:
        return Difference(("wildcard",), "* does not cover " + names_absent, marks, _where(listed, "*"))
    return Difference(("not-listed",), f"add {names_absent}", marks)


def _several(needed: str, found: str) -> Difference:
    """For a comma or space in the value: browsers accept one origin or *, and nothing else."""
    items = [(match.start(), match.group()) for match in re.finditer(r"[^,\s]+", found)]
    right = [(start, start + len(item)) for start, item in items if item == needed]
    if len(items) > 1 and len({item for _, item in items}) == 1:
        first_end = items[0][0] + len(items[0][1])
        return Difference(("duplicated",), "sent more than once", found_marks=((first_end, len(found)),))
    if right:
        start, end = right[0]
        marks = tuple(mark for mark in ((0, start), (end, len(found))) if mark[0] < mark[1])
        return Difference(("several",), "only one value, this one", found_marks=marks)
    return Difference(("several",), "only one value", found_marks=((0, len(found)),))


def _by_part(needed: str, found: str) -> Difference:
    want, have = _ORIGIN.fullmatch(needed), _ORIGIN.fullmatch(found)
    if want is None:  # the browser sent `Origin: null`
        return Difference(("null",), "the page's origin is null", ((0, len(needed)),), ((0, len(found)),))
    if have is None:
        if found == needed[want.start("host") :]:
            note = f"{want['scheme']}:// is missing"
            return Difference(("no-scheme",), note, ((0, want.start("host")),))
        return Difference(("invalid",), "not an origin", found_marks=((0, len(found)),))
    kinds: list[DifferenceKind] = []
    notes: list[str] = []
    needed_marks: list[Mark] = []
    found_marks: list[Mark] = []

    def differs(kind: DifferenceKind, note: str, part: str, *marks: Mark) -> None:
        kinds.append(kind)
        notes.append(note)
        if marks:
            found_marks.extend(marks)
        elif have[part]:
            found_marks.append(have.span(part))
        else:
            needed_marks.append(want.span(part))

    if have["scheme"] != want["scheme"]:
        if have["scheme"].lower() == want["scheme"]:
            differs("case", "upper case", "scheme", *_unequal(have["scheme"], want["scheme"]))
        else:
            differs("scheme", f"{have['scheme']} instead of {want['scheme']}", "scheme")
    if have["user"]:
        differs("userinfo", "contains a user name", "user")
    if have["host"] != want["host"]:
        kind, note, marks = _host(want["host"], have["host"])
        differs(kind, note, "host", *_shifted(marks, have.start("host")))
    if (have["port"] or "") != (want["port"] or ""):
        if have["port"] and not want["port"] and have["port"] == DEFAULT_PORTS.get(want["scheme"]):
            differs("default-port", "leave out the default port", "port")
        else:
            differs("port", f"port {(have['port'] or ' missing')[1:]}", "port")
    if have["rest"] == "/":
        differs("trailing-slash", "trailing slash", "rest")
    elif have["rest"]:
        differs("path", "an origin has no path", "rest")
    return Difference(tuple(kinds), ", ".join(notes), tuple(needed_marks), tuple(found_marks))


def _host(want: str, have: str) -> tuple[DifferenceKind, str, tuple[Mark, ...]]:
    if have.lower() == want:
        return "case", "upper case", _unequal(have, want)
    if have in LOOPBACK and want in LOOPBACK:
        return "loopback", f"{have} is not {want} to a browser", ((0, len(have)),)
    if "*" in have:
        return "pattern", "browsers don't match patterns", _where(list(enumerate(have)), "*")
    if have.endswith("." + want):
        return "subdomain", f"{have[: -len(want)]} is too much", ((0, len(have) - len(want)),)
    if want.endswith("." + have):
        return "subdomain", f"{want[: -len(have)]} is missing", ((0, len(have)),)
    return "host", "another host", ((0, len(have)),)


def _items(value: str) -> Iterable[tuple[int, str]]:
    """The non-empty elements of a comma-separated list, trimmed, each with its start."""
    for match in re.finditer(r"[^,]+", value):
        item = match.group().strip(" \t")
        if item:
            yield match.start() + match.group().index(item), item


def _unequal(have: str, want: str) -> tuple[Mark, ...]:
    """The characters that differ between two strings of equal length."""
    return tuple((i, i + 1) for i, (a, b) in enumerate(zip(have, want, strict=True)) if a != b)


def _where(items: Iterable[tuple[int, str]], wanted: str) -> tuple[Mark, ...]:
    return tuple((start, start + len(item)) for start, item in items if item == wanted)


def _shifted(marks: tuple[Mark, ...], by: int) -> tuple[Mark, ...]:
    return tuple((start + by, end + by) for start, end in marks)
