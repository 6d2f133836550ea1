"""The words for what a policy opens, and for the evidence behind a masked error."""

from typing import Literal, NamedTuple

from corsinspect.model import Finding

Weight = Literal["risk", "note", "good"]


class Opening(NamedTuple):
    """One thing that a policy opens."""

    weight: Weight
    title: str
    meaning: str


OPENINGS: dict[str, Opening] = {
    "nothing-open": Opening("good", "Open to nobody", "No page of another origin can read this answer."),
    "any-origin": Opening(
        "note",
        "Any page on the web can read this",
        "* is right for what is public anyway. It never counts with cookies or a login.",
    ),
    "any-origin-credentials": Opening(
        "note",
        "* and Allow-Credentials exclude each other",
        "Browsers refuse the two together with credentials. Without them any page on the web can read this.",
    ),
    "null-origin": Opening(
        "risk",
        "“null” is allowed",
        "Every sandboxed frame has this origin: any page can make itself one and read this.",
    ),
    "origin-reflected": Opening(
        "risk",
        "Whatever origin asks seems to be allowed",
        "The server repeated {found}, each to its own page. If there is no list behind that, it is * in disguise, and "
        "with credentials any page acts as the person who is logged in.",
    ),
    "named-origin": Opening("good", "One origin is named", "Only pages of {found} can read this answer."),
    "credentials": Opening(
        "note",
        "Cookies and logins count",
        "Pages of the allowed origin act as the person who is logged in: allow only origins of your own.",
    ),
    "plain-http-origin": Opening(
        "risk",
        "An http origin may read an https answer",
        "Whoever controls the network can put a script into {found}, and with it read this.",
    ),
    "local-origin": Opening(
        "note",
        "An origin of somebody's own machine is allowed",
        "{found} is whatever runs there on that person's machine: fine in development, not in production.",
    ),
    "vary-missing": Opening(
        "risk",
        "“Vary: Origin” is missing",
        "A cache may hand this answer, with the origin of one page, to another page: CORS then fails now and then, and "
        "nobody can see why.",
    ),
    "any-method": Opening("note", "Any method", "Without credentials pages may use every method."),
    "any-header": Opening("note", "Any header", "Without credentials pages may set every header but Authorization."),
}
"""By the reasons of `analysis.policy.opens`."""


def opening(finding: Finding) -> Opening:
    """The words for one finding, filled in; the values are captured text."""
    found = OPENINGS.get(finding.reason) or Opening("note", finding.reason, "")
    return found._replace(meaning=found.meaning.replace("{found}", (finding.found or "")[:200]))


def behind(server: str, status: int | None, preflight_passed: bool, carried: int, lacking: int) -> str:
    """What the session says about an error that looks like a CORS failure: is it the error, or the setup?"""
    passed = "The preflight passed. " if preflight_passed else ""
    if carried:
        answers = "1 good answer" if carried == 1 else f"{carried} good answers"
        told = f"{passed}{answers} (2xx) of {server} in this session carried the headers"
        if not lacking:
            return f"{told}: CORS is set up, only this {status or 'error'} goes out without."
        return f"{told}, {lacking} did not."
    if lacking:
        answers = "1 good answer" if lacking == 1 else f"{lacking} good answers"
        return f"{passed}{answers} (2xx) of {server} lacked the header too: it seems that CORS is not set up there."
    return f"{passed}No good answer (2xx) of {server} was seen to compare with: it may be the error alone."
