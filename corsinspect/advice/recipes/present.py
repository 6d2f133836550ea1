"""What CORS code a server has already, as its answers show it: a recipe changes that, and takes nothing away."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec

from corsinspect.fetch.check import asked_by
from corsinspect.fetch.headers import CorsHeaders, combined, cors_headers, token_list
from corsinspect.fetch.url import origin_of
from corsinspect.fingerprints import GRANTING, refused
from corsinspect.model import Call, Exchange

from .needs import Needs, is_wellformed_origin, joined_methods, joined_names

Miss = Literal["login", "routing", "request", "error"]
"""Which answers lack the headers that others have: a preflight that a login answered, one that the router answered, an
answer to a request, or one that is an error."""

_USUAL = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
"""What CORS code that nobody configured allows, and so what may be allowed where no list was seen."""
_USUAL_HEADERS = ("authorization", "content-type")


class Present(msgspec.Struct, frozen=True, kw_only=True):
    """The CORS headers of one server's answers, taken together."""

    runs: bool = False
    """Whether any answer shows that CORS code ran."""
    origins: tuple[str, ...] = ()
    """The origins that answers name, well-formed: what is misspelt is spelt rightly here."""
    everyone: bool = False
    """Whether every answer with Access-Control-Allow-Origin says `*`."""
    slashed: tuple[str, ...] = ()
    """Those that answers name with something after them: `https://app.example/`."""
    joined: bool = False
    """Whether one value names several origins."""
    twice: bool = False
    """Whether an answer has Access-Control-Allow-Origin on two lines, so that two places add it."""
    methods: tuple[str, ...] = ()
    any_method: bool = False
    """Whether any method may be allowed now: by `*`, by naming what is asked, or because no list was seen."""
    headers: tuple[str, ...] = ()
    any_header: bool = False
    """The same for request headers."""
    exposed: tuple[str, ...] = ()
    credentials: bool = False
    misses: tuple[Miss, ...] = ()
    method_lists: tuple[str, ...] = ()
    """The values of Access-Control-Allow-Methods as they are: packages write them in their own ways."""


class _Answer(NamedTuple):
    exchange: Exchange
    fields: CorsHeaders
    preflight: bool
    refused: bool

    @property
    def runs(self) -> bool:
        names = {name.lower() for name, _ in self.exchange.response_headers}
        return self.fields.allow_origin is not None or self.refused or bool(names & {*GRANTING})


def present_of(calls: Iterable[Call], server: str) -> Present:
    """What the answers of this server (an origin) show."""
    answers = list(_answers(calls, server))
    if not any(each.runs for each in answers):
        return Present()
    values = [each.fields.allow_origin for each in answers if each.fields.allow_origin is not None]
    parts = [part for value in values for part in value.replace(",", " ").split()]
    preflights = [each for each in answers if each.preflight and each.runs]
    method_lists = tuple(dict.fromkeys(each.fields.allow_methods for each in answers if each.fields.allow_methods))
    methods = [name for text in method_lists for name in token_list(text) or ()]
    headers = [name for each in preflights for name in token_list(each.fields.allow_headers) or ()]
    exposed = [name for each in answers for name in token_list(each.fields.expose_headers) or ()]
    return Present(
        runs=True,
        origins=tuple(dict.fromkeys(origin for part in parts if (origin := spelt(part)))),
        everyone=bool(values) and set(values) == {"*"},
        slashed=tuple(dict.fromkeys(right for part in parts if (right := spelt(part)) and _slashed(part))),
        joined=any("," in value and each.fields.origin_lines == 1 for each, value in _valued(answers)),
        twice=any(each.fields.origin_lines > 1 for each in answers),
        methods=joined_methods(name for name in methods if name != "*"),
        any_method="*" in methods or all(map(_names_what_is_asked, preflights)),
        headers=joined_names(name for name in headers if name != "*"),
        any_header="*" in headers or all(map(_mirrors, filter(_asks_for_headers, preflights))),
        exposed=joined_names(name for name in exposed if name != "*"),
        credentials=any(each.fields.allow_credentials == "true" for each in answers),
        misses=tuple(dict.fromkeys(miss for each in answers if (miss := _miss(each)))),
        method_lists=method_lists,
    )


def with_present(needs: Needs, present: Present) -> Needs:
    """What must be allowed, with all that is allowed now.

    `*` stays only where neither credentials nor Authorization are used: elsewhere the origins that were seen take its
    place."""
    if not present.runs:
        return needs
    private = needs.credentials == "include" or "authorization" in needs.headers
    return msgspec.structs.replace(
        needs,
        origins=tuple(dict.fromkeys((*needs.origins, *present.origins))),
        methods=joined_methods((*needs.methods, *present.methods, *(_USUAL if present.any_method else ()))),
        headers=joined_names((*needs.headers, *present.headers, *(_USUAL_HEADERS if present.any_header else ()))),
        credentials="include" if present.credentials else needs.credentials,
        exposed=present.exposed,
        everyone=present.everyone and not private and not present.credentials,
        mirrored=present.any_header,
        present=True,
        starred=present.everyone,
    )


def spelt(text: str) -> str | None:
    """The origin that this value means, as browsers write it; None if it means none."""
    bare = text.strip("\"'").lower()
    if bare.startswith(("http://", "https://")):
        bare = origin_of(bare)
    else:
        bare = bare.rstrip("/")
    return bare if is_wellformed_origin(bare) else None


def _slashed(text: str) -> bool:
    return text.endswith("/")


def _answers(calls: Iterable[Call], server: str) -> Iterator[_Answer]:
    for call in calls:
        if call.kind not in ("simple", "preflighted") or call.page_origin is None:
            continue
        for hop in call.hops:
            for exchange, preflight in ((hop.preflight, True), (hop.request, False)):
                if exchange is None or exchange.status is None or exchange.by_proxy or exchange.answer_withheld:
                    continue
                if origin_of(exchange.url) == server and server != call.page_origin:
                    it = exchange
                    no = refused(it.response_headers, it.status, it.error_page, it.url, preflight=preflight)
                    yield _Answer(it, cors_headers(it.response_headers), preflight, no)


def _valued(answers: Iterable[_Answer]) -> Iterator[tuple[_Answer, str]]:
    return ((each, each.fields.allow_origin) for each in answers if each.fields.allow_origin is not None)


def _names_what_is_asked(answer: _Answer) -> bool:
    """Whether a list of methods is the very method that was asked for: then others may be allowed as well."""
    asked = combined(answer.exchange.request_headers, "access-control-request-method")
    return answer.fields.allow_methods == asked


def _asks_for_headers(answer: _Answer) -> bool:
    return bool(asked_by(answer.exchange.request_headers).names)


def _mirrors(answer: _Answer) -> bool:
    """Whether a list of headers is the very list that was asked for, to the letter but for blanks."""
    asked = combined(answer.exchange.request_headers, "access-control-request-headers") or ""
    return (answer.fields.allow_headers or "").replace(" ", "") == asked.replace(" ", "")


def _miss(answer: _Answer) -> Miss | None:
    status = answer.exchange.status or 0
    if answer.preflight and status in (401, 407):
        return "login"
    if answer.fields.allow_origin is not None or answer.refused:
        return "routing" if answer.preflight and status in (404, 405, 501) else None
    if answer.preflight:
        return "login" if status == 403 else "routing"
    return "error" if status >= 400 else "request"
