"""A call made up from what little is known (a console message, an example), so that the words for captured calls work
for it too."""

import msgspec

from corsinspect.advice.sentences import Explanation, explanation, short_reason
from corsinspect.model import Call, Exchange, Hop, Stage, Verdict

LEFT_OPEN = "…"
"""Stands for an unknown value."""

_HEADERS = {
    "origin": "Access-Control-Allow-Origin",
    "credentials-not-true": "Access-Control-Allow-Credentials",
    "allow-methods-invalid": "Access-Control-Allow-Methods",
    "method-not-allowed": "Access-Control-Allow-Methods",
    "allow-headers-invalid": "Access-Control-Allow-Headers",
    "header-not-allowed": "Access-Control-Allow-Headers",
    "authorization-not-listed": "Access-Control-Allow-Headers",
    "corp": "Cross-Origin-Resource-Policy",
}
_NO_DIFFERENCE = " (not the page's origin)"
"""The words for the difference from an unknown origin."""


class Known(msgspec.Struct, frozen=True):
    """What is known about a failed call; the words leave the rest open."""

    url: str | None = None
    page: str | None = None
    stage: Stage | None = None
    method: str | None = None
    needed: str | None = None
    found: str | None = LEFT_OPEN
    """None: the header was absent."""
    status: int | None = None
    location: str | None = None


def header_of(slug: str) -> str | None:
    """The header that a reason is about; None if there is none."""
    return _HEADERS["origin"] if slug.startswith("origin-") else _HEADERS.get(slug)


def explain_reason(slug: str, known: Known) -> Explanation:
    """What happened, what it means for the data, who must change what; no consequence if the stage is open."""
    said = explanation(_call(slug, known))
    happened = said.happened
    if known.page is None or known.found == LEFT_OPEN:
        happened = happened.replace(_NO_DIFFERENCE, "")
    return Explanation(
        headline=said.headline,
        happened=_capital(happened),
        consequence=said.consequence if known.stage else "",
        change=_capital(said.change),
    )


def brief(slug: str, known: Known) -> str:
    """The reason in a few words."""
    return short_reason(_call(slug, known)).replace("answered unknown", "refused")


def _call(slug: str, known: Known) -> Call:
    location = (("Location", known.location),) if known.location else ()
    exchange = Exchange(id="", url=known.url or "", started=0.0, status=known.status, response_headers=location)
    preflight = known.stage == "preflight"
    return Call(
        id="",
        url=exchange.url,
        method=known.method or ("‹method›" if slug == "method-not-allowed" else None),
        started=0.0,
        kind="preflighted" if preflight else "simple",
        hops=(Hop(preflight=exchange) if preflight else Hop(request=exchange),),
        verdict=Verdict(
            outcome="blocked",
            reason=slug,  # pyright: ignore[reportArgumentType] - slugs that no verdict has are explained, too
            stage=known.stage,
            header=header_of(slug),
            expected=_needed(slug, known),
            found=None if slug == "origin-missing" else known.found,
            status=known.status,
        ),
        page_origin=known.page,
    )


def _needed(slug: str, known: Known) -> str | None:
    if known.needed is not None:
        return known.needed
    if slug.startswith("origin-"):
        # without the value there is no difference to name
        return None if known.found == LEFT_OPEN else known.page
    if slug == "method-not-allowed":
        return known.method
    return {
        "header-not-allowed": "‹header›",
        "authorization-not-listed": "authorization",
        "allow-methods-invalid": "GET, PUT",
        "allow-headers-invalid": "content-type, x-token",
    }.get(slug)


def _capital(sentence: str) -> str:
    """Capitalises "the server" at the start; host names stay as they are."""
    return "T" + sentence[1:] if sentence.startswith("the ") else sentence
