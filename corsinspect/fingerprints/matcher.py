"""The matcher: recognises by response headers, status and error page what made an answer."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from corsinspect.fetch.headers import once_a_list

from .header_signs import HEADER_SIGNS, TOGETHER, Sign
from .names import BUILT_ON, CONFIDENCES, LAYER_OF, Confidence, Layer, Match
from .pages import CONFIDENCE_OF

Headers = Sequence[tuple[str, str]]

_BY_HEADER: dict[str, list[Sign]] = defaultdict(list)
for _sign in HEADER_SIGNS:
    _BY_HEADER[_sign.header].append(_sign)

_LAYERS: tuple[Layer, ...] = ("app", "server", "proxy")

_FRAMING = frozenset({"date", "connection", "keep-alive", "content-length", "transfer-encoding"})
"""Headers that a server adds after those of the application."""

_OF_A_RESPONSE = ("text/plain;charset=UTF-8", "text/plain; charset=UTF-8")
"""The content types of a text in a fetch() Response; only Hono's own helper adds a space."""

_IN_WORDS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Payload Too Large",
    422: "Unprocessable Entity",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}
"""Koa's whole text for an error. It sets the length before Node adds the date; Express would add an ETag."""

_KOA_ROUTER = re.compile(r"HEAD, GET(, |$)")
"""How @koa/router lists a path's methods: others begin with GET."""

_READ = frozenset(
    [
        *(sign.header for sign in HEADER_SIGNS if sign.pattern.pattern),
        *(header for _, _, wanted in TOGETHER for header in wanted),
        *("keep-alive", "content-type", "allow", "vary"),
    ]
) - {"set-cookie"}
"""The headers whose values say something; of the others it's that they are there, how they are written, and where, and
of cookies their names."""

_READ_OF_ERRORS = _READ | {"content-length"}


def recognise(headers: Headers, status: int | None, error_page: str | None = None) -> list[Match]:
    """What can be recognised of what made and forwarded this answer, each name once: the app first, then its server,
    then proxies, the surest first.

    `headers` as on the wire (order and case are signs too); `error_page` as `error_page()` names it.
    """
    return list(_in_answer(headers, status, error_page).matches)


def maker_of(headers: Headers, status: int | None, error_page: str | None = None) -> str | None:
    """The name of what made an answer, judging by this one alone: who answered, else the first that is sure."""
    return _in_answer(headers, status, error_page).maker


class _Recognised(NamedTuple):
    """What there is to recognise in one answer."""

    matches: tuple[Match, ...]
    answering: Match | None
    maker: str | None


def _in_answer(headers: Headers, status: int | None, error_page: str | None) -> _Recognised:
    known, asked = _recognised(headers), (status, error_page)
    found = known.get(asked)
    if found is None:
        found = known[asked] = _recognise(_telling(headers, status), status, error_page)
    return found


@once_a_list
def _recognised(headers: Headers) -> dict[tuple[int | None, str | None], _Recognised]:
    """What was recognised so far of these lines, by status and error page."""
    return {}


def _telling(headers: Headers, status: int | None) -> tuple[tuple[str, str], ...]:
    """The lines without the values that say nothing, so that a server's answers are mostly the same."""
    read = _READ_OF_ERRORS if (status or 0) >= 400 else _READ
    return tuple(
        [
            line if (name := line[0].lower()) in read else (line[0], _cookie(line[1]) if name == "set-cookie" else "")
            for line in headers
        ]
    )


def _cookie(value: str) -> str:
    return "".join(value.partition("=")[:2])


@lru_cache(maxsize=1024)
def _recognise(headers: Headers, status: int | None, error_page: str | None) -> _Recognised:
    matches = tuple(_matches(headers, status, error_page))
    answering = _answering(matches, error_page)
    maker = answering or next((each for each in matches if each.confidence != "guess"), None)
    return _Recognised(matches, answering, None if maker is None else maker.name)


def _matches(headers: Headers, status: int | None, error_page: str | None) -> list[Match]:
    found: dict[str, Confidence] = {}
    lower: dict[str, str] = {}
    for line, value in headers:
        name = line.lower()
        lower[name] = f"{lower[name]}, {value}" if name in lower else value
        for sign in _BY_HEADER.get(name, ()):
            if sign.pattern.search(value.strip()):
                _add(found, sign.name, sign.confidence)
    for name, confidence, wanted in TOGETHER:
        if all(lower.get(header) == value for header, value in wanted.items()):
            _add(found, name, confidence)
    for name, confidence in _by_style(headers, lower, status):
        _add(found, name, confidence)
    if error_page in CONFIDENCE_OF:
        _add(found, error_page, CONFIDENCE_OF[error_page])
    return _sorted(found)


def recognise_all(answers: Iterable[list[Match]]) -> list[Match]:
    """What `recognise` found in several answers from one origin, merged: a 404 may reveal what a 200 does not."""
    answers = list(answers)
    if len(answers) == 1:
        return answers[0]
    return list(_merged(tuple(map(tuple, answers))))


@lru_cache(maxsize=256)  # a call's preflight and its answer look alike again and again
def _merged(answers: tuple[tuple[Match, ...], ...]) -> tuple[Match, ...]:
    found: dict[str, Confidence] = {}
    for matches in answers:
        for match in matches:
            _add(found, match.name, match.confidence)
    return tuple(_sorted(found))


def answered_by(headers: Headers, status: int | None, error_page: str | None = None) -> Match | None:
    """Which of the layers made this answer itself; None if that isn't clear.

    An error page comes from its own framework. Otherwise a recognised app made the answer and a proxy forwarded it; a
    proxy without an app may have done either.
    """
    return _in_answer(headers, status, error_page).answering


def _answering(matches: Sequence[Match], error_page: str | None) -> Match | None:
    for match in matches:
        if match.name == error_page and match.confidence != "guess":
            return match
    return next((match for match in matches if match.layer == "app" and match.confidence != "guess"), None)


def _add(found: dict[str, Confidence], name: str, confidence: Confidence) -> None:
    before = found.get(name)
    if before is None or CONFIDENCES.index(confidence) < CONFIDENCES.index(before):
        found[name] = confidence


def _sorted(found: dict[str, Confidence]) -> list[Match]:
    sure = [name for name, confidence in found.items() if confidence != "guess"]
    apps = [name for name in sure if LAYER_OF[name] == "app"]
    hidden = {BUILT_ON[name] for name in sure if name in BUILT_ON}
    # NestJS is also Express, but NestJS is what must be configured
    hidden |= {BUILT_ON[name] for name in hidden if name in BUILT_ON}
    matches = [
        Match(name, confidence, LAYER_OF[name])
        for name, confidence in found.items()
        # if one framework is recognised, guesses at others are noise
        if name not in hidden and not (apps and confidence == "guess" and LAYER_OF[name] == "app")
    ]
    return sorted(matches, key=lambda match: (_LAYERS.index(match.layer), CONFIDENCES.index(match.confidence)))


def _by_style(headers: Headers, lower: dict[str, str], status: int | None) -> Iterable[tuple[str, Confidence]]:
    """What the case and order of the lines show. Over HTTP/2 all names are lower-case and show nothing."""
    names = [name for name, _ in headers]
    own = [name for name in names if name.lower() not in _FRAMING]
    http1 = any(name != name.lower() for name in names)
    if http1 and "access-control-allow-origin" in own and own != _lower(own) and ("vary", "origin") in headers:
        # django-cors-headers writes its names in lower case, unlike Django
        yield "django", "likely"
    if "x-runtime" in lower and "x-request-id" in lower:
        yield "rails", "likely"
    if "server" in lower or "x-powered-by" in lower or not own or not http1:
        return
    in_order = len(own) > 1 and own == sorted(own)
    if "date" not in lower and lower.get("x-content-type-options") == "nosniff":
        # puma adds no header, and Sinatra adds only this one to JSON
        yield "sinatra", "guess"
    if lower.get("keep-alive") == "timeout=5":
        yield from _by_style_on_node(lower, names, own, status or 0)
    if "keep-alive" not in lower and in_order and own != _lower(own) and names[len(own) : len(own) + 1] == ["Date"]:
        if lower.get("content-type") == "application/json; charset=utf-8":
            # Go's own library leaves the charset to the app, and few apps set it for JSON
            yield "go-gin", "guess"
        yield "go", "guess"


def _by_style_on_node(
    lower: dict[str, str], names: list[str], own: list[str], status: int
) -> Iterable[tuple[str, Confidence]]:
    """Frameworks that add nothing to what Node sends."""
    kind = lower.get("content-type")
    if (len(own) > 1 and own == sorted(own) and own == _lower(own)) or kind in _OF_A_RESPONSE:
        yield "hono", "guess"
    if status >= 400 and kind == "text/plain; charset=utf-8":
        order = [name.lower() for name in names if name.lower() in ("content-length", "date")]
        in_words = lower.get("content-length") == str(len(_IN_WORDS.get(status, "")))
        yield "koa", "likely" if in_words and order == ["content-length", "date"] and "etag" not in lower else "guess"
    if _KOA_ROUTER.match(lower.get("allow", "")) and kind == "text/plain; charset=utf-8":
        yield "koa", "likely"


def _lower(names: list[str]) -> list[str]:
    return [name.lower() for name in names]
