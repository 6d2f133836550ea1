"""The usual causes of what happened to a call, the likeliest first by what the traffic shows."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cache, lru_cache

import msgspec

from corsinspect.advice.app_pages import sibling
from corsinspect.advice.cause_table import CAUSES, KnownCause
from corsinspect.advice.context import CallContext
from corsinspect.advice.evidence.login import led_to_login
from corsinspect.advice.evidence.maker import gate_change
from corsinspect.advice.evidence.misplaced import misplaced
from corsinspect.advice.evidence.wanted import LACKING, exposed_as_well, wanted_and_hidden
from corsinspect.advice.values import Values, cut
from corsinspect.fetch.headers import combined
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call, Exchange, Stage

MOST = 3
"""More are not worth reading for one call."""
LAST_RESORT = 2
"""Causes of at most this weight are named only if there is no other."""


class Cause(msgspec.Struct, frozen=True):
    """One possible cause. The texts contain values from the network unchanged."""

    id: str
    what: str
    seen: str
    """The evidence for it, in this traffic or in general."""
    change: str
    """Who must change what."""
    settles: bool = False
    """Whether the answer itself shows it (`KnownCause.settles`)."""


def causes(call: Call, neighbours: Collection[Call] = ()) -> list[Cause]:
    """At most MOST causes for this call, ranked by the evidence in its own traffic and in the session's other calls;
    none for a call that succeeded."""
    named = _name(call, neighbours)
    return [] if named is None else _causes(named, CallContext(call, neighbours))


def causes_of(named: str, call: Call, neighbours: Collection[Call] = ()) -> list[Cause]:
    """The same for what this reason or guide is about, by the evidence in this call and its neighbours."""
    return _causes(named, CallContext(call, neighbours))


def _causes(named: str, context: CallContext) -> list[Cause]:
    gate = None if context.gate is None else context.gate.id
    values = Values(VALUES, context)
    for known, most in _possible(named, gate, context.stage, context.status):
        found: list[Cause] = []
        for each in known:
            if each.test is None or each.test(context):
                found.append(_filled(each, values))
                if len(found) == most:  # tests cost time, so no more of them are made than there are causes to name
                    break
        if found:
            return found
    return []


@cache
def _about(named: str) -> tuple[KnownCause, ...]:
    return tuple(known for known in CAUSES if named in known.reasons)


@lru_cache(maxsize=1024)
def _possible(
    named: str, gate: str | None, stage: Stage | None, status: int
) -> tuple[tuple[tuple[KnownCause, ...], int], ...]:
    """Those without a gate, and those of this one, that suit the stage and the status, the heaviest first, in groups of
    which the first with a cause that fits counts: one that settles it, then at most MOST others, then weak ones, if
    there is nothing better."""
    suiting = (known for known in _about(named) if known.gate in (None, gate) and known.suits(stage, status))
    about = sorted(suiting, key=lambda known: -known.weight)
    settling = tuple(known for known in about if known.settles)
    others = tuple(known for known in about if not known.settles)
    return (
        (settling, 1),
        (tuple(known for known in others if known.weight > LAST_RESORT), MOST),
        (tuple(known for known in others if known.weight <= LAST_RESORT), MOST),
    )


def usual_causes(name: str) -> list[Cause]:
    """The causes of a reason (or guide) in general, each with the sign by which to recognise it."""
    values = {"server": "The server", "page": "the page's origin", "proxy": "the proxy", "method": "the method"}
    values |= {"exposed": "the header"}
    values |= {"misplaced": "the header", "unlisted": "the method and the headers", "list_of": ""}
    values |= {"asked": "The API", "secure": "the address at https as the server writes it"}
    values |= {"maker_setting": "allow the origin, the method and the headers where it keeps its CORS rules"}
    general = _General({**values, "capitals": "it in capitals", "expected": "it"})
    about = sorted(_about(name), key=lambda known: -known.weight)
    found = [
        Cause(each.id, each.what, each.sign, _capital(each.change.format_map(general))) for each in about if each.listed
    ]
    return found if len(found) == len(about) else [*found, _BY_MAKER]


def _name(call: Call, neighbours: Collection[Call]) -> str | None:
    """The key of the table: the reason, or a guide's name where the call did not fail.

    Most calls went well: a context is made only where it's needed."""
    verdict = call.verdict
    if verdict.outcome in ("blocked", "network-error"):
        return verdict.reason
    if verdict.outcome == "unknown" and verdict.reason == "no-actual-seen":
        return verdict.reason
    if call.kind not in ("simple", "preflighted", "no-cors"):
        return None
    if verdict.outcome == "opaque":
        # images and scripts always load like this; with destination "empty" it was code that asked for it
        return "no-cors" if CallContext(call).sent("sec-fetch-dest") == "empty" else "http-cache"
    if wanted_and_hidden(call, (lambda: CallContext(call, neighbours).later_there) if neighbours else tuple):
        return "hidden-header"
    if verdict.outcome == "allowed" and verdict.status == 401 and not CallContext(call).has_cookie:
        return "cookies"
    return None


_BY_MAKER = Cause(
    "named-by-its-maker",
    "A gateway, a guard, a tunnel or a product with a setting of its own answered.",
    "The answer names its maker, in a header or by its error page: cf-mitigated, x-vercel-error, ngrok-error-code.",
    "Record the call: corsinspect then says what to change there.",
)
"""Stands for those that are too many to list without a call."""


class _General(dict[str, str]):
    """Leaves open what isn't known without a call."""

    def __missing__(self, name: str) -> str:
        return "…"


def _filled(known: KnownCause, values: Mapping[str, str]) -> Cause:
    seen = known.seen.format_map(values)
    return Cause(known.id, known.what, _capital(seen), _capital(known.change.format_map(values)), known.settles)


def _capital(sentence: str) -> str:
    """Capitalises "the server"; a host's name at the start stays as it is."""
    return "T" + sentence[1:] if sentence.startswith("the ") else sentence


def _server(context: CallContext) -> str:
    return cut(context.server.partition("://")[2] or "The server")


def _good(context: CallContext) -> str:
    number = len(context.good)
    if number > 1:
        return f"{number} other answers from {_server(context)} have it"
    return f"another answer from {_server(context)} has it" if number else "the answer to its preflight has it"


def _sibling(context: CallContext) -> str:
    other = sibling(context.page, context.verdict.found or "")
    return f" ({other})" if other else ""


def _setting(context: CallContext) -> str:
    found = context.refusal
    page = cut(context.page or "the page's origin")
    return found.setting.replace("{page}", page) if found else f"allow {page}"


def _asked(context: CallContext) -> str:
    redirecting = led_to_login(context.call)
    return _server(context) if redirecting is None else cut(origin_of(redirecting.url).partition("://")[2])


def _login(context: CallContext) -> str:
    redirecting = led_to_login(context.call)
    return cut(combined(redirecting.response_headers, "location") or "" if redirecting else "a login").partition("?")[0]


def _cached_at(context: CallContext) -> str:
    cached = context.cached
    return "" if cached is None else datetime.fromtimestamp(cached.started).strftime("%H:%M:%S")


def _downgraded(context: CallContext) -> str:
    it = context.downgraded
    return "" if it is None else combined(it.response_headers, "location") or ""


def _lacked(context: CallContext) -> str:
    names = wanted_and_hidden(context.call, lambda: context.later_there)
    late = [each for each in context.later if each.status == LACKING and not any(_sent(each, name) for name in names)]
    return "; the next call to this address came without it and was answered 400" if names and late else ""


def _sent(exchange: Exchange, name: str) -> bool:
    return combined(exchange.request_headers, name) is not None


_LISTS = {
    "spring": " (allowedOrigins in its CorsConfiguration, addCorsMappings or @CrossOrigin)",
    "aiohttp": " (the defaults of aiohttp_cors.setup)",
    "fastapi": " (allow_origins of CORSMiddleware)",
}
"""Where the list is, by the name of the error page that refused."""

VALUES: dict[str, Callable[[CallContext], str]] = {
    "server": _server,
    "page": lambda context: cut(context.page or "the page's origin"),
    "status": lambda context: str(context.status or "unknown"),
    "found": lambda context: f"“{cut(context.verdict.found)}”" if context.verdict.found else "empty",
    "expected": lambda context: cut(context.verdict.expected or "it"),
    "app": lambda context: f"that of {context.app}" if context.app else "the page's",
    "sibling": _sibling,
    "location": lambda context: cut(context.location),
    "proxy": lambda context: context.proxies[0] if context.proxies else "the proxy",
    "maker": lambda context: context.refusal.maker if context.refusal else "The CORS code",
    "maker_sign": lambda context: context.refusal.sign if context.refusal else "by this answer",
    "maker_setting": _setting,
    "gate_change": lambda context: gate_change(context.gate, context.call) if context.gate else "",
    "asked": _asked,
    "login": _login,
    "cached_at": _cached_at,
    "secure": lambda context: cut(re.sub("^http:", "https:", _downgraded(context))),
    "downgraded": lambda context: cut(_downgraded(context)),
    "unlisted": lambda context: cut(", ".join(context.unlisted) or "the method and its headers"),
    "list_of": lambda context: _LISTS.get(context.error_page, ""),
    "token": lambda context: (
        "; the token in Authorization, which the page sets itself, needs no credentials"
        if context.only_own_token
        else ""
    ),
    "sent_type": lambda context: cut(context.sent("content-type") or "nothing"),
    "misplaced": lambda context: cut(", ".join(misplaced(context.verdict.expected)) or "the header"),
    "hidden": lambda context: ", ".join(wanted_and_hidden(context.call, lambda: context.later_there)),
    "exposed": lambda context: cut(exposed_as_well(context.call, lambda: context.later_there)),
    "lacked": _lacked,
    "method": lambda context: cut(context.call.method or "request"),
    "capitals": lambda context: cut((context.call.method or "").upper()),
    "good": _good,
    "type": lambda context: cut(context.header("content-type") or "unknown"),
}
