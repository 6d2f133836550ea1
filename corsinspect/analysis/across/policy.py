"""What a server's CORS headers open, and to whom: no verdict, but what a person should know before going live."""

from collections.abc import Iterable

from corsinspect.fetch.check import ALLOW_ORIGIN
from corsinspect.fetch.headers import combined, cors_headers
from corsinspect.fetch.origin import OPAQUE
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call, Exchange, Finding

ALLOW_CREDENTIALS = "Access-Control-Allow-Credentials"
LOCAL = ("localhost", "127.0.0.1", "[::1]")


def opens(call: Call, others: Iterable[Call] = ()) -> list[Finding]:
    """What the last answer of a cross-origin Call opens, as Findings whose reason is one of: nothing-open, any-origin,
    any-origin-credentials, null-origin, origin-reflected, named-origin, credentials, plain-http-origin,
    local-origin, vary-missing, any-method, any-header. The gravest first.

    `others` are the session's Calls to the same server: that it echoes whatever origin asks shows in several only.
    """
    answer = _answer(call)
    if answer is None or call.kind not in ("simple", "preflighted"):
        return []
    fields = cors_headers(answer.response_headers)
    origin, credentials = fields.allow_origin, fields.allow_credentials == "true"
    found: list[Finding] = []

    def find(reason: str, header: str = ALLOW_ORIGIN, value: str | None = origin) -> None:
        found.append(Finding(reason=reason, stage="actual", header=header, found=value))

    if origin is None:
        find("nothing-open")
        return found
    if origin == "*":
        find("any-origin-credentials" if credentials else "any-origin")
    elif origin.lower() == OPAQUE:
        find("null-origin")
    elif len(echoed := _echoed(call, others)) > 1:
        find("origin-reflected", value=", ".join(sorted(echoed)[:5]))
    else:
        find("named-origin")
    if credentials and origin != "*":
        find("credentials", ALLOW_CREDENTIALS, "true")
    found += _named(origin, origin_of(answer.url))
    if origin != "*" and not _varies(answer):
        find("vary-missing", "Vary", combined(answer.response_headers, "vary"))
    for exchange in (hop.preflight for hop in call.hops):
        found += _wildcards(exchange) if exchange is not None else []
    return found


def _named(origin: str, server: str) -> Iterable[Finding]:
    """What is odd about a named origin: plain http or this machine's, allowed by a server that is neither."""
    scheme, _, host = origin.partition("://")
    server_scheme, _, server_host = server.partition("://")
    if _is_local(server_host):
        return
    if _is_local(host):
        yield Finding(reason="local-origin", stage="actual", header=ALLOW_ORIGIN, found=origin)
    elif scheme == "http" and server_scheme == "https":
        yield Finding(reason="plain-http-origin", stage="actual", header=ALLOW_ORIGIN, found=origin)


def _wildcards(preflight: Exchange) -> Iterable[Finding]:
    fields = cors_headers(preflight.response_headers)
    for reason, header, value in (
        ("any-method", "Access-Control-Allow-Methods", fields.allow_methods),
        ("any-header", "Access-Control-Allow-Headers", fields.allow_headers),
    ):
        if value is not None and "*" in [item.strip() for item in value.split(",")]:
            yield Finding(reason=reason, stage="preflight", header=header, found=value)


def _answer(call: Call) -> Exchange | None:
    """The actual request's answer; the preflight's where there is no other."""
    exchanges = [exchange for exchange in call.exchanges if exchange.status is not None and not exchange.by_proxy]
    return exchanges[-1] if exchanges else None


def _echoed(call: Call, others: Iterable[Call]) -> set[str]:
    """The origins that this server was seen to repeat, each to its own page."""
    answer = _answer(call)
    server = origin_of(answer.url) if answer is not None else ""
    echoed: set[str] = set()
    for other in (call, *others):
        for exchange in other.exchanges:
            asked = combined(exchange.request_headers, "origin")
            named = cors_headers(exchange.response_headers).allow_origin
            if asked and asked != OPAQUE and asked == named and origin_of(exchange.url) == server:
                echoed.add(asked)
    return echoed


def _varies(answer: Exchange) -> bool:
    names = {name.strip().lower() for name in (combined(answer.response_headers, "vary") or "").split(",")}
    return bool(names & {"origin", "*"})


def _is_local(host: str) -> bool:
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in LOCAL or name.endswith(".localhost")
