"""The words for what a server's CORS policy opens."""

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
        "* is fine for public data. It never counts with cookies or HTTP authentication.",
    ),
    "any-origin-credentials": Opening(
        "note",
        "* does not work with Allow-Credentials",
        "With credentials, browsers refuse the two together. Without them, any page on the web can read this.",
    ),
    "null-origin": Opening(
        "risk",
        "“null” is allowed",
        "Every sandboxed frame has this origin: any page can create one and read this.",
    ),
    "origin-reflected": Opening(
        "risk",
        "Every origin seems to be allowed",
        "The server repeated {found}, each to its own page. Without a list behind it this is the same as *, and with "
        "credentials any page can act as the logged-in user.",
    ),
    "named-origin": Opening("good", "One origin is allowed", "Only pages of {found} can read this answer."),
    "credentials": Opening(
        "note",
        "Cookies and logins are allowed",
        "Pages of the allowed origin act as the logged-in user: allow only your own origins.",
    ),
    "plain-http-origin": Opening(
        "risk",
        "An http origin may read an https answer",
        "Anyone who controls the network can inject a script into {found} and read this with it.",
    ),
    "local-origin": Opening(
        "note",
        "An origin on the user's own machine is allowed",
        "{found} is whatever runs there on the user's machine: fine in development, not in production.",
    ),
    "vary-missing": Opening(
        "risk",
        "“Vary: Origin” is missing",
        "A cache may give this answer, which names one page's origin, to another page: CORS then fails from time to "
        "time, for no visible reason.",
    ),
    "any-method": Opening("note", "Any method", "Without credentials, pages may use any method."),
    "any-header": Opening("note", "Any header", "Without credentials, pages may set any header except Authorization."),
}
"""By the reasons of `analysis.policy.opens`."""


def opening(finding: Finding) -> Opening:
    """The words for one finding, filled in; values are captured text."""
    found = OPENINGS.get(finding.reason) or Opening("note", finding.reason, "")
    return found._replace(meaning=found.meaning.replace("{found}", (finding.found or "")[:200]))
