"""What a launched browser told of its own requests over its debugging channel: facts, beside the Exchanges.

A Said is one leg: one request to one URL. A redirect's next request is another Said with the same `id` and the next
`hop`; a preflight is a Said of its own that names the request it was made for. They're stored in a file of their own
(`FILE.browser.jsonl`), never merged into Exchanges: which exchange a Said belongs to is a conclusion, drawn anew.
"""

from typing import Annotated, Literal

import msgspec

from corsinspect.fetch.engines import EngineName
from corsinspect.records import HeaderList, Record

SaidMode = Literal["include", "same-origin", "omit"]
"""A request's credentials mode in the Fetch standard's own words."""

Whole = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
"""A whole number that a float, or another program's JSON, can hold: what is read from a file has no others."""


class Place(Record, frozen=True):
    """A place in the page's code, as the browser gives it; line and column count from 1."""

    url: str
    line: Whole
    column: Whole | None = None
    function: str = ""


class WithheldCookie(Record, frozen=True):
    """A cookie that the browser has for the request's URL and didn't send, or was given and didn't store: its name,
    never its value."""

    name: str
    reasons: tuple[str, ...] = ()
    """In the browser's words, such as SameSiteLax, SecureOnly, UserPreferences."""


class Said(Record, frozen=True):
    """What the browser told of one leg. Times are seconds since the epoch, by the same clock as the exchanges'; None is
    what it didn't tell."""

    id: str
    """The browser's request id, with a prefix that tells several launches of a session apart."""
    engine: EngineName
    called: float
    """When the page asked for it, or the browser began it."""
    url: str
    """Without a fragment."""
    method: str
    """"" where it wasn't told (a call that a Content-Security-Policy forbade)."""
    hop: Whole = 0
    browser: str = ""
    """For people: "Chromium 156"."""
    kind: str = ""
    """What the browser calls the request's type, in lower case: fetch, xhr, script, image, font, ping, document, ..."""
    preflight_of: str | None = None
    """The id of the request that this preflight was made for."""
    sent: float | None = None
    """When its first byte went out or, where that wasn't told, when the browser's network layer took it up; None: as
    far as known it never left the browser."""
    answered: float | None = None
    ended: float | None = None
    request_headers: HeaderList | None = None
    """As they went over the wire, redacted; None where the browser told none."""
    status: Whole | None = None
    response_headers: HeaderList | None = None
    connection: str | None = None
    """The browser's own number of the connection."""
    credentials: SaidMode | None = None
    cookies_sent: tuple[str, ...] = ()
    """Names."""
    cookies_withheld: tuple[WithheldCookie, ...] = ()
    """Of Firefox always empty: its protocol doesn't tell (ESR 153)."""
    cookies_refused: tuple[WithheldCookie, ...] = ()
    """Cookies that the answer set and the browser didn't store."""
    code: str | None = None
    """The CORS failure in the browser's terms: CDP's CorsError, Gecko's console category."""
    parameter: str | None = None
    """What it quotes beside `code`."""
    blocked: str | None = None
    """Why it wasn't sent or was refused, where that isn't CORS: mixed-content, csp, inspector, bad-port, ..."""
    directive: str | None = None
    """The Content-Security-Policy directive that forbade it."""
    failed: str | None = None
    """The browser's name for the failure (net::ERR_FAILED, NS_ERROR_DOM_BAD_URI); None: not as far as known."""
    canceled: bool = False
    """Whether the page, or its end, aborted it."""
    from_cache: bool = False
    by_service_worker: bool = False
    """Whether a service worker answered it."""
    page: str | None = None
    """The URL of the document or worker that asked."""
    caller: Place | None = None
    """The line of code that made the call."""
    stack: tuple[Place, ...] = ()
    """The rest of the call stack, where it was told."""
    console: str | None = None
    """The console's line about it."""
